import { describe, expect, test } from 'vitest';
import { profiles } from '../../src/parity/index.ts';
import { toleranceFor } from '../../src/parity/tolerance.ts';

describe('the tolerance of an output', () => {
  test('is what fits its name best, whatever the order', () => {
    const atol = [
      { output: 'scores', value: 1 },
      { output: 'sc*', value: 2 },
      { output: '*', value: 3 },
    ];
    const found = ['scores', 'scales', 'boxes'].map(
      (name) => toleranceFor(name, 'float32', profiles.fp32, { atol }).element?.atol,
    );
    expect(found).toEqual([1, 2, 3]);
  });

  test('keeps the rest of the profile when one limit is given', () => {
    const overrides = { minSqnrDb: [{ output: '*', value: 30 }] };
    expect(toleranceFor('y', 'float32', profiles.fp16, overrides)).toMatchObject({
      element: profiles.fp16.element,
      minSqnrDb: 30,
      minCosine: 0.9999,
    });
  });

  test('of float16 under fp32 is widened to what float16 can tell apart', () => {
    const { element, minSqnrDb } = toleranceFor('y', 'float16', profiles.fp32);
    expect(element?.rtol).toBe(2 ** -9);
    // 20·log10(2^9)
    expect(minSqnrDb).toBeCloseTo(54.185, 3);
    expect(toleranceFor('y', 'float16', profiles.exact).element?.rtol).toBe(0);
  });
});
