import { describe, expect, test, vi } from 'vitest';
import { modelInputs } from '../../src/feeds/inputs.ts';
import { chooseSizes } from '../../src/feeds/sizes/choose.ts';
import { formulaOf, sizeOfFormula } from '../../src/feeds/sizes/expression.ts';
import { scalarTensor } from '../../src/feeds/sizes/infer-with.ts';
import { SizeTrials } from '../../src/feeds/sizes/trial.ts';
import {
  buildModel,
  type Dimension,
  Graph,
  GraphBuilder,
  type Model,
  type Value,
} from '../../src/graph/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';

function zeros(b: GraphBuilder, ...dims: number[]): Value {
  const count = dims.reduce((all, size) => all * size, 1);
  return b.initializer(tensorFrom('float32', dims, new Float32Array(count)));
}

function ints(b: GraphBuilder, ...values: number[]): Value {
  return b.initializer(tensorFrom('int64', [values.length], BigInt64Array.from(values, BigInt)));
}

function chosen(model: Model, batch = 1): Record<string, readonly number[]> {
  const given = { symbols: new Map(), scalars: new Map(), batch };
  return Object.fromEntries(chooseSizes(model, modelInputs(model), given).shapes);
}

/** The shape chosen for the only input `x` of a model. */
function shapeFor(
  dims: readonly Dimension[] | null,
  build: (b: GraphBuilder, x: Value) => Value,
  batch = 1,
): readonly number[] | undefined {
  const model = buildModel({ opset: { '': 17, 'ai.onnx.ml': 3 } }, (b) => {
    b.output(build(b, b.input('x', 'float32', dims)));
  });
  return chosen(model, batch)['x'];
}

const relu = (b: GraphBuilder, x: Value): Value => b.node('Relu', [x]);

describe('names of dimensions', () => {
  test.each<[readonly Dimension[], readonly number[]]>([
    [
      ['batch', 3, 224, 224],
      [1, 3, 224, 224],
    ],
    [
      ['N', 3, 'H', 'W'],
      [1, 3, 224, 224],
    ],
    [
      ['batch', 'height', 'width', 3],
      [1, 224, 224, 3],
    ],
    [
      ['seq', 'batch', 8],
      [16, 1, 8],
    ],
    [
      ['batch', 8, 'past_sequence_length', 64],
      [1, 8, 0, 64],
    ],
    [
      ['unk__1', 10],
      [1, 10],
    ],
    [
      [null, null],
      [1, 16],
    ],
    [
      [null, 3, null, null],
      [1, 3, 224, 224],
    ],
    [
      ['s', 's'],
      [16, 16],
    ],
    [
      [-1, 2],
      [1, 2],
    ],
    [[], []],
  ])('%j gives %j', (dims, shape) => {
    expect(shapeFor(dims, relu)).toEqual(shape);
  });

  test('batches take the size asked for', () => {
    expect(shapeFor(['batch', 4], relu, 8)).toEqual([8, 4]);
    expect(shapeFor([null, 4], relu, 8)).toEqual([8, 4]);
    expect(shapeFor([2, 4], relu, 8)).toEqual([2, 4]);
    expect(shapeFor(['seq', 'batch', 4], relu, 8)).toEqual([16, 8, 4]);
  });

  test('one symbol has one size, and an expression of symbols follows from theirs', () => {
    const model = buildModel({}, (b) => {
      const ids = b.input('ids', 'float32', ['batch', 'seq']);
      const past = b.input('past', 'float32', ['batch', 2, 'past_seq', 4]);
      const mask = b.input('mask', 'float32', ['batch', 'past_seq + seq']);
      for (const value of [ids, past, mask]) b.output(b.node('Relu', [value]));
    });
    expect(chosen(model)).toEqual({ ids: [1, 16], past: [1, 2, 0, 4], mask: [1, 16] });
  });
});

describe('sizes that the graph asks for', () => {
  test('the columns of a matrix product', () => {
    expect(shapeFor([null, null], (b, x) => b.node('MatMul', [x, zeros(b, 37, 2)]))).toEqual([
      1, 37,
    ]);
    const transposed = (b: GraphBuilder, x: Value): Value =>
      b.node('Gemm', [x, zeros(b, 2, 41)], { transB: 1 });
    expect(shapeFor(['n', 'features'], transposed)).toEqual([1, 41]);
  });

  test('the channels of a convolution', () => {
    const conv = (b: GraphBuilder, x: Value): Value =>
      b.node('Conv', [x, zeros(b, 8, 5, 3, 3)], { group: 2 });
    expect(shapeFor([null, null, 32, 32], conv)).toEqual([1, 10, 32, 32]);
  });

  test('the length under a long window', () => {
    const conv = (b: GraphBuilder, x: Value): Value =>
      b.node('Conv', [b.node('Unsqueeze', [x, ints(b, 1)]), zeros(b, 4, 1, 400)]);
    expect(shapeFor(['batch', 'time'], conv)).toEqual([1, 400]);
  });

  test('height and width together, from the dense layer far behind', () => {
    const network = (b: GraphBuilder, x: Value): Value => {
      const conv = b.node('Conv', [x, zeros(b, 4, 1, 5, 5)]);
      const pooled = b.node('MaxPool', [conv], { kernel_shape: [2, 2], strides: [2, 2] });
      return b.node('Gemm', [b.node('Flatten', [pooled]), zeros(b, 4 * 12 * 12, 10)]);
    };
    expect(shapeFor(['batch', 1, 'height', 'width'], network)).toEqual([1, 1, 28, 28]);
  });

  test('the features of a recurrent layer', () => {
    const lstm = (b: GraphBuilder, x: Value): Value =>
      b.node('LSTM', [x, zeros(b, 1, 32, 13), zeros(b, 1, 32, 8)], { hidden_size: 8 });
    expect(shapeFor([null, null, null], lstm)?.[2]).toBe(13);
  });

  test('the features of trees, scalers and linear models', () => {
    const inMl = (opType: string, attributes: Parameters<GraphBuilder['node']>[2]) =>
      shapeFor([null, null], (b, x) => b.node(opType, [x], attributes, { domain: 'ai.onnx.ml' }));
    expect(inMl('TreeEnsembleRegressor', { nodes_featureids: [0, 29, 3] })?.[1]).toBeGreaterThan(
      29,
    );
    expect(inMl('Scaler', { offset: { floats: [0, 0, 0] }, scale: { floats: [1, 1, 1] } })).toEqual(
      [1, 3],
    );
    expect(inMl('LinearRegressor', { coefficients: { floats: [1, 2, 3, 4, 5] } })).toEqual([1, 5]);
  });

  test('what a reshape computed from the input itself still needs', () => {
    const reshape = (b: GraphBuilder, x: Value): Value => {
      const batch = b.node('Gather', [b.node('Shape', [x]), ints(b, 0)]);
      return b.node('Reshape', [x, b.node('Concat', [batch, ints(b, 7, 11)], { axis: 0 })]);
    };
    expect(shapeFor(['batch', 'n_values'], reshape)).toEqual([1, 77]);
  });

  test('a rank that the file does not say', () => {
    const conv = (b: GraphBuilder, x: Value): Value => b.node('Conv', [x, zeros(b, 4, 3, 3, 3)]);
    expect(shapeFor(null, conv)).toEqual([1, 3, 224, 224]);
    expect(shapeFor(null, (b, x) => b.node('Transpose', [x], { perm: [2, 0, 1] }))).toHaveLength(3);
  });

  test('two inputs that must agree', () => {
    const model = buildModel({}, (b) => {
      const x = b.input('x', 'float32', [null, null, 8]);
      const w = b.initializer(tensorFrom('float32', [1, 32, 8], new Float32Array(256)));
      const r = b.initializer(tensorFrom('float32', [1, 32, 8], new Float32Array(256)), 'r');
      const h = b.input('h', 'float32', [1, null, 8]);
      b.output(b.node('LSTM', [x, w, r, null, null, h], { hidden_size: 8 }));
    });
    const { x, h } = chosen(model);
    expect(h?.[1]).toBe(x?.[1]);
  });

  test('inside a branch that is known to run', () => {
    const model = buildModel({}, (b) => {
      const rate = b.input('sr', 'int64', []);
      const x = b.input('x', 'float32', [1, 'time']);
      const is16k = b.node('Equal', [
        rate,
        b.initializer(tensorFrom('int64', [], BigInt64Array.of(16000n))),
      ]);
      const branch = (name: string, size: number) =>
        b.subgraph(name, (inner) => {
          const weight = b.initializer(
            tensorFrom('float32', [size, 2], new Float32Array(2 * size)),
            `w${size}`,
          );
          inner.output(inner.node('MatMul', [x, weight]));
        });
      b.output(
        b.node('If', [is16k], { then_branch: branch('a', 512), else_branch: branch('b', 256) }),
      );
    });
    const sr = model.graph.inputs[0];
    const scalars = new Map(sr === undefined ? [] : [[sr, scalarTensor('int64', 0, 16000)]]);
    const given = { symbols: new Map<string, number>(), scalars, batch: 1 };
    expect(chooseSizes(model, modelInputs(model), given).shapes.get('x')).toEqual([1, 512]);
  });

  test('inside a function of the model', () => {
    const model = buildModel({ opset: { '': 17, own: 1 } }, (b) => {
      const x = b.input('x', 'float32', ['n', 'features']);
      b.output(b.node('F', [x], {}, { domain: 'own' }));
    });
    const inner = new GraphBuilder(new Graph(model, 'function', null));
    const a = inner.input('a', { kind: 'unknown' });
    const value = tensorFrom('float32', [23, 2], new Float32Array(46));
    inner.output(inner.node('MatMul', [a, inner.node('Constant', [], { value })]));
    const rest = { overload: '', attributeNames: [], attributeDefaults: [], docString: '' };
    const opsets = [{ domain: '', version: 17 }];
    model.functions = [
      { name: 'F', domain: 'own', body: inner.graph, opsets, metadata: [], ...rest },
    ];
    expect(chosen(model)).toEqual({ x: [1, 23] });
  });

  test('in one branch at least, where nobody knows which one runs', () => {
    const model = buildModel({}, (b) => {
      const flags = b.input('flags', 'bool', [2]);
      const x = b.input('x', 'float32', ['n', 'features']);
      const branch = (name: string, size: number) =>
        b.subgraph(name, (inner) => {
          const weight = tensorFrom('float32', [size, 2], new Float32Array(2 * size));
          inner.output(inner.node('MatMul', [x, inner.initializer(weight, name)]));
        });
      const condition = b.node('ReduceMax', [b.node('Cast', [flags], { to: 6 })], { keepdims: 0 });
      const graphs = { then_branch: branch('t', 51), else_branch: branch('e', 53) };
      b.output(b.node('If', [b.node('Cast', [condition], { to: 9 })], graphs));
    });
    expect([51, 53]).toContain(chosen(model)['x']?.[1]);
  });

  test('along a chain of layers that mirror more than there is', () => {
    const quartered = (b: GraphBuilder, x: Value): Value => {
      let value = x;
      for (let at = 0; at < 4; at += 1) {
        const padded = b.node('Pad', [value, ints(b, 0, 0, 8, 0, 0, 8)], { mode: 'reflect' });
        value = b.node('AveragePool', [padded], { kernel_shape: [4], strides: [4] });
      }
      return value;
    };
    let size = shapeFor([1, 1, 'time'], quartered)?.[2] ?? 0;
    for (let at = 0; at < 4; at += 1) {
      expect(size).toBeGreaterThan(8);
      size = Math.floor((size + 16) / 4);
    }
  });

  test('of a state that starts a recurrent layer', () => {
    const model = buildModel({ opset: { '': 17 } }, (b) => {
      const x = b.input('x', 'float32', [5, 'rows', 8]);
      const h = b.input('h', 'float32', [1, 'other', 8]);
      const weights = ['w', 'r'].map((name) => {
        return b.initializer(tensorFrom('float32', [1, 8, 8], new Float32Array(64)), name);
      });
      b.output(b.node('RNN', [x, ...weights, null, null, h], { hidden_size: 8 }));
    });
    const { x, h } = chosen(model);
    expect(h?.[1]).toBe(x?.[1]);
  });

  test('of decoding attention, one token at a time', () => {
    const model = buildModel({ opset: { '': 17, 'com.microsoft': 1 } }, (b) => {
      const q = b.input('q', 'float32', [1, 'tokens', 8]);
      const options = { domain: 'com.microsoft' };
      b.output(b.node('DecoderMaskedMultiHeadAttention', [q, q, q], { num_heads: 2 }, options));
    });
    expect(chosen(model)).toEqual({ q: [1, 1, 8] });
  });

  test('found with few looks at a long model', () => {
    const model = buildModel({ opset: { '': 17 } }, (b) => {
      let x = b.input('x', 'float32', ['batch', 'channels', 'height', 'width']);
      for (let at = 0; at < 2000; at += 1) x = b.node('Relu', [x]);
      const flat = b.node('Flatten', [b.node('Conv', [x, zeros(b, 4, 7, 3, 3)])]);
      b.output(b.node('Gemm', [flat, zeros(b, 4 * 30 * 30, 10)]));
    });
    const looks = vi.spyOn(SizeTrials.prototype, 'try');
    try {
      expect(chosen(model)).toEqual({ x: [1, 7, 32, 32] });
      expect(looks.mock.calls.length).toBeLessThan(8);
    } finally {
      looks.mockRestore();
    }
  });

  test('not at all for what has nothing to do with sizes', () => {
    const broken = (b: GraphBuilder, x: Value): Value => {
      b.output(b.node('MatMul', [zeros(b, 2, 3), zeros(b, 4, 2)]));
      return b.node('Relu', [x]);
    };
    const looks = vi.spyOn(SizeTrials.prototype, 'try');
    try {
      expect(shapeFor(['batch', 'n'], broken)).toEqual([1, 16]);
      expect(looks).toHaveBeenCalledTimes(1);
    } finally {
      looks.mockRestore();
    }
  });

  test('start sizes stay where nothing works', () => {
    const impossible = (b: GraphBuilder, x: Value): Value =>
      b.node('Add', [b.node('MatMul', [x, zeros(b, 4, 2)]), b.node('MatMul', [x, zeros(b, 5, 2)])]);
    expect(shapeFor(['batch', 'features'], impossible)).toEqual([1, 16]);
  });
});

describe('formulas of dimensions', () => {
  const sizes = new Map([
    ['a', 3],
    ['past_len', 5],
  ]);
  test.each<[string, number | null]>([
    ['a + past_len', 8],
    ['past_len-1', 4],
    ['2*a', 6],
    ['past_len // 2', 2],
    ['floor(past_len/2) + 1', 3],
    ['a*(past_len + 1)', 18],
    ['(past_len - 1)//2 + -a', -1],
    ['max(a, past_len) % 2', 1],
    ['b + 1', null],
    ['9007199254740991*a', null],
    ['a +', null],
    ['(a', null],
    ['a b', null],
    ['', null],
  ])('%s is %s', (text, size) => {
    const formula = formulaOf(text);
    expect(formula === null ? null : sizeOfFormula(formula, sizes)).toBe(size);
  });

  test('plain names are no expressions', () => {
    const names = ['batch', 'unk__1', 'p2o.Dim.0', '?', '-1', 'a:b', '7'];
    expect(names.filter((name) => formulaOf(name) !== null)).toEqual([]);
    expect(['a+1', 'a*b', '(a//2)'].every((text) => formulaOf(text) !== null)).toBe(true);
  });
});
