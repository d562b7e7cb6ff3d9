import type { Graph } from './graph.ts';
import type { Node } from './node.ts';
import type { Value } from './value.ts';

/**
 * The values of `graph` that a node reads, itself or through its subgraphs, each once. Names that
 * nothing defines are among them.
 */
export function readsOf(node: Node, graph: Graph): Value[] {
  const found = new Set<Value>();
  const read = (reader: Node): void => {
    for (const value of reader.inputs) if (value?.graph === graph) found.add(value);
    for (const subgraph of reader.subgraphs) {
      for (const inner of subgraph.nodes) read(inner);
      for (const output of subgraph.outputs) if (output.graph === graph) found.add(output);
    }
  };
  read(node);
  return [...found];
}
