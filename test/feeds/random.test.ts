import { describe, expect, test } from 'vitest';
import { Random } from '../../src/feeds/values/random.ts';

function take(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.bits());
}

describe('Random', () => {
  test('gives what another implementation of xoshiro128** gives', () => {
    // From a transcription of the published algorithms in Python, with integers of any size.
    expect(take(new Random(0), 6)).toEqual([
      3427120863, 1928531495, 1279883692, 3328878768, 257686855, 1314397502,
    ]);
    expect(take(new Random(7, '0 x'), 6)).toEqual([
      3166787923, 414443235, 2746861305, 441275195, 4048495478, 1433838157,
    ]);
  });

  test('has streams that differ', () => {
    expect(take(new Random(1, 'a'), 4)).not.toEqual(take(new Random(1, 'b'), 4));
    expect(take(new Random(1, 'a'), 4)).not.toEqual(take(new Random(2, 'a'), 4));
  });

  test.each([1, 8, 24, 32, 53])('gives fractions of %i bits, evenly in [0, 1)', (precision) => {
    const random = new Random(3);
    const values = Array.from({ length: 4000 }, () => random.fraction(precision));
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(values.every((value) => Number.isInteger(value * 2 ** precision))).toBe(true);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    // The mean of the multiples of 2^-p below 1, give or take five standard errors.
    expect(Math.abs(mean - (0.5 - 2 ** -(precision + 1)))).toBeLessThan(0.04);
  });

  test('gives integers with both ends included', () => {
    const random = new Random(4);
    const seen = new Set(Array.from({ length: 500 }, () => random.integer(-2, 3)));
    expect([...seen].toSorted((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
  });
});
