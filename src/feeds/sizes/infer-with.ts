import type { Model, Value } from '../../graph/index.ts';
import { type Inference, type InferenceSettings, inferTypes } from '../../ops/index.ts';
import { type DataType, memoryStorage, Tensor } from '../../tensor/index.ts';
import { encode } from '../convert-elements.ts';

/** The numbers that inputs of one element are known to hold. */
export type KnownScalars = ReadonlyMap<Value, Tensor>;

/** One number as a tensor of rank 0, or of any shape of one element. */
export function scalarTensor(dtype: DataType, rank: number, value: number): Tensor {
  const data = encode(Float64Array.of(value), dtype);
  if (data === null) throw new Error(`${dtype} has no ${value}`);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const dims = Array.from({ length: rank }, () => 1);
  return new Tensor({ dtype, dims, storage: memoryStorage(bytes) });
}

/**
 * Infers types and shapes as if inputs had these defaults: a flag decides which branch of an If is
 * looked at. Inference takes defaults at their word, so they are lent to the inputs while it runs;
 * the model is as before when this returns.
 */
export function inferWith(
  model: Model,
  scalars: KnownScalars,
  settings: InferenceSettings,
): Inference {
  const lent = [...scalars].filter(([value]) => value.initializer === null);
  try {
    for (const [value, initializer] of lent) Object.assign(value, { initializer });
    return inferTypes(model, settings);
  } finally {
    for (const [value] of lent) Object.assign(value, { initializer: null });
  }
}
