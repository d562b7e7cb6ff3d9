import type { MeasurePlan, OptimizationLevel, ProviderName } from '../runtime/index.ts';

/** What a gate looks at: a statistic of the samples of each process. */
export type GateMetric = 'p50' | 'p90' | 'p95' | 'p99' | 'mean';

/** A limit that the comparison with the baseline must keep. */
export interface Gate {
  readonly metric: GateMetric;
  /** The largest good ratio to the baseline: 1.05 for `+5%`. */
  readonly limit: number;
}

/** Everything that a benchmark is told. Null: the defaults in effort.ts, which depend on the rest. */
export interface BenchmarkConfig {
  readonly modelPath: string;
  readonly providers: readonly ProviderName[];
  /** Null: the batch that the model or the data has, else 1. */
  readonly batches: readonly number[] | null;
  /** Intra-op threads of each session; null: the cores allowed, shared among concurrent sessions. */
  readonly threads: readonly number[] | null;
  /** Sessions at the same time, each in a process of its own. */
  readonly concurrency: readonly number[];
  readonly warmup: MeasurePlan['warmup'];
  /** Timed runs of a process. */
  readonly runs: number | null;
  /** Timed part of a process. */
  readonly durationMs: number | null;
  /** Fresh processes for each configuration, one after the other. */
  readonly processes: number | null;
  /** Wall time for everything. */
  readonly maxTimeMs: number | null;
  readonly dims: ReadonlyMap<string, number>;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly inputs: readonly string[];
  readonly seed: number;
  readonly optimization: OptimizationLevel;
  /** Another model, or the JSON report of an earlier benchmark. */
  readonly baseline: string | null;
  readonly gates: readonly Gate[];
  /** Compare the model with itself, to see what this machine can resolve. */
  readonly calibrate: boolean;
}

/** One row of the sweep. */
export interface Configuration {
  readonly provider: ProviderName;
  readonly batch: number;
  readonly threads: number;
  readonly concurrency: number;
}

/** `cpu, batch 4, 2 threads`, as in messages. */
export function configurationText(configuration: Configuration): string {
  const { provider, batch, threads, concurrency } = configuration;
  const parts = [provider, `batch ${batch}`, `${threads} ${threads === 1 ? 'thread' : 'threads'}`];
  if (concurrency > 1) parts.push(`${concurrency} sessions at once`);
  return parts.join(', ');
}

export function isSameConfiguration(a: Configuration, b: Configuration): boolean {
  return (
    a.provider === b.provider &&
    a.batch === b.batch &&
    a.threads === b.threads &&
    a.concurrency === b.concurrency
  );
}
