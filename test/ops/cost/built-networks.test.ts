import { describe, expect, test } from 'vitest';
import { buildModel, type GraphBuilder, type Model, type Value } from '../../../src/graph/index.ts';
import { inferTypes, type ModelWork, measureWork } from '../../../src/ops/index.ts';
import { evaluate, formatSize, type Size } from '../../../src/symbolic/index.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';

/*
 * Networks whose weights are inputs, since only their shapes matter, against what their layers cost
 * by hand.
 */

/** The BERT-base encoder: 12 layers, 768 wide, 12 heads, 3072 inside. */
function bert(): Model {
  const [hidden, heads, inner] = [768, 12, 3072];
  return buildModel({ opset: 17 }, (b) => {
    let weights = 0;
    const weight = (...dims: number[]): Value => {
      weights += 1;
      return b.input(`w${weights}`, 'float32', dims);
    };
    const shape = (...sizes: number[]): Value =>
      b.initializer(tensorFrom('int64', [sizes.length], BigInt64Array.from(sizes, BigInt)));
    const linear = (x: Value, from: number, to: number): Value =>
      b.node('Add', [b.node('MatMul', [x, weight(from, to)]), weight(to)]);
    const norm = (x: Value): Value =>
      b.node('LayerNormalization', [x, weight(hidden), weight(hidden)], { axis: -1 });
    const split = (x: Value, perm: number[]): Value =>
      b.node('Transpose', [b.node('Reshape', [x, shape(0, 0, heads, hidden / heads)])], { perm });
    let x = b.input('x', 'float32', ['batch', 'seq', hidden]);
    for (let layer = 0; layer < 12; layer += 1) {
      const query = split(linear(x, hidden, hidden), [0, 2, 1, 3]);
      const key = split(linear(x, hidden, hidden), [0, 2, 3, 1]);
      const value = split(linear(x, hidden, hidden), [0, 2, 1, 3]);
      const scores = b.node('Softmax', [b.node('MatMul', [query, key])]);
      const mixed = b.node('Transpose', [b.node('MatMul', [scores, value])], {
        perm: [0, 2, 1, 3],
      });
      const joined = b.node('Reshape', [mixed, shape(0, 0, hidden)]);
      x = norm(b.node('Add', [linear(joined, hidden, hidden), x]));
      const wide = b.node('Relu', [linear(x, hidden, inner)]);
      x = norm(b.node('Add', [linear(wide, inner, hidden), x]));
    }
    b.output(x);
  });
}

/** Of each layer: four projections, two products of attention, two layers of 3072. */
function bertMacs(batch: number, seq: number): number {
  return 12 * batch * (4 * seq * 768 * 768 + 2 * seq * seq * 768 + 2 * seq * 768 * 3072);
}

/** Bias of each projection, softmax at 5, two norms at 7, two residual sums, one relu. */
function bertOthers(batch: number, seq: number): number {
  const biases = seq * (5 * 768 + 3072);
  const others = 5 * 12 * seq * seq + 2 * 7 * seq * 768 + 2 * seq * 768 + seq * 3072;
  return 12 * batch * (biases + others);
}

describe('a BERT-base encoder', () => {
  const work = workOf(bert());

  test('has the multiply-accumulates of its layers, at any size', () => {
    expect(formatSize(work.macs)).toBe('18432*batch*seq**2 + 84934656*batch*seq');
    expect(bertMacs(1, 128)).toBe(11_173_625_856);
    expect(at(work.macs, { batch: 1, seq: 128 })).toBe(11_173_625_856);
    expect(at(work.macs, { batch: 3, seq: 77 })).toBe(bertMacs(3, 77));
  });

  test('has 2 operations a multiply-accumulate, and the others by documented constants', () => {
    const flops = 2 * bertMacs(2, 128) + bertOthers(2, 128);
    expect(at(work.flops, { batch: 2, seq: 128 })).toBe(flops);
  });

  test('costs the same with numbers given as with numbers put into the formula', () => {
    const sizes = new Map([
      ['batch', 2],
      ['seq', 384],
    ]);
    const fixed = workOf(bert(), sizes);
    expect(fixed.macs).toBe(at(work.macs, { batch: 2, seq: 384 }));
    expect(fixed.flops).toBe(at(work.flops, { batch: 2, seq: 384 }));
  });
});

describe('recurrent layers', () => {
  test.each([
    ['LSTM', 4],
    ['GRU', 3],
    ['RNN', 1],
  ])('%s: gates x hidden x (input + hidden) at each step and direction', (op, gates) => {
    for (const directions of [1, 2]) {
      const [input, hidden] = [20, 32];
      const model = buildModel({ opset: 14 }, (b) => {
        const x = b.input('x', 'float32', ['steps', 'batch', input]);
        const w = b.input('w', 'float32', [directions, gates * hidden, input]);
        const r = b.input('r', 'float32', [directions, gates * hidden, hidden]);
        const direction = directions === 2 ? 'bidirectional' : 'forward';
        b.output(b.node(op, [x, w, r], { hidden_size: hidden, direction }));
      });
      const a = directions * gates * 32 * (20 + 32);
      expect(formatSize(workOf(model).macs)).toBe(`${a}*batch*steps`);
    }
  });
});

describe('single nodes by hand', () => {
  const cases: [string, number, number, (b: GraphBuilder) => Value][] = [
    [
      'a grouped convolution with a bias',
      2 * 8 * 5 * 6 * (4 / 2) * 3 * 3,
      2 * 8 * 5 * 6,
      (b) =>
        b.node('Conv', [input(b, 2, 4, 7, 8), input(b, 8, 2, 3, 3), input(b, 8)], { group: 2 }),
    ],
    [
      'a transposed convolution: for each element of the input',
      1 * 6 * 4 * 4 * 3 * 2 * 2,
      0,
      (b) =>
        b.node('ConvTranspose', [input(b, 1, 6, 4, 4), input(b, 6, 3, 2, 2)], { strides: [2, 2] }),
    ],
    [
      'Gemm with both transposed',
      3 * 5 * 4,
      3 * 5,
      (b) =>
        b.node('Gemm', [input(b, 4, 3), input(b, 5, 4), input(b, 5)], { transA: 1, transB: 1 }),
    ],
    [
      'a stack of products',
      2 * 3 * 4 * 6 * 5,
      0,
      (b) => b.node('MatMul', [input(b, 2, 1, 4, 5), input(b, 3, 5, 6)]),
    ],
    ['a product of vectors', 7, 0, (b) => b.node('MatMul', [input(b, 7), input(b, 7)])],
    [
      'Einsum: all indices',
      2 * 3 * 4 * 5 * 6,
      0,
      (b) =>
        b.node('Einsum', [input(b, 2, 3, 4, 5), input(b, 2, 3, 6, 5)], {
          equation: 'bhid,bhjd->bhij',
        }),
    ],
    ['an activation', 0, 2 * 3, (b) => b.node('Relu', [input(b, 2, 3)])],
    ['moving', 0, 0, (b) => b.node('Transpose', [input(b, 2, 3)])],
    [
      'pooling: the window for each element',
      0,
      2 * 3 * 3 * (2 * 2),
      (b) => b.node('MaxPool', [input(b, 1, 2, 6, 6)], { kernel_shape: [2, 2], strides: [2, 2] }),
    ],
  ];

  test.each(cases)('%s', (_, macs, others, build) => {
    const work = workOf(buildModel({ opset: 17 }, (b) => b.output(build(b))));
    expect([work.macs, work.flops]).toEqual([macs, 2 * macs + others]);
  });

  test('the integer twin of a product costs as much', () => {
    const float = workOf(
      buildModel({}, (b) => b.output(b.node('MatMul', [input(b, 3, 4), input(b, 4, 5)]))),
    );
    const integer = workOf(
      buildModel({}, (b) => {
        const [x, y] = [b.input('x', 'uint8', [3, 4]), b.input('y', 'int8', [4, 5])];
        b.output(b.node('MatMulInteger', [x, y]));
      }),
    );
    expect(integer.macs).toBe(float.macs);
  });
});

function input(b: GraphBuilder, ...dims: number[]): Value {
  return b.input(b.graph.model.names.allocate('in'), 'float32', dims);
}

function workOf(model: Model, sizes: ReadonlyMap<string, number> = new Map()): ModelWork {
  return measureWork(model, inferTypes(model, { sizes }));
}

function at(size: Size, sizes: Readonly<Record<string, number>>): number | null {
  return evaluate(size, (name) => sizes[name]);
}
