import { runsNeeded } from '../measure/index.ts';
import type { Feeds, MeasurePlan } from '../runtime/index.ts';
import type { BenchmarkConfig } from './config.ts';

/** How much is measured: the defaults, resolved. */
export interface Effort {
  /** Rounds after which the result is looked at; the last one is the most there are. */
  readonly looks: readonly number[];
  readonly warmup: MeasurePlan['warmup'];
  readonly runs: number | null;
  readonly durationMs: number | null;
  /** Wall time of a process; null: no limit. */
  readonly maxMs: number | null;
  /** Whether few slow runs may be followed by processes with a fixed number of them. */
  readonly adapts: boolean;
  /** Wall time after which no further round begins; null: none. */
  readonly maxTimeMs: number | null;
  /** Whether that holds before the first look, too. */
  readonly cutsShort: boolean;
}

interface Times {
  readonly durationMs: number;
  /** With what auto warm-up may add to the timed part. */
  readonly maxMs: number;
}

const longTimes: Times = { durationMs: 1500, maxMs: 4000 };
/** For comparisons, and sweeps of more than a few configurations. */
const shortTimes: Times = { durationMs: 500, maxMs: 2500 };
const fewConfigurations = 4;

const defaultProcesses = 3;
/** Fewer than 6 processes on a side can hardly show a difference; 8 can show 3 to 5 %. */
const comparedProcesses: readonly number[] = [8, 16, 32];
const comparedMaxTimeMs = 60_000;
/** For each configuration, where nothing else limits the time: for models that take seconds a run. */
const configurationMaxTimeMs = 20_000;
/** What a process may take, about, to give a slow model the runs that a median takes. */
const mostAdaptedMs = 15_000;
/** Of a process: enough for p99.9, and about a second of the fastest models. */
const mostRuns = 100_000;
/** Sessions that run at once must warm up equally long, or they would not compete all the time. */
const concurrentWarmup = { ms: 500 };

/** Resolves what the configuration leaves open. */
export function resolveEffort(config: BenchmarkConfig, configurations: number): Effort {
  const { runs, durationMs } = config;
  const isCompared = config.baseline !== null || config.calibrate;
  const times = isCompared || configurations > fewConfigurations ? shortTimes : longTimes;
  const isConcurrent = config.concurrency.some((sessions) => sessions > 1);
  const warmup = isConcurrent && config.warmup === 'auto' ? concurrentWarmup : config.warmup;
  const looks = looksOf(config, isCompared);
  const common = { looks, warmup };
  // What the user says of the length counts alone.
  if (runs !== null || durationMs !== null) {
    const maxTimeMs = config.maxTimeMs ?? (looks.length > 1 ? comparedMaxTimeMs : null);
    const cutsShort = config.maxTimeMs !== null;
    return { ...common, runs, durationMs, maxMs: null, adapts: false, maxTimeMs, cutsShort };
  }
  const isBounded = warmup === 'auto';
  return {
    ...common,
    runs: isConcurrent ? null : mostRuns,
    durationMs: times.durationMs,
    maxMs: isBounded ? times.maxMs : null,
    adapts: isBounded,
    maxTimeMs: config.maxTimeMs ?? ownMaxTime(config, isCompared, configurations),
    cutsShort: true,
  };
}

function ownMaxTime(
  { processes }: BenchmarkConfig,
  isCompared: boolean,
  configurations: number,
): number | null {
  if (processes !== null) return null;
  return isCompared ? comparedMaxTimeMs : configurationMaxTimeMs * configurations;
}

/** A gate may ask for more processes, at fixed points; without one, or with --processes, there is one. */
function looksOf({ processes, gates }: BenchmarkConfig, isCompared: boolean): readonly number[] {
  if (processes !== null) return [processes];
  if (!isCompared) return [defaultProcesses];
  return gates.length > 0 ? comparedProcesses : comparedProcesses.slice(0, 1);
}

export interface ProcessSituation {
  readonly feeds: readonly Feeds[];
  /** The round, from 0, of how many. */
  readonly round: number;
  readonly rounds: number;
  /** Samples of the rounds before. */
  readonly samplesSoFar: number;
  /** What a run takes, about; 0 where nothing is known yet. */
  readonly runMs: number;
  /** Wall time that this process may take at most; null: no limit. */
  readonly budgetMs: number | null;
}

/**
 * What the next process measures. Where the processes so far are so slow that all together would not
 * reach the samples that a median takes, the rest get a fixed number of runs and little warm-up.
 */
export function planProcess(effort: Effort, situation: ProcessSituation): MeasurePlan {
  const { feeds, round, rounds, samplesSoFar, runMs, budgetMs } = situation;
  const expected = (samplesSoFar * rounds) / Math.max(round, 1);
  if (effort.adapts && round > 0 && expected < runsNeeded(0.5)) {
    const missing = Math.ceil((runsNeeded(0.5) - samplesSoFar) / (rounds - round));
    const runs = Math.max(missing, 1);
    // The first run and a second to warm up come on top.
    if ((runs + 2) * runMs <= mostAdaptedMs) {
      const limit = budgetMs === null ? {} : { maxMs: budgetMs };
      return { feeds, warmup: { runs: 1 }, runs, ...limit };
    }
  }
  const maxMs = Math.min(effort.maxMs ?? Infinity, budgetMs ?? Infinity);
  return {
    feeds,
    warmup: effort.warmup,
    ...(effort.runs !== null && { runs: effort.runs }),
    ...(effort.durationMs !== null && { durationMs: effort.durationMs }),
    ...(Number.isFinite(maxMs) && { maxMs }),
  };
}
