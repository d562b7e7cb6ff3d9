import type { Node, Value } from '../graph/index.ts';

/** What corresponds to what in two models. Every node and value has one counterpart at most. */
export class Pairing {
  readonly #nodes = new Map<Node, Node>();
  readonly #values = new Map<Value, Value>();
  /** One number for both of a pair, by which structural keys name them. */
  readonly #tokens = new Map<Node | Value, number>();
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** Makes two nodes correspond, and their outputs. */
  pairNodes(a: Node, b: Node): void {
    this.#nodes.set(a, b).set(b, a);
    this.#remember(a, b);
    this.pairOutputs(a, b);
  }

  pairOutputs(a: Node, b: Node): void {
    for (const [index, output] of a.outputs.entries()) {
      const other = b.outputs[index];
      if (output && other) this.pairValues(output, other);
    }
  }

  /** Makes two values correspond, unless one of them has a counterpart. */
  pairValues(a: Value, b: Value): void {
    if (this.#values.has(a) || this.#values.has(b)) return;
    this.#values.set(a, b).set(b, a);
    this.#remember(a, b);
  }

  /** The counterpart of a node of either model. */
  node(node: Node): Node | undefined {
    return this.#nodes.get(node);
  }

  /** The counterpart of a value of either model. */
  value(value: Value): Value | undefined {
    return this.#values.get(value);
  }

  token(part: Node | Value): number | undefined {
    return this.#tokens.get(part);
  }

  #remember(a: Node | Value, b: Node | Value): void {
    this.#tokens.set(a, this.#count).set(b, this.#count);
    this.#count += 1;
  }
}
