import { expect, test } from 'vitest';
import { agreementAtLeast, agreementClaim, rowsNeeded } from '../../src/parity/index.ts';

test('without a flip, the bound is 0.05 to the power of one by the rows', () => {
  expect(agreementAtLeast(50, 50)).toBeCloseTo(0.05 ** (1 / 50), 14);
  expect(agreementAtLeast(1, 1)).toBeCloseTo(0.05, 14);
  expect(agreementAtLeast(0, 7)).toBe(0);
  expect(agreementAtLeast(0, 0)).toBe(0);
});

test.each([
  // scipy.stats.beta.ppf(0.05, agreeing, rows - agreeing + 1)
  [49, 50, 0.9086018692803026],
  [590, 600, 0.9718936410578934],
  [1, 10, 0.005116196891823701],
  [9990, 10000, 0.9983043685463546],
  [5000, 10000, 0.4917265044037394],
])('%d of %d rows: the bound of Clopper and Pearson', (agreeing, rows, expected) => {
  expect(agreementAtLeast(agreeing, rows)).toBeCloseTo(expected, 9);
});

test('rows that a claim needs', () => {
  expect([0.99, 0.95, 0.999].map(rowsNeeded)).toEqual([299, 59, 2995]);
  expect(agreementAtLeast(299, 299)).toBeGreaterThanOrEqual(0.99);
  expect(agreementAtLeast(298, 298)).toBeLessThan(0.99);
  expect(rowsNeeded(1)).toBe(Number.POSITIVE_INFINITY);
});

test('claims never round up', () => {
  expect(agreementClaim(50, 50)).toBe('0 of 50 rows flip: at least 94% agree, at 95% confidence');
  expect(agreementClaim(49, 50)).toBe('1 of 50 rows flips: at least 90% agree, at 95% confidence');
  expect(agreementClaim(298, 298)).toContain('at least 98% agree');
  expect(agreementClaim(299, 299)).toContain('at least 99.0% agree');
  expect(agreementClaim(2995, 2995)).toContain('at least 99.90% agree');
});
