import type { DataType, Tensor, TensorValue } from '../tensor/index.ts';

/** The execution providers mlkit can ask onnxruntime for. */
export type ProviderName = 'cpu' | 'cuda' | 'tensorrt' | 'webgpu' | 'coreml' | 'dml';

/** How far onnxruntime rewrites the graph before it runs it. */
export type OptimizationLevel = 'disabled' | 'basic' | 'extended' | 'all';

/** How a model is loaded. Everything has a default; no default depends on the model. */
export interface SessionSettings {
  /** Default `cpu`. A provider that cannot be used is an error, never a silent fall-back. */
  readonly provider?: ProviderName;
  /** Intra-op threads, at least 1; default {@link availableCores}. */
  readonly threads?: number;
  /** Default `all`. */
  readonly optimization?: OptimizationLevel;
  /** Where onnxruntime writes the graph it made, at creation. */
  readonly optimizedModelPath?: string;
  /** The format of that file; default: by its extension (`.ort`), else ONNX. */
  readonly optimizedModelFormat?: 'onnx' | 'ort';
  /** Time allowed for loading; past it the child is killed. Default: no limit. */
  readonly createTimeoutMs?: number;
  /**
   * Time allowed for one `run`; past it the child is killed. Default: no limit. In `measure` it
   * bounds each single inference in the same way.
   */
  readonly runTimeoutMs?: number;
  /**
   * Memory that the process of the model may hold (its resident set, the 60 MB or so of Node and
   * onnxruntime included); beyond it the child is killed. What is held only for a moment may go
   * unseen on other systems than Linux. Default: no limit.
   */
  readonly memoryLimitBytes?: number;
  /** Session configuration entries, for example `'session.disable_prepacking': '1'`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Turns profiling on: the profile is `<prefix>_<date>_<time>.json`, complete after `close`. */
  readonly profilePrefix?: string;
  /** Kills the child when aborted; what is pending rejects with INTERRUPTED. */
  readonly signal?: AbortSignal;
}

/** One input or output as the runtime declares it. */
export interface ValueInfo {
  readonly name: string;
  /** False for sequences, maps and optionals. */
  readonly isTensor: boolean;
  /** Null where it is no tensor, or of a type mlkit does not know. */
  readonly dtype: DataType | null;
  /** A size, or the name of a symbolic dimension; an unknown one is `''`. Empty for non-tensors. */
  readonly shape: (number | string)[];
}

/**
 * Inputs by name. A session takes tensors only; sequences and optionals are for models that are run
 * through `openRunnable` of parity/.
 */
export type Feeds = ReadonlyMap<string, TensorValue>;

export interface RunResult {
  /** In the order of the model's outputs, or of `fetches` where given. */
  readonly outputs: Map<string, Tensor>;
  /** Time of the run alone in the child, without the transfer between processes. */
  readonly runMs: number;
}

/** What `measure` does; at least one of `runs` and `durationMs` must be given. */
export interface MeasurePlan {
  /** At least one; rotated: run number i (timed runs count from 0) takes `feeds[i % feeds.length]`. */
  readonly feeds: readonly Feeds[];
  /**
   * Untimed runs before: a number of runs, a time, or `auto`: until two consecutive windows (at
   * least 10 runs and 250 ms each) have medians within 2 %, at most 10 s, at least 3 runs. With
   * `maxMs`, the warm-up takes at most half of it.
   */
  readonly warmup: { readonly runs: number } | { readonly ms: number } | 'auto';
  /** Timed runs. */
  readonly runs?: number;
  /** Time to go on for; with `runs`, whichever is reached first. */
  readonly durationMs?: number;
  /** Wall time for everything, warm-up included; the first run and one timed run always happen. */
  readonly maxMs?: number;
  /** Names of the outputs to compute; default all. */
  readonly fetches?: readonly string[];
  /** Told a few times a second, between timed runs; `total` is null where `runs` is not given. */
  readonly onProgress?: (done: number, total: number | null) => void;
}

export interface Measurement {
  /** One per timed run, in order, nothing dropped. Milliseconds. */
  readonly samplesMs: Float64Array;
  /** The first run of these feeds in this session (allocation, lazy initialisation). */
  readonly firstRunMs: number;
  /** Untimed runs after the first one. */
  readonly warmupRuns: number;
  readonly warmupMs: number;
  /**
   * Whether the times had stopped drifting: the last two windows of an `auto` warm-up agreed within
   * 2 %; where it hit its cap before two windows were full, or the warm-up was fixed, whether the
   * medians of its two halves did (false below 3 runs a half).
   */
  readonly settled: boolean;
  /** From the start of the first timed run to the end of the last. Milliseconds. */
  readonly wallMs: number;
  /** Time the timed runs' thread waited for a CPU; null where the system does not say. */
  readonly runQueueWaitMs: number | null;
  readonly involuntaryContextSwitches: number;
  /** Garbage collections of the child during the timed runs. */
  readonly gcCount: number;
  readonly gcMs: number;
  readonly endedBy: 'runs' | 'duration' | 'max-time';
}

/** What it cost to get ready, in a fresh process (the file may be in the page cache). */
export interface ColdStart {
  /** Loading onnxruntime itself. */
  readonly importMs: number;
  /** Loading the model. */
  readonly createMs: number;
}

/** Resident memory of the child process, in bytes. */
export interface MemoryUse {
  readonly peakBytes: number;
  readonly currentBytes: number;
  readonly afterImportBytes: number;
  readonly afterCreateBytes: number;
}

/**
 * A model loaded in a process of its own, so that a crash of the runtime is an error here. Calls are
 * answered in order, one at a time.
 */
export interface Session {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly coldStart: ColdStart;
  /**
   * Runs the model once.
   *
   * @throws MlkitError INPUT_DATA, MODEL_UNSUPPORTED, RUNTIME_RUN, RUNTIME_CRASHED, RUNTIME_TIMEOUT,
   * RUNTIME_MEMORY or INTERRUPTED. After the last four the session is dead.
   */
  run(feeds: Feeds, fetches?: readonly string[]): Promise<RunResult>;
  /**
   * Times runs in the child, on the thread that runs them: each sample is one whole call including
   * the allocation of its outputs. Throws as `run` does.
   */
  measure(plan: MeasurePlan): Promise<Measurement>;
  memory(): Promise<MemoryUse>;
  /** What the child printed last (at most 64 KiB), the runtime's log included. */
  stderr(): string;
  /** Ends the child and waits until it is gone. Any number of calls; never throws. */
  close(): Promise<void>;
}
