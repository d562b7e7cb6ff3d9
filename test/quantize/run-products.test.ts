import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import type { GraphBuilder, Value } from '../../src/graph/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { quantizeBuilt, runBuilt } from './quantize-built.ts';
import { normalTensor, normalValues } from './random-tensors.ts';
import { bytesOf } from './run-model.ts';
import { feed, forms, product, w, wTransposed, x } from './small-models.ts';

/**
 * Results are run and held against the float model. Each case is one that a quantizer got wrong, or
 * could.
 */

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
    const types = model.graph.initializers.map(({ initializer }) => initializer?.dtype);
    expect(new Set(types)).toEqual(new Set(['float32', 'int8']));
    expect(types.length).toBe(3);
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

test('the bytes of the result are the same each time', () => {
  const build = product((b) => b.initializer(w));
  for (const mode of forms) {
    const [first, second] = [1, 2].map(() => bytesOf(quantizeBuilt(build, { mode }).model));
    expect(first).toEqual(second);
  }
});

function thrownBy(work: () => unknown): MlkitError {
  try {
    work();
  } catch (error) {
    if (error instanceof MlkitError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
