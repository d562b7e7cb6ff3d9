import type { PlacedNode } from '../graph-facts.ts';

/** How many nodes a message names. */
const mostLabels = 3;

/** `Conv "a", Conv "b", Conv "c" and 12 more` */
export function labelList(nodes: readonly Pick<PlacedNode, 'node'>[]): string {
  const shown = nodes.slice(0, mostLabels).map(({ node }) => node.label);
  const more = nodes.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}

/** Nodes by what their finding is about, each kind in the order of its first node. */
export function groupBy<Placed extends PlacedNode>(
  nodes: Iterable<Placed>,
  keyOf: (placed: Placed) => string | null,
): [key: string, nodes: [Placed, ...Placed[]]][] {
  const groups = new Map<string, [Placed, ...Placed[]]>();
  for (const placed of nodes) {
    const key = keyOf(placed);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [placed]);
    else group.push(placed);
  }
  return [...groups];
}
