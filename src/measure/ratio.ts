import type { Verdict } from '../report/index.ts';
import { confidenceLevel } from './percentile.ts';
import { studentTQuantile } from './student-t.ts';

/** A true change as large as `detectable` is found with this probability. */
const power = 0.8;

/** How many times as long `after` takes as `before`, and how sure that is. */
export interface RatioEstimate {
  /** Above 1: slower. */
  readonly ratio: number;
  /** The confidence interval of the ratio; null where there is too little data for one. */
  readonly low: number | null;
  readonly high: number | null;
  /** Of the interval: 0.95 for 95 %. */
  readonly confidence: number;
  /**
   * The smallest true change that data as noisy as these would show in 80 % of cases, as a fraction:
   * 0.024 for 2.4 %. Null where there is too little data.
   */
  readonly detectable: number | null;
  /** Values on each side that the estimate stands on (the smaller number, where they differ). */
  readonly rounds: number;
}

/**
 * The ratio from pairs of values that were measured side by side: what disturbs both of a pair
 * cancels out. The interval is Student's, of the mean of the logarithms of the ratios.
 *
 * Source: https://www.itl.nist.gov/div898/handbook/prc/section3/prc31.htm (paired observations)
 *
 * @param before Positive, one value a round: the median of a process, not single runs.
 * @param after As many.
 */
export function pairedRatio(
  before: readonly number[],
  after: readonly number[],
  confidence: number = confidenceLevel,
): RatioEstimate {
  if (before.length !== after.length || before.length === 0) {
    throw new RangeError(`${before.length} values cannot be paired with ${after.length}`);
  }
  const differences = before.map((value, round) => Math.log((after[round] ?? Number.NaN) / value));
  const { mean, variance } = momentsOf(differences);
  const rounds = differences.length;
  return estimate(mean, Math.sqrt(variance / rounds), rounds - 1, { rounds, confidence });
}

/**
 * The ratio from values that were measured at different times: Welch's interval of the difference of
 * the mean logarithms. What changed in the meantime counts as a difference.
 *
 * Source: https://www.itl.nist.gov/div898/handbook/eda/section3/eda353.htm
 *
 * @param before Positive: medians of processes, not single runs. At least one.
 */
export function unpairedRatio(
  before: readonly number[],
  after: readonly number[],
  confidence: number = confidenceLevel,
): RatioEstimate {
  const rounds = Math.min(before.length, after.length);
  if (rounds === 0) throw new RangeError('a ratio needs a value on each side');
  const one = momentsOf(before.map(Math.log));
  const two = momentsOf(after.map(Math.log));
  const shares = [one.variance / before.length, two.variance / after.length] as const;
  const error = Math.sqrt(shares[0] + shares[1]);
  const freedom =
    (shares[0] + shares[1]) ** 2 /
    (shares[0] ** 2 / (before.length - 1) + shares[1] ** 2 / (after.length - 1));
  // Without any spread the quotient is 0/0; the interval has no width then, whatever its freedom.
  const known = Number.isNaN(freedom) && rounds > 1 ? before.length + after.length - 2 : freedom;
  return estimate(two.mean - one.mean, error, rounds > 1 ? known : 0, { rounds, confidence });
}

function estimate(
  mean: number,
  error: number,
  freedom: number,
  { rounds, confidence }: { readonly rounds: number; readonly confidence: number },
): RatioEstimate {
  const ratio = Math.exp(mean);
  if (freedom <= 0) return { ratio, low: null, high: null, confidence, detectable: null, rounds };
  const t = studentTQuantile((1 + confidence) / 2, freedom);
  return {
    ratio,
    low: Math.exp(mean - t * error),
    high: Math.exp(mean + t * error),
    confidence,
    detectable: Math.expm1((t + studentTQuantile(power, freedom)) * error),
    rounds,
  };
}

function momentsOf(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: values.length < 2 ? 0 : squares / (values.length - 1) };
}

export interface RatioLimit {
  /** The largest ratio that is still good: 1.05 allows 5 % more time, 0.9 asks for 10 % less. */
  readonly limit: number;
  /**
   * Being slower by surely less than this is not being slower, whatever the ratio: it is what the clock
   * and one call vary by. Milliseconds.
   */
  readonly smallestChangeMs: number;
}

/**
 * Whether a ratio keeps a limit: `pass` where its whole interval does, `fail` where none of it does,
 * `inconclusive` where the data cannot tell.
 */
export function judgeRatio(
  { low, high }: Pick<RatioEstimate, 'low' | 'high'>,
  beforeMs: number,
  { limit, smallestChangeMs }: RatioLimit,
): Verdict {
  if (low === null || high === null) return 'inconclusive';
  if (limit >= 1 && (high - 1) * beforeMs < smallestChangeMs) return 'pass';
  if (high < limit) return 'pass';
  return low > limit ? 'fail' : 'inconclusive';
}
