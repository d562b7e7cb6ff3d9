import type { LatencySummary, RatioEstimate } from '../measure/index.ts';
import type { ModelInfo, ReportBase, Verdict } from '../report/index.ts';
import type { Configuration, GateMetric } from './config.ts';
import type { Environment } from './environment.ts';

/** Medians over fresh processes; the model file may be in the system's cache. */
export interface ColdStartReport {
  /** Loading onnxruntime. */
  readonly importMs: number;
  /** Loading the model. */
  readonly createMs: number;
  readonly firstRunMs: number;
}

export interface MemoryReport {
  /** Largest resident memory of a process, Node and onnxruntime included. */
  readonly peakBytes: number;
  /** The model file and its external data files. */
  readonly modelBytes: number;
  /** Resident before the model was loaded, and after; medians over processes. */
  readonly afterImportBytes: number;
  readonly afterCreateBytes: number;
}

/** Closed loop: the next run begins when the one before has ended. */
export interface ThroughputReport {
  /** Runs per second times the batch. */
  readonly samplesPerSecond: number;
  readonly runsPerSecond: number;
}

/** One process of a configuration. */
export interface ProcessReport {
  /** From 0. With concurrency, as many processes have the same round. */
  readonly round: number;
  readonly p50Ms: number;
  /** Null where the process has too few runs for it. */
  readonly p90Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly meanMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly runs: number;
  readonly wallMs: number;
  readonly importMs: number;
  readonly createMs: number;
  readonly firstRunMs: number;
  readonly warmupRuns: number;
  readonly warmupMs: number;
  readonly settled: boolean;
  readonly endedBy: 'runs' | 'duration' | 'max-time';
  readonly peakBytes: number;
  readonly runQueueWaitMs: number | null;
  readonly involuntaryContextSwitches: number;
  readonly gcCount: number;
  readonly gcMs: number;
}

/** What disturbed the timed runs, as fractions of their wall time. */
export interface NoiseReport {
  /** Waiting for a CPU that others used; null where the system does not say, or the time is short. */
  readonly runQueueWait: number | null;
  readonly garbageCollection: number;
  readonly involuntaryContextSwitches: number;
}

export interface BenchmarkResult extends Configuration {
  /** Shapes of the inputs. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Of the samples of all processes together. */
  readonly latency: LatencySummary;
  /** Smallest and largest median of a process: how far processes are apart. */
  readonly processP50Ms: { readonly low: number; readonly high: number };
  readonly throughput: ThroughputReport;
  readonly coldStart: ColdStartReport;
  readonly memory: MemoryReport;
  readonly noise: NoiseReport;
  readonly processes: readonly ProcessReport[];
  readonly comparison?: Comparison;
}

export interface GateResult {
  readonly metric: GateMetric;
  readonly limit: number;
  readonly ratio: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly verdict: Verdict;
  /** Why it is inconclusive; null otherwise. */
  readonly reason: string | null;
}

/** The model against its baseline; a ratio above 1 means that the model is slower. */
export interface Comparison extends RatioEstimate {
  /** What it was compared with, as given. */
  readonly baseline: string;
  /** `interleaved`: both were measured now, in turns. `stored`: the baseline is an earlier report. */
  readonly method: 'interleaved' | 'stored';
  readonly configuration: Configuration;
  readonly beforeP50Ms: number;
  readonly afterP50Ms: number;
  /** What the interval of the median's ratio says; `unclear` where it contains 1. */
  readonly change: 'faster' | 'slower' | 'unclear';
  readonly gates: readonly GateResult[];
  /** Of all gates together; null where there are none. */
  readonly verdict: Verdict | null;
  /** How the environments differ, for a stored baseline. */
  readonly environmentDifferences: readonly string[];
}

/** What comparing the model with itself came to. */
export interface Calibration extends RatioEstimate {
  readonly configuration: Configuration;
  /** The smallest limit for --fail-on, as a ratio, that the model against itself keeps 95 % of the time. */
  readonly suggestedLimit: number;
}

export interface BenchmarkWarning {
  /** Stable: `noisy`, `unsettled`, `spread`, `oversubscribed`, … */
  readonly code: string;
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
}

export interface InputReport {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Where its values are from. */
  readonly source: string;
}

export interface BenchmarkReport extends ReportBase {
  readonly kind: 'benchmark';
  readonly model: ModelInfo;
  readonly environment: Environment;
  /** Of the first configuration. */
  readonly inputs: readonly InputReport[];
  /** Different inputs that were run in turns. */
  readonly distinctInputs: number;
  /** What there is to know of the data. */
  readonly notes: readonly string[];
  readonly results: readonly BenchmarkResult[];
  /** Of the first configuration. */
  readonly coldStart: ColdStartReport;
  readonly memory: MemoryReport;
  /** The worst of the configurations. */
  readonly comparison?: Comparison;
  readonly calibration?: Calibration;
  readonly warnings: readonly BenchmarkWarning[];
}
