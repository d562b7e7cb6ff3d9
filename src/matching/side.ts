import {
  type Attribute,
  executionOrder,
  functionKey,
  type Graph,
  type Model,
  type Node,
  type OpsetImport,
  type Value,
  walkGraphs,
} from '../graph/index.ts';
import { findSchema, type OperatorSchema } from '../schemas/index.ts';
import { isDefault } from './attribute-key.ts';
import { type Leaf, leafOf } from './leaf.ts';

/** One of two models that are compared, with what is asked of it again and again. */
export class Side {
  readonly model: Model;
  readonly #leaves = new Map<Value, Leaf | null>();
  readonly #nodes = new Map<Graph, readonly Node[]>();
  readonly #captures = new Map<Node, readonly Value[]>();
  readonly #attributes = new Map<Node, ReadonlyMap<string, Attribute>>();
  readonly #opsets = new Map<Graph, readonly OpsetImport[]>();
  readonly #functions: ReadonlySet<string>;

  constructor(model: Model) {
    this.model = model;
    this.#functions = new Set(model.functions.map(functionKey));
    for (const { graph, definition } of walkGraphs(model)) {
      this.#opsets.set(graph, definition?.opsets ?? model.opsets);
    }
  }

  /** The constant that a value is, or null. */
  leaf(value: Value): Leaf | null {
    let leaf = this.#leaves.get(value);
    if (leaf === undefined) {
      leaf = leafOf(value);
      this.#leaves.set(value, leaf);
    }
    return leaf;
  }

  /** The nodes of a graph in the order in which they run, without those that are constants. */
  nodes(graph: Graph): readonly Node[] {
    let nodes = this.#nodes.get(graph);
    if (nodes === undefined) {
      nodes = executionOrder(graph).filter((node) => !this.isConstant(node));
      this.#nodes.set(graph, nodes);
    }
    return nodes;
  }

  /** Inputs that callers must give; those with a constant behind them count as constants. */
  formalInputs(graph: Graph): Value[] {
    return graph.inputs.filter((each) => this.leaf(each) === null);
  }

  /** Whether a node is a Constant whose value is in the file. */
  isConstant(node: Node): boolean {
    if (node.opType !== 'Constant' || node.domain !== '') return false;
    const [output] = node.outputs;
    return output !== null && output !== undefined && this.leaf(output) !== null;
  }

  /** The constants of a graph: initializers, then Constant nodes. */
  constants(graph: Graph): Leaf[] {
    const found: Leaf[] = [];
    for (const value of graph.initializers) {
      const leaf = this.leaf(value);
      if (leaf !== null) found.push(leaf);
    }
    for (const node of graph.nodes) {
      const [output] = this.isConstant(node) ? node.outputs : [];
      const leaf = output ? this.leaf(output) : null;
      if (leaf !== null) found.push(leaf);
    }
    return found;
  }

  /** Values of the graph around it, or of graphs farther out, that the subgraphs of a node read. */
  captures(node: Node): readonly Value[] {
    let captures = this.#captures.get(node);
    if (captures === undefined) {
      captures = node.attributes.length === 0 ? [] : findCaptures(node);
      this.#captures.set(node, captures);
    }
    return captures;
  }

  /** The attributes of a node but those that are as they would be without being written. */
  attributes(node: Node): ReadonlyMap<string, Attribute> {
    let attributes = this.#attributes.get(node);
    if (attributes === undefined) {
      const schema = node.attributes.length === 0 ? null : this.schema(node);
      attributes = new Map(
        node.attributes
          .filter((each) => !isDefault(each, schema?.attributes.get(each.name)))
          .map((each) => [each.name, each]),
      );
      this.#attributes.set(node, attributes);
    }
    return attributes;
  }

  /** The version of an operator set that the graph of a node imports. */
  opset(node: Node): number | null {
    const opsets = this.#opsets.get(node.graph) ?? this.model.opsets;
    return opsets.findLast((each) => each.domain === node.domain)?.version ?? null;
  }

  schema(node: Node): OperatorSchema | null {
    const opset = this.opset(node);
    return opset === null ? null : findSchema(node.domain, node.opType, opset);
  }

  /** Whether a node calls a function of the model. */
  callsFunction({ domain, opType, overload }: Node): boolean {
    if (this.#functions.size === 0) return false;
    return this.#functions.has(functionKey({ domain, name: opType, overload }));
  }
}

function findCaptures(node: Node): Value[] {
  const found = new Set<Value>();
  const visit = (graph: Graph, inner: ReadonlySet<Graph>): void => {
    const here = new Set(inner).add(graph);
    const read = (value: Value | null): void => {
      if (value !== null && !here.has(value.graph)) found.add(value);
    };
    for (const each of graph.nodes) {
      for (const input of each.inputs) read(input);
      for (const subgraph of each.subgraphs) visit(subgraph, here);
    }
    for (const output of graph.outputs) read(output);
  };
  for (const subgraph of node.subgraphs) visit(subgraph, new Set());
  return [...found];
}
