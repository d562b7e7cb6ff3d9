import { minimum, multiply, product, type Size, sameSize } from '../symbolic/index.ts';
import type { Call, CostCall, NodeCost } from './rule.ts';
import type { Sizes } from './types.ts';

/** Number of elements of a shape. */
export function elementCount(shape: Sizes): Size {
  return product(shape);
}

/**
 * An axis as an index, counted from the end when negative; null, and a contradiction, when the rank
 * has no such axis.
 *
 * @param rank Of the shape that is indexed; for operators that insert an axis, one more.
 */
export function axisOf(call: Call, axis: number, rank: number, what = 'axis'): number | null {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  call.reject(`${what} ${axis} is not in [${-rank}, ${rank - 1}]`);
  return null;
}

/** The shape that several broadcast to, as in NumPy; null when a rank is unknown. */
export function broadcast(call: Call, shapes: readonly (Sizes | null)[]): Sizes | null {
  let result: Sizes | null = null;
  for (const shape of shapes) {
    if (shape === null) return null;
    result = result === null ? shape : broadcastPair(call, result, shape);
  }
  return result;
}

function broadcastPair(call: Call, a: Sizes, b: Sizes): Sizes {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, at) => {
    const left = a[at - (rank - a.length)] ?? 1;
    const right = b[at - (rank - b.length)] ?? 1;
    return broadcastSize(call, left, right);
  });
}

function broadcastSize(call: Call, a: Size, b: Size): Size {
  if (a === 1) return b;
  if (b === 1 || sameSize(a, b)) return a;
  if (typeof a === 'number' && typeof b === 'number') {
    call.reject(`sizes ${a} and ${b} do not broadcast`);
    return a;
  }
  // A symbol must be 1 or the same, so a number that is not 1 is what comes out.
  if (typeof a === 'number') return a;
  if (typeof b === 'number') return b;
  // Sizes that broadcast are the same, or one is 1: of two of which one is certainly no larger, as
  // min(n, 512) is than n, the larger comes out.
  const smaller = minimum(a, b);
  if (sameSize(smaller, a)) return b;
  return sameSize(smaller, b) ? a : call.unknown();
}

/** A cost of data that is moved or looked at and not computed with. */
export function movement(): NodeCost {
  return { class: 'movement', macs: 0, otherFlops: 0 };
}

/** A cost of some operations for each element of the first output. */
export function perOutputElement(
  flops: number,
  kind: NodeCost['class'] = 'elementwise',
): (call: CostCall) => NodeCost | null {
  return (call) => {
    const shape = call.outputShape(0);
    return shape && { class: kind, macs: 0, otherFlops: multiply(flops, elementCount(shape)) };
  };
}

/** A cost of some operations for each element of the first input. */
export function perInputElement(
  flops: number,
  kind: NodeCost['class'] = 'reduction',
): (call: CostCall) => NodeCost | null {
  return (call) => {
    const shape = call.shape(0);
    return shape && { class: kind, macs: 0, otherFlops: multiply(flops, elementCount(shape)) };
  };
}
