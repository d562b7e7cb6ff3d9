import {
  confidenceLevel,
  percentileNearestRank,
  quantileMethod,
  quantileUpperBound,
  runsNeeded,
  sortedSamples,
} from './percentile.ts';

/** The percentiles of a summary, by the name of their field. */
export const percentiles = {
  p50Ms: 0.5,
  p90Ms: 0.9,
  p95Ms: 0.95,
  p99Ms: 0.99,
  p999Ms: 0.999,
} as const;

export type PercentileField = keyof typeof percentiles;

/** At most so much, with so much confidence. */
export interface UpperBound {
  readonly upperMs: number;
  /** 0.95 for 95 %. */
  readonly confidence: number;
}

/** The times of runs in a few numbers, all from all samples: nothing is trimmed. Milliseconds. */
export interface LatencySummary extends Readonly<Record<PercentileField, number | null>> {
  readonly meanMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** Of the sample (divided by runs - 1); null for a single run. */
  readonly stddevMs: number | null;
  /** How many samples there are. */
  readonly runs: number;
  readonly quantileMethod: typeof quantileMethod;
  /** For each percentile that is null: how many runs it takes. */
  readonly needed: Readonly<Partial<Record<PercentileField, number>>>;
  /** For each percentile that is a number: what the true one is at most, assuming independent runs. */
  readonly bounds: Readonly<Partial<Record<PercentileField, UpperBound>>>;
}

/**
 * Sums up the times of runs. A percentile that the number of runs cannot support is null (see
 * `runsNeeded`). Costs a sort.
 *
 * @param samplesMs At least one. Left as it is.
 */
export function summarizeLatency(samplesMs: Float64Array): LatencySummary {
  const sorted = sortedSamples(samplesMs);
  const needed: Partial<Record<PercentileField, number>> = {};
  const bounds: Partial<Record<PercentileField, UpperBound>> = {};
  const percentile = (field: PercentileField): number | null => {
    const p = percentiles[field];
    const upperMs = quantileUpperBound(sorted, p);
    if (upperMs === null) {
      needed[field] = runsNeeded(p);
      return null;
    }
    bounds[field] = { upperMs, confidence: confidenceLevel };
    return percentileNearestRank(sorted, p);
  };
  const { meanMs, stddevMs } = moments(samplesMs);
  return {
    p50Ms: percentile('p50Ms'),
    p90Ms: percentile('p90Ms'),
    p95Ms: percentile('p95Ms'),
    p99Ms: percentile('p99Ms'),
    p999Ms: percentile('p999Ms'),
    meanMs,
    minMs: percentileNearestRank(sorted, 0),
    maxMs: percentileNearestRank(sorted, 1),
    stddevMs,
    runs: sorted.length,
    quantileMethod,
    needed,
    bounds,
  };
}

/** Mean and deviation in one pass that loses no digits (Welford's). */
function moments(samples: Float64Array): { meanMs: number; stddevMs: number | null } {
  let mean = 0;
  let squares = 0;
  let count = 0;
  for (const sample of samples) {
    count += 1;
    const before = sample - mean;
    mean += before / count;
    squares += before * (sample - mean);
  }
  return { meanMs: mean, stddevMs: count < 2 ? null : Math.sqrt(squares / (count - 1)) };
}
