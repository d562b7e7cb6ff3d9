import { ignoringInvalid } from '../engine/ignoring-invalid.ts';
import type { CostCall, NodeCost } from '../rule.ts';
import { findRule } from '../rules/index.ts';

/** What a node costs by its operator's rule; null where that cannot be told. */
export function costOf(facts: CostCall): NodeCost | null {
  const rule = findRule(facts.node.domain, facts.node.opType);
  const cost = rule && ignoringInvalid(() => rule.cost(facts));
  // Sizes that contradict each other can make less than nothing.
  const isPossible = cost !== null && ![cost.macs, cost.otherFlops].some(isNegative);
  return isPossible ? cost : null;
}

function isNegative(size: NodeCost['macs']): boolean {
  return typeof size === 'number' && !(size >= 0);
}
