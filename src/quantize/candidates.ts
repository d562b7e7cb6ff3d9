import { MlkitError } from '../errors.ts';
import { type GraphVisit, type Model, type Node, walkNodes } from '../graph/index.ts';
import { dataTypes, type Tensor } from '../tensor/index.ts';
import type { QuantizeConfig } from './config.ts';
import { matchesPattern } from './name-pattern.ts';
import { allFloats } from './numerics/float-pieces.ts';
import { type Lookup, type Product, weightRule, weightRules } from './rules/index.ts';
import { findWeight, type WeightLookup, type WeightSource } from './weight-source.ts';

/** A node with a weight that could be quantized. */
export interface Candidate {
  readonly node: Node;
  /** Of its graph, as `walkGraphs` gives it. */
  readonly path: string;
  /** Its place in the order of the model. */
  readonly position: number;
  /** What it does with its weight. */
  readonly use: Product | Lookup;
  /** Its weight. `isTransposed`: whether it uses the transpose of what is stored. */
  readonly source: WeightSource;
}

/** A node that stays as it is, and why. */
export interface KeptNode {
  readonly node: Node;
  readonly path: string;
  readonly position: number;
  readonly reason: string;
  /** Of its constant, where it has one; else 0. */
  readonly weightBytes: number;
}

/** Constants below this are not worth a line. */
const notableBytes = 1024;

/**
 * The nodes whose weights can be quantized, and those that have weights or could and stay as they
 * are. Both in the order of the model.
 *
 * @throws MlkitError MODEL_UNSUPPORTED for a model that is quantized already; USAGE for patterns and
 *   operators that match nothing.
 */
export function listCandidates(
  model: Model,
  config: QuantizeConfig,
): { candidates: Candidate[]; kept: KeptNode[] } {
  const visits = [...walkNodes(model)];
  refuseQuantized(visits);
  checkSelection(visits, config);
  const candidates: Candidate[] = [];
  const kept: KeptNode[] = [];
  for (const [position, visit] of visits.entries()) {
    const { node, path } = visit;
    const examined = examine(visit, model, config);
    if (examined === null) continue;
    if ('reason' in examined) kept.push({ node, path, position, ...examined });
    else candidates.push({ node, path, position, ...examined });
  }
  return { candidates, kept };
}

type Visit = GraphVisit & { readonly node: Node };

type Examined = Pick<Candidate, 'use' | 'source'> | Pick<KeptNode, 'reason' | 'weightBytes'>;

/** What a node is for us; null when it has nothing to do with weights. */
function examine(
  { node, definition }: Visit,
  model: Model,
  config: QuantizeConfig,
): Examined | null {
  const rule = node.domain === '' ? weightRule(node.opType) : undefined;
  if (rule === undefined) return examineOther(node);
  const use = rule.read(node);
  // Most lookups have to do with shapes: they are not worth a word.
  if ('reason' in use)
    return rule.op === 'Gather' ? examineOther(node) : { ...use, weightBytes: 0 };
  const found = findWeight(use.weight, model.irVersion);
  if (use.kind === 'lookup' && !isFloatTable(found)) return null;
  if (definition !== null) {
    return { reason: 'it is in a function, and those are left as they are', weightBytes: 0 };
  }
  const other = use.kind === 'lookup' ? use.indices : use.activation;
  const isOtherComputed = findWeight(other, model.irVersion) === 'computed';
  if (found === 'computed') {
    const reason = isOtherComputed
      ? 'it has no weight: both factors are computed'
      : 'its constant is the left factor, and only right ones are quantized';
    return { reason, weightBytes: 0 };
  }
  if ('reason' in found) return { ...found, weightBytes: 0 };
  const isTransposed = found.isTransposed !== (use.kind === 'product' && use.transposesWeight);
  const reason =
    objectionTo(found.tensor, node) ??
    (isOtherComputed ? null : 'both its inputs are constants') ??
    (use.kind === 'lookup' ? objectionToTable(found) : null) ??
    unselected(node, config);
  if (reason !== null) return { reason, weightBytes: found.tensor.byteLength };
  return { use, source: { ...found, isTransposed } };
}

function isFloatTable(found: WeightLookup): boolean {
  if (found === 'computed') return false;
  const type = 'reason' in found ? null : found.tensor.elementType;
  return type !== null && dataTypes[type].kind === 'float';
}

function objectionTo(tensor: Tensor, node: Node): string | null {
  if (node.outputs[0] == null) return 'nothing reads its output';
  const type = tensor.elementType;
  if (type !== 'float32') {
    return `its weight is of ${type ?? 'an unknown type'}, and only float32 is quantized`;
  }
  const { dims } = tensor;
  if (dims.length === 0 || (node.opType === 'Gemm' && dims.length !== 2)) {
    return `its weight has the impossible shape [${dims.join(', ')}]`;
  }
  return tensor.elementCount === 0 ? 'its weight is empty' : null;
}

/** Tables up to this size can be masks, of which some hold infinities on purpose. */
const mostMaskBytes = 16 * 1024 * 1024;

function objectionToTable({ tensor, isTransposed }: WeightSource): string | null {
  if (isTransposed) return 'its table is transposed before it is looked up in';
  if (tensor.dims.length < 2) return 'its table has only one axis';
  if (tensor.byteLength > mostMaskBytes || allFloats(tensor).every(Number.isFinite)) return null;
  return 'its table holds values that are not finite';
}

/** Whether flags leave the node out. */
function unselected(node: Node, { ops, nodes, exclude }: QuantizeConfig): string | null {
  if (ops !== null && !ops.includes(node.opType)) return `--ops does not name ${node.opType}`;
  if (nodes.length > 0 && !nodes.some((pattern) => matchesPattern(nodeName(node), pattern))) {
    return '--nodes does not match it';
  }
  const excluded = exclude.find((pattern) => matchesPattern(nodeName(node), pattern));
  return excluded === undefined ? null : `--exclude ${excluded} matches it`;
}

/** What a node goes by in patterns and reports: its name, or the name of what it produces. */
export function nodeName(node: Node): string {
  if (node.name !== '') return node.name;
  return node.outputs.find((output) => output !== null)?.name ?? node.opType;
}

const reasonsOfOthers: Readonly<Record<string, string>> = {
  Conv: 'convolutions need static quantization (a later version); dynamic ones are slower than float',
  ConvTranspose: 'convolutions need static quantization (a later version)',
};

/** Nodes of other operators are mentioned when they read a constant of some size. */
function examineOther(node: Node): Pick<KeptNode, 'reason' | 'weightBytes'> | null {
  if (node.domain === '' && (node.opType === 'Identity' || node.opType === 'Transpose'))
    return null;
  let weightBytes = 0;
  for (const input of node.inputs) {
    const tensor = input?.constant ?? input?.initializer ?? null;
    const type = tensor?.elementType ?? null;
    if (tensor === null || type === null || dataTypes[type].kind !== 'float') continue;
    weightBytes += tensor.byteLength;
  }
  if (weightBytes < notableBytes) return null;
  const own = node.domain === '' ? reasonsOfOthers[node.opType] : undefined;
  return { reason: own ?? `there is no rule for ${node.opType} in this version`, weightBytes };
}

/** Operators that compute with integers, or turn them into floats and back. */
const integerOperators =
  /^(QuantizeLinear|DequantizeLinear|DynamicQuantize\w+|QLinear\w+|MatMulInteger\w*|ConvInteger\w*|MatMulNBits|MatMulBnb4|MatMulFpQ4|GatherBlockQuantized|Q(Attention|Gemm|MoE|EmbedLayerNormalization|OrderedMatMul))$/;

function refuseQuantized(visits: readonly Visit[]): void {
  const found = visits.filter(({ node }) => integerOperators.test(node.opType));
  const [first] = found;
  if (first === undefined) return;
  const count = found.length === 1 ? 'a node' : `${found.length} nodes`;
  throw new MlkitError(
    'MODEL_UNSUPPORTED',
    `the model is quantized already: it has ${count} such as ${first.node.label}`,
    { hint: 'Quantize the float model that it was made from.' },
  );
}

function checkSelection(visits: readonly Visit[], { ops, nodes, exclude }: QuantizeConfig): void {
  for (const op of ops ?? []) {
    if (weightRule(op) !== undefined) continue;
    throw new MlkitError('USAGE', `--ops: ${op} is no operator that can be quantized`, {
      hint: `They are: ${weightRules.map((rule) => rule.op).join(', ')}.`,
    });
  }
  for (const [flag, patterns] of [
    ['--nodes', nodes],
    ['--exclude', exclude],
  ] as const) {
    for (const pattern of patterns) {
      if (visits.some(({ node }) => matchesPattern(nodeName(node), pattern))) continue;
      throw new MlkitError('USAGE', `${flag} ${pattern} matches no node of the model`, {
        hint: 'mlkit inspect --nodes lists them; * stands for any text, in quotes for the shell.',
      });
    }
  }
}
