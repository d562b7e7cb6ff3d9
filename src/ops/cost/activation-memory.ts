import {
  executionOrder,
  type Graph,
  type Model,
  type Node,
  type Value,
} from '../../graph/index.ts';
import {
  add,
  ceilDivide,
  multiply,
  product,
  type Size,
  subtract,
  sum,
} from '../../symbolic/index.ts';
import { dataTypes } from '../../tensor/index.ts';
import type { Frame } from '../engine/frame.ts';
import { FunctionIndex } from '../engine/function-index.ts';
import { constantOf } from '../engine/read-elements.ts';
import type { Inference } from '../infer-types.ts';
import { costOf } from './cost-of.ts';
import { largestSize } from './largest-size.ts';
import { type Buffer, livesOf, planBuffers, type Reuse } from './lives.ts';
import { arenaBytes, packBuffers, type TimedBuffer } from './pack-buffers.ts';

/**
 * Memory of the values that a run makes, in bytes. Weights are not in it. Inputs of the model live
 * until they are last read, outputs to the end. Each is at most the next.
 */
export interface ActivationMemory {
  /** What is alive at once at the worst moment, with reuse in place: no such plan needs less. */
  readonly lowerBoundBytes: Size;
  /**
   * Buffers laid out greedily, largest first, as runtimes with a memory plan do; outputs in the place
   * of inputs that die there, and views without a copy. The lower bound where sizes are symbolic.
   */
  readonly peakBytes: Size;
  /** The same with a buffer of its own for every value, reused when the value is dead. */
  readonly peakWithoutInPlaceBytes: Size;
  /** All values, nothing reused; those of a loop's body once. */
  readonly totalBytes: Size;
  /** Values whose size is not known; they count as nothing. */
  readonly unknownValues: number;
}

/** What a node needs while it runs a graph, at its step. */
interface Inner {
  readonly step: number;
  readonly bytes: Size;
}

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
  const meter = new MemoryMeter(inference, new FunctionIndex(model));
  return meter.ofGraph(model.graph, inference.main, true);
}

class MemoryMeter {
  readonly #inference: Inference;
  readonly #functions: FunctionIndex;

  constructor(inference: Inference, functions: FunctionIndex) {
    this.#inference = inference;
    this.#functions = functions;
  }

  ofGraph(graph: Graph, frame: Frame, isOutermost: boolean): ActivationMemory {
    const order = executionOrder(graph);
    const sizes = new Map<Value, Size>();
    let unknownValues = 0;
    const measure = (value: Value): void => {
      const bytes = this.#bytesOf(value, frame);
      if (bytes === null) unknownValues += 1;
      sizes.set(value, bytes ?? 0);
    };
    // What a subgraph or function is given, and what it returns, is counted where its node is.
    if (isOutermost) for (const value of graph.inputs) if (!hasDefault(value)) measure(value);
    const returned = new Set(isOutermost ? [] : graph.outputs);
    const inner = new Map<number, ActivationMemory>();
    for (const [step, node] of order.entries()) {
      for (const value of node.outputs) {
        if (value !== null && !returned.has(value) && !isConstant(value)) measure(value);
      }
      const within = this.#ofInside(node, frame);
      if (within === null) continue;
      inner.set(step, within);
      unknownValues += within.unknownValues;
    }
    const lives = livesOf(graph, order, sizes);
    const shared = planBuffers(order, sizes, lives, (node, input) =>
      this.#reuseOf(node, input, frame),
    );
    const separate = planBuffers(order, sizes, lives, () => null);
    const at = (bytesOf: (each: ActivationMemory) => Size): Inner[] =>
      [...inner].map(([step, each]) => ({ step, bytes: bytesOf(each) }));
    const separateBytes = peakOf(
      separate,
      at((each) => each.peakWithoutInPlaceBytes),
    );
    const sharedBytes = peakOf(
      shared,
      at((each) => each.peakBytes),
    );
    return {
      lowerBoundBytes: mostAlive(
        shared,
        at((each) => each.lowerBoundBytes),
      ),
      peakBytes: smaller(sharedBytes, separateBytes),
      peakWithoutInPlaceBytes: separateBytes,
      totalBytes: sum([...sizes.values(), ...[...inner.values()].map((each) => each.totalBytes)]),
      unknownValues,
    };
  }

  /** Memory of what a node runs inside: of each number, the most of its graphs; null: nothing. */
  #ofInside(node: Node, frame: Frame): ActivationMemory | null {
    const call = frame.calls.get(node);
    const definition = call && this.#functions.calledBy(node);
    if (call !== undefined && definition !== undefined) {
      return this.ofGraph(definition.body, call, false);
    }
    const parts = node.subgraphs.map((graph) => this.ofGraph(graph, frame, false));
    const [first, ...others] = parts;
    if (first === undefined || others.length === 0) return first ?? null;
    const most = (bytesOf: (each: ActivationMemory) => Size): Size =>
      largestSize(parts.map(bytesOf));
    return {
      lowerBoundBytes: most((each) => each.lowerBoundBytes),
      peakBytes: most((each) => each.peakBytes),
      peakWithoutInPlaceBytes: most((each) => each.peakWithoutInPlaceBytes),
      totalBytes: most((each) => each.totalBytes),
      unknownValues: parts.reduce((count, each) => count + each.unknownValues, 0),
    };
  }

  /** Bytes of a value; null for what is no tensor, holds text or has no known shape. */
  #bytesOf(value: Value, frame: Frame): Size | null {
    const type = this.#inference.typeOf(value, frame);
    if (type?.kind !== 'tensor' || type.shape === null) return null;
    const { elementType, shape } = type;
    if (elementType === null || elementType === 'string') return null;
    const { bits } = dataTypes[elementType];
    const count = product(shape);
    return bits % 8 === 0 ? multiply(bits / 8, count) : ceilDivide(multiply(bits, count), 8);
  }

  #reuseOf(node: Node, input: Value, frame: Frame): Reuse {
    if (node.domain === '' && views.has(node.opType)) {
      return input === node.inputs[0] ? 'view' : null;
    }
    const cost = costOf(this.#inference.nodeFacts(node, frame));
    return cost?.class === 'elementwise' ? 'overwrite' : null;
  }
}

function isConstant(value: Value): boolean {
  return constantOf(value) !== null || hasDefault(value);
}

/** Initializers that are inputs too are weights all the same. */
function hasDefault(value: Value): boolean {
  return value.initializer !== null || value.sparseInitializer !== null;
}

/** Size of an arena for all, if there are numbers for all; else what is alive at once. */
function peakOf(buffers: readonly Buffer[], inner: readonly Inner[]): Size {
  const timed: TimedBuffer[] = [];
  for (const { bytes, from, until } of [...buffers, ...inner.map(atItsStep)]) {
    if (typeof bytes !== 'number') return mostAlive(buffers, inner);
    timed.push({ bytes, from, until });
  }
  return arenaBytes(packBuffers(timed));
}

function atItsStep({ step, bytes }: Inner): Buffer {
  return { bytes, from: step, until: step };
}

/** The largest sum of what is alive at one step. */
function mostAlive(buffers: readonly Buffer[], inner: readonly Inner[]): Size {
  const changes = new Map<number, { readonly more: Size[]; readonly less: Size[] }>();
  const changesAt = (step: number): { readonly more: Size[]; readonly less: Size[] } => {
    const found = changes.get(step) ?? { more: [], less: [] };
    changes.set(step, found);
    return found;
  };
  for (const { bytes, from, until } of [...buffers, ...inner.map(atItsStep)]) {
    changesAt(from).more.push(bytes);
    changesAt(until + 1).less.push(bytes);
  }
  const sums: Size[] = [];
  let alive: Size = 0;
  for (const [, { more, less }] of [...changes].toSorted(([a], [b]) => a - b)) {
    alive = add(alive, subtract(sum(more), sum(less)));
    if (more.length > 0) sums.push(alive);
  }
  return largestSize(sums);
}

function smaller(a: Size, b: Size): Size {
  return typeof a === 'number' && typeof b === 'number' ? Math.min(a, b) : a;
}
