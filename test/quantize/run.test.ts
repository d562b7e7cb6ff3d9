import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import type { GraphBuilder, Value } from '../../src/graph/index.ts';
import type { Form } from '../../src/quantize/config.ts';
import { encodeFloat16, memoryStorage, Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { quantizeBuilt, runBuilt } from './quantize-built.ts';
import { normalTensor, normalValues } from './random-tensors.ts';
import { bytesOf, type Feed, type FeedMap } from './run-model.ts';

/**
 * Results are run and held against the float model. Each case is one that a quantizer got wrong, or
 * could: shared weights, factors, shapes, names, subgraphs.
 */

const forms: readonly Form[] = ['dynamic', 'weight-only'];

function feed(dims: readonly number[], seed = 100): Feed {
  return {
    dims,
    data: normalValues(
      dims.reduce((product, size) => product * size, 1),
      seed,
    ),
  };
}

const x: FeedMap = { x: feed([6, 64]) };

/** x → MatMul with a weight of [64, 48], whatever way that comes. */
function product(weight: (b: GraphBuilder) => Value) {
  return (b: GraphBuilder): void => {
    const input = b.input('x', 'float32', ['n', 64]);
    b.output(b.node('MatMul', [input, weight(b)], {}, { name: 'm', outputs: ['y'] }), 'float32', [
      'n',
      48,
    ]);
  };
}

const w = normalTensor([64, 48], 1).with({ name: 'w' });
const wTransposed = normalTensor([48, 64], 2).with({ name: 'wt' });

describe.each(forms)('%s', (mode) => {
  test('MatMul with an initializer becomes one fused operation', async () => {
    const { sqnr, plainSqnr, fused, plan, beforeBytes, afterBytes } = await runBuilt(
      product((b) => b.initializer(w)),
      x,
      { mode },
    );
    expect(plan.quantized).toMatchObject([
      { node: 'm', op: 'MatMul', weight: 'w', shape: [64, 48], form: mode, granularity: 'column' },
    ]);
    expect(sqnr).toBeGreaterThan(mode === 'dynamic' ? 36 : 38);
    expect(plainSqnr).toBeGreaterThan(36);
    expect(fused).toEqual(mode === 'dynamic' ? { DynamicQuantizeMatMul: 1 } : { MatMulNBits: 1 });
    expect(afterBytes).toBeLessThan(beforeBytes * 0.5);
  });

  test.each([
    ['one scale for all of it', { perTensor: true }],
    ['symmetric', { symmetric: true }],
    ['uint8', { weights: 'uint8' as const }],
    ['symmetric uint8', { weights: 'uint8' as const, symmetric: true }],
    ['symmetric, one scale', { perTensor: true, symmetric: true }],
  ])('%s', async (_, config) => {
    const { sqnr, plainSqnr, fused } = await runBuilt(
      product((b) => b.initializer(w)),
      x,
      { mode, ...config },
    );
    expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(33);
    expect(fused).toEqual(mode === 'dynamic' ? { DynamicQuantizeMatMul: 1 } : { MatMulNBits: 1 });
  });

  test('columns of very different size keep their own accuracy', async () => {
    const values = normalValues(64 * 48, 3).map((value, at) => value * 10 ** -((at % 48) % 4));
    const build = product((b) => b.initializer(tensorFrom('float32', [64, 48], values, 'w')));
    const small = (b: GraphBuilder): void => {
      build(b);
      // Only the columns whose weights are a thousandth of the largest ones.
      const columns = Array.from({ length: 12 }, (_, at) => BigInt(3 + 4 * at));
      const indices = b.initializer(tensorFrom('int64', [12], BigInt64Array.from(columns), 'i'));
      const y = b.graph.value('y');
      if (y === undefined) throw new Error('there is no y');
      b.graph.setOutput(0, b.node('Gather', [y, indices], { axis: 1 }, { outputs: ['z'] }));
    };
    expect((await runBuilt(small, x, { mode })).plainSqnr).toBeGreaterThan(36);
    // With one scale for all columns nothing is left of them.
    expect((await runBuilt(small, x, { mode, perTensor: true })).plainSqnr).toBeLessThan(10);
  });

  test('asymmetric is more accurate where a column leans to one side', async () => {
    const values = normalValues(64 * 48, 4).map((value) => Math.abs(value) + 0.01);
    const build = product((b) => b.initializer(tensorFrom('float32', [64, 48], values, 'w')));
    const positive = { x: { ...feed([6, 64]), data: normalValues(384, 9).map(Math.abs) } };
    const asymmetric = await runBuilt(build, positive, { mode: 'weight-only' });
    const symmetric = await runBuilt(build, positive, { mode: 'weight-only', symmetric: true });
    expect(asymmetric.plainSqnr).toBeGreaterThan(symmetric.plainSqnr + 3);
  });

  test.each<[string, (b: GraphBuilder) => Value]>([
    ['a Constant node', (b) => b.node('Constant', [], { value: w })],
    ['Identity of an initializer', (b) => b.node('Identity', [b.initializer(w)])],
    ['Transpose of an initializer', (b) => b.node('Transpose', [b.initializer(wTransposed)])],
    [
      'Transpose of a Constant',
      (b) =>
        b.node('Transpose', [b.node('Constant', [], { value: wTransposed })], { perm: [1, 0] }),
    ],
  ])('a weight from %s', async (_, weight) => {
    const { sqnr, fused, model } = await runBuilt(product(weight), x, { mode });
    expect(sqnr).toBeGreaterThan(36);
    expect(fused).toEqual(mode === 'dynamic' ? { DynamicQuantizeMatMul: 1 } : { MatMulNBits: 1 });
    const operators = model.graph.nodes.map((node) => node.opType);
    expect(operators).not.toContain('Constant');
    expect(operators).not.toContain('Transpose');
    expect(model.graph.initializers.map(({ initializer }) => initializer?.dtype).sort()).toEqual([
      'float32',
      'int8',
      'int8',
    ]);
  });

  describe.each([0, 1])('Gemm, transB %i', (transB) => {
    const weight = transB === 1 ? wTransposed : w;
    const bias = normalTensor([48], 5, 1).with({ name: 'c' });

    test.each([
      { alpha: 1, beta: 1 },
      { alpha: 0.5, beta: 1 },
      { alpha: 1, beta: 0.5 },
      { alpha: -2, beta: 2 },
      { alpha: 1, beta: 0 },
    ])('with a constant bias, alpha $alpha, beta $beta', async ({ alpha, beta }) => {
      const attributes = { alpha: { float: alpha }, beta: { float: beta }, transB };
      const build = (b: GraphBuilder): void => {
        const input = b.input('x', 'float32', ['n', 64]);
        const inputs = [input, b.initializer(weight), b.initializer(bias)];
        b.output(b.node('Gemm', inputs, attributes, { outputs: ['y'] }), 'float32', ['n', 48]);
      };
      const { sqnr, plainSqnr, fused } = await runBuilt(build, x, { mode });
      expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(36);
      expect(fused).toEqual(mode === 'dynamic' ? { DynamicQuantizeMatMul: 1 } : { MatMulNBits: 1 });
    });

    test.each<[string, number[] | null]>([
      ['no bias', null],
      ['a scalar', []],
      ['[1, N]', [1, 48]],
      ['[M, 1]', [6, 1]],
      ['[M, N]', [6, 48]],
    ])('with a bias of another shape: %s', async (_, dims) => {
      const attributes = { alpha: { float: 1.5 }, beta: { float: 0.25 }, transB };
      const build = (b: GraphBuilder): void => {
        const inputs = [b.input('x', 'float32', [6, 64]), b.initializer(weight)];
        if (dims !== null) inputs.push(b.initializer(normalTensor(dims, 6, 1), 'c'));
        b.output(b.node('Gemm', inputs, attributes, { outputs: ['y'] }), 'float32', [6, 48]);
      };
      const { sqnr, plainSqnr } = await runBuilt(build, x, { mode });
      expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(36);
    });

    test('with a bias that is computed, and beta', async () => {
      const build = (b: GraphBuilder): void => {
        const inputs = [
          b.input('x', 'float32', [6, 64]),
          b.initializer(weight),
          b.input('c', 'float32', [48]),
        ];
        const attributes = { beta: { float: 3 }, transB };
        b.output(b.node('Gemm', inputs, attributes, { outputs: ['y'] }), 'float32', [6, 48]);
      };
      const feeds = { ...x, c: feed([48], 7) };
      const { sqnr, plainSqnr } = await runBuilt(build, feeds, { mode });
      expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(36);
    });

    test('with a transposed first input', async () => {
      const build = (b: GraphBuilder): void => {
        const inputs = [b.input('x', 'float32', [64, 'n']), b.initializer(weight)];
        const attributes = { transA: 1, transB, alpha: { float: 2 } };
        b.output(b.node('Gemm', inputs, attributes, { outputs: ['y'] }), 'float32', ['n', 48]);
      };
      const { sqnr, plainSqnr, plan } = await runBuilt(build, { x: feed([64, 5]) }, { mode });
      expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(36);
      expect(plan.quantized[0]?.notes).toEqual(
        mode === 'dynamic'
          ? []
          : ['converted to float at every run, as its first input is transposed'],
      );
    });
  });

  test.each([
    { a: [5, 64], b: [3, 64, 48], y: [3, 5, 48] },
    { a: [3, 5, 64], b: [3, 64, 48], y: [3, 5, 48] },
    { a: [2, 3, 5, 64], b: [3, 64, 48], y: [2, 3, 5, 48] },
    { a: [64], b: [3, 64, 48], y: [3, 48] },
    { a: [7, 1, 5, 64], b: [2, 64, 48], y: [7, 2, 5, 48] },
    { a: [2, 5, 64], b: [64, 48], y: [2, 5, 48] },
    { a: [64], b: [64, 48], y: [48] },
    { a: [5, 4096], b: [4096], y: [5] },
    { a: [2, 5, 4096], b: [4096], y: [2, 5] },
    { a: [4096], b: [4096], y: [] },
    { a: [5, 2048], b: [2048, 1], y: [5, 1] },
    { a: [5, 4], b: [4, 512], y: [5, 512] },
  ])('a weight of any shape: $a · $b', async ({ a, b: dims, y }) => {
    const build = (b: GraphBuilder): void => {
      const inputs = [b.input('x', 'float32', a), b.initializer(normalTensor(dims, 8), 'w')];
      b.output(b.node('MatMul', inputs, {}, { outputs: ['y'] }), 'float32', y);
    };
    const { sqnr, plainSqnr, plan } = await runBuilt(build, { x: feed(a) }, { mode });
    expect(plan.quantized.length).toBe(1);
    expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(28);
  });

  test('names that the new ones would collide with are taken already', async () => {
    const build = (b: GraphBuilder): void => {
      const input = b.input('x', 'float32', ['n', 64]);
      const taken = ['w_quantized', 'w_scale', 'w_zero_point', 'x_quantized', 'x_scale'];
      const others = taken.map((name, at) => b.initializer(normalTensor([48], 20 + at, 1), name));
      const matmul = b.node('MatMul', [input, b.initializer(w)], {}, { name: 'm' });
      const names = ['m_MatMulInteger', 'm_Cast', 'm_Mul', 'm_DequantizeLinear', 'w_dequantized'];
      let sum = matmul;
      for (const [at, name] of names.entries()) {
        const other = others[at] ?? matmul;
        sum = b.node('Add', [sum, other], {}, { name, outputs: [`${name}_output`] });
      }
      b.output(b.node('Neg', [sum], {}, { outputs: ['y'] }), 'float32', ['n', 48]);
    };
    expect((await runBuilt(build, x, { mode })).sqnr).toBeGreaterThan(36);
  });

  test('nodes without a name get distinct ones', async () => {
    const build = (b: GraphBuilder): void => {
      let value = b.input('x', 'float32', ['n', 64]);
      for (const seed of [30, 31, 32]) {
        const weight = b.initializer(normalTensor([64, 64], seed, 0.1), `w${seed}`);
        value = b.node('MatMul', [value, weight], {}, { name: '' });
      }
      b.output(value, 'float32', ['n', 64]);
    };
    const { sqnr, plan } = await runBuilt(build, x, { mode });
    expect(sqnr).toBeGreaterThan(30);
    expect(plan.quantized.map((each) => each.node)).toEqual([
      'matmul_out',
      'matmul_out_1',
      'matmul_out_2',
    ]);
  });

  test('the output of a graph keeps its name', async () => {
    const { model } = quantizeBuilt(
      product((b) => b.initializer(w)),
      { mode },
    );
    expect(model.graph.outputs.map((value) => value.name)).toEqual(['y']);
    expect(model.graph.inputs.map((value) => value.name)).toEqual(['x']);
  });

  test('a weight that is NaN or infinite somewhere is refused by name', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const values = normalValues(64 * 48, 40).map((value, at) => (at === 100 ? bad : value));
      const weight = tensorFrom('float32', [64, 48], values, 'w');
      const { message, code } = thrownBy(() =>
        quantizeBuilt(
          product((b) => b.initializer(weight)),
          { mode },
        ),
      );
      expect(code).toBe('MODEL_INVALID');
      expect(message).toContain(
        `weight "w" of MatMul "m" is ${bad} at index 100 ([2, 4] of [64, 48])`,
      );
    }
  });

  test('columns of zeros and a weight of nothing but zeros', async () => {
    const zeros = normalValues(64 * 48, 41).map((value, at) => (at % 48 < 5 ? 0 : value));
    const some = tensorFrom('float32', [64, 48], zeros, 'w');
    expect(
      (
        await runBuilt(
          product((b) => b.initializer(some)),
          x,
          { mode },
        )
      ).plainSqnr,
    ).toBeGreaterThan(36);
    const none = tensorFrom('float32', [64, 48], new Float32Array(64 * 48), 'w');
    const { sqnr, plainSqnr } = await runBuilt(
      product((b) => b.initializer(none)),
      x,
      { mode },
    );
    expect(Math.min(sqnr, plainSqnr)).toBe(Number.POSITIVE_INFINITY);
  });

  test('an If whose branches have weights of their own and of the graph around them', async () => {
    const build = (b: GraphBuilder): void => {
      const input = b.input('x', 'float32', ['n', 64]);
      const condition = b.input('condition', 'bool', []);
      const outer = b.initializer(w);
      const shared = b.node('Relu', [input], {}, { outputs: ['shared'] });
      const branch = (name: string, seed: number) =>
        b.subgraph(name, (inner) => {
          const own = inner.initializer(normalTensor([64, 48], seed), `${name}_w`);
          const left = inner.node('MatMul', [shared, own]);
          const right = inner.node('MatMul', [shared, outer]);
          inner.output(inner.node('Sub', [left, right], {}, { outputs: [`${name}_y`] }), 'float32');
        });
      const attributes = { then_branch: branch('then', 50), else_branch: branch('else', 51) };
      const [chosen] = b.nodes('If', [condition], attributes);
      if (chosen === undefined) throw new Error('If has no output');
      b.output(b.node('Neg', [chosen], {}, { outputs: ['y'] }), 'float32', ['n', 48]);
    };
    for (const truth of [0, 1]) {
      const feeds = { ...x, condition: { dims: [], data: Uint8Array.of(truth) } };
      const { sqnr, plainSqnr, plan, model } = await runBuilt(build, feeds, { mode });
      expect(plan.quantized.length).toBe(4);
      expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(36);
      expect(model.graph.value('w')).toBeUndefined();
    }
  });
});

describe('weights that several nodes read', () => {
  /** Rows of E, then a product with its transpose, as language models share the two. */
  function tied(size: number, mode: Form, extra?: (b: GraphBuilder, table: Value) => void) {
    const build = (b: GraphBuilder): void => {
      const table = b.initializer(normalTensor([size, 64], 60, 1), 'E');
      const ids = b.input('ids', 'int64', ['n']);
      const rows = b.node('Gather', [table, ids], {}, { name: 'embed' });
      const logits = b.node('Gemm', [rows, table], { transB: 1 }, { name: 'head', outputs: ['y'] });
      b.output(logits, 'float32', ['n', size]);
      extra?.(b, table);
    };
    const data = BigInt64Array.from([3n, 0n, 17n, 63n]);
    return { build, feeds: { ids: { dims: [4], data } }, mode };
  }

  test.each(forms)('a table that is looked up in and multiplied with, %s', async (mode) => {
    for (const size of [64, 200]) {
      const { build, feeds } = tied(size, mode);
      const { sqnr, plainSqnr, plan, model } = await runBuilt(build, feeds, { mode });
      expect(plan.quantized.map(({ node, form }) => `${node} ${form}`)).toEqual([
        'embed lookup',
        `head ${mode}`,
      ]);
      expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(36);
      expect(model.graph.value('E')).toBeUndefined();
    }
  });

  test('one of them not quantized: nothing is stored twice for nothing', async () => {
    for (const mode of forms) {
      const { build, feeds } = tied(200, mode, (b, table) => {
        b.output(
          b.node('ReduceSum', [table], { keepdims: 0 }, { outputs: ['sum'] }),
          'float32',
          [],
        );
      });
      const { sqnr, plan, model } = await runBuilt(build, feeds, { mode });
      expect(model.graph.value('E')?.initializer?.dtype).toBe('float32');
      const reader = 'ReduceSum "ReduceSum"';
      if (mode === 'dynamic') {
        expect(plan.quantized).toMatchObject([
          {
            node: 'head',
            notes: [
              `its weight is also read in float by ${reader}, and stays in the file beside the integers`,
            ],
          },
        ]);
        expect(sqnr).toBeGreaterThan(36);
      } else {
        expect(plan.quantized).toEqual([]);
        expect(plan.kept.find(({ node }) => node === 'head')?.reason).toBe(
          `its weight is also read in float by ${reader}, and would be stored twice`,
        );
      }
    }
  });

  test.each(forms)('a square one, as it is and transposed, %s', async (mode) => {
    const build = (b: GraphBuilder): void => {
      const input = b.input('x', 'float32', ['n', 64]);
      const square = b.initializer(normalTensor([64, 64], 61, 0.1), 'E');
      const first = b.node('MatMul', [input, square]);
      const second = b.node('Gemm', [first, square], { transB: 1 });
      b.output(b.node('Gemm', [second, square], {}, { outputs: ['y'] }), 'float32', ['n', 64]);
    };
    const { sqnr, plainSqnr, model } = await runBuilt(build, x, { mode });
    expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(30);
    const integers = model.graph.initializers.filter(
      ({ initializer }) => initializer?.dtype === 'int8' && initializer.dims.length === 2,
    );
    expect(integers.length).toBe(2);
  });

  test('products of one activation share its quantization', async () => {
    const build = (b: GraphBuilder): void => {
      const input = b.input('x', 'float32', ['n', 64]);
      for (const name of ['q', 'k', 'v']) {
        const weight = b.initializer(normalTensor([64, 48], name.charCodeAt(0)), `w_${name}`);
        b.output(b.node('MatMul', [input, weight], {}, { outputs: [name] }), 'float32', ['n', 48]);
      }
    };
    const { sqnr, fused, model } = await runBuilt(build, x, { mode: 'dynamic' });
    expect(sqnr).toBeGreaterThan(36);
    expect(fused).toEqual({ DynamicQuantizeLinear: 1, MatMulIntegerToFloat: 3 });
    const count = model.graph.nodes.filter(
      ({ opType }) => opType === 'DynamicQuantizeLinear',
    ).length;
    expect(count).toBe(1);
  });

  test('a bias that is added before or after is fused too', async () => {
    for (const isFirst of [true, false]) {
      const build = (b: GraphBuilder): void => {
        const input = b.input('x', 'float32', ['n', 64]);
        const bias = b.initializer(normalTensor([48], 70, 1), 'bias');
        const matmul = b.node('MatMul', [input, b.initializer(w)]);
        const terms = isFirst ? [bias, matmul] : [matmul, bias];
        b.output(b.node('Add', terms, {}, { outputs: ['y'] }), 'float32', ['n', 48]);
      };
      const { fused, sqnr } = await runBuilt(build, x, { mode: 'dynamic' });
      expect(sqnr).toBeGreaterThan(36);
      expect(fused).toEqual({ DynamicQuantizeMatMul: 1 });
    }
  });
});

describe('lookups', () => {
  const ids = { dims: [2, 3], data: BigInt64Array.from([0n, 5n, 99n, -1n, 7n, 7n]) };

  function table(dims: number[], scaleOf: (row: number) => number = () => 1) {
    const width = dims.slice(1).reduce((product, size) => product * size, 1);
    const values = normalValues(100 * width, 80).map(
      (value, at) => value * scaleOf(Math.floor(at / width)),
    );
    return (b: GraphBuilder): void => {
      const weight = b.initializer(tensorFrom('float32', dims, values, 'E'));
      const rows = b.node(
        'Gather',
        [weight, b.input('ids', 'int64', [2, 3])],
        {},
        { outputs: ['y'] },
      );
      b.output(rows, 'float32', [2, 3, ...dims.slice(1)]);
    };
  }

  test.each([{ dims: [100, 32] }, { dims: [100, 4, 8] }])(
    'in a table of $dims',
    async ({ dims }) => {
      const { sqnr, plainSqnr, plan } = await runBuilt(table(dims), { ids });
      expect(plan.quantized).toMatchObject([{ form: 'lookup', type: 'int8', granularity: 'row' }]);
      expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(40);
    },
  );

  test('rows of very different size keep their own accuracy', async () => {
    const small = table([100, 32], (row) => (row === 7 ? 1 : 1000));
    const feeds = { ids: { ...ids, data: BigInt64Array.from([7n, 7n, 7n, 7n, 7n, 7n]) } };
    expect((await runBuilt(small, feeds)).sqnr).toBeGreaterThan(38);
    expect((await runBuilt(small, feeds, { perTensor: true })).sqnr).toBeLessThan(10);
  });

  test('a table with infinities on purpose stays as it is', () => {
    const values = new Float32Array(100 * 32).fill(Number.NEGATIVE_INFINITY);
    const { plan } = quantizeBuilt((b) => {
      const mask = b.initializer(tensorFrom('float32', [100, 32], values, 'mask'));
      b.output(b.node('Gather', [mask, b.input('ids', 'int64', [3])]), 'float32', [3, 32]);
    });
    expect(plan.quantized).toEqual([]);
    expect(plan.kept[0]?.reason).toBe('its table holds values that are not finite');
  });
});

describe('older operator sets', () => {
  test.each([10, 11, 12])(
    'opset %i: weight-only with one scale, since it has no axis',
    async (opset) => {
      const { sqnr, plainSqnr, plan, model } = await runBuilt(
        product((b) => b.initializer(w)),
        x,
        { mode: 'weight-only' },
        { opset, irVersion: 5 },
      );
      expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(30);
      expect(plan.quantized).toMatchObject([
        {
          granularity: 'tensor',
          notes: ['one scale for the whole weight: scales per column need opset 13'],
        },
      ]);
      const node = model.graph.nodes.find(({ opType }) => opType === 'DequantizeLinear');
      expect(node?.attributes).toEqual([]);
      expect(model.opset('')).toBe(opset);
    },
  );

  test('opset 11: dynamic has scales per column all the same', async () => {
    const outcome = await runBuilt(
      product((b) => b.initializer(w)),
      x,
      { mode: 'dynamic' },
      { opset: 11, irVersion: 6 },
    );
    expect(outcome.plan.quantized[0]?.granularity).toBe('column');
    expect(outcome.sqnr).toBeGreaterThan(36);
  });

  test('IR 3: new constants are inputs too, as all of them had to be', async () => {
    const build = (b: GraphBuilder): void => {
      product((inner) => inner.initializer(w))(b);
      b.graph.addInput('w', { kind: 'tensor', elementType: 'float32', shape: [64, 48] });
    };
    for (const mode of forms) {
      const { sqnr, model } = await runBuilt(build, x, { mode }, { opset: 11, irVersion: 3 });
      expect(sqnr).toBeGreaterThan(30);
      const names = model.graph.inputs.map((value) => value.name);
      expect(names).not.toContain('w');
      expect(names.slice(1).toSorted()).toEqual(
        model.graph.initializers.map((value) => value.name).toSorted(),
      );
    }
  });
});

describe('models that stay as they are', () => {
  test.each<[string, (b: GraphBuilder) => Value, string]>([
    [
      'an input with a default',
      (b) => {
        b.initializer(w);
        return b.input('w', 'float32', [64, 48]);
      },
      'its weight "w" is an input with a default, which callers may replace',
    ],
    [
      'float16 weights',
      (b) => b.node('Cast', [b.initializer(float16(w), 'w')], { to: 1 }),
      'it has no weight: both factors are computed',
    ],
    [
      'a weight that is computed',
      (b) => b.node('Relu', [b.initializer(w)]),
      'it has no weight: both factors are computed',
    ],
  ])('%s', (_, weight, reason) => {
    for (const mode of forms) {
      const { plan, beforeBytes, afterBytes } = quantizeBuilt(product(weight), { mode });
      expect(plan.quantized).toEqual([]);
      expect(plan.kept.find(({ node }) => node === 'm')?.reason).toBe(reason);
      expect(afterBytes).toBe(beforeBytes);
    }
  });

  test('products in float16, bfloat16 and float64', () => {
    for (const dtype of ['float16', 'bfloat16', 'float64'] as const) {
      const bytes = new Uint8Array(64 * 48 * (dtype === 'float64' ? 8 : 2));
      const weight = new Tensor({
        name: 'w',
        dtype,
        dims: [64, 48],
        storage: memoryStorage(bytes),
      });
      const { plan } = quantizeBuilt((b) => {
        const input = b.input('x', dtype, ['n', 64]);
        b.output(b.node('MatMul', [input, b.initializer(weight)], {}, { name: 'm' }), dtype);
      });
      expect(plan.kept).toMatchObject([
        { node: 'm', reason: `its weight is of ${dtype}, and only float32 is quantized` },
      ]);
    }
  });

  test('a constant on the left', () => {
    const { plan } = quantizeBuilt((b) => {
      const input = b.input('x', 'float32', [48, 'n']);
      b.output(b.node('MatMul', [b.initializer(w), input], {}, { name: 'm' }), 'float32');
    });
    expect(plan.kept).toMatchObject([
      { reason: 'its constant is the left factor, and only right ones are quantized' },
    ]);
  });

  test('sums that int32 may not hold stay out of integers; auto takes the other form', async () => {
    const dims = [33_100, 2];
    const build = (b: GraphBuilder): void => {
      const input = b.input('x', 'float32', ['n', 33_100]);
      b.output(b.node('MatMul', [input, b.initializer(normalTensor(dims, 90), 'w')]), 'float32');
    };
    const { plan } = quantizeBuilt(build, { mode: 'dynamic' });
    expect(plan.kept).toMatchObject([
      { reason: 'sums of 33100 products may not fit into int32; at most 33025 surely do' },
    ]);
    expect(quantizeBuilt(build, { mode: 'auto' }).plan.quantized).toMatchObject([
      { form: 'weight-only' },
    ]);
  });

  test('weights that would save nothing', () => {
    const { plan } = quantizeBuilt((b) => {
      const input = b.input('x', 'float32', ['n', 4]);
      b.output(b.node('MatMul', [input, b.initializer(normalTensor([4, 10], 91), 'w')]), 'float32');
    });
    expect(plan.kept).toMatchObject([
      { reason: 'in integers its weight of 160 bytes would not save any', weightBytes: 160 },
    ]);
  });

  test('the smallest weights that are quantized make the file smaller, whatever the names', () => {
    for (const mode of forms) {
      for (const length of [1, 20, 90]) {
        let isFirst = true;
        for (let rows = 4; rows < 300 && isFirst; rows += 2) {
          const { plan, beforeBytes, afterBytes } = quantizeBuilt(
            (b) => {
              const input = b.input('x'.repeat(length), 'float32', ['n', rows]);
              const weight = b.initializer(normalTensor([rows, 16], 92), 'w'.repeat(length));
              const bias = b.initializer(normalTensor([16], 93), 'c'.repeat(length));
              const options = { name: 'm'.repeat(length), outputs: ['y'.repeat(length)] };
              const attributes = { alpha: { float: 2 }, beta: { float: 2 } };
              b.output(b.node('Gemm', [input, weight, bias], attributes, options), 'float32');
            },
            { mode },
          );
          if (plan.quantized.length === 0) continue;
          isFirst = false;
          expect(afterBytes).toBeLessThan(beforeBytes);
          // The estimate is not far from the truth either.
          expect(beforeBytes - afterBytes).toBeLessThan(900);
        }
        expect(isFirst).toBe(false);
      }
    }
  });
});

test('the bytes of the result are the same each time', () => {
  const build = product((b) => b.initializer(w));
  for (const mode of forms) {
    const [first, second] = [1, 2].map(() => bytesOf(quantizeBuilt(build, { mode }).model));
    expect(first).toEqual(second);
  }
});

function float16(tensor: Tensor): Tensor {
  const bits = encodeFloat16(tensor.data() as Float32Array);
  return tensorFrom('float16', tensor.dims, bits);
}

function thrownBy(work: () => unknown): MlkitError {
  try {
    work();
  } catch (error) {
    if (error instanceof MlkitError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
