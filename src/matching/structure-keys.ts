import { type Graph, graphsOf, type Node, type Value } from '../graph/index.ts';
import { attributeKey, tensorKey } from './attribute-key.ts';
import { isCommutative } from './commutative.ts';
import type { Leaf } from './leaf.ts';
import type { Pairing } from './pairing.ts';
import type { Side } from './side.ts';

/** `exact`: constants count with type and shape, small integers with their values; `loose`: not. */
export type KeyLevel = 'exact' | 'loose';

/** Small integers, such as axes and shapes, tell nodes apart that are alike otherwise. */
const mostIntegerBytes = 256;
const integerTypes = new Set<string | null>(['int64', 'int32', 'bool']);

/** Gives every text a number, the same for both models, so that keys of keys stay short. */
export class Interner {
  readonly #ids = new Map<string, number>();

  id(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#ids.size;
      this.#ids.set(text, id);
    }
    return id;
  }
}

/**
 * Structural keys of the nodes of one model. Two nodes share a key if and only if the part of the
 * graph above them (`forward`) or below them (`backward`) is the same, names apart; parts that
 * correspond already are the same by that.
 */
export class StructureKeys {
  readonly #side: Side;
  readonly #pairing: Pairing;
  readonly #interner: Interner;
  readonly #operators = new Map<Node, number>();
  readonly #leaves = new Map<Leaf, number>();
  readonly #constants: Readonly<Record<KeyLevel, Map<Node, string>>> = {
    exact: new Map(),
    loose: new Map(),
  };

  constructor(side: Side, pairing: Pairing, interner: Interner) {
    this.#side = side;
    this.#pairing = pairing;
    this.#interner = interner;
  }

  /** Operator and attributes of a node, subgraphs left out. */
  operator(node: Node): number {
    let id = this.#operators.get(node);
    if (id === undefined) {
      const attributes = [...this.#side.attributes(node).values()]
        .map((each) => `${each.name}=${attributeKey(each)}`)
        .toSorted();
      const { domain, opType, overload } = node;
      id = this.#interner.id(JSON.stringify([domain, opType, overload, ...attributes]));
      this.#operators.set(node, id);
    }
    return id;
  }

  /** Operator, attributes, and the constants that the node reads. */
  signature(node: Node, level: KeyLevel): number {
    return this.#interner.id(`${this.operator(node)} ${this.#constantInputs(node, level)}`);
  }

  /** By all that leads to a node. */
  forward(graph: Graph, level: KeyLevel): ReadonlyMap<Node, number> {
    const keys = new Map<Node, number>();
    this.#forwardInto(graph, level, keys, new Map());
    return keys;
  }

  /** By all that comes of a node. */
  backward(graph: Graph, level: KeyLevel, outputTokens: readonly string[]): Map<Node, number> {
    const keys = new Map<Node, number>();
    const uses = new Map<Value, string[]>();
    const note = (value: Value, use: string): void => {
      const noted = uses.get(value);
      if (noted === undefined) uses.set(value, [use]);
      else noted.push(use);
    };
    for (const [index, value] of graph.outputs.entries()) note(value, outputTokens[index] ?? '');
    for (const node of this.#side.nodes(graph).toReversed()) {
      const token = this.#pairing.token(node);
      let key = token === undefined ? undefined : this.#interner.id(`node ${token}`);
      if (key === undefined) {
        const outputs = node.outputs.map((each) =>
          each === null ? '-' : (uses.get(each)?.toSorted().join() ?? ''),
        );
        key = this.#interner.id(
          `${this.operator(node)} ${this.#constantInputs(node, level)} ${outputs.join(';')}`,
        );
        keys.set(node, key);
      }
      for (const [index, input] of node.inputs.entries()) {
        const place = isCommutative(node) ? '' : index;
        if (input !== null && input.graph === graph) note(input, `${key}:${place}`);
      }
      for (const value of this.#side.captures(node)) {
        if (value.graph === graph) note(value, `${key}:in`);
      }
    }
    return keys;
  }

  #forwardInto(
    graph: Graph,
    level: KeyLevel,
    keys: Map<Node, number>,
    values: Map<Value, string>,
  ): void {
    for (const node of this.#side.nodes(graph)) {
      // What has a counterpart is known by that.
      if (this.#pairing.node(node) !== undefined) continue;
      const inputs = inOrder(
        node,
        node.inputs.map((each) => this.#valueKey(each, level, values)),
      );
      const inner = this.#subgraphKeys(node, level, values);
      const outputs = node.outputs.map((each) => (each === null ? '-' : '+')).join('');
      const key = this.#interner.id(
        `${this.operator(node)} (${inputs.join()}) ${outputs} ${inner}`,
      );
      keys.set(node, key);
      for (const [index, output] of node.outputs.entries()) {
        if (output !== null) values.set(output, `${key}:${index}`);
      }
    }
  }

  #subgraphKeys(node: Node, level: KeyLevel, values: Map<Value, string>): string {
    let text = '';
    for (const attribute of node.attributes) {
      for (const graph of graphsOf(attribute)) {
        const inner = new Map(values);
        for (const [index, input] of graph.inputs.entries()) inner.set(input, `in${index}`);
        this.#forwardInto(graph, level, new Map(), inner);
        const outputs = graph.outputs.map((each) => this.#valueKey(each, level, inner));
        text += ` ${attribute.name}{${outputs.join()}}`;
      }
    }
    return text;
  }

  #valueKey(value: Value | null, level: KeyLevel, values: ReadonlyMap<Value, string>): string {
    if (value === null) return '-';
    const leaf = this.#side.leaf(value);
    if (leaf !== null) return this.#leafKey(leaf, level);
    const token = this.#pairing.token(value);
    if (token !== undefined) return `p${token}`;
    return values.get(value) ?? (value.isDefined ? '?' : `?${JSON.stringify(value.name)}`);
  }

  #constantInputs(node: Node, level: KeyLevel): string {
    const known = this.#constants[level];
    let text = known.get(node);
    if (text === undefined) {
      text = this.#describeConstants(node, level);
      known.set(node, text);
    }
    return text;
  }

  #describeConstants(node: Node, level: KeyLevel): string {
    const keys = node.inputs.map((each) => {
      const leaf = each === null ? null : this.#side.leaf(each);
      if (leaf === null) return each === null ? '-' : '';
      return this.#leafKey(leaf, level);
    });
    return inOrder(node, keys).join();
  }

  #leafKey(leaf: Leaf, level: KeyLevel): string {
    if (level === 'loose') return 'c';
    let id = this.#leaves.get(leaf);
    if (id === undefined) {
      const texts = leaf.tensors.map((each) =>
        tensorKey(each, integerTypes.has(each.elementType) ? mostIntegerBytes : -1),
      );
      id = this.#interner.id(`constant ${leaf.dims.join('x')} ${texts.join(' ')}`);
      this.#leaves.set(leaf, id);
    }
    return `c${id}`;
  }
}

/** Inputs that may be exchanged come in one order. */
function inOrder(node: Node, keys: readonly string[]): readonly string[] {
  return isCommutative(node) ? keys.toSorted() : keys;
}
