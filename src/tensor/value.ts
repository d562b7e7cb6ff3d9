import { Tensor } from './tensor.ts';

/**
 * What a model takes or gives: a tensor, a sequence of tensors, or null: an optional without a value.
 * Maps travel as the tensors that they are made of.
 */
export type TensorValue = Tensor | readonly Tensor[] | null;

/** Whether it is one tensor. */
export function isTensor(value: TensorValue | undefined): value is Tensor {
  return value instanceof Tensor;
}

/** The tensors of a value in order: one, those of a sequence, or none. */
export function tensorsOfValue(value: TensorValue): readonly Tensor[] {
  if (value === null) return [];
  return isTensor(value) ? [value] : value;
}
