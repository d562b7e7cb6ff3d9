import {
  byteLengthOf,
  type DataType,
  dataTypes,
  elementCountOf,
  type NumericArray,
  type Tensor,
  toFloat64,
  unpackElements,
} from '../tensor/index.ts';
import { readPieces } from './read-pieces.ts';

/** How two tensors of one shape differ; see `WeightChange`. */
export interface TensorDifference {
  /** Null: the elements cannot be told apart, as their bytes do not fit type and shape. */
  differing: number | null;
  maxAbsDifference: number | null;
  nanDiffering: number;
}

/** Elements compared at a time; a multiple of 8. */
const pieceElements = 128 * 1024;

/**
 * Compares two tensors of one shape, piece by piece. Yields the bytes of the first that have been
 * compared; returns null when all is the same.
 *
 * @throws MlkitError when the bytes cannot be read.
 */
export function* compareTensors(a: Tensor, b: Tensor): Generator<number, TensorDifference | null> {
  const count = elementCountOf(a.dims);
  const isText = a.storage.strings !== undefined || b.storage.strings !== undefined;
  if (isText) return compareTexts(a, b);
  const isWhole = count !== null && fits(a, count) && fits(b, count);
  if (!isWhole || a.elementType === null || b.elementType === null)
    return yield* compareBytes(a, b);
  const difference: TensorDifference = { differing: 0, maxAbsDifference: null, nanDiffering: 0 };
  const others = readPieces(b, b.elementType, pieceElements, count);
  let left = count;
  for (const piece of readPieces(a, a.elementType, pieceElements, count)) {
    const other = others.next();
    if (other.done === true) return { ...difference, differing: null };
    const here = Math.min(left, pieceElements);
    const isSame = a.elementType === b.elementType && Buffer.compare(piece, other.value) === 0;
    if (!isSame) {
      comparePieces(
        decode(a.elementType, piece, here),
        decode(b.elementType, other.value, here),
        difference,
      );
    }
    left -= here;
    yield piece.byteLength;
  }
  return difference.differing === 0 ? null : difference;
}

function fits({ elementType, storage }: Tensor, count: number): boolean {
  if (elementType === null || elementType === 'string') return false;
  return storage.byteLength === byteLengthOf(elementType, count);
}

/** Elements of a piece as they are stored and what they stand for. */
interface Decoded {
  readonly dtype: DataType;
  readonly count: number;
  /** As stored, one or more words an element. */
  readonly words: NumericArray;
  /** One an element, or real and imaginary part. */
  readonly values: Float64Array;
  /** Of 64-bit integers, which are more exact than float64. */
  readonly integers: BigInt64Array | BigUint64Array | null;
}

function decode(dtype: DataType, bytes: Uint8Array, count: number): Decoded {
  const { arrayType, bits } = dataTypes[dtype];
  if (bits < 8) {
    const words = unpackElements(dtype, bytes, count);
    return { dtype, count, words, values: toFloat64(dtype, words), integers: null };
  }
  // The piece may begin anywhere in its buffer.
  const own = Uint8Array.from(bytes);
  const data = new arrayType(own.buffer);
  const words = bits <= 16 ? data : new Uint32Array(own.buffer);
  const isLong = data instanceof BigInt64Array || data instanceof BigUint64Array;
  return { dtype, count, words, values: toFloat64(dtype, data), integers: isLong ? data : null };
}

function comparePieces(a: Decoded, b: Decoded, difference: TensorDifference): void {
  const isOneType = a.dtype === b.dtype;
  const [width, parts] = [a.words.length / a.count, a.values.length / a.count];
  const partsOfOther = b.values.length / b.count;
  for (let at = 0; at < a.count; at += 1) {
    if (isOneType && sameWords(a.words, b.words, at * width, width)) continue;
    const delta = magnitude(a, b, at, parts, partsOfOther);
    if (!isOneType && delta === 0) continue;
    if (Number.isNaN(delta)) {
      const [one, other] = [hasNan(a.values, at, parts), hasNan(b.values, at, partsOfOther)];
      if (one && other && !isOneType) continue;
      difference.differing = (difference.differing ?? 0) + 1;
      if (one !== other) difference.nanDiffering += 1;
      continue;
    }
    difference.differing = (difference.differing ?? 0) + 1;
    difference.maxAbsDifference = Math.max(difference.maxAbsDifference ?? 0, delta);
  }
}

function sameWords(a: NumericArray, b: NumericArray, start: number, width: number): boolean {
  for (let at = start; at < start + width; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

/** NaN where one of the two is, except for the same infinity, which is no difference. */
function magnitude(
  a: Decoded,
  b: Decoded,
  at: number,
  parts: number,
  partsOfOther: number,
): number {
  const one = a.integers?.[at];
  const other = b.integers?.[at];
  if (one !== undefined && other !== undefined)
    return Number(one > other ? one - other : other - one);
  const real = distance(a.values[at * parts], b.values[at * partsOfOther]);
  if (parts === 1 && partsOfOther === 1) return real;
  const imaginary = distance(
    parts === 1 ? 0 : a.values[at * parts + 1],
    partsOfOther === 1 ? 0 : b.values[at * partsOfOther + 1],
  );
  return Math.hypot(real, imaginary);
}

function distance(a: number = Number.NaN, b: number = Number.NaN): number {
  return a === b ? 0 : Math.abs(a - b);
}

function hasNan(values: Float64Array, at: number, parts: number): boolean {
  for (let part = 0; part < parts; part += 1) {
    if (Number.isNaN(values[at * parts + part])) return true;
  }
  return false;
}

function compareTexts(a: Tensor, b: Tensor): TensorDifference | null {
  const left = a.storage.strings;
  const right = b.storage.strings;
  if (left === undefined || right === undefined || left.length !== right.length) {
    return { differing: null, maxAbsDifference: null, nanDiffering: 0 };
  }
  const differing = left.filter((each, at) => Buffer.compare(each, right[at] ?? each) !== 0).length;
  return differing === 0 ? null : { differing, maxAbsDifference: null, nanDiffering: 0 };
}

/** Bytes that make no sense as elements are the same or not. */
function* compareBytes(a: Tensor, b: Tensor): Generator<number, TensorDifference | null> {
  const different = { differing: null, maxAbsDifference: null, nanDiffering: 0 };
  if (a.elementType !== b.elementType || a.storage.byteLength !== b.storage.byteLength) {
    return different;
  }
  // A type of whole bytes serves for any bytes.
  const { byteLength } = a.storage;
  const others = readPieces(b, 'uint8', pieceElements, byteLength);
  for (const piece of readPieces(a, 'uint8', pieceElements, byteLength)) {
    const other = others.next();
    if (other.done === true || Buffer.compare(piece, other.value) !== 0) return different;
    yield piece.byteLength;
  }
  return null;
}
