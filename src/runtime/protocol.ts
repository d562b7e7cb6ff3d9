import type { DataType } from '../tensor/index.ts';
import type { ColdStart, OptimizationLevel, ProviderName, ValueInfo } from './runtime.ts';

/*
 * What the parent and the child tell each other over the IPC channel of node:child_process (advanced
 * serialization). The parent asks one thing at a time.
 */

/** A tensor on the channel. */
export interface WireTensor {
  readonly name: string;
  readonly dtype: DataType;
  readonly dims: readonly number[];
  /** Elements in the layout of raw_data; null where pieces before this message held them, and for strings. */
  readonly bytes: Uint8Array | null;
  readonly strings: readonly string[] | null;
}

/** A part of the bytes of the next tensor; `total` is the size of the whole. */
export interface Piece {
  readonly kind: 'piece';
  readonly total: number;
  readonly data: Uint8Array;
}

export interface OpenRequest {
  readonly kind: 'open';
  /** A path, or the bytes of a model without external data. */
  readonly model: string | Uint8Array;
  readonly provider: ProviderName;
  readonly threads: number;
  readonly optimization: OptimizationLevel;
  readonly optimizedModelPath: string | null;
  readonly config: Readonly<Record<string, string>>;
  readonly profilePrefix: string | null;
}

export interface RunRequest {
  readonly kind: 'run';
  readonly tensors: readonly WireTensor[];
  readonly fetches: readonly string[];
}

export interface MeasureRequest {
  readonly kind: 'measure';
  /** The tensors of all feeds, one feed after the other. */
  readonly tensors: readonly WireTensor[];
  readonly feedCount: number;
  readonly fetches: readonly string[];
  readonly warmup: { readonly runs: number } | { readonly ms: number } | 'auto';
  readonly runs: number | null;
  readonly durationMs: number | null;
  readonly maxMs: number | null;
  /** Whether to send {@link Beat}s. */
  readonly beats: boolean;
}

export interface MemoryRequest {
  readonly kind: 'memory';
}

/** Release the session, which completes the profile. */
export interface CloseRequest {
  readonly kind: 'close';
}

export type Request = OpenRequest | RunRequest | MeasureRequest | MemoryRequest | CloseRequest;

/** Sent between runs of a measurement, at most every 200 ms. */
export interface Beat {
  readonly kind: 'beat';
  /** Timed runs done. */
  readonly done: number;
}

export interface OpenReply {
  readonly inputs: ValueInfo[];
  readonly outputs: ValueInfo[];
  readonly coldStart: ColdStart;
}

export interface RunReply {
  readonly tensors: readonly WireTensor[];
  readonly runMs: number;
}

export interface Done<Value> {
  readonly kind: 'done';
  readonly value: Value;
}

/** The request failed and the child lives on. */
export interface Failed {
  readonly kind: 'failed';
  /** `import`: onnxruntime itself could not be loaded. */
  readonly stage: 'import' | 'create' | 'run';
  readonly message: string;
}

export type Reply = Done<unknown> | Failed;
export type FromChild = Piece | Beat | Reply;
export type FromParent = Piece | Request;
