import type { Graph, Model, Node, Value } from '../graph/index.ts';

/** Operators that draw random numbers. Source: https://onnx.ai/onnx/operators/ */
const randomOperators: ReadonlySet<string> = new Set([
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Multinomial',
  'Bernoulli',
]);

/**
 * Outputs of a model that depend on random numbers, each with the label of a node that draws them.
 *
 * @param seeded Whether operators with a seed count too: they repeat themselves in one runtime, but
 *   no two runtimes draw alike.
 */
export function randomOutputs(model: Model, { seeded }: { seeded: boolean }): Map<string, string> {
  const search = new RandomSearch(model, seeded);
  search.visit(model.graph);
  const found = new Map<string, string>();
  for (const output of model.graph.outputs) {
    const source = search.sources.get(output);
    if (source !== undefined) found.set(output.name, source);
  }
  return found;
}

class RandomSearch {
  /** Values that depend on random numbers, and what drew them. */
  readonly sources = new Map<Value, string>();
  readonly #model: Model;
  readonly #seeded: boolean;
  readonly #functions = new Map<string, string | null>();

  constructor(model: Model, seeded: boolean) {
    this.#model = model;
    this.#seeded = seeded;
  }

  /** Marks what is random in a graph; returns a source if there is any, drawn or captured. */
  visit(graph: Graph): string | null {
    let any: string | null = null;
    for (const node of graph.nodes) {
      const source = this.#sourceOf(node);
      if (source === null) continue;
      any ??= source;
      for (const output of node.outputs) if (output !== null) this.sources.set(output, source);
    }
    return any;
  }

  #sourceOf(node: Node): string | null {
    if (this.#draws(node)) return node.label;
    for (const input of node.inputs) {
      const source = input === null ? undefined : this.sources.get(input);
      if (source !== undefined) return source;
    }
    for (const subgraph of node.subgraphs) {
      const source = this.visit(subgraph) ?? this.#returned(subgraph);
      if (source !== null) return source;
    }
    return this.#functionSource(node);
  }

  /** A random value of a graph around it that the subgraph returns as it is. */
  #returned(subgraph: Graph): string | null {
    for (const output of subgraph.outputs) {
      const source = this.sources.get(output);
      if (source !== undefined) return source;
    }
    return null;
  }

  #functionSource(node: Node): string | null {
    const { domain, opType, overload } = node;
    const definition = this.#model.functions.find(
      (each) => each.domain === domain && each.name === opType && each.overload === overload,
    );
    if (definition === undefined) return null;
    const key = `${domain} ${opType} ${overload}`;
    const known = this.#functions.get(key);
    if (known !== undefined) return known;
    // A function that calls itself is invalid; it ends here.
    this.#functions.set(key, null);
    const source = this.visit(definition.body);
    this.#functions.set(key, source);
    return source;
  }

  #draws(node: Node): boolean {
    if (node.domain !== '') return false;
    const isRandom = randomOperators.has(node.opType) || isTrainingDropout(node);
    return isRandom && (this.#seeded || node.attribute('seed') === undefined);
  }
}

/** Dropout drops only where its third input says that this is training; before opset 12, never. */
function isTrainingDropout(node: Node): boolean {
  if (node.opType !== 'Dropout') return false;
  const mode = node.inputs[2];
  if (!mode) return false;
  const constant = mode.constant;
  return constant === null || constant.dtype !== 'bool' || constant.toFloat64()[0] !== 0;
}

/** Why a difference says nothing. */
export function randomReason(drawnBy: string): string {
  return `it depends on random numbers (${drawnBy}), so two runs differ`;
}
