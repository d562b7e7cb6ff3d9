import { isTensor, type Tensor, type TensorValue } from '../../src/tensor/index.ts';

/** The tensor that a feed, or a set of outputs, has by a name. Throws where it has none. */
export function tensorIn(
  values: ReadonlyMap<string, TensorValue> | undefined,
  name: string,
): Tensor {
  const value = values?.get(name);
  if (!isTensor(value)) throw new Error(`there is no tensor "${name}"`);
  return value;
}

/** The numbers of that tensor. */
export function numbersIn(
  values: ReadonlyMap<string, TensorValue> | undefined,
  name: string,
): number[] {
  return [...tensorIn(values, name).toFloat64()];
}
