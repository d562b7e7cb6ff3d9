import {
  executionOrder,
  type Graph,
  type Model,
  type Node,
  type Value,
} from '../../graph/index.ts';
import { add, ceilDivide, evaluate, multiply, product, type Size } from '../../symbolic/index.ts';
import { dataTypes } from '../../tensor/index.ts';
import type { Frame } from '../engine/frame.ts';
import { constantOf } from '../engine/read-elements.ts';
import type { Inference } from '../infer-types.ts';
import { costOf } from './model-cost.ts';
import { packBuffers } from './pack-buffers.ts';

/**
 * Memory of the values that a run makes, in bytes. Weights are not in it. Inputs of the model live
 * until they are last read, outputs to the end.
 */
export interface ActivationMemory {
  /** What is alive at once at the worst moment, with reuse in place: no plan needs less. */
  readonly lowerBoundBytes: Size;
  /**
   * Buffers laid out greedily, largest first, as runtimes with a memory plan do; outputs in the place
   * of inputs that die there, and views without a copy. The lower bound where sizes are symbolic.
   */
  readonly peakBytes: Size;
  /** The same with a buffer of its own for every value, reused when the value is dead. */
  readonly peakWithoutInPlaceBytes: Size;
  /** All values, nothing reused. */
  readonly totalBytes: Size;
  /** Values whose size is not known; they count as nothing. */
  readonly unknownValues: number;
}

/** A piece of memory that one value, or several after one another, lie in. */
interface Buffer {
  readonly bytes: Size;
  readonly from: number;
  until: number;
}

interface Plan {
  readonly buffers: readonly Buffer[];
  /** Memory of subgraphs and functions, by the step at which they run. */
  readonly inner: ReadonlyMap<number, ActivationMemory>;
  readonly steps: number;
}

/** Symbols in turn count as each of these, to find out which of several sums is the largest. */
const triedSizes = [1, 16, 128, 1024];

/** Operators whose result is their input, seen another way. */
const views: ReadonlySet<string> = new Set([
  'Flatten',
  'Identity',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
]);

/** How much memory the values of a model take while it runs. */
export function measureActivations(model: Model, inference: Inference): ActivationMemory {
  return ofGraph(model.graph, inference.main, inference, true);
}

function ofGraph(
  graph: Graph,
  frame: Frame,
  inference: Inference,
  isOutermost: boolean,
): ActivationMemory {
  const order = executionOrder(graph);
  const sizes = new Map<Value, Size>();
  let unknownValues = 0;
  const measure = (value: Value): void => {
    const bytes = bytesOf(value, frame, inference);
    if (bytes === null) unknownValues += 1;
    sizes.set(value, bytes ?? 0);
  };
  if (isOutermost) {
    for (const value of graph.inputs) if (value.initializer === null) measure(value);
  }
  const inner = new Map<number, ActivationMemory>();
  for (const [step, node] of order.entries()) {
    for (const value of node.outputs) if (value !== null && !isConstant(value)) measure(value);
    const within = innerMemory(node, frame, inference);
    if (within !== null) {
      inner.set(step, within);
      unknownValues += within.unknownValues;
    }
  }
  // What a subgraph returns is counted where its node is.
  if (!isOutermost) for (const value of graph.outputs) sizes.delete(value);
  const lives = livesOf(graph, order, sizes);
  const shared = planBuffers(order, sizes, lives, (node, value) =>
    isReused(node, value, frame, inference, sizes, lives),
  );
  const separate = planBuffers(order, sizes, lives, () => false);
  const steps = order.length;
  const sharedPlan: Plan = { buffers: shared, inner, steps };
  return {
    lowerBoundBytes: mostAlive(sharedPlan, (each) => each.lowerBoundBytes),
    peakBytes: peakOf(sharedPlan, (each) => each.peakBytes),
    peakWithoutInPlaceBytes: peakOf(
      { buffers: separate, inner, steps },
      (each) => each.peakWithoutInPlaceBytes,
    ),
    totalBytes: sumOf([...sizes.values(), ...[...inner.values()].map((each) => each.totalBytes)]),
    unknownValues,
  };
}

function isConstant(value: Value): boolean {
  return constantOf(value) !== null;
}

/** Memory of what a node runs inside: the most of its branches; null when it runs nothing. */
function innerMemory(node: Node, frame: Frame, inference: Inference): ActivationMemory | null {
  const call = frame.calls.get(node);
  const { domain, opType, overload } = node;
  const definition =
    call &&
    node.graph.model.functions.find(
      (each) => each.domain === domain && each.name === opType && each.overload === overload,
    );
  if (call !== undefined && definition !== undefined) {
    return ofGraph(definition.body, call, inference, false);
  }
  const parts = node.subgraphs.map((graph) => ofGraph(graph, frame, inference, false));
  return parts.reduce<ActivationMemory | null>(
    (most, each) => (most === null || isMore(each.peakBytes, most.peakBytes) ? each : most),
    null,
  );
}

/** Bytes of a value; null for what is no tensor, holds text or has no known shape. */
function bytesOf(value: Value, frame: Frame, inference: Inference): Size | null {
  const type = inference.typeOf(value, frame);
  if (type?.kind !== 'tensor' || type.shape === null) return null;
  const { elementType, shape } = type;
  if (elementType === null || elementType === 'string') return null;
  const bits = multiply(dataTypes[elementType].bits, product(shape));
  return dataTypes[elementType].bits % 8 === 0
    ? multiply(dataTypes[elementType].bits / 8, product(shape))
    : ceilDivide(bits, 8);
}

/** From which step to which each value lives: made at the first, last read at the second. */
function livesOf(
  graph: Graph,
  order: readonly Node[],
  sizes: ReadonlyMap<Value, Size>,
): Map<Value, { readonly from: number; until: number }> {
  const lives = new Map<Value, { readonly from: number; until: number }>();
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

/** Whether the first output of a node takes the place of this input, which dies there. */
function isReused(
  node: Node,
  input: Value,
  frame: Frame,
  inference: Inference,
  sizes: ReadonlyMap<Value, Size>,
  lives: ReadonlyMap<Value, { readonly until: number; readonly from: number }>,
): boolean {
  const output = node.outputs[0];
  if (!output || String(sizes.get(input)) !== String(sizes.get(output))) return false;
  if (node.domain === '' && views.has(node.opType)) return input === node.inputs[0];
  if (lives.get(input)?.until !== lives.get(output)?.from) return false;
  return costOf(inference.nodeFacts(node, frame))?.class === 'elementwise';
}

function planBuffers(
  order: readonly Node[],
  sizes: ReadonlyMap<Value, Size>,
  lives: ReadonlyMap<Value, { readonly from: number; readonly until: number }>,
  isShared: (node: Node, input: Value) => boolean,
): Buffer[] {
  const buffers = new Map<Value, Buffer>();
  const all: Buffer[] = [];
  const make = (value: Value): void => {
    const life = lives.get(value);
    const bytes = sizes.get(value);
    if (life === undefined || bytes === undefined || bytes === 0) return;
    const buffer = { bytes, from: life.from, until: life.until };
    buffers.set(value, buffer);
    all.push(buffer);
  };
  for (const value of lives.keys()) if (value.producer === null) make(value);
  for (const node of order) {
    for (const [at, value] of node.outputs.entries()) {
      if (value === null) continue;
      const input =
        at === 0
          ? node.inputs.find((each) => each !== null && buffers.has(each) && isShared(node, each))
          : null;
      const buffer = input ? buffers.get(input) : undefined;
      if (buffer === undefined) make(value);
      else {
        buffers.set(value, buffer);
        buffer.until = Math.max(buffer.until, lives.get(value)?.until ?? 0);
      }
    }
  }
  return all;
}

function peakOf(plan: Plan, ofInner: (inner: ActivationMemory) => Size): Size {
  const { buffers, inner } = plan;
  const isNumeric = (size: Size): size is number => typeof size === 'number';
  const innerBytes = [...inner].map(([step, each]) => ({ step, bytes: ofInner(each) }));
  if (![...buffers, ...innerBytes].every(({ bytes }) => isNumeric(bytes))) {
    return mostAlive(plan, ofInner);
  }
  const fixed = buffers.map(({ bytes, from, until }) => ({ bytes: Number(bytes), from, until }));
  const within = innerBytes.map(({ step, bytes }) => ({
    bytes: Number(bytes),
    from: step,
    until: step,
  }));
  return packBuffers([...fixed, ...within]);
}

/** The largest sum of what is alive at one step. Steps with symbols are compared at typical sizes. */
function mostAlive(plan: Plan, ofInner: (inner: ActivationMemory) => Size): Size {
  const changes = new Map<number, Size>();
  const change = (step: number, by: Size): void => {
    changes.set(step, add(changes.get(step) ?? 0, by));
  };
  for (const { bytes, from, until } of plan.buffers) {
    change(from, bytes);
    change(until + 1, multiply(-1, bytes));
  }
  let alive: Size = 0;
  let most: Size = 0;
  for (let step = 0; step <= plan.steps; step += 1) {
    alive = add(alive, changes.get(step) ?? 0);
    const within = plan.inner.get(step);
    const now = within === undefined ? alive : add(alive, ofInner(within));
    if (isMore(now, most)) most = now;
  }
  return most;
}

function isMore(a: Size, b: Size): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a > b;
  const at = (size: Size, as: number): number => evaluate(size, () => as) ?? 0;
  // Where two sums cross, the one that is larger at large sizes is what matters.
  return (
    triedSizes.reduce(
      (wins, as) => (at(a, as) === at(b, as) ? wins : at(a, as) > at(b, as) ? 1 : -1),
      0,
    ) > 0
  );
}

function sumOf(sizes: readonly Size[]): Size {
  return sizes.reduce<Size>((sum, each) => add(sum, each), 0);
}
