import {
  functionKey,
  type Graph,
  type Model,
  type Node,
  type Value,
  walkNodes,
} from '../../graph/index.ts';
import { functionBodies } from '../sizes/frames.ts';

/** Inputs of operators that they divide by as integers: all, or where they are given integers. */
const divisors: ReadonlyMap<string, { readonly input: number; readonly isAlways: boolean }> =
  new Map([
    ['STFT', { input: 1, isAlways: true }],
    ['Div', { input: 1, isAlways: false }],
    ['Mod', { input: 1, isAlways: false }],
  ]);

/**
 * The inputs of the model that something is made of which a node divides by, as integers: where that is
 * 0, onnxruntime ends with an arithmetic exception, and the process that runs it with it.
 *
 * @param isInteger Whether the elements of a value are integers.
 */
export function inputsDividedBy(
  model: Model,
  isInteger: (value: Value) => boolean,
): ReadonlySet<Value> {
  const starts = [...walkNodes(model)].flatMap(({ node }) => {
    const found = node.domain === '' ? divisors.get(node.opType) : undefined;
    const value = found === undefined ? null : node.inputs[found.input];
    if (!found || !value || value.constant !== null) return [];
    return found.isAlways || isInteger(value) ? [value] : [];
  });
  if (starts.length === 0) return new Set();
  const owners = ownersOf(model);
  const reached = new Set<Value>(starts);
  for (const value of reached) for (const source of sourcesOf(value, owners)) reached.add(source);
  return new Set(model.graph.inputs.filter((value) => reached.has(value)));
}

/** The nodes that graphs belong to: around a subgraph, or calling a function. */
function ownersOf(model: Model): ReadonlyMap<Graph, readonly Node[]> {
  const bodies = functionBodies(model);
  const owners = new Map<Graph, Node[]>();
  for (const { node } of walkNodes(model)) {
    const { domain, opType, overload } = node;
    const body = bodies.get(functionKey({ domain, name: opType, overload }));
    for (const graph of [...node.subgraphs, ...(body ? [body] : [])]) {
      owners.set(graph, [...(owners.get(graph) ?? []), node]);
    }
  }
  return owners;
}

/** What a value is made of. Shapes do not count: no element goes from a tensor into its shape. */
function* sourcesOf(value: Value, owners: ReadonlyMap<Graph, readonly Node[]>): Iterable<Value> {
  const { producer } = value;
  const nodes =
    producer !== null ? [producer] : value.isInput ? (owners.get(value.graph) ?? []) : [];
  for (const node of nodes) {
    if (node.opType === 'Shape' || node.opType === 'Size') continue;
    for (const input of node.inputs) if (input !== null) yield input;
    for (const graph of node.subgraphs) yield* graph.outputs;
  }
}
