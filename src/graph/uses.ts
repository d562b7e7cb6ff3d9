import type { Node } from './node.ts';
import type { Use, Value } from './value.ts';

/** The uses that inputs of nodes are, by index, so that they can be taken back one by one. */
const inputUses = new WeakMap<Node, (Use | null)[]>();

/** Notes that input `index` of a node reads `value`; does nothing when that is noted already. */
export function recordInput(node: Node, index: number, value: Value | null): void {
  let uses = inputUses.get(node);
  if (uses === undefined) {
    uses = [];
    inputUses.set(node, uses);
  }
  if (value === null || uses[index]) return;
  const use: Use = { kind: 'input', node, index };
  uses[index] = use;
  addUse(value, use);
}

/** Notes that input `index` of a node reads nothing any more. To be called before it changes. */
export function clearInput(node: Node, index: number): void {
  const uses = inputUses.get(node);
  const use = uses?.[index];
  if (uses === undefined || !use) return;
  const value = node.inputs[index];
  if (value) dropUse(value, use);
  uses[index] = null;
}

export function addUse(value: Value, use: Use): void {
  (value.uses as Set<Use>).add(use);
}

export function dropUse(value: Value, use: Use): void {
  (value.uses as Set<Use>).delete(use);
}
