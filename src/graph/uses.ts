import { mutable } from './mutable.ts';
import type { Node } from './node.ts';
import type { Use, Value } from './value.ts';

/** Notes that input `index` of a node reads `value`; does nothing when that is noted already. */
export function recordInput(node: Node, index: number, value: Value | null): void {
  if (value === null || node.inputUses[index]) return;
  const use: Use = { kind: 'input', node, index };
  node.inputUses[index] = use;
  addUse(value, use);
}

/** Notes that input `index` of a node reads nothing any more. To be called before it changes. */
export function clearInput(node: Node, index: number): void {
  const use = node.inputUses[index];
  if (!use) return;
  const value = node.inputs[index];
  if (value) dropUse(value, use);
  node.inputUses[index] = null;
}

export function addUse(value: Value, use: Use): void {
  // Values that nobody reads share one empty set.
  if (value.uses.size === 0) mutable(value).uses = new Set<Use>().add(use);
  else (value.uses as Set<Use>).add(use);
}

export function dropUse(value: Value, use: Use): void {
  if (value.uses.size > 0) (value.uses as Set<Use>).delete(use);
}
