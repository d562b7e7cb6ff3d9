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
  type Tensor,
  toFloat64,
} from '../tensor/index.ts';

/** The tensor in the wanted type and what happened to its values, or why it cannot be had. */
export type Conversion =
  | { readonly tensor: Tensor; readonly note: string | null }
  | { readonly reason: string };

/**
 * A tensor in another element type. Integers and booleans must fit exactly; numbers with a fraction
 * are rounded from one float type to another (to nearest, ties to even) and otherwise refused;
 * nothing overflows. Text and complex numbers convert to nothing else.
 */
export function convertElements(tensor: Tensor, dtype: DataType): Conversion {
  const from = tensor.dtype;
  if (from === dtype) return { tensor, note: null };
  const kinds = [dataTypes[from].kind, dataTypes[dtype].kind];
  if (kinds.includes('string') || kinds.includes('complex')) {
    return { reason: `${from} does not convert to ${dtype}` };
  }
  const data = tensor.data();
  const isWide = data instanceof BigInt64Array || data instanceof BigUint64Array;
  if (isWide && dataTypes[dtype].kind !== 'float') return fromWideIntegers(tensor, data, dtype);
  const values = toFloat64(from, data);
  // Beyond 2^53 not even float64 holds every integer, so the check below could not tell.
  if (isWide && data.some((each, at) => BigInt(values[at] ?? 0) !== each)) {
    return { reason: `it has ${from} values that ${dtype} does not hold exactly` };
  }
  return fromNumbers(tensor, values, dtype);
}

function fromWideIntegers(
  tensor: Tensor,
  data: BigInt64Array | BigUint64Array,
  dtype: DataType,
): Conversion {
  const { min, max, arrayType } = dataTypes[dtype];
  const [least, most] = [BigInt(min ?? 0), BigInt(max ?? 0)];
  const odd = data.find((each) => each < least || each > most);
  if (odd !== undefined) return { reason: `its value ${odd} does not fit ${dtype}` };
  if (arrayType === BigInt64Array || arrayType === BigUint64Array) {
    return converted(tensor, dtype, new arrayType(data), 'exact');
  }
  return fromNumbers(tensor, Float64Array.from(data, Number), dtype);
}

function fromNumbers(tensor: Tensor, values: Float64Array, dtype: DataType): Conversion {
  const encoded = encode(values, dtype);
  if (encoded === null) {
    const odd = values.find((value) => !fitsInteger(value, dtype));
    return { reason: `its value ${odd} does not fit ${dtype}` };
  }
  const back = toFloat64(dtype, encoded);
  // The 4- and 6-bit floats have no infinity to overflow to: they would quietly saturate.
  const greatest =
    dataTypes[dtype].bits < 8 ? Number(dataTypes[dtype].max) : Number.POSITIVE_INFINITY;
  let isRounded = false;
  for (const [at, value] of values.entries()) {
    const kept = back[at] ?? Number.NaN;
    if (Object.is(kept, value) || kept === value || (kept !== kept && value !== value)) continue;
    const isTooLarge = !Number.isFinite(kept) || Math.abs(value) > greatest;
    if (dataTypes[tensor.dtype].kind !== 'float' || isTooLarge) {
      return { reason: `its value ${value} does not fit ${dtype}` };
    }
    isRounded = true;
  }
  return converted(tensor, dtype, encoded, isRounded ? 'rounded' : 'exact');
}

function converted(
  tensor: Tensor,
  dtype: DataType,
  data: NumericArray,
  how: 'exact' | 'rounded',
): Conversion {
  const { bits } = dataTypes[dtype];
  const bytes =
    bits < 8
      ? packElements(dtype, data as Uint8Array)
      : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const note = `${tensor.dtype} as ${dtype}, ${how}`;
  return { tensor: tensor.with({ dtype, storage: memoryStorage(bytes) }), note };
}

/** The stored form of numbers (see `Tensor.data`), or null where an integer type cannot hold one. */
export function encode(values: Float64Array, dtype: DataType): NumericArray | null {
  if (dtype === 'float16') return encodeFloat16(values);
  if (dtype === 'bfloat16') return encodeBfloat16(values);
  if (isSmallFloatType(dtype)) return encodeSmallFloat(dtype, values, { saturate: false });
  const { arrayType, kind } = dataTypes[dtype];
  const isWhole = kind !== 'float' && kind !== 'complex';
  if (isWhole && !values.every((value) => fitsInteger(value, dtype))) return null;
  if (arrayType === BigInt64Array || arrayType === BigUint64Array) {
    const result = new arrayType(values.length);
    for (const [at, value] of values.entries()) result[at] = BigInt(value);
    return result;
  }
  // Not `from`, which goes through an iterator and takes ten times as long.
  return new (arrayType as Float64ArrayConstructor)(values);
}

function fitsInteger(value: number, dtype: DataType): boolean {
  const { min, max } = dataTypes[dtype];
  return Number.isInteger(value) && value >= Number(min) && value <= Number(max);
}
