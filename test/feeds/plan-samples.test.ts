import { describe, expect, test } from 'vitest';
import { planFeeds } from '../../src/feeds/index.ts';
import {
  buildModel,
  type Dimension,
  type GraphBuilder,
  type Value,
} from '../../src/graph/index.ts';
import { type DataType, tensorFrom } from '../../src/tensor/index.ts';
import { numbersIn } from '../support/feeds.ts';

const identity = (b: GraphBuilder, x: Value): Value => b.node('Identity', [x]);

/** The values of the only input of a model, in several samples. */
function samplesOf(
  name: string,
  dtype: DataType,
  dims: readonly Dimension[],
  use: (b: GraphBuilder, x: Value) => Value = identity,
  samples = 8,
): number[][] {
  const model = buildModel({ opset: { '': 18, 'com.microsoft': 1 } }, (b) => {
    b.output(use(b, b.input(name, dtype, dims)));
  });
  return planFeeds(model, { seed: 0, samples }).feeds.map((feed) => numbersIn(feed, name));
}

describe('samples differ', () => {
  test('where there is little to choose from', () => {
    // Of the 8 lists of three booleans, each comes once.
    const samples = samplesOf('x', 'bool', [3]).map((values) => values.join(''));
    expect(new Set(samples).size).toBe(8);
    const digits = samplesOf('x', 'int64', [1]).map(String);
    expect(new Set(digits).size).toBe(8);
  });

  test('and go on where there is nothing left to choose', () => {
    expect(new Set(samplesOf('x', 'bool', [1]).map(String)).size).toBe(2);
    expect(samplesOf('x', 'float32', [0, 3])).toHaveLength(8);
  });

  test('a repeated draw leaves the samples before it as they are', () => {
    const few = samplesOf('x', 'bool', [2], identity, 2);
    expect(samplesOf('x', 'bool', [2], identity, 4).slice(0, 2)).toEqual(few);
  });

  test('sizes of windows grow', () => {
    const window = (b: GraphBuilder, x: Value): Value => b.node('HannWindow', [x]);
    expect(samplesOf('x', 'int64', [], window, 3)).toEqual([[10], [11], [12]]);
  });
});

describe('masks', () => {
  test('are ones in the first sample, and end early in others', () => {
    const [first, ...others] = samplesOf('attention_mask', 'int64', [2, 16]);
    expect(first?.every((value) => value === 1)).toBe(true);
    for (const values of others) {
      for (const row of [values.slice(0, 16), values.slice(16)]) {
        const kept = row.indexOf(0);
        expect(kept).toBeGreaterThanOrEqual(8);
        expect(row.slice(0, kept).every((value) => value === 1)).toBe(true);
        expect(row.slice(kept).every((value) => value === 0)).toBe(true);
      }
    }
    expect(new Set(others.map(String)).size).toBeGreaterThan(1);
  });

  test('of padding are the other way round', () => {
    const [first, second] = samplesOf('src_key_padding_mask', 'bool', [1, 4], identity, 2);
    expect(first).toEqual([0, 0, 0, 0]);
    expect(second?.[0]).toBe(0);
    expect(second?.at(-1)).toBe(1);
  });

  test('of one entry stay', () => {
    expect(samplesOf('attention_mask', 'int64', [1, 1], identity, 3)).toEqual([[1], [1], [1]]);
  });
});

describe('nothing that ends the process', () => {
  const step = (b: GraphBuilder, x: Value): Value => {
    const signal = b.initializer(tensorFrom('float32', [1, 64, 1], new Float32Array(64)));
    return b.node('STFT', [signal, x, null, int64(b, 8)]);
  };

  test.each<[string, (b: GraphBuilder, x: Value) => Value, Dimension[], (x: number[]) => number]>([
    ['as it is', (_, x) => x, [], ([x = 0]) => x],
    ['a product', (b, x) => b.node('Mul', [x, int64(b, 8)]), [], ([x = 0]) => 8 * x],
    [
      'a sum of all',
      (b, x) => b.node('ReduceSum', [x], { keepdims: 0 }),
      [2],
      ([x = 0, y = 0]) => x + y,
    ],
    ['a remainder', (b, x) => b.node('Mod', [x, int64(b, 5)]), [], ([x = 0]) => x % 5],
    [
      'what is taken off',
      (b, x) => b.node('Sub', [b.node('Abs', [x]), int64(b, 3)]),
      [],
      ([x = 0]) => x - 3,
    ],
  ])('a step of a short-time transform, %s, is never 0', (_, make, dims, result) => {
    const use = (b: GraphBuilder, x: Value): Value => step(b, make(b, x));
    const steps = samplesOf('x', 'int64', dims, use, 30).map(result);
    expect(steps).not.toContain(0);
  });

  test('nor is an integer divisor, whatever it is made of', () => {
    const use = (b: GraphBuilder, x: Value): Value =>
      b.node('Div', [int64(b, 100), b.node('ReduceMax', [b.node('Abs', [x])], { keepdims: 0 })]);
    expect(samplesOf('x', 'int64', [1], use, 30).flat()).not.toContain(0);
  });

  test('and floats are left alone', () => {
    const use = (b: GraphBuilder, x: Value): Value =>
      b.node('Div', [x, b.node('ReduceSum', [b.node('Exp', [x])])]);
    expect(Math.max(...samplesOf('x', 'float32', [100], use).flat())).toBeLessThan(1);
  });
});

function int64(b: GraphBuilder, value: number): Value {
  return b.initializer(tensorFrom('int64', [], BigInt64Array.of(BigInt(value))));
}
