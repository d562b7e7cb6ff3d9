/** Where the bytes of a tensor are, and how to get at them. */

import type { MlkitError } from '../errors.ts';

/** The place in a data file that a tensor's `external_data` entries name. */
export interface ExternalReference {
  /** Path of the data file as written in the model: POSIX, relative to the model's folder. */
  readonly location: string;
  /** First byte in that file. */
  readonly offset: number;
  /** Number of bytes, or null where the model does not say. */
  readonly length: number | null;
  /** What is wrong with the entries themselves; reading throws it. */
  readonly problem: MlkitError | null;
}

/**
 * The bytes of one tensor in the layout of `TensorProto.raw_data`: little-endian, elements below
 * eight bits packed. Reading is lazy: nothing is read before `bytes` or `chunks` is called.
 */
export interface TensorStorage {
  /** `inline`: bytes in the model file; `external`: in a data file; `memory`: made by a program. */
  readonly kind: 'inline' | 'external' | 'memory';
  /** Bytes that `bytes()` returns. For broken models this may differ from what the shape needs. */
  readonly byteLength: number;
  /** Set where `kind` is `external`. */
  readonly external?: ExternalReference;
  /** Set for string tensors, whose elements are byte strings and have no raw layout. */
  readonly strings?: readonly Uint8Array[];
  /**
   * All bytes, which the caller must not write to.
   *
   * @throws MlkitError when the bytes cannot be read.
   */
  bytes(): Uint8Array;
  /**
   * The same bytes in order, in pieces of at most `maxBytes`. A piece is valid until the next one
   * is asked for.
   */
  chunks(maxBytes: number): Iterable<Uint8Array>;
}

/** Storage over bytes that are in memory. */
export function memoryStorage(bytes: Uint8Array): TensorStorage {
  return {
    kind: 'memory',
    byteLength: bytes.byteLength,
    bytes: () => bytes,
    chunks: (maxBytes) => sliceBytes(bytes, maxBytes),
  };
}

/**
 * Storage whose bytes are computed when asked for and not kept, so that a large result costs memory
 * only while it is written.
 *
 * @param byteLength What `compute` will return; anything else is a defect and throws.
 */
export function computedStorage(byteLength: number, compute: () => Uint8Array): TensorStorage {
  const bytes = (): Uint8Array => {
    const result = compute();
    if (result.byteLength !== byteLength) {
      throw new RangeError(`computed ${result.byteLength} bytes where ${byteLength} were promised`);
    }
    return result;
  };
  return {
    kind: 'memory',
    byteLength,
    bytes,
    chunks: (maxBytes) => sliceBytes(bytes(), maxBytes),
  };
}

/** Storage of a string tensor. */
export function stringStorage(
  strings: readonly Uint8Array[],
  kind: TensorStorage['kind'] = 'memory',
): TensorStorage {
  const byteLength = strings.reduce((sum, each) => sum + each.byteLength, 0);
  const none = (): never => {
    throw new TypeError('a string tensor has no raw bytes');
  };
  return { kind, byteLength, strings, bytes: none, chunks: none };
}

/** `bytes` in pieces of at most `maxBytes`. */
export function* sliceBytes(bytes: Uint8Array, maxBytes: number): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += maxBytes) yield bytes.subarray(at, at + maxBytes);
}
