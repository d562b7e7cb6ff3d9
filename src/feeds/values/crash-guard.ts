import {
  functionKey,
  type Graph,
  type Model,
  type Node,
  type Value,
  walkNodes,
} from '../../graph/index.ts';
import type { Feeds } from '../../runtime/index.ts';
import { isTensor, type Tensor } from '../../tensor/index.ts';
import { framesOf, functionBodies } from '../sizes/frames.ts';
import { inferWith } from '../sizes/infer-with.ts';

/** Inputs that are larger decide nothing. */
const mostElements = 64;

/** Inputs of operators that they divide by as integers: all, or where they are given integers. */
const divisors: ReadonlyMap<string, { readonly input: number; readonly isAlways: boolean }> =
  new Map([
    ['STFT', { input: 1, isAlways: true }],
    ['Div', { input: 1, isAlways: false }],
    ['Mod', { input: 1, isAlways: false }],
  ]);

/**
 * Keeps what a node divides by, as integers, from being 0: onnxruntime ends with an arithmetic exception
 * there, and the process that runs it with it.
 */
export class CrashGuard {
  /** Inputs of the model that divisors are made of. */
  readonly inputs: ReadonlySet<Value>;
  readonly #model: Model;
  readonly #divisors: readonly Value[];

  /** @param isInteger Whether the elements of a value are integers. */
  constructor(model: Model, isInteger: (value: Value) => boolean) {
    this.#model = model;
    const starts = [...walkNodes(model)].flatMap(({ node }) => {
      const found = node.domain === '' ? divisors.get(node.opType) : undefined;
      const value = found === undefined ? null : node.inputs[found.input];
      if (!found || !value || value.constant !== null) return [];
      return found.isAlways || isInteger(value) ? [value] : [];
    });
    const owners = starts.length === 0 ? new Map<Graph, Node[]>() : ownersOf(model);
    const reached = new Set<Value>(starts);
    for (const value of reached) for (const source of sourcesOf(value, owners)) reached.add(source);
    this.inputs = new Set(model.graph.inputs.filter((value) => reached.has(value)));
    this.#divisors = this.inputs.size === 0 ? [] : starts;
  }

  /** Whether no divisor is 0 with these inputs, as far as that can be told without running the model. */
  isSafe(feed: Feeds): boolean {
    if (this.#divisors.length === 0) return true;
    const given = new Map<Value, Tensor>();
    const shapes = new Map<string, readonly number[]>();
    for (const value of this.#model.graph.inputs) {
      const tensor = feed.get(value.name);
      if (!isTensor(tensor)) continue;
      shapes.set(value.name, tensor.dims);
      if (tensor.elementCount <= mostElements) given.set(value, tensor);
    }
    const inference = inferWith(this.#model, given, { shapes });
    const frameOf = framesOf(this.#model, inference.main);
    return this.#divisors.every((value) => {
      const elements = inference.elementsOf(value, frameOf(value.graph))?.values ?? [];
      return !elements.includes(0);
    });
  }
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
