import {
  executionOrder,
  type Graph,
  type Model,
  type Node,
  readsOf,
  type Value,
  walkNodes,
} from '../../graph/index.ts';
import { findSchema, type OperatorSchema } from '../../schemas/index.ts';
import { type DataType, dataTypes } from '../../tensor/index.ts';
import type { PairedTensor, PairedTensors } from './tensors.ts';

/** What the candidate computes with quantized numbers and could compute as the reference does. */
export interface Unit {
  /** The node of the reference whose outputs these are. */
  readonly node: Node;
  /** All nodes of the reference between the paired values, in the order in which they run. */
  readonly nodes: readonly Node[];
  /** Those that have weights, or the node itself where none has. */
  readonly named: readonly Node[];
  readonly weightBytes: number;
  /** What the nodes read, and the dequantized form in which the candidate reads it; null: as it is. */
  readonly inputs: ReadonlyMap<PairedTensor, Value | null>;
  readonly outputs: readonly PairedTensor[];
  /** The candidate's nodes between these. */
  readonly candidateNodes: ReadonlySet<Node>;
  /** Whether it is quantized only because what it reads is. */
  readonly isPassive: boolean;
}

export interface FoundUnits {
  /** In the order in which the reference runs. */
  readonly units: readonly Unit[];
  /** Quantized nodes that cannot be put back into float here, and why. */
  readonly skipped: readonly { readonly node: Node; readonly reason: string }[];
}

/** Operators that give back what they are given: quantizers take them along with their input. */
const passiveOperators: ReadonlySet<string> = new Set([
  'AveragePool',
  'Clip',
  'DepthToSpace',
  'Flatten',
  'Identity',
  'MaxPool',
  'Pad',
  'Relu',
  'Reshape',
  'Resize',
  'Slice',
  'SpaceToDepth',
  'Split',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
]);

const integerOperators =
  /^(QuantizeLinear|DequantizeLinear|DynamicQuantize.*|MatMulInteger.*|ConvInteger|QLinear.*|QGemm|QAttention|QMoE|QEmbedLayerNormalization|QOrdered.*|MatMulNBits|MatMulBnb4|GatherBlockQuantized)$/;

/**
 * Finds what the candidate computes with quantized numbers: per node of the reference, what lies
 * between the nearest paired values above it and the paired values that it makes.
 */
export function findUnits(reference: Model, candidate: Model, tensors: PairedTensors): FoundUnits {
  const units: Unit[] = [];
  const skipped: { node: Node; reason: string }[] = [];
  const order = executionOrder(reference.graph);
  const positions = new Map(order.map((node, at) => [node, at]));
  for (const node of order) {
    const outputs = node.outputs.flatMap((value) => (value && tensors.ofReference(value)) ?? []);
    if (outputs.length === 0) continue;
    const below = candidateSlice(candidate.graph, outputs, tensors);
    if (!below.isQuantized && below.views.size === 0) continue;
    const above = referenceSlice(reference.graph, node, outputs, tensors);
    const reason =
      'reason' in above
        ? above.reason
        : (integerObjection(above.nodes, below.nodes, outputs) ??
          objectionTo(above.nodes, reference, candidate));
    if (reason !== null || 'reason' in above) {
      skipped.push({ node, reason: reason ?? '' });
      continue;
    }
    const nodes = [...above.nodes].toSorted(
      (a, b) => (positions.get(a) ?? 0) - (positions.get(b) ?? 0),
    );
    const weighted = nodes.filter((each) => weightBytesOf(each) > 0 && hasMatrix(each));
    const isBystander = !below.isQuantized && outputs.every((each) => each.quantizers.length === 0);
    const handsOn = passiveOperators.has(node.opType) && weighted.length === 0;
    units.push({
      node,
      nodes,
      named: weighted.length > 0 ? weighted : [node],
      weightBytes: nodes.reduce((sum, each) => sum + weightBytesOf(each), 0),
      inputs: new Map(above.inputs.map((input) => [input, viewIn(input, below)])),
      outputs,
      candidateNodes: below.nodes,
      isPassive: below.views.size > 0 && (isBystander || handsOn),
    });
  }
  return { units, skipped };
}

/** Nodes inside of subgraphs and functions that are quantized; these are no units. */
export function countInner(candidate: Model): number {
  let count = 0;
  for (const { node, graph } of walkNodes(candidate)) {
    if (graph !== candidate.graph && integerOperators.test(node.opType)) count += 1;
  }
  return count;
}

interface CandidateSlice {
  readonly nodes: ReadonlySet<Node>;
  /** What is read as it is. */
  readonly direct: ReadonlySet<PairedTensor>;
  /** What is read dequantized, and where. */
  readonly views: ReadonlyMap<PairedTensor, Value>;
  /** Whether there is something quantized besides what is read. */
  readonly isQuantized: boolean;
}

function candidateSlice(
  graph: Graph,
  outputs: readonly PairedTensor[],
  tensors: PairedTensors,
): CandidateSlice {
  const nodes = new Set<Node>();
  const direct = new Set<PairedTensor>();
  const views = new Map<PairedTensor, Value>();
  let isQuantized = false;
  const stack = outputs.map((each) => each.raw.producer);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node === null || nodes.has(node)) continue;
    nodes.add(node);
    isQuantized ||= integerOperators.test(node.opType);
    for (const value of readsOf(node, graph)) {
      const view = tensors.view(value);
      const tensor = tensors.ofRaw(value);
      if (view !== undefined) views.set(view.tensor, value);
      else if (tensor !== undefined && !outputs.includes(tensor)) direct.add(tensor);
      else if (value.producer !== null) stack.push(value.producer);
      else isQuantized ||= isSmallInteger(value.initializer?.elementType ?? null);
    }
  }
  return { nodes, direct, views, isQuantized };
}

/** Weights that are stored in integers without any operator for it: rows that are looked up. */
function isSmallInteger(dtype: DataType | null): boolean {
  if (dtype === null) return false;
  const { kind, bits } = dataTypes[dtype];
  return (kind === 'int' || kind === 'uint') && bits <= 8;
}

function viewIn(tensor: PairedTensor, { direct, views }: CandidateSlice): Value | null {
  if (direct.has(tensor)) return null;
  return views.get(tensor) ?? tensor.quantizers[0]?.views[0] ?? null;
}

function referenceSlice(
  graph: Graph,
  start: Node,
  outputs: readonly PairedTensor[],
  tensors: PairedTensors,
): { nodes: ReadonlySet<Node>; inputs: readonly PairedTensor[] } | { reason: string } {
  const made = Math.min(...outputs.map((each) => each.position));
  const nodes = new Set<Node>();
  const inputs = new Set<PairedTensor>();
  const stack = [start];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (nodes.has(node)) continue;
    nodes.add(node);
    for (const value of readsOf(node, graph)) {
      const tensor = tensors.ofReference(value);
      // What the candidate makes later cannot be read; the pairing may be wrong there.
      if (tensor !== undefined && tensor.position < made) inputs.add(tensor);
      else if (value.producer !== null) stack.push(value.producer);
      else if (value.initializer === null) {
        return { reason: `the candidate has no counterpart of "${value.name}"` };
      }
    }
  }
  return { nodes, inputs: [...inputs] };
}

/** Why the candidate's integers cannot be told apart node by node, or null. */
function integerObjection(
  nodes: ReadonlySet<Node>,
  candidateNodes: ReadonlySet<Node>,
  outputs: readonly PairedTensor[],
): string | null {
  const hasLinear = [...candidateNodes].some((node) => /^(QLinear|QGemm$)/.test(node.opType));
  const isGroup = [...nodes].filter(hasMatrix).length > 1;
  const goesOn = outputs.some(({ raw }) => {
    const integers = raw.producer?.opType === 'DequantizeLinear' ? raw.producer.inputs[0] : null;
    return integers ? integers.uses.size > 1 : false;
  });
  if (!hasLinear || !(isGroup || goesOn)) return null;
  return 'its result goes on in integers (QOperator format; QuantFormat.QDQ shows single nodes)';
}

/** Why nodes of the reference cannot be put into the candidate, or null. */
function objectionTo(nodes: ReadonlySet<Node>, reference: Model, candidate: Model): string | null {
  for (const { opType, domain, subgraphs } of nodes) {
    if (subgraphs.length > 0) return `${opType} has subgraphs`;
    const isFunction = reference.functions.some(
      (each) => each.name === opType && each.domain === domain,
    );
    if (isFunction) return `${opType} is a function of the model`;
    const [before = 1, after] = [reference.opset(domain), candidate.opset(domain)];
    if (after === undefined || after === before) continue;
    const [one, two] = [findSchema(domain, opType, before), findSchema(domain, opType, after)];
    if (!isSameOperator(one, two))
      return `${opType} is another in opset ${after} than in ${before}`;
  }
  return null;
}

/** Whether two versions of an operator take the same, types apart. */
function isSameOperator(one: OperatorSchema | null, two: OperatorSchema | null): boolean {
  if (one === null || two === null) return one === two;
  if (one.since === two.since) return true;
  const shape = ({ inputs, outputs, attributes }: OperatorSchema): string =>
    JSON.stringify([
      inputs.map(({ name, option }) => [name, option]),
      outputs.map(({ name, option }) => [name, option]),
      [...attributes.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ]);
  return shape(one) === shape(two);
}

function constantsOf(node: Node): Value[] {
  return node.inputs.flatMap((value) => (value?.constant ? [value] : []));
}

function weightBytesOf(node: Node): number {
  return constantsOf(node).reduce((sum, value) => sum + (value.constant?.byteLength ?? 0), 0);
}

/** Whether it has a constant that is more than a bias or a shape. */
function hasMatrix(node: Node): boolean {
  return constantsOf(node).some(({ constant }) => {
    const kind = constant?.elementType ? dataTypes[constant.elementType].kind : null;
    return kind === 'float' && (constant?.dims.length ?? 0) >= 2;
  });
}
