import {
  type AccumulatorSettings,
  OutputAccumulator,
  type OutputParity,
} from '../../src/parity/index.ts';
import {
  type DataType,
  dataTypes,
  encodeBfloat16,
  encodeFloat16,
  type Tensor,
  tensorFrom,
} from '../../src/tensor/index.ts';

/** A tensor of a type whose values are given as numbers. */
export function tensorOf(
  dtype: DataType,
  dims: readonly number[],
  values: readonly number[],
): Tensor {
  if (dtype === 'float16') return tensorFrom(dtype, dims, encodeFloat16(Float64Array.from(values)));
  if (dtype === 'bfloat16') {
    return tensorFrom(dtype, dims, encodeBfloat16(Float64Array.from(values)));
  }
  const { arrayType } = dataTypes[dtype];
  if (arrayType === BigInt64Array || arrayType === BigUint64Array) {
    return tensorFrom(dtype, dims, new arrayType(values.map(BigInt)));
  }
  return tensorFrom(dtype, dims, new (arrayType as Float32ArrayConstructor)(values));
}

export function compareTensors(
  reference: Tensor,
  candidate: Tensor,
  settings: Partial<AccumulatorSettings> = {},
): OutputParity {
  const accumulator = new OutputAccumulator({ name: 'y', profile: 'fp32', ...settings });
  accumulator.add(reference, candidate);
  return accumulator.finish();
}

/** Compares lists of numbers of one type. */
export function compareValues(
  dtype: DataType,
  reference: readonly number[],
  candidate: readonly number[],
  settings: Partial<AccumulatorSettings> = {},
): OutputParity {
  const dims = [reference.length];
  return compareTensors(
    tensorOf(dtype, dims, reference),
    tensorOf(dtype, dims, candidate),
    settings,
  );
}

/** Seeded numbers from 0 to 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
