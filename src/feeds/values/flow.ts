import {
  functionKey,
  type Graph,
  type Model,
  type Node,
  type Value,
  walkNodes,
} from '../../graph/index.ts';
import { functionBodies } from '../sizes/frames.ts';

/** Numbers from `low` to `high`. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

/** Where the elements of a node's input reappear: unchanged, each times `scale` plus an offset. */
export interface Flow {
  readonly outputs: readonly Value[];
  readonly scale: number;
  /** One for all elements, or one of each. */
  readonly offset: Span;
  /** Whether all elements come through, in order. */
  readonly isWhole: boolean;
}

const wholeOps = new Set(
  'Identity Cast CastLike Reshape Squeeze Unsqueeze Flatten Dropout SequenceConstruct Optional'
    .concat(' OptionalGetElement StringNormalizer')
    .split(' '),
);

/** Operators that move, drop or repeat elements, and the inputs that hold these. */
const movingOps: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ...'Transpose Slice Expand Tile Split SplitToSequence Gather GatherElements GatherND ReduceMax'
    .concat(' ReduceMin TopK Compress Unique DepthToSpace SpaceToDepth ReverseSequence SequenceAt')
    .concat(' Floor Ceil Round Relu Abs MaxPool ConcatFromSequence Trilu Clip')
    .split(' ')
    .map((op): [string, number[]] => [op, [0]]),
  ['Min', [0, 1]],
  ['Max', [0, 1]],
  ['Where', [1, 2]],
  ['Pad', [0, 2]],
  ['ScatterElements', [0, 2]],
  ['ScatterND', [0, 2]],
  ['SequenceInsert', [0, 1]],
]);

/** Follows elements through nodes, subgraphs and model-local functions. */
export class FlowTracer {
  readonly #bodies: ReadonlyMap<string, Graph>;
  readonly #owners = new Map<Graph, Node[]>();

  constructor(model: Model) {
    this.#bodies = functionBodies(model);
    for (const { node } of walkNodes(model)) {
      const body = this.#bodyOf(node);
      for (const graph of [...node.subgraphs, ...(body ? [body] : [])]) {
        this.#owners.set(graph, [...(this.#owners.get(graph) ?? []), node]);
      }
    }
  }

  /** Where the elements of input `index` go; null when the node makes something else of them. */
  through(node: Node, index: number): Flow | null {
    if (node.subgraphs.length > 0) return whole(subgraphInputs(node, index));
    const body = this.#bodyOf(node);
    if (body !== undefined) return whole([body.inputs[index]]);
    if (wholeOps.has(node.opType) && node.domain === '') {
      const all = node.opType === 'SequenceConstruct' ? node.outputs : node.outputs.slice(0, 1);
      return index === 0 || node.opType === 'SequenceConstruct' ? whole(all) : null;
    }
    if (node.domain !== '') return null;
    const outputs = node.opType.startsWith('Split') ? node.outputs : node.outputs.slice(0, 1);
    const isMoved =
      node.opType === 'Concat' || movingOps.get(node.opType)?.includes(index) === true;
    if (isMoved) return { ...whole(outputs), isWhole: false };
    return arithmetic(node, index);
  }

  #bodyOf({ domain, opType, overload }: Node): Graph | undefined {
    return this.#bodies.get(functionKey({ domain, name: opType, overload }));
  }

  /** Where what a graph returns goes: the outputs of the nodes that it belongs to. */
  outOf(graph: Graph, index: number): Flow {
    const owners = this.#owners.get(graph) ?? [];
    return whole(owners.map((node) => node.outputs[node.opType === 'Loop' ? index - 1 : index]));
  }
}

const noOffset: Span = { low: 0, high: 0 };

function whole(outputs: readonly (Value | null | undefined)[]): Flow {
  const values = outputs.filter((each) => each !== null && each !== undefined);
  return { outputs: values, scale: 1, offset: noOffset, isWhole: true };
}

/** What an input of If, Loop or Scan, or of a search for words, is called inside. */
function subgraphInputs(node: Node, index: number): (Value | undefined)[] {
  const inputs = node.subgraphs.map((graph) => graph.inputs[index]);
  if (node.domain === '')
    return ['Loop', 'Scan', 'SequenceMap'].includes(node.opType) ? inputs : [];
  // The tokens to go on from are what each step of a search begins with.
  return node.domain === 'com.microsoft' && index === 0 ? inputs : [];
}

/** Constants that are larger are no offsets. */
const mostOffsets = 65_536;

/** Sums with constants, products with and quotients by one constant number. */
function arithmetic(node: Node, index: number): Flow | null {
  const flow = { ...whole(node.outputs.slice(0, 1)), isWhole: false };
  if (node.opType === 'Neg') return { ...flow, scale: -1 };
  const other = node.inputs[1 - index]?.constant;
  // A product of two inputs is nearly always one of ids and a mask, which leaves the ids in range.
  if (node.opType === 'Mul' && !other) return flow;
  if (!other || other.elementType === 'string' || other.elementCount > mostOffsets) return null;
  const span = spanOf(other.toFloat64());
  if (span === null) return null;
  switch (node.opType) {
    case 'Add':
      return { ...flow, offset: span };
    case 'Sub':
      return index === 0
        ? { ...flow, offset: { low: -span.high, high: -span.low } }
        : { ...flow, scale: -1, offset: span };
    case 'Mul':
      return scaled(flow, span, (number) => number);
    case 'Div':
      return index === 0 ? scaled(flow, span, (number) => 1 / number) : null;
    default:
      return null;
  }
}

function scaled(flow: Flow, { low, high }: Span, factor: (number: number) => number): Flow | null {
  return low === high && low !== 0 ? { ...flow, scale: factor(low) } : null;
}

function spanOf(numbers: Float64Array): Span | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const number of numbers) {
    low = Math.min(low, number);
    high = Math.max(high, number);
  }
  return Number.isFinite(low) && Number.isFinite(high) ? { low, high } : null;
}
