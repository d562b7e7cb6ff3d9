import { describe, expect, test } from 'vitest';
import { binomialCdf, incompleteBeta, lnGamma } from '../../src/measure/beta.ts';
import { studentTCdf, studentTQuantile } from '../../src/measure/student-t.ts';

/* The literals are scipy 1.17.1's: special.gammaln, special.betainc, stats.binom, stats.t. */

/** Equal to within `tolerance` of the expected size. */
function expectNear(value: number, expected: number, tolerance: number): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected));
}

test.each([
  [0.1, 2.252712651734206],
  [0.5, 0.5723649429247],
  [3.7, 1.428072326665388],
  [10, 12.801827480081469],
  [25, 54.78472939811232],
  [1000.5, 5908.674175848678],
  [1e6, 12815504.569147611],
])('lnGamma(%f)', (x, expected) => {
  expectNear(lnGamma(x), expected, 1e-14);
});

test('lnGamma is 0 at 1 and 2', () => {
  expect(lnGamma(1)).toBeCloseTo(0, 14);
  expect(lnGamma(2)).toBeCloseTo(0, 14);
});

test.each([
  [0.3, 2, 5, 0.5798250000000003],
  [0.9, 0.5, 0.5, 0.7951672353008665],
  [0.01, 10, 1, 1e-20],
  [0.5, 100, 100, 0.5],
  [0.001, 1, 1000, 0.6323045752290359],
  [0.0101, 10, 990, 0.5539521130285294],
  [0.99, 3, 0.2, 0.47624542913377227],
])('incompleteBeta(%f, %f, %f)', (x, a, b, expected) => {
  expectNear(incompleteBeta(x, a, b), expected, 1e-12);
});

test('incompleteBeta at the ends and of large parameters', () => {
  expect(incompleteBeta(0, 2, 3)).toBe(0);
  expect(incompleteBeta(1, 2, 3)).toBe(1);
  expectNear(incompleteBeta(0.5, 500_000, 500_000), 0.5, 1e-8);
});

test.each([
  [4, 5, 0.5, 0.96875],
  [495, 500, 0.99, 0.560388913251898],
  [998, 1000, 0.999, 0.2642410869698131],
  [28, 29, 0.9, 0.9528987130275375],
  [-1, 5, 0.5, 0],
  [5, 5, 0.5, 1],
])('binomialCdf(%i, %i, %f)', (k, n, p, expected) => {
  expectNear(binomialCdf(k, n, p), expected, 1e-12);
});

test('binomialCdf of a million trials', () => {
  expectNear(binomialCdf(999_500, 1_000_000, 0.9995), 0.5059516070372202, 1e-8);
});

describe('Student’s t', () => {
  test.each([
    [0.975, 1, 12.706204736174694],
    [0.975, 2, 4.302652729749462],
    [0.975, 4, 2.7764451051977934],
    [0.975, 5, 2.5705818356363146],
    [0.975, 9, 2.262157162798205],
    [0.975, 29, 2.045229642132703],
    [0.8, 5, 0.9195437802408271],
    [0.8, 9, 0.8834038596855346],
    [0.975, 7.5, 2.333039626864974],
    [0.995, 3, 5.840909309733355],
    [0.975, 1000, 1.9623390808264083],
    [0.025, 4, -2.7764451051977943],
  ])('the %f-quantile with %f degrees of freedom', (p, freedom, expected) => {
    expectNear(studentTQuantile(p, freedom), expected, 1e-10);
  });

  test.each([
    [1.5, 3, 0.8847080673775886],
    [-2, 10, 0.03669401738537018],
    [0, 5, 0.5],
    [4.2, 2.5, 0.9825178456371594],
  ])('P(T ≤ %f) with %f degrees of freedom', (t, freedom, expected) => {
    expectNear(studentTCdf(t, freedom), expected, 1e-12);
  });

  test('has no quantile outside (0, 1), and none without freedom', () => {
    expect(() => studentTQuantile(1, 5)).toThrow(RangeError);
    expect(() => studentTQuantile(0.5, 0)).toThrow(RangeError);
  });
});
