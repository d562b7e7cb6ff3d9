import { type Graph, type Model, type Node, walkGraphs } from '../../graph/index.ts';
import { runtimeLimits } from '../../runtime/index.ts';

/**
 * The nodes that something depends on: an output of the main graph or of a function, or an operator
 * that nobody here knows, which may do more than compute its outputs. Linear in the size of the
 * model.
 */
export function findLiveNodes(model: Model): ReadonlySet<Node> {
  const live = new Set<Node>();
  const stack: Node[] = [];
  const mark = (node: Node | null): void => {
    if (node === null || live.has(node)) return;
    live.add(node);
    stack.push(node);
  };
  const markOutputs = (graph: Graph): void => {
    for (const value of graph.outputs) mark(value.producer);
    for (const node of graph.nodes) if (mayHaveEffects(node)) mark(node);
  };
  for (const { graph } of walkGraphs(model)) if (graph.kind !== 'subgraph') markOutputs(graph);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (const value of node.inputs) mark(value?.producer ?? null);
    for (const subgraph of node.subgraphs) markOutputs(subgraph);
  }
  return live;
}

/** Operators of ONNX and onnxruntime only compute; those of others may print, log or store. */
function mayHaveEffects(node: Node): boolean {
  return !runtimeLimits.opsets.has(node.domain);
}
