import { describe, expect, test } from 'vitest';
import { tensorFrom } from '../../src/tensor/index.ts';
import { compareTensors, compareValues, seeded, tensorOf } from './comparing.ts';

describe('the histogram of errors by magnitude', () => {
  test('has a bin for each power of two, with its geometric middle, and one for zero', () => {
    const { details } = compareValues(
      'float64',
      [1, 1.5, 1.999, 2, 0, 0, -3],
      [1, 1.5 + 2 ** -10, 1.999, 2 - 2 ** -4, 0, 0.25, -3],
    );
    const middle = (exponent: number): number => 2 ** exponent * Math.SQRT2;
    expect(details?.errorByMagnitude).toEqual([
      { magnitude: 0, error: 0, count: 1 },
      { magnitude: 0, error: middle(-2), count: 1 },
      { magnitude: middle(0), error: 0, count: 2 },
      { magnitude: middle(0), error: middle(-10), count: 1 },
      { magnitude: middle(1), error: 0, count: 1 },
      { magnitude: middle(1), error: middle(-4), count: 1 },
    ]);
  });

  test('counts every pair of finite values once, over blocks and samples', () => {
    const random = seeded(7);
    const count = 9001;
    const r = Array.from({ length: count }, () => (random() - 0.5) * 2 ** (60 * random() - 30));
    const a = r.map((value, i) => (i % 3 === 0 ? value : value * (1 + random() * 1e-3)));
    a[17] = Number.NaN;
    const [left, right] = [tensorOf('float32', [count], r), tensorOf('float32', [count], a)];
    const bins = compareTensors(left, right).details?.errorByMagnitude ?? [];
    expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(count - 1);
    // The same by logarithms, of what float32 makes of the numbers.
    const expected = new Map<string, number>();
    const place = (value: number): number =>
      value === 0 ? 0 : 2 ** Math.floor(Math.log2(value)) * Math.SQRT2;
    for (const [i, value] of r.entries()) {
      if (i === 17) continue;
      const size = Math.abs(Math.fround(value));
      const error = Math.abs(Math.fround(a[i]!) - Math.fround(value));
      const key = `${place(size)} ${place(error)}`;
      expected.set(key, (expected.get(key) ?? 0) + 1);
    }
    expect(new Map(bins.map((bin) => [`${bin.magnitude} ${bin.error}`, bin.count]))).toEqual(
      expected,
    );
  });

  test('puts what no bin reaches into the last one, and denormals apart from zero', () => {
    const { details } = compareValues('float64', [1e300, 5e-324], [1e300, 0]);
    const bins = details?.errorByMagnitude ?? [];
    expect(bins.map((bin) => bin.count)).toEqual([1, 1]);
    expect(bins[0]?.magnitude).toBe(2 ** -160 * Math.SQRT2);
    expect(bins[0]?.error).toBe(2 ** -160 * Math.SQRT2);
    expect(bins[1]).toEqual({ magnitude: 2 ** 160 * Math.SQRT2, error: 0, count: 1 });
  });

  test('takes a quarter of what comes after a million elements, all else takes all', () => {
    const count = 3 * 2 ** 20;
    const reference = new Float32Array(count).fill(1);
    // Three in four are off by a step, in each stretch alike.
    const candidate = reference.map((r, i) => (i % 4 === 0 ? r : r + 2 ** -20));
    const { details, meanAbs } = compareTensors(
      tensorFrom('float32', [count], reference),
      tensorFrom('float32', [count], candidate),
    );
    const bins = details?.errorByMagnitude ?? [];
    const taken = bins.reduce((sum, bin) => sum + bin.count, 0);
    expect(taken / 2 ** 20).toBeGreaterThan(1.45);
    expect(taken / 2 ** 20).toBeLessThan(1.55);
    expect(bins.map((bin) => bin.count / taken)).toEqual([0.25, 0.75]);
    expect(meanAbs).toBe(0.75 * 2 ** -20);
    expect(details?.digitsMedian).toBeCloseTo(20 * Math.log10(2), 1);
    expect(details?.digitsMin).toBeCloseTo(20 * Math.log10(2), 12);
  });
});
