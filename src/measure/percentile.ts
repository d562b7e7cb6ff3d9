import { binomialCdf } from './beta.ts';

/** How {@link percentileNearestRank} and everything made from it define a percentile. */
export const quantileMethod = 'nearest-rank';

/** The one level of confidence that bounds and intervals are given at. */
export const confidenceLevel = 0.95;

/**
 * The `p`-quantile by nearest rank: the ⌈n·p⌉-th smallest sample, so always one that was observed.
 * Hyndman and Fan's type 1.
 *
 * Source: https://doi.org/10.1080/00031305.1996.10473566
 *
 * @param sorted Ascending, at least one.
 * @param p From 0 to 1; 0.5 is the (lower) median, 0 the smallest sample.
 */
export function percentileNearestRank(sorted: ArrayLike<number>, p: number): number {
  const value = sorted[Math.max(nearestRank(sorted.length, p), 1) - 1];
  if (value === undefined || !(p >= 0 && p <= 1)) {
    throw new RangeError(`there is no ${p}-quantile of ${sorted.length} samples`);
  }
  return value;
}

/** ⌈n·p⌉, where a product that misses a whole number by rounding alone counts as that number. */
function nearestRank(n: number, p: number): number {
  const exact = n * p;
  const whole = Math.round(exact);
  return Math.abs(exact - whole) <= exact * 2 ** -50 ? whole : Math.ceil(exact);
}

/** The median by nearest rank: of an even number of samples the lower of the two in the middle. */
export function medianOf(samples: Iterable<number>): number {
  return percentileNearestRank(sortedSamples(samples), 0.5);
}

/** A sorted copy. */
export function sortedSamples(samples: Iterable<number>): Float64Array {
  return Float64Array.from(samples).toSorted();
}

/**
 * The fewest samples that say anything about how high the `p`-quantile may be: with fewer, even the
 * largest one lies below the true quantile more often than the confidence allows (with probability
 * pⁿ). 299 for p = 0.99 at 95 %.
 *
 * @param spare Samples that must lie above the bound, so that it does not hang on the largest one.
 */
export function runsNeeded(
  p: number,
  confidence: number = confidenceLevel,
  spare: number = 0,
): number {
  if (spare === 0) return Math.ceil(Math.log(1 - confidence) / Math.log(p));
  const isEnough = (n: number): boolean => binomialCdf(n - 1 - spare, n, p) >= confidence;
  let low = 1;
  let high = 2;
  while (!isEnough(high)) {
    low = high;
    high *= 2;
  }
  while (low < high) {
    const n = Math.floor((low + high) / 2);
    if (isEnough(n)) high = n;
    else low = n + 1;
  }
  return high;
}

/**
 * An upper confidence bound of the true `p`-quantile that assumes nothing of the distribution: the
 * smallest sample that lies at or above it with the given probability. It does assume independent
 * samples, which the runs of one process are not; so it is a lower limit of what is not known.
 *
 * Source: https://www.itl.nist.gov/div898/handbook/prc/section2/prc262.htm (order statistics and the
 * binomial distribution)
 *
 * @param sorted Ascending.
 * @returns Null below {@link runsNeeded} samples.
 */
export function quantileUpperBound(
  sorted: ArrayLike<number>,
  p: number,
  confidence: number = confidenceLevel,
): number | null {
  const n = sorted.length;
  if (n < runsNeeded(p, confidence)) return null;
  // The smallest k with P(fewer than k samples lie below the quantile) at the confidence or above.
  let low = 1;
  let high = n;
  while (low < high) {
    const k = Math.floor((low + high) / 2);
    if (binomialCdf(k - 1, n, p) >= confidence) high = k;
    else low = k + 1;
  }
  return sorted[low - 1] ?? null;
}
