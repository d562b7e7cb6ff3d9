import type { Graph } from './graph.ts';
import type { Node } from './node.ts';
import { sourcesOf } from './order.ts';

/**
 * The nodes of a graph that wait for each other, or lie between such, in file order; none when the
 * graph can be sorted. Linear in the number of edges.
 */
export function nodesInCycles(graph: Graph): readonly Node[] {
  const sources = new Map<Node, readonly Node[]>();
  const readers = new Map<Node, Node[]>(graph.nodes.map((node) => [node, []]));
  for (const node of graph.nodes) {
    const from = sourcesOf(node, graph);
    sources.set(node, from);
    for (const each of from) readers.get(each)?.push(node);
  }
  // What can run is no part of a cycle, and neither is what nothing in a cycle waits for.
  const waiting = peel(graph.nodes, sources, readers);
  const left = peel(waiting, readers, sources);
  const inCycle = new Set(left);
  return graph.nodes.filter((node) => inCycle.has(node));
}

/** Takes away the nodes with nothing before them, again and again; gives those that stay. */
function peel(
  nodes: readonly Node[],
  before: ReadonlyMap<Node, readonly Node[]>,
  after: ReadonlyMap<Node, readonly Node[]>,
): Node[] {
  const left = new Set(nodes);
  const counts = new Map<Node, number>();
  for (const node of nodes) {
    counts.set(node, (before.get(node) ?? []).filter((each) => left.has(each)).length);
  }
  const free = nodes.filter((node) => counts.get(node) === 0);
  for (let node = free.pop(); node !== undefined; node = free.pop()) {
    left.delete(node);
    for (const next of after.get(node) ?? []) {
      const count = (counts.get(next) ?? 0) - 1;
      counts.set(next, count);
      if (count === 0) free.push(next);
    }
  }
  return [...left];
}
