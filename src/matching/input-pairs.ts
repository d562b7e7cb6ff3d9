import type { Node, Value } from '../graph/index.ts';
import { isCommutative } from './commutative.ts';
import type { Pairing } from './pairing.ts';
import type { Side } from './side.ts';

export interface InputPairs {
  /** What two nodes read in the same place; null: nothing. */
  readonly pairs: readonly (readonly [before: Value | null, after: Value | null])[];
  /** Whether the inputs of the second are exchanged here, which makes no difference to it. */
  readonly isSwapped: boolean;
}

/** The inputs of two nodes of one operator, in the order in which they correspond. */
export function inputPairs(
  a: Node,
  b: Node,
  sides: { readonly before: Side; readonly after: Side; readonly pairing: Pairing },
): InputPairs {
  const isSwapped = isCommutative(a) && isCommutative(b) && fitsSwapped(a, b, sides);
  const others = isSwapped ? b.inputs.toReversed() : b.inputs;
  const count = Math.max(a.inputs.length, others.length);
  const pairs = Array.from(
    { length: count },
    (_, index) => [a.inputs[index] ?? null, others[index] ?? null] as const,
  );
  return { pairs, isSwapped };
}

/** Whether inputs correspond crosswise and not straight. */
function fitsSwapped(
  a: Node,
  b: Node,
  { before, after, pairing }: { before: Side; after: Side; pairing: Pairing },
): boolean {
  const fits = (index: number, other: number): boolean => {
    const [one, two] = [a.inputs[index], b.inputs[other]];
    return Boolean(one && two && pairing.value(one) === two);
  };
  const isLeaf = (value: Value | null | undefined, side: Side): boolean =>
    value ? side.leaf(value) !== null : false;
  if (fits(0, 0) || fits(1, 1)) return false;
  if (fits(0, 1) || fits(1, 0)) return true;
  const [first, second] = [isLeaf(a.inputs[0], before), isLeaf(a.inputs[1], before)];
  const [one, two] = [isLeaf(b.inputs[0], after), isLeaf(b.inputs[1], after)];
  return first !== second && one !== two && first !== one;
}
