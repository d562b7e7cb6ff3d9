import type { Graph, Node, Value } from '../../graph/index.ts';
import { type Size, sameSize } from '../../symbolic/index.ts';

/** From the step that makes a value to the one that reads it last, both included. */
export interface Life {
  readonly from: number;
  until: number;
}

/** A piece of memory that one value, or several after one another, lie in. */
export interface Buffer extends Life {
  readonly bytes: Size;
}

/**
 * When each value lives that has a size. Inputs live from the first step on, outputs until after the
 * last; values that subgraphs read, until the node that the subgraph belongs to.
 */
export function livesOf(
  graph: Graph,
  order: readonly Node[],
  sizes: ReadonlyMap<Value, Size>,
): Map<Value, Life> {
  const lives = new Map<Value, Life>();
  for (const value of graph.inputs) if (sizes.has(value)) lives.set(value, { from: 0, until: 0 });
  const read = (value: Value | null, step: number): void => {
    const life = value === null ? undefined : lives.get(value);
    if (life !== undefined) life.until = Math.max(life.until, step);
  };
  const readInside = (node: Node, step: number): void => {
    for (const value of node.inputs) read(value, step);
    for (const subgraph of node.subgraphs) {
      for (const inner of subgraph.nodes) readInside(inner, step);
      for (const value of subgraph.outputs) read(value, step);
    }
  };
  for (const [step, node] of order.entries()) {
    readInside(node, step);
    for (const value of node.outputs) {
      if (value !== null && sizes.has(value)) lives.set(value, { from: step, until: step });
    }
  }
  for (const value of graph.outputs) read(value, order.length);
  return lives;
}

/** How a node's first output may lie where an input is. */
export type Reuse = 'view' | 'overwrite' | null;

/**
 * A buffer for each value, but one for several where `reuseOf` allows it: a view lies in its input's
 * buffer anyhow; what overwrites its input, where nothing reads that buffer any more.
 */
export function planBuffers(
  order: readonly Node[],
  sizes: ReadonlyMap<Value, Size>,
  lives: ReadonlyMap<Value, Life>,
  reuseOf: (node: Node, input: Value) => Reuse,
): Buffer[] {
  const plan = new BufferPlan(sizes, lives);
  // What the caller holds is not written to.
  for (const value of lives.keys()) if (value.producer === null) plan.make(value, false);
  for (const [step, node] of order.entries()) {
    const [first, ...others] = node.outputs;
    if (first) {
      const source = node.inputs.find(
        (input) =>
          input !== null && plan.isReusable(input, first, step, () => reuseOf(node, input)),
      );
      if (source) plan.share(source, first);
      else plan.make(first, true);
    }
    for (const value of others) if (value !== null) plan.make(value, true);
  }
  return plan.buffers;
}

class BufferPlan {
  readonly buffers: (Buffer & { readonly isOwn: boolean })[] = [];
  readonly #sizes: ReadonlyMap<Value, Size>;
  readonly #lives: ReadonlyMap<Value, Life>;
  readonly #ofValue = new Map<Value, BufferPlan['buffers'][number]>();

  constructor(sizes: ReadonlyMap<Value, Size>, lives: ReadonlyMap<Value, Life>) {
    this.#sizes = sizes;
    this.#lives = lives;
  }

  make(value: Value, isOwn: boolean): void {
    const life = this.#lives.get(value);
    const bytes = this.#sizes.get(value);
    if (life === undefined || bytes === undefined || bytes === 0) return;
    const buffer = { bytes, ...life, isOwn };
    this.#ofValue.set(value, buffer);
    this.buffers.push(buffer);
  }

  isReusable(input: Value, output: Value, step: number, reuseOf: () => Reuse): boolean {
    const buffer = this.#ofValue.get(input);
    const bytes = this.#sizes.get(output);
    if (buffer === undefined || bytes === undefined || !sameSize(buffer.bytes, bytes)) return false;
    const reuse = reuseOf();
    // The whole buffer, which other views may still be read from.
    return reuse === 'view' || (reuse === 'overwrite' && buffer.isOwn && buffer.until === step);
  }

  share(input: Value, output: Value): void {
    const buffer = this.#ofValue.get(input);
    if (buffer === undefined) return;
    this.#ofValue.set(output, buffer);
    buffer.until = Math.max(buffer.until, this.#lives.get(output)?.until ?? 0);
  }
}
