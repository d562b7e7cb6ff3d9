import type { Value } from '../graph/index.ts';
import type { Inference } from '../ops/index.ts';
import { byteLengthOf, type DataType } from '../tensor/index.ts';

/** A value that is to be compared, and what it costs to hold it. */
export interface SizedValue<Pair> {
  readonly pair: Pair;
  /** Of one sample; null: not known. */
  readonly bytes: number | null;
}

/** What is known of a value before anything runs. */
export interface KnownValue {
  /** Null: not known. */
  readonly dtype: DataType | null;
  /** Of one sample; null: not known. */
  readonly bytes: number | null;
  /** Why it cannot be had; null: nothing is known to be in the way. */
  readonly unpassable: string | null;
}

/** Types that neither the binding nor a Cast carries. */
const unpassableTypes: ReadonlySet<DataType> = new Set<DataType>(['complex64', 'complex128']);

export function knownValue(value: Value, inference: Pick<Inference, 'typeOf'>): KnownValue {
  const type = inference.typeOf(value);
  if (type === null || type.kind === 'unknown')
    return { dtype: null, bytes: null, unpassable: null };
  if (type.kind !== 'tensor')
    return { dtype: null, bytes: null, unpassable: `it is a ${type.kind}` };
  const { elementType: dtype, shape } = type;
  if (dtype !== null && unpassableTypes.has(dtype)) {
    return { dtype, bytes: null, unpassable: `it is ${dtype}` };
  }
  if (dtype === null || dtype === 'string' || shape === null) {
    return { dtype, bytes: null, unpassable: null };
  }
  let elements = 1;
  for (const size of shape) {
    if (typeof size !== 'number') return { dtype, bytes: null, unpassable: null };
    elements *= size;
  }
  return { dtype, bytes: byteLengthOf(dtype, elements), unpassable: null };
}

const chunkLimits = { least: 64 * 1024 * 1024, most: 256 * 1024 * 1024, wanted: 24 } as const;

/**
 * How many bytes a chunk may have: 64 MiB, or up to 256 MiB where there would be many chunks, since
 * each computes anew what the earlier ones have computed.
 */
export function suitableChunkBytes(sizes: Iterable<number>): number {
  let total = 0;
  for (const size of sizes) total += size;
  const { least, most, wanted } = chunkLimits;
  return Math.min(Math.max(Math.ceil(total / wanted), least), most);
}

/**
 * Puts values into chunks, in order, of at most so many bytes each, and at least one value. A value
 * of a size that is not known has a chunk of its own.
 */
export function planChunks<Pair>(
  values: readonly SizedValue<Pair>[],
  chunkBytes: number,
): Pair[][] {
  const chunks: Pair[][] = [];
  let open: Pair[] = [];
  let held = 0;
  for (const { pair, bytes } of values) {
    const size = bytes ?? chunkBytes;
    if (open.length > 0 && held + size > chunkBytes) {
      chunks.push(open);
      open = [];
      held = 0;
    }
    open.push(pair);
    held += size;
  }
  if (open.length > 0) chunks.push(open);
  return chunks;
}
