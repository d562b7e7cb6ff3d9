import { describe, expect, test } from 'vitest';
import {
  medianOf,
  percentileNearestRank,
  quantileUpperBound,
  runsNeeded,
  summarizeLatency,
} from '../../src/measure/index.ts';

/** 1, 2, …, n: the k-th smallest is k. */
function ranks(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, index) => index + 1);
}

/** 300 different numbers, out of order; the literals below are numpy's of the same formula. */
const scattered = Float64Array.from(
  { length: 300 },
  (_, index) => ((index * 7919) % 1009) / 10 + 1,
);

describe('percentileNearestRank', () => {
  test.each([
    [1, 0.5, 1],
    [2, 0.5, 1],
    [5, 0.5, 3],
    [10, 0.5, 5],
    [10, 0.9, 9],
    [11, 0.9, 10],
    [20, 0.95, 19],
    [100, 0.99, 99],
    [101, 0.99, 100],
    [1000, 0.999, 999],
    [100, 0, 1],
    [100, 1, 100],
  ])('of %i samples, p = %f is the sample of rank %i', (n, p, rank) => {
    expect(percentileNearestRank(ranks(n), p)).toBe(rank);
  });

  test('is not led astray by a product that rounds up', () => {
    // 0.55 · 100 is 55.00000000000001 in floating point.
    expect(percentileNearestRank(ranks(100), 0.55)).toBe(55);
    expect(percentileNearestRank(ranks(100), 0.07)).toBe(7);
  });

  test('refuses nothing and nonsense', () => {
    expect(() => percentileNearestRank([], 0.5)).toThrow(RangeError);
    expect(() => percentileNearestRank([1], 1.5)).toThrow(RangeError);
    expect(() => percentileNearestRank([1], Number.NaN)).toThrow(RangeError);
  });

  test('medianOf sorts a copy', () => {
    const samples = [3, 1, 2];
    expect(medianOf(samples)).toBe(2);
    expect(samples).toEqual([3, 1, 2]);
  });
});

describe('runsNeeded', () => {
  test.each([
    [0.5, 0.95, 5],
    [0.9, 0.95, 29],
    [0.95, 0.95, 59],
    [0.99, 0.95, 299],
    [0.999, 0.95, 2995],
    [0.99, 0.99, 459],
  ])('p = %f at %f takes %i', (p, confidence, runs) => {
    expect(runsNeeded(p, confidence)).toBe(runs);
  });
});

test.each([
  [0.5, 18],
  [0.9, 103],
  [0.95, 208],
  [0.99, 1049],
  [0.999, 10_511],
])('five samples above the bound of p = %f take %i', (p, runs) => {
  expect(runsNeeded(p, 0.95, 5)).toBe(runs);
});

describe('quantileUpperBound', () => {
  // Ranks from scipy.stats.binom: the smallest k with binom.cdf(k - 1, n, p) >= 0.95.
  test.each([
    [4, 0.5, null],
    [5, 0.5, 5],
    [28, 0.9, null],
    [29, 0.9, 29],
    [298, 0.99, null],
    [299, 0.99, 299],
    [1000, 0.5, 527],
    [1000, 0.99, 996],
    [1049, 0.99, 1044],
    [5000, 0.99, 4962],
    [10_000, 0.999, 9996],
    [100, 0.9, 96],
  ])('of %i samples, p = %f', (n, p, rank) => {
    expect(quantileUpperBound(ranks(n), p)).toBe(rank);
  });

  test('holds a million samples', () => {
    // Normal approximation: n/2 + 1.645·√n/2.
    const bound = quantileUpperBound(ranks(1_000_000), 0.5) ?? 0;
    expect(Math.abs(bound - 500_823)).toBeLessThan(3);
  });
});

describe('summarizeLatency', () => {
  test('of 300 samples agrees with numpy and scipy', () => {
    const summary = summarizeLatency(scattered);
    expect(summary).toMatchObject({
      p50Ms: 51.5,
      p90Ms: 91.6,
      p95Ms: 96.6,
      p99Ms: 100.7,
      p999Ms: null,
      minMs: 1,
      maxMs: 101.6,
      runs: 300,
      quantileMethod: 'nearest-rank',
      needed: { p999Ms: 2995 },
      bounds: {
        p50Ms: { upperMs: 56.5, confidence: 0.95 },
        p90Ms: { upperMs: 94.9, confidence: 0.95 },
        p95Ms: { upperMs: 98.7, confidence: 0.95 },
        p99Ms: { upperMs: 101.6, confidence: 0.95 },
      },
    });
    expect(summary.meanMs).toBeCloseTo(51.503_000_000_000_01, 12);
    expect(summary.stddevMs).toBeCloseTo(29.253_928_490_153_65, 11);
    expect(Object.keys(summary.bounds)).not.toContain('p999Ms');
  });

  test('gives no percentile that the number of runs cannot support, and says what it takes', () => {
    const summary = summarizeLatency(ranks(4));
    expect([summary.p50Ms, summary.p90Ms, summary.p95Ms, summary.p99Ms, summary.p999Ms]).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
    expect(summary.needed).toEqual({ p50Ms: 5, p90Ms: 29, p95Ms: 59, p99Ms: 299, p999Ms: 2995 });
    expect(summary.bounds).toEqual({});
    expect(summary).toMatchObject({ meanMs: 2.5, minMs: 1, maxMs: 4 });
    expect(summarizeLatency(ranks(5)).p50Ms).toBe(3);
    expect(summarizeLatency(ranks(298)).p99Ms).toBeNull();
    expect(summarizeLatency(ranks(299)).p99Ms).toBe(297);
  });

  test('keeps every sample, however far out', () => {
    const samples = ranks(100);
    samples[7] = 1e6;
    const summary = summarizeLatency(samples);
    expect(summary.maxMs).toBe(1e6);
    expect(summary.runs).toBe(100);
    expect(samples[7]).toBe(1e6);
  });

  test('of one run has no deviation', () => {
    expect(summarizeLatency(Float64Array.of(2.5))).toMatchObject({
      meanMs: 2.5,
      minMs: 2.5,
      maxMs: 2.5,
      stddevMs: null,
      runs: 1,
    });
  });

  test('loses no digits where the deviation is small beside the mean', () => {
    const { stddevMs } = summarizeLatency(Float64Array.of(1e9 + 1, 1e9 + 2, 1e9 + 3));
    expect(stddevMs).toBe(1);
  });

  test('refuses no samples', () => {
    expect(() => summarizeLatency(new Float64Array())).toThrow(RangeError);
  });
});
