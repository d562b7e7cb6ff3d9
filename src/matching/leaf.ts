import { listTensor, type Node, type Value } from '../graph/index.ts';
import type { Tensor } from '../tensor/index.ts';

/** `model`: an initializer in the model file; `data-file`; `node`: a Constant node. */
export type ConstantPlace = 'model' | 'data-file' | 'node';

/** A value that is a constant: an initializer, dense or sparse, or the output of a Constant node. */
export interface Leaf {
  readonly value: Value;
  /** One; of a sparse constant its values and their indices. */
  readonly tensors: readonly Tensor[];
  /** The dense shape. */
  readonly dims: readonly number[];
  readonly dtype: string | null;
  readonly place: ConstantPlace;
}

/** The constant that a value is, whether callers may override it or not; null when it is none. */
export function leafOf(value: Value): Leaf | null {
  const { initializer, sparseInitializer, producer } = value;
  if (initializer !== null) return dense(value, initializer, null);
  if (sparseInitializer !== null) {
    return sparse(value, sparseInitializer, null);
  }
  return producer === null || producer.domain !== '' || producer.opType !== 'Constant'
    ? null
    : leafOfNode(value, producer);
}

function leafOfNode(value: Value, node: Node): Leaf | null {
  for (const attribute of node.attributes) {
    if (attribute.type === 'sparse-tensor') return sparse(value, attribute.value, 'node');
    const tensor = attribute.type === 'tensor' ? attribute.value : listTensor(attribute);
    if (tensor !== null) return dense(value, tensor, 'node');
  }
  return null;
}

function dense(value: Value, tensor: Tensor, place: ConstantPlace | null): Leaf {
  const { dims, elementType: dtype } = tensor;
  return { value, tensors: [tensor], dims, dtype, place: place ?? placeOf(tensor) };
}

function sparse(
  value: Value,
  { values, indices, dims }: { values: Tensor; indices: Tensor; dims: readonly number[] },
  place: ConstantPlace | null,
): Leaf {
  const dtype = `sparse ${values.elementType ?? '?'}`;
  return { value, tensors: [values, indices], dims, dtype, place: place ?? placeOf(values) };
}

function placeOf(tensor: Tensor): ConstantPlace {
  return tensor.storage.kind === 'external' ? 'data-file' : 'model';
}
