import type { Verdict } from '../report/index.ts';
import type { Feeds, MeasurePlan, SessionSettings } from '../runtime/index.ts';
import { interleave } from './interleave.ts';
import { type ModelMeasurement, measureModel, type OpenSession } from './measure-model.ts';
import { medianOf } from './percentile.ts';
import { judgeRatio, pairedRatio, type RatioEstimate } from './ratio.ts';

/** One side of a comparison. */
export interface Variant {
  readonly path: string;
  readonly feeds: readonly Feeds[];
  readonly settings?: SessionSettings;
}

export interface CompareSettings {
  /** Processes on each side; 6 or more for a result that means something, at least 1. */
  readonly rounds: number;
  /** Of the order within the rounds; default 0. */
  readonly seed?: number;
  /** Default `auto`. */
  readonly warmup?: MeasurePlan['warmup'];
  /** Timed runs of a process; default: as many as `durationMs` allows. */
  readonly runs?: number;
  /** Timed part of a process; default 500 where `runs` is not given. */
  readonly durationMs?: number;
  /** Wall time of a process, warm-up included (half of it at most); default 2500. */
  readonly maxMs?: number;
  /** Wall time after which no further round begins; one is always done. Default: none. */
  readonly maxTotalMs?: number;
  /** The largest ratio that is still good; default 1.05. */
  readonly limit?: number;
  /** Told before each process. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface InterleavedComparison extends RatioEstimate {
  /** Medians of the medians of the processes. */
  readonly beforeP50Ms: number;
  readonly afterP50Ms: number;
  /** Whether `after` keeps the limit. */
  readonly verdict: Verdict;
  /** One for each round. */
  readonly before: readonly ModelMeasurement[];
  readonly after: readonly ModelMeasurement[];
}

const defaults = { durationMs: 500, maxMs: 2500, limit: 1.05 };

/** Changes smaller than 1 µs are below what a call itself varies by. */
export const smallestChangeMs = 0.001;

/**
 * Compares how long two models take: in each round both run in fresh processes, in random order, and
 * give a pair of medians. Runs within a process are not independent of each other; processes are, so
 * only their medians count.
 *
 * @returns `ratio` is the time of `after` over that of `before`.
 * @throws MlkitError as `measureModel`.
 */
export async function compareInterleaved(
  before: Variant,
  after: Variant,
  settings: CompareSettings,
  open?: OpenSession,
): Promise<InterleavedComparison> {
  const { rounds, seed = 0, onProgress, limit = defaults.limit } = settings;
  const deadline = performance.now() + (settings.maxTotalMs ?? Number.POSITIVE_INFINITY);
  let done = 0;
  const task = (variant: Variant) => () => {
    onProgress?.(done, 2 * rounds);
    done += 1;
    const plan = planOf(variant.feeds, settings);
    return measureModel(variant.path, plan, variant.settings, open);
  };
  const [first = [], second = []] = await interleave([task(before), task(after)], {
    rounds,
    seed,
    isEnough: () => performance.now() >= deadline,
  });
  const one = first.map((each) => each.p50Ms);
  const two = second.map((each) => each.p50Ms);
  const estimate = pairedRatio(one, two);
  const beforeP50Ms = medianOf(one);
  return {
    ...estimate,
    beforeP50Ms,
    afterP50Ms: medianOf(two),
    verdict: judgeRatio(estimate, beforeP50Ms, { limit, smallestChangeMs }),
    before: first,
    after: second,
  };
}

function planOf(feeds: readonly Feeds[], settings: CompareSettings): MeasurePlan {
  const { warmup = 'auto', runs, maxMs = defaults.maxMs } = settings;
  const durationMs = settings.durationMs ?? (runs === undefined ? defaults.durationMs : undefined);
  return {
    feeds,
    warmup,
    maxMs,
    ...(runs !== undefined && { runs }),
    ...(durationMs !== undefined && { durationMs }),
  };
}
