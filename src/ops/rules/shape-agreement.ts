import { type Size, sameSize } from '../../symbolic/index.ts';
import type { DataType } from '../../tensor/index.ts';
import type { Call } from '../rule.ts';
import type { Sizes } from '../types.ts';

/** An inference rule: output 0 has the shape of input `from`. */
export function shapeOf(from = 0, elementType?: DataType): (call: Call) => void {
  return (call) => call.setTensor(0, call.shape(from), elementType);
}

/**
 * The size that says more of two that are equal when the node runs; fails when they are two numbers.
 * A missing one says nothing.
 */
export function agree(
  call: Call,
  a: Size | undefined,
  b: Size | undefined,
  problem: (a: number, b: number) => string,
): Size {
  if (a === undefined || b === undefined) return a ?? b ?? call.unknown();
  if (typeof a === 'number' && typeof b === 'number' && a !== b) call.fail(problem(a, b));
  return typeof a === 'number' || sameSize(a, b) || typeof b !== 'number' ? a : b;
}

/** A size that was reckoned, or an unknown one where it came out as less than nothing. */
export function sizeOrUnknown(call: Call, size: Size): Size {
  return typeof size === 'number' && size < 0 ? call.unknown() : size;
}

/**
 * The shape of an input that has one of some ranks; null when it is unknown, or of another rank, which
 * ONNX's inference rejects.
 */
export function shapeOfRank(
  call: Call,
  at: number,
  ranks: readonly number[],
  what: string,
): Sizes | null {
  const shape = call.shape(at);
  if (shape === null || ranks.includes(shape.length)) return shape;
  call.reject(`${what} has rank ${shape.length}, where ${ranks.join(' or ')} is needed`);
  return null;
}

/** The shape of an input if it has that rank; null without a word otherwise. */
export function shapeIfRank(call: Pick<Call, 'shape'>, at: number, rank: number): Sizes | null {
  const shape = call.shape(at);
  return shape?.length === rank ? shape : null;
}
