import type { Graph } from './graph.ts';
import type { Node } from './node.ts';

/**
 * The nodes of a graph such that each comes after those that it reads from, captures of its
 * subgraphs included; otherwise in file order. The graph's own list, when that is sorted already.
 * Nodes of a cycle come in any order, since nothing better can be said of them. Linear in the number
 * of edges.
 */
export function executionOrder(graph: Graph): readonly Node[] {
  const { nodes } = graph;
  const sources = new Map<Node, readonly Node[]>();
  const seen = new Set<Node>();
  let isSorted = true;
  for (const node of nodes) {
    const from = sourcesOf(node, graph);
    sources.set(node, from);
    isSorted &&= from.every((each) => seen.has(each));
    seen.add(node);
  }
  return isSorted ? nodes : sorted(nodes, sources);
}

/** Depth first, with a stack of its own: chains are as long as models are. */
function sorted(nodes: readonly Node[], sources: ReadonlyMap<Node, readonly Node[]>): Node[] {
  const order: Node[] = [];
  const entered = new Set<Node>();
  for (const start of nodes) {
    if (entered.has(start)) continue;
    entered.add(start);
    const stack = [{ node: start, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const source = sources.get(top.node)?.[top.next];
      top.next += 1;
      if (source === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (!entered.has(source)) {
        entered.add(source);
        stack.push({ node: source, next: 0 });
      }
    }
  }
  return order;
}

/** The nodes of `graph` that a node reads from, itself or through its subgraphs. */
export function sourcesOf(node: Node, graph: Graph): Node[] {
  const found: Node[] = [];
  const read = (reader: Node): void => {
    for (const value of reader.inputs) {
      if (value?.graph === graph && value.producer !== null) found.push(value.producer);
    }
    for (const subgraph of reader.subgraphs) {
      for (const inner of subgraph.nodes) read(inner);
      for (const output of subgraph.outputs) {
        if (output.graph === graph && output.producer !== null) found.push(output.producer);
      }
    }
  };
  read(node);
  return found;
}
