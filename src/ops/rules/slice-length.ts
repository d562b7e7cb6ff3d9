import {
  add,
  ceilDivide,
  isNonNegative,
  maximum,
  minimum,
  negate,
  type Size,
  substitute,
  subtract,
  symbol,
} from '../../symbolic/index.ts';

/** What a slice takes of one axis. */
export interface SliceRange {
  /** Index of the first element, where any is taken. */
  readonly first: Size;
  readonly length: Size;
}

/** Bounds from here on mean "to the end": exporters write the largest int32 or int64. */
const endless = 2 ** 31 - 1;

/**
 * What a slice takes of an axis; null when that depends on what the symbols are.
 *
 * A symbol counts as 1 or more here, so that `x[0:1]` has one element and not min(1, n) of them. And
 * where both bounds are sizes of which neither is known to be within the axis, they are taken to be:
 * exporters slice `cache[past : past + seq]` out of a constant of 1024 rows, and more than those there
 * are make the model fail elsewhere. Source: https://onnx.ai/onnx/operators/onnx__Slice.html
 *
 * @param step Not 0.
 */
export function sliceRange(size: Size, start: Size, end: Size, step: number): SliceRange | null {
  return step > 0 ? forward(size, start, end, step) : backward(size, start, end, -step);
}

function forward(size: Size, start: Size, end: Size, step: number): SliceRange | null {
  const first = clamped(size, start);
  const stop = clamped(size, end);
  if (first === null || stop === null) return null;
  const within = isWithin(start) && isWithin(end) ? subtract(end, start) : null;
  const isSimpler = within !== null && isCertain(within, 0);
  const taken = isSimpler ? within : largest(subtract(stop, first), 0, size);
  return { first, length: ceilDivide(taken, step) };
}

/** Whether a bound is an expression that is not negative. */
function isWithin(bound: Size): boolean {
  return typeof bound !== 'number' && isCertain(bound, 0);
}

/** A bound as an index from 0 to the size. */
function clamped(size: Size, bound: Size): Size | null {
  if (typeof bound === 'number' && Math.abs(bound) >= endless) return bound > 0 ? size : 0;
  if (isCertain(bound, 0)) return smallest(bound, size, size);
  // Counted from the end.
  if (isCertain(negate(bound), 1)) return largest(add(size, bound), 0, size);
  return null;
}

function backward(size: Size, start: Size, end: Size, step: number): SliceRange | null {
  const first = clampedBackward(size, start, 0);
  const stop = clampedBackward(size, end, -1);
  if (first === null || stop === null) return null;
  return { first, length: ceilDivide(largest(subtract(first, stop), 0, size), step) };
}

function clampedBackward(size: Size, bound: Size, least: number): Size | null {
  const last = subtract(size, 1);
  if (typeof bound === 'number' && bound >= endless) return last;
  if (typeof bound === 'number' && bound <= -endless) return smallest(least, last, size);
  if (isCertain(bound, 0)) return smallest(bound, last, size);
  if (!isCertain(negate(bound), 1)) return null;
  return smallest(largest(add(size, bound), least, size), last, size);
}

function smallest(a: Size, b: Size, size: Size): Size {
  if (isCertainOf(subtract(b, a), size)) return a;
  return isCertainOf(subtract(a, b), size) ? b : minimum(a, b);
}

function largest(a: Size, b: Size, size: Size): Size {
  if (isCertainOf(subtract(a, b), size)) return a;
  return isCertainOf(subtract(b, a), size) ? b : maximum(a, b);
}

/** Whether a is certainly ≥ `least` where all symbols are 1 or more. */
function isCertain(a: Size, least: number): boolean {
  if (typeof a === 'number') return a >= least;
  return isNonNegative(subtract(fromOne(a), least));
}

/** Whether a is certainly ≥ 0 where all symbols, and a symbolic size of the axis, are 1 or more. */
function isCertainOf(a: Size, size: Size): boolean {
  if (isCertain(a, 0)) return true;
  return typeof size !== 'number' && isCertain(subtract(a, subtract(size, 1)), 0);
}

/** The size by what its symbols are beyond 1. Those of expressions that grew too large may be negative. */
function fromOne(a: Size): Size {
  return substitute(a, (name) => (name.startsWith('?~') ? undefined : add(symbol(name), 1)));
}
