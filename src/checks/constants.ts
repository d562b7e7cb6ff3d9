import {
  type Attribute,
  type Graph,
  type GraphVisit,
  listTensor,
  type Node,
  type SparseTensor,
  type Use,
  type Value,
} from '../graph/index.ts';
import { byteLengthOf, elementCountOf, Tensor, type TensorStorage } from '../tensor/index.ts';
import { isQuantizationInput } from './quantization-inputs.ts';

/**
 * What a constant is to its model.
 *
 * - `parameter`: a weight;
 * - `quantization`: read only as a scale or a zero point;
 * - `index`: int64 of rank 0 or 1 (shapes, axes, indices), or the indices of a sparse constant;
 * - `text`: strings;
 * - `unused`: read by nothing.
 */
export type ConstantRole = 'parameter' | 'quantization' | 'index' | 'text' | 'unused';

export type ConstantSource = 'initializer' | 'sparse-initializer' | 'attribute';

/** A constant of the model, wherever it is. */
export interface Constant {
  readonly tensor: Tensor;
  readonly name: string;
  /** Path of its graph. */
  readonly graph: string;
  readonly source: ConstantSource;
  /** Label of the node whose attribute it is. */
  readonly node?: string;
  readonly role: ConstantRole;
  /** Null where the shape is impossible. */
  readonly elements: number | null;
  /** As stored; of large ones in the model file, what type and shape call for. */
  readonly bytes: number;
}

/**
 * How large a constant may be for its bytes to be measured: those in typed fields (int32_data and so
 * on) must be read for it, and of large ones that would be reading weights.
 */
const mostBytesMeasured = 1024 * 1024;

/** Every constant of the model in file order: initializers, and tensors in attributes of nodes. */
export function findConstants(graphs: readonly GraphVisit[]): Constant[] {
  const found: Constant[] = [];
  for (const { graph, path } of graphs) {
    ofInitializers(graph, path, found);
    for (const node of graph.nodes) {
      for (const attribute of node.attributes) ofAttribute(node, attribute, path, found);
    }
  }
  return found;
}

/** What two constants have in common that lie in the same bytes; a constant of its own otherwise. */
export function placeOfConstant({ tensor }: Constant): TensorStorage | string {
  const { external } = tensor.storage;
  if (external === undefined) return tensor.storage;
  return `${external.location}\n${external.offset}\n${tensor.byteLength}`;
}

/** For each constant that lies in the bytes of an earlier one, that one. */
export function sharedConstants(constants: readonly Constant[]): ReadonlyMap<Constant, Constant> {
  const first = new Map<TensorStorage | string, Constant>();
  const shared = new Map<Constant, Constant>();
  for (const each of constants) {
    const place = placeOfConstant(each);
    const earlier = first.get(place);
    if (earlier === undefined) first.set(place, each);
    else shared.set(each, earlier);
  }
  return shared;
}

function ofInitializers(graph: Graph, path: string, found: Constant[]): void {
  for (const value of graph.initializers) {
    const { name, initializer, sparseInitializer } = value;
    if (initializer !== null) {
      found.push(constant(name, path, initializer, 'initializer', roleOf(initializer, value.uses)));
    }
    if (sparseInitializer === null) continue;
    const role = roleOf(sparseInitializer.values, value.uses);
    pushSparse(name, path, sparseInitializer, { source: 'sparse-initializer', role }, found);
  }
}

function ofAttribute(node: Node, attribute: Attribute, path: string, found: Constant[]): void {
  const isConstantNode = node.domain === '' && node.opType === 'Constant';
  const tensors = tensorsIn(attribute, isConstantNode);
  if (tensors.length === 0) return;
  const output = isConstantNode ? node.outputs[0] : null;
  const uses = output?.uses ?? null;
  const isFill = node.domain === '' && node.opType === 'ConstantOfShape';
  const label = node.label;
  const base = output?.name ?? `${label} ${attribute.name}`;
  for (const [at, tensor] of tensors.entries()) {
    const name = tensors.length === 1 ? base : `${base}[${at}]`;
    if (tensor instanceof Tensor) {
      const role = isFill ? 'index' : roleOf(tensor, uses);
      found.push(constant(name, path, tensor, 'attribute', role, label));
    } else {
      const role = roleOf(tensor.values, uses);
      pushSparse(name, path, tensor, { source: 'attribute', role, node: label }, found);
    }
  }
}

const none: readonly Tensor[] = [];

function tensorsIn(
  attribute: Attribute,
  isConstantNode: boolean,
): readonly (Tensor | SparseTensor)[] {
  switch (attribute.type) {
    case 'tensor':
    case 'sparse-tensor':
      return [attribute.value];
    case 'tensors':
    case 'sparse-tensors':
      return attribute.value;
    default: {
      const tensor = isConstantNode ? listTensor(attribute) : null;
      return tensor === null ? none : [tensor];
    }
  }
}

function pushSparse(
  name: string,
  path: string,
  sparse: SparseTensor,
  as: { source: ConstantSource; role: ConstantRole; node?: string },
  found: Constant[],
): void {
  const { source, role, node } = as;
  found.push(constant(name, path, sparse.values, source, role, node));
  const indexRole = role === 'unused' ? 'unused' : 'index';
  found.push(constant(`${name} (indices)`, path, sparse.indices, source, indexRole, node));
}

function constant(
  name: string,
  graph: string,
  tensor: Tensor,
  source: ConstantSource,
  role: ConstantRole,
  node?: string,
): Constant {
  const elements = elementCountOf(tensor.dims);
  const need = neededBytes(tensor, elements);
  const isMeasured =
    need === null || need <= mostBytesMeasured || tensor.storage.kind === 'external';
  const bytes = isMeasured ? tensor.byteLength : need;
  return {
    tensor,
    name,
    graph,
    source,
    role,
    elements,
    bytes,
    ...(node !== undefined && { node }),
  };
}

/** Bytes that type and shape call for; null for text, and where they make no sense. */
function neededBytes({ elementType }: Tensor, elements: number | null): number | null {
  if (elementType === null || elementType === 'string' || elements === null) return null;
  return byteLengthOf(elementType, elements);
}

/** @param uses Where it is read; null where that is inside an operator, and not known. */
function roleOf(tensor: Tensor, uses: ReadonlySet<Use> | null): ConstantRole {
  if (uses?.size === 0) return 'unused';
  if (tensor.elementType === 'string') return 'text';
  if (tensor.elementType === 'int64' && tensor.dims.length < 2) return 'index';
  return uses !== null && isOnlyQuantization(uses) ? 'quantization' : 'parameter';
}

function isOnlyQuantization(uses: Value['uses']): boolean {
  for (const use of uses) {
    if (use.kind === 'output' || !isQuantizationInput(use.node, use.index)) return false;
  }
  return true;
}
