import type { Node } from '../../graph/index.ts';
import { compareText } from '../compare-text.ts';
import { operatorName } from '../operators.ts';

/** How many operators a message names before it says how many more there are. */
const mostOperators = 8;

/** Operators and how many nodes have them, most frequent first: `3 Identity, 1 Cast`. */
export function operatorList(nodes: readonly Node[]): string {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const name = operatorName(node);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const sorted = [...counts].toSorted((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
  const shown = sorted.slice(0, mostOperators).map(([name, count]) => `${count} ${name}`);
  const more = sorted.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more operators`;
}

/** `1 node`, `3 nodes` */
export function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}
