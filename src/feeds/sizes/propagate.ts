import { MlkitError } from '../../errors.ts';
import type { Graph, Model, Node, Value } from '../../graph/index.ts';
import { parseSize } from '../../symbolic/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { elementwiseRules } from './elementwise-rules.ts';
import { sizeOfFormula } from './expression.ts';
import { foldIntegers, integersOf } from './integers.ts';
import { layoutRules } from './layout-rules.ts';
import { linearRules } from './linear-rules.ts';
import { mlRules } from './ml-rules.ts';
import { isMisfit, type Misfit, type RuleContext, type SizeRule, type Sizes } from './rule.ts';

/** What follows for a graph from the sizes of its inputs. */
export interface Propagation {
  /** The shape of a value, where it is known. */
  sizesOf(value: Value): Sizes;
  /** Elements of a small integer value that are known before the model runs. */
  integersOf(value: Value): readonly number[] | null;
  /** What is known about a node's inputs. */
  contextOf(node: Node): RuleContext;
  /** The first node whose inputs do not fit together. */
  readonly misfit: (Misfit & { readonly node: Node }) | null;
  /** How many nodes worked out before that; infinite when all did. */
  readonly reach: number;
  /** Branches of If that do not work beside one that does, where it is not known which one runs. */
  readonly deadBranches: number;
  /** Nodes looked at. */
  readonly steps: number;
}

/** What a propagation starts from. */
export interface GivenSizes {
  /** Shapes of the inputs. */
  readonly sizes: ReadonlyMap<Value, readonly number[]>;
  /** Elements of inputs that are known beforehand. */
  readonly integers: ReadonlyMap<Value, readonly number[]>;
  /** Sizes of symbolic dimensions, for the shapes that the model declares inside. */
  readonly symbols: ReadonlyMap<string, number>;
}

/** Functions that call functions can make few nodes many; beyond this they are left unknown. */
const mostSteps = 500_000;
const deepestCall = 30;

/** Rules of ONNX's own domains, and of contributed operators that mean the same. */
const rules: ReadonlyMap<string, ReadonlyMap<string, SizeRule>> = new Map([
  ['', tableOf(elementwiseRules, linearRules, layoutRules)],
  ['com.microsoft', tableOf(elementwiseRules, linearRules)],
  ['ai.onnx.ml', tableOf(mlRules)],
]);

/** A map, as files may name operators after what every object has. */
function tableOf(
  ...tables: readonly Readonly<Record<string, SizeRule>>[]
): ReadonlyMap<string, SizeRule> {
  return new Map(tables.flatMap((table) => Object.entries(table)));
}

/**
 * Carries the sizes of the inputs through the graph as far as they determine those of other values.
 * Not shape inference in full: it only has to notice sizes that cannot work, so what it does not know
 * it leaves unknown. One pass over the nodes, up to the first that does not work.
 *
 */
export function propagateSizes(model: Model, given: GivenSizes): Propagation {
  return new Propagator(model, given);
}

class Propagator implements Propagation {
  misfit: Propagation['misfit'] = null;
  readonly reach: number;
  deadBranches = 0;
  steps = 0;
  readonly #model: Model;
  readonly #bodies: ReadonlyMap<string, Graph>;
  readonly #symbols: ReadonlyMap<string, number>;
  readonly #sizes: Map<Value, Sizes>;
  readonly #integers: Map<Value, readonly number[] | null>;
  #done = 0;
  #depth = 0;

  constructor(model: Model, given: GivenSizes) {
    this.#model = model;
    this.#bodies = functionBodies(model);
    this.#symbols = given.symbols;
    this.#sizes = new Map(given.sizes);
    this.#integers = new Map(given.integers);
    this.misfit = this.#graph(model.graph);
    this.reach = this.misfit === null ? Number.POSITIVE_INFINITY : this.#done;
  }

  sizesOf(value: Value): Sizes {
    const known = this.#sizes.get(value);
    if (known !== undefined && known !== null) return known;
    return value.constant?.dims ?? value.initializer?.dims ?? this.#declared(value);
  }

  integersOf(value: Value): readonly number[] | null {
    const known = this.#integers.get(value);
    if (known !== undefined) return known;
    const integers = readable(() => integersOf(constantOf(value)));
    this.#integers.set(value, integers);
    return integers;
  }

  #graph(graph: Graph): Propagation['misfit'] {
    for (const node of graph.nodes) {
      const misfit = this.#node(node);
      if (misfit !== null) return misfit;
      this.#done += 1;
    }
    return null;
  }

  #node(node: Node): Propagation['misfit'] {
    this.steps += 1;
    if (this.steps > mostSteps) return null;
    // Inside a function, an attribute may stand for one of the caller's, which is not at hand here.
    if (node.attributes.some((attribute) => attribute.type === 'reference')) return null;
    if (node.opType === 'If' && node.domain === '') return this.#branches(node);
    const body = this.#bodies.get(`${node.domain} ${node.opType}`);
    return body === undefined ? this.#apply(node) : this.#call(node, body);
  }

  #apply(node: Node): Propagation['misfit'] {
    const rule = rules.get(node.domain)?.get(node.opType);
    const context = this.contextOf(node);
    const result = rule === undefined ? null : readable(() => rule(context));
    if (result === null) return null;
    if (isMisfit(result)) return { ...result, node };
    for (const [at, output] of node.outputs.entries()) {
      const sizes = result[at];
      if (output !== null && sizes !== undefined) this.#sizes.set(output, sizes);
    }
    const [first] = node.outputs;
    const integers = first ? readable(() => foldIntegers(context)) : null;
    if (first && integers !== null) this.#integers.set(first, integers);
    return null;
  }

  /**
   * The sizes work when they work for the branch that runs, or, where that is not known, for one of
   * the two.
   */
  #branches(node: Node): Propagation['misfit'] {
    const start = this.#done;
    const runs = this.#possibleBranches(node).map((graph) => {
      this.#done = start;
      return { graph, misfit: this.#graph(graph), done: this.#done };
    });
    const working = runs.filter((run) => run.misfit === null);
    this.#done = Math.max(start, ...runs.map((run) => run.done));
    if (working.length === 0) return runs.find((run) => run.done === this.#done)?.misfit ?? null;
    this.deadBranches += runs.length - working.length;
    for (const [at, output] of node.outputs.entries()) {
      const shapes = working.map(({ graph }) => this.#outputSizes(graph, at));
      const [shape] = shapes;
      const isSame = shapes.every((each) => each?.join() === shape?.join());
      if (output !== null && shape && isSame) this.#sizes.set(output, shape);
    }
    return null;
  }

  #possibleBranches(node: Node): readonly Graph[] {
    const condition = node.inputs[0] ? this.integersOf(node.inputs[0])?.[0] : undefined;
    const taken = node.attribute(condition === 0 ? 'else_branch' : 'then_branch');
    return condition !== undefined && taken?.type === 'graph' ? [taken.value] : node.subgraphs;
  }

  #call(node: Node, body: Graph): Propagation['misfit'] {
    if (this.#depth >= deepestCall) return null;
    this.#depth += 1;
    for (const [at, input] of body.inputs.entries()) {
      const value = node.inputs[at];
      this.#sizes.set(input, value ? this.sizesOf(value) : null);
      this.#integers.set(input, value ? this.integersOf(value) : null);
    }
    const misfit = this.#graph(body);
    this.#depth -= 1;
    if (misfit !== null) return misfit;
    for (const [at, output] of node.outputs.entries()) {
      if (output !== null) this.#sizes.set(output, this.#outputSizes(body, at));
    }
    return null;
  }

  #outputSizes(graph: Graph, at: number): Sizes {
    const value = graph.outputs[at];
    return value === undefined ? null : this.sizesOf(value);
  }

  contextOf(node: Node): RuleContext {
    return {
      node,
      opset: this.#model.opset(node.domain) ?? 1,
      sizes: (index) => {
        const value = node.inputs[index];
        return value ? this.sizesOf(value) : null;
      },
      integers: (index) => {
        const value = node.inputs[index];
        return value ? this.integersOf(value) : null;
      },
      constant: (index) => {
        const value = node.inputs[index];
        return value ? constantOf(value) : null;
      },
    };
  }

  /** The shape that the model declares, when its symbols have sizes. */
  #declared(value: Value): Sizes {
    if (value.type?.kind !== 'tensor' || value.type.shape === null) return null;
    const sizes = value.type.shape.map((size) => {
      if (typeof size !== 'string') return size;
      const given = this.#symbols.get(size);
      if (given !== undefined) return given;
      const formula = parseSize(size);
      return formula === null ? null : sizeOfFormula(formula, this.#symbols);
    });
    return sizes.every((size) => size !== null && size >= 0) ? (sizes as number[]) : null;
  }
}

/** Bodies of the model's own functions, by domain and name. */
export function functionBodies(model: Model): Map<string, Graph> {
  return new Map(model.functions.map((each) => [`${each.domain} ${each.name}`, each.body]));
}

function constantOf(value: Value): Tensor | null {
  if (value.constant !== null) return value.constant;
  // A default that nobody overrides is as good as a constant here.
  if (value.initializer !== null) return value.initializer;
  return null;
}

/** What `compute` returns, or null where the model is broken or its data is missing. */
function readable<Result>(compute: () => Result | null): Result | null {
  try {
    return compute();
  } catch (error) {
    if (error instanceof MlkitError) return null;
    throw error;
  }
}
