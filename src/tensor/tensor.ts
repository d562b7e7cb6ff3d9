import { MlkitError } from '../errors.ts';
import { byteLengthOf, type DataType, dataTypes, type NumericArray } from './dtype.ts';
import { decodeSmallFloat } from './float8.ts';
import { decodeBfloat16, decodeFloat16 } from './half.ts';
import { unpackElements } from './packed.ts';
import { memoryStorage, stringStorage, type TensorStorage } from './storage.ts';

export interface TensorFields {
  readonly name?: string;
  /** Null: the file names no type, or one that we do not know. */
  readonly dtype: DataType | null;
  /** Sizes, outermost first; empty for a scalar. */
  readonly dims: readonly number[];
  readonly storage: TensorStorage;
  readonly docString?: string;
  readonly metadata?: readonly (readonly [string, string])[];
  /** Belongs to the reader that made the tensor; everyone else leaves it alone. */
  readonly origin?: unknown;
}

/**
 * A dense constant. Immutable: an edit makes a new tensor. Its bytes are read only when asked for.
 *
 * Broken models can be represented, so that they can be inspected: the shape is held against the
 * bytes when data is asked for, not when the tensor is made.
 */
export class Tensor {
  readonly name: string;
  /** The element type, or null for a broken tensor, which can be looked at and not read. */
  readonly elementType: DataType | null;
  readonly dims: readonly number[];
  readonly storage: TensorStorage;
  readonly docString: string;
  readonly metadata: readonly (readonly [string, string])[];
  /** @internal */
  readonly origin: unknown;

  constructor(fields: TensorFields) {
    this.name = fields.name ?? '';
    this.elementType = fields.dtype;
    this.dims = fields.dims;
    this.storage = fields.storage;
    this.docString = fields.docString ?? '';
    this.metadata = fields.metadata ?? [];
    this.origin = fields.origin;
  }

  /** A copy with some fields replaced. */
  with(fields: Partial<TensorFields>): Tensor {
    const { name, elementType: dtype, dims, storage, docString, metadata, origin } = this;
    return new Tensor({ name, dtype, dims, storage, docString, metadata, origin, ...fields });
  }

  /**
   * The element type.
   *
   * @throws MlkitError MODEL_INVALID when there is none.
   */
  get dtype(): DataType {
    if (this.elementType !== null) return this.elementType;
    throw new MlkitError('MODEL_INVALID', `tensor "${this.name}" has no data type that we know`);
  }

  /**
   * Product of the dims; 1 for a scalar.
   *
   * @throws MlkitError MODEL_INVALID for a negative dim, LIMIT_EXCEEDED above 2^53 - 1.
   */
  get elementCount(): number {
    const count = elementCountOf(this.dims);
    if (count === null) {
      throw new MlkitError(
        this.dims.some((dim) => dim < 0) ? 'MODEL_INVALID' : 'LIMIT_EXCEEDED',
        `tensor "${this.name}" has the impossible shape [${this.dims.join(', ')}]`,
      );
    }
    return count;
  }

  /** Size in bytes of the stored elements; for strings, of their text. */
  get byteLength(): number {
    return this.storage.byteLength;
  }

  /**
   * The elements as stored: `Float32Array` for float32, `BigInt64Array` for int64, bit patterns
   * (`Uint16Array`) for float16 and bfloat16, one element per entry for packed types, and so on
   * (`dataTypes[dtype].arrayType`). A copy, or a view that must not be written to.
   *
   * @throws MlkitError MODEL_INVALID when the bytes do not fit the shape.
   */
  data(): NumericArray {
    const count = this.elementCount;
    if (this.dtype === 'string') throw new TypeError(`tensor "${this.name}" holds strings`);
    const need = byteLengthOf(this.dtype, count);
    if (this.storage.byteLength !== need) {
      throw new MlkitError(
        'MODEL_INVALID',
        `tensor "${this.name}" (${this.dtype}[${this.dims.join(', ')}]) needs ${need} bytes and has ${this.storage.byteLength}`,
      );
    }
    const bytes = this.storage.bytes();
    const { bits, arrayType, kind } = dataTypes[this.dtype];
    if (bits < 8) return unpackElements(this.dtype, bytes, count);
    const length = kind === 'complex' ? count * 2 : count;
    return viewAs(arrayType, bytes, length);
  }

  /**
   * Numeric elements as float64, decoded from any float, integer or boolean type; complex numbers as
   * pairs (real, imaginary). int64 beyond 2^53 rounds to nearest.
   */
  toFloat64(): Float64Array {
    return toFloat64(this.dtype, this.data());
  }

  /** Elements of a string tensor, decoded from UTF-8. */
  toStrings(): string[] {
    const decoder = new TextDecoder();
    return (this.storage.strings ?? []).map((each) => decoder.decode(each));
  }
}

/** Product of `dims`, or null when a dim is negative or the product exceeds 2^53 - 1. */
export function elementCountOf(dims: readonly number[]): number | null {
  let count = 1;
  for (const dim of dims) {
    if (dim < 0 || !Number.isSafeInteger(dim)) return null;
    count *= dim;
  }
  return Number.isSafeInteger(count) ? count : null;
}

/** Decodes stored elements (see {@link Tensor.data}) to float64. */
export function toFloat64(dtype: DataType, data: NumericArray): Float64Array {
  switch (dtype) {
    case 'float16':
      return Float64Array.from(decodeFloat16(data as Uint16Array));
    case 'bfloat16':
      return Float64Array.from(decodeBfloat16(data as Uint16Array));
    case 'float8e4m3fn':
    case 'float8e4m3fnuz':
    case 'float8e5m2':
    case 'float8e5m2fnuz':
    case 'float8e8m0':
    case 'float4e2m1':
    case 'float6e2m3':
    case 'float6e3m2':
      return Float64Array.from(decodeSmallFloat(dtype, data as Uint8Array));
    default:
      if (data instanceof Float64Array) return data;
      if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
        return Float64Array.from(data, Number);
      }
      return Float64Array.from(data);
  }
}

/** A tensor over values that are in memory, in the stored form of {@link Tensor.data}. */
export function tensorFrom(
  dtype: DataType,
  dims: readonly number[],
  data: NumericArray,
  name = '',
): Tensor {
  if (dataTypes[dtype].bits < 8 || dtype === 'string') {
    throw new TypeError(
      `tensorFrom does not pack ${dtype}; give the packed bytes to memoryStorage`,
    );
  }
  const count = elementCountOf(dims);
  const need = count === null ? -1 : byteLengthOf(dtype, count);
  if (data.byteLength !== need) {
    throw new RangeError(
      `${dtype}[${dims.join(', ')}] needs ${need} bytes, got ${data.byteLength}`,
    );
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new Tensor({ name, dtype, dims, storage: memoryStorage(bytes) });
}

/** A tensor of strings, stored as UTF-8. */
export function stringTensor(
  dims: readonly number[],
  strings: readonly string[],
  name = '',
): Tensor {
  const encoder = new TextEncoder();
  const storage = stringStorage(strings.map((each) => encoder.encode(each)));
  return new Tensor({ name, dtype: 'string', dims, storage });
}

/** The array over `bytes`, copied first where alignment demands it (raw_data starts anywhere). */
function viewAs(
  arrayType: (typeof dataTypes)[DataType]['arrayType'],
  bytes: Uint8Array,
  length: number,
): NumericArray {
  const width = arrayType.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % width === 0 ? bytes : Uint8Array.from(bytes);
  return new arrayType(aligned.buffer as ArrayBuffer, aligned.byteOffset, length);
}
