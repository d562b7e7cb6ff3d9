import {
  type DataType,
  dataTypes,
  encodeBfloat16,
  encodeFloat16,
  encodeSmallFloat,
  isSmallFloatType,
  memoryStorage,
  type NumericArray,
  packElements,
  Tensor,
} from '../tensor/index.ts';

/**
 * The tensor in another type of the same kind: floats rounded to nearest, integers as they are.
 * Exact in both directions between a type and its carrier.
 *
 * @throws RangeError for an integer that the type cannot hold.
 */
export function carry(tensor: Tensor, dtype: DataType, name: string): Tensor {
  if (tensor.dtype === dtype) return tensor.with({ name });
  const data = encode(tensor.toFloat64(), dtype);
  const bytes =
    dataTypes[dtype].bits < 8
      ? packElements(dtype, data as Int8Array)
      : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new Tensor({ name, dtype, dims: tensor.dims, storage: memoryStorage(bytes) });
}

function encode(values: Float64Array, dtype: DataType): NumericArray {
  if (dtype === 'float16') return encodeFloat16(values);
  if (dtype === 'bfloat16') return encodeBfloat16(values);
  // Infinity stays what it is where the type has one, and NaN where it does not.
  if (isSmallFloatType(dtype)) return encodeSmallFloat(dtype, values, { saturate: false });
  const { arrayType } = dataTypes[dtype];
  return (arrayType as Float64ArrayConstructor).from(values);
}
