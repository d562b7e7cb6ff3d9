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

function floats(b: GraphBuilder, dims: readonly number[], ...values: number[]): Value {
  return b.initializer(tensorFrom('float32', dims, Float32Array.from(values)));
}

/** The least and greatest value of the only input, and what is said of them. */
function rangeOf(
  dtype: DataType,
  dims: readonly Dimension[],
  use: (b: GraphBuilder, x: Value) => Value,
): { low: number; high: number; source: string } {
  const model = buildModel({ opset: { '': 18, 'com.microsoft': 1 } }, (b) => {
    b.output(use(b, b.input('x', dtype, dims)));
  });
  const { feeds, description } = planFeeds(model, { seed: 0 });
  const values = numbersIn(feeds[0], 'x');
  return {
    low: values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    high: values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
    source: description[0]?.source ?? '',
  };
}

const toFloat = (b: GraphBuilder, x: Value): Value => b.node('Cast', [x], { to: 1 });
const image = [1, 3, 32, 32];

describe('images', () => {
  test.each<[string, (b: GraphBuilder, x: Value) => Value]>([
    ['a division by 255', (b, x) => b.node('Div', [x, floats(b, [], 255)], {}, { name: 'd' })],
    ['a product with 1/255', (b, x) => b.node('Mul', [x, floats(b, [], 1 / 255)])],
    ['means of colours', (b, x) => b.node('Sub', [x, floats(b, [3, 1, 1], 123.7, 116.3, 103.5)])],
    ['a shift to the middle', (b, x) => b.node('Add', [x, floats(b, [1], -127.5)])],
    [
      'means behind a division',
      (b, x) =>
        b.node('Sub', [
          b.node('Mul', [x, floats(b, [], 0.00392)]),
          floats(b, [1, 3, 1, 1], 0.485, 0.456, 0.406),
        ]),
    ],
    [
      'a batch normalization with such means',
      (b, x) => {
        const ones = floats(b, [3], 1, 1, 1);
        const zeros = floats(b, [3], 0, 0, 0);
        const means = floats(b, [3], 123.7, 116.3, 103.5);
        return b.node('BatchNormalization', [x, ones, zeros, means, ones]);
      },
    ],
  ])('have pixels of 0 to 255 in front of %s', (_, use) => {
    const { low, high, source } = rangeOf('float32', image, use);
    expect(low).toBeGreaterThanOrEqual(0);
    expect(low).toBeLessThan(5);
    expect(high).toBeGreaterThan(250);
    expect(high).toBeLessThanOrEqual(256);
    expect(source).toMatch(/^pixels of 0 to 255 \(/);
  });

  test('also as integers, and with the channels last', () => {
    const use = (b: GraphBuilder, x: Value): Value =>
      b.node('Div', [toFloat(b, x), floats(b, [], 255)]);
    expect(rangeOf('int32', [1, 32, 32, 3], use)).toMatchObject({ low: 0, high: 255 });
    expect(rangeOf('uint8', [1, 32, 32, 3], use)).toMatchObject({ low: 0, high: 255 });
  });

  test('have pixels of 0 to 1 in front of means of such', () => {
    const use = (b: GraphBuilder, x: Value): Value =>
      b.node('Sub', [x, floats(b, [3, 1, 1], 0.485, 0.456, 0.406)], {}, { name: 'mean' });
    const { high, source } = rangeOf('float32', image, use);
    expect(high).toBeGreaterThan(0.9);
    expect(high).toBeLessThanOrEqual(1);
    expect(source).toBe('pixels of 0 to 1 (Sub "mean")');
  });

  test('are not seen in what has no colours', () => {
    const use = (b: GraphBuilder, x: Value): Value => b.node('Div', [x, floats(b, [], 64)]);
    expect(rangeOf('float32', [1, 16, 64], use).source).toBe('uniform [0,1)');
    expect(rangeOf('float32', [1, 64, 8, 8], use).source).toBe('uniform [0,1)');
    expect(rangeOf('float32', [3, 8], use).source).toBe('uniform [0,1)');
  });
});

describe('numbers that operators are made for', () => {
  test('fill the range of a quantizer', () => {
    const use = (b: GraphBuilder, x: Value): Value => {
      const zeroPoint = b.initializer(tensorFrom('uint8', [], Uint8Array.of(100)));
      return b.node('QuantizeLinear', [x, floats(b, [], 0.02), zeroPoint], {}, { name: 'q' });
    };
    // (0 - 100) x 0.02 and (255 - 100) x 0.02
    const { low, high, source } = rangeOf('float32', [1, 1000], use);
    expect(source).toBe('within [-2, 3.1], the range of QuantizeLinear "q"');
    expect(low).toBeGreaterThanOrEqual(-2);
    expect(low).toBeLessThan(-1.9);
    expect(high).toBeGreaterThan(3);
    expect(high).toBeLessThanOrEqual(3.1);
  });

  test.each<[string, number, number]>([
    ['Log', 0.1, 1],
    ['Reciprocal', 0.1, 1],
    ['Acosh', 1, 2],
  ])('give no NaN or infinity in %s', (op, least, most) => {
    const { low, high } = rangeOf('float32', [1000], (b, x) => b.node(op, [x]));
    expect(low).toBeGreaterThanOrEqual(least);
    expect(high).toBeLessThanOrEqual(most);
  });

  test('nor as divisors', () => {
    const use = (b: GraphBuilder, x: Value): Value => b.node('Div', [floats(b, [], 1), x]);
    expect(rangeOf('float32', [1000], use).low).toBeGreaterThanOrEqual(0.1);
  });
});

describe('indices behind arithmetic', () => {
  const table = (b: GraphBuilder): Value => floats(b, [10, 1], ...new Float32Array(10));
  const ints = (b: GraphBuilder, ...values: number[]): Value =>
    b.initializer(tensorFrom('int64', [values.length], BigInt64Array.from(values, BigInt)));

  test.each<[string, (b: GraphBuilder, x: Value) => Value, number, number]>([
    ['offsets of each column', (b, x) => b.node('Add', [x, ints(b, 0, 4)]), 0, 5],
    ['what is taken off each', (b, x) => b.node('Sub', [x, ints(b, 2, 3)]), 3, 11],
    ['what they are taken off', (b, x) => b.node('Sub', [ints(b, 9, 8), x]), 0, 8],
    ['a quotient', (b, x) => b.node('Div', [x, ints(b, 2)]), 0, 18],
    ['a bound', (b, x) => b.node('Clip', [x, ints(b, 0)]), 0, 9],
  ])('stay in range: %s', (_, step, low, high) => {
    const use = (b: GraphBuilder, x: Value): Value => b.node('Gather', [table(b), step(b, x)]);
    expect(rangeOf('int64', [800, 2], use)).toMatchObject({ low, high });
  });

  test('and inside the graphs of a search', () => {
    const use = (b: GraphBuilder, x: Value): Value => {
      const decoder = b.subgraph('decoder', (inner) => {
        const ids = inner.input('ids', 'int32', ['n', 'len']);
        const rows = inner.initializer(tensorFrom('float32', [10, 1], new Float32Array(10)), 'e');
        inner.output(inner.node('Gather', [rows, ids]));
      });
      const count = b.initializer(tensorFrom('int32', [1], Int32Array.of(8)));
      return b.node('GreedySearch', [x, count], { decoder }, { domain: 'com.microsoft' });
    };
    expect(rangeOf('int32', [10, 100], use)).toMatchObject({ low: 0, high: 9 });
  });
});
