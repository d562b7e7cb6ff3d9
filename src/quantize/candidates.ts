import { type GraphVisit, type Model, type Node, type Value, walkNodes } from '../graph/index.ts';
import { dataTypes, type Tensor } from '../tensor/index.ts';
import { refuseQuantized } from './already-quantized.ts';
import type { QuantizeConfig } from './config.ts';
import { allFloats } from './numerics/float-pieces.ts';
import { type Lookup, type Product, weightRule } from './rules/index.ts';
import { checkSelection, unselected } from './selection.ts';
import { findWeight, type WeightSource } from './weight-source.ts';

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
  const nodes = visits.map((visit) => visit.node);
  refuseQuantized(nodes);
  checkSelection(nodes, config);
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

type Kept = Pick<KeptNode, 'reason' | 'weightBytes'>;

type Examined = Pick<Candidate, 'use' | 'source'> | Kept | null;

/** What a node is for us; null when it has nothing to do with weights. */
function examine({ node, definition }: Visit, model: Model, config: QuantizeConfig): Examined {
  const rule = node.domain === '' ? weightRule(node.opType) : undefined;
  if (rule === undefined) return examineOther(node);
  const use = rule.read(node);
  // Most lookups have to do with shapes: they are not worth a word.
  if ('reason' in use) return rule.op === 'Gather' ? examineOther(node) : kept(use.reason);
  if (definition !== null) {
    if (use.kind === 'lookup') return null;
    return kept('it is in a function, and those are left as they are');
  }
  return use.kind === 'lookup'
    ? examineLookup(node, use, model, config)
    : examineProduct(node, use, model, config);
}

function kept(reason: string, tensor?: Tensor): Kept {
  return { reason, weightBytes: tensor?.byteLength ?? 0 };
}

function examineProduct(node: Node, use: Product, model: Model, config: QuantizeConfig): Examined {
  const found = findWeight(use.weight, model.irVersion);
  const isOtherComputed = isComputed(use.activation, model);
  if (found === 'computed') {
    return kept(
      isOtherComputed
        ? 'it has no weight: both factors are computed'
        : 'its constant is the left factor, and only right ones are quantized',
    );
  }
  if ('reason' in found) return kept(found.reason);
  const reason =
    objectionTo(found.tensor, node) ??
    (isOtherComputed ? null : 'both its inputs are constants') ??
    unselected(node, config);
  if (reason !== null) return kept(reason, found.tensor);
  return { use, source: { ...found, isTransposed: found.isTransposed !== use.transposesWeight } };
}

function examineLookup(node: Node, use: Lookup, model: Model, config: QuantizeConfig): Examined {
  const source = findWeight(use.weight, model.irVersion);
  if (source === 'computed' || 'reason' in source || !isFloat(source.tensor)) return null;
  const reason =
    objectionTo(source.tensor, node) ??
    (isComputed(use.indices, model) ? null : 'both its inputs are constants') ??
    objectionToTable(source) ??
    unselected(node, config);
  return reason === null ? { use, source } : kept(reason, source.tensor);
}

function isComputed(value: Value, model: Model): boolean {
  return findWeight(value, model.irVersion) === 'computed';
}

function isFloat({ elementType }: Tensor): boolean {
  return elementType !== null && dataTypes[elementType].kind === 'float';
}

function objectionTo(tensor: Tensor, node: Node): string | null {
  const [output = null] = node.outputs;
  if (output === null) return 'nothing reads its output';
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

/** Constants below this are not worth a line. */
const notableBytes = 1024;

const reasonsOfOthers: Readonly<Record<string, string>> = {
  Conv: 'convolutions need static quantization (a later version); dynamic ones are slower than float',
  ConvTranspose: 'convolutions need static quantization (a later version)',
};

/** Nodes of other operators are mentioned when they read a constant of some size. */
function examineOther(node: Node): Kept | null {
  const isCopy = node.opType === 'Identity' || node.opType === 'Transpose';
  if (isCopy && node.domain === '') return null;
  const weightBytes = node.inputs.reduce((sum, input) => sum + floatBytesOf(input), 0);
  if (weightBytes < notableBytes) return null;
  const hasOwn = node.domain === '' && Object.hasOwn(reasonsOfOthers, node.opType);
  const own = hasOwn ? reasonsOfOthers[node.opType] : undefined;
  return { reason: own ?? `there is no rule for ${node.opType} in this version`, weightBytes };
}

function floatBytesOf(input: Value | null): number {
  const tensor = input?.initializer ?? input?.constant ?? null;
  return tensor !== null && isFloat(tensor) ? tensor.byteLength : 0;
}
