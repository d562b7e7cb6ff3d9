import { byteLengthOf, type DataType, elementCountOf } from '../tensor/index.ts';

/** Bytes that a tensor takes without gaps; null where its shape or its type is impossible. */
export function tensorBytes(dtype: DataType | null, shape: readonly number[]): number | null {
  const count = elementCountOf(shape);
  if (dtype === null || count === null) return null;
  const bytes = byteLengthOf(dtype, count);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/**
 * Elements from the first that a view reads to the one after the last, in its storage; null where
 * that is impossible.
 */
export function storageElements(
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
): number | null {
  if (strides.length !== shape.length || offset < 0) return null;
  if (shape.includes(0)) return offset;
  let last = offset;
  for (const [axis, size] of shape.entries()) last += (size - 1) * (strides[axis] ?? 0);
  return Number.isSafeInteger(last) && last >= 0 ? last + 1 : null;
}
