import { expect, test } from 'vitest';
import { wilsonInterval } from '../../src/parity/index.ts';

// Expected values: SciPy's `binomtest(hits, total).proportion_ci(method="wilson")`.
test.each([
  [5, 10, 0.23659309, 0.76340691],
  [0, 20, 0, 0.16112516],
  [50, 50, 0.9286524, 1],
  [593, 600, 0.97611599, 0.99433742],
])('%d of %d: %f to %f', (hits, total, low, high) => {
  const interval = wilsonInterval(hits, total);
  expect(interval.low).toBeCloseTo(low, 6);
  expect(interval.high).toBeCloseTo(high, 6);
});
