import type { Call } from '../rule.ts';

/** Says what cannot be: rejected by ONNX's inference, or found out when the node runs. */
export function contradict(call: Call, isRejected: boolean, message: string): void {
  if (isRejected) call.reject(message);
  else call.fail(message);
}

/**
 * An axis as an index, counted from the end when negative; null, and a contradiction, when the rank
 * has no such axis.
 */
export function checkedAxis(
  call: Call,
  axis: number,
  rank: number,
  isRejected: boolean,
): number | null {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  contradict(call, isRejected, `axis ${axis} is not in [${-rank}, ${rank - 1}]`);
  return null;
}

/** Whether an input is a constant of the model, which ONNX's inference looks into. */
export function isConstant(call: Call, at: number): boolean {
  return (call.node.inputs[at]?.constant ?? null) !== null;
}
