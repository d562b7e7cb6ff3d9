import { describe, expect, test } from 'vitest';
import { rint } from '../../../src/quantize/numerics/rint.ts';
import { SeededRandom } from '../../support/random.ts';

describe('rint', () => {
  test.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, 0],
    [-1.5, -2],
    [-2.5, -2],
    [126.5, 126],
    [127.5, 128],
    [0.49999999999999994, 0],
    [0.50000001, 1],
    [-127.49999, -127],
    [2 ** 50 + 0.5, 2 ** 50],
    [2 ** 50 + 1.5, 2 ** 50 + 2],
  ])('%d rounds to %d', (value, expected) => {
    expect(rint(value) + 0).toBe(expected);
  });

  test('is the nearest integer, the even one in the middle', () => {
    const random = new SeededRandom(7);
    for (let count = 0; count < 20_000; count += 1) {
      // Quarters, so that a quarter of them are ties.
      const value = (random.below(4096) - 2048) / 4;
      const floor = Math.floor(value);
      const rest = value - floor;
      const isUp = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
      expect(rint(value)).toBeCloseTo(isUp ? floor + 1 : floor, 12);
    }
  });

  test('NaN stays NaN', () => {
    expect(rint(Number.NaN)).toBeNaN();
  });
});
