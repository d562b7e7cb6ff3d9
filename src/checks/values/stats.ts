import {
  byteLengthOf,
  type DataType,
  dataTypes,
  elementCountOf,
  type NumericArray,
  type Tensor,
  toFloat64,
  unpackElements,
} from '../../tensor/index.ts';

/**
 * The values of a constant. NaN and the infinities are counted, and are left out of the rest. Of
 * complex numbers, real and imaginary parts are values of their own.
 */
export interface TensorStats {
  /** Least value, exact; a bigint for 64-bit integers. Null when there is no finite value. */
  readonly min: number | bigint | null;
  readonly max: number | bigint | null;
  /** In float64; null when there is no finite value, or their sum is beyond float64. */
  readonly mean: number | null;
  /** Values that are zero, of either sign. */
  readonly zeros: number;
  readonly nan: number;
  readonly infinite: number;
}

/** A multiple of what any element, or whole group of packed elements, takes (16 and 3 bytes). */
const chunkBytes = 48 * 16 * 1024;

interface Collector {
  add(bytes: Uint8Array): void;
  result(): TensorStats;
}

/**
 * Reads a constant chunk by chunk and describes its values. Yields after each chunk the bytes read;
 * returns null for text, and for a constant whose bytes do not fit its type and shape.
 *
 * Memory: a chunk of 768 KiB and half a MiB of counters; constants in the typed fields of protobuf
 * (int32_data and so on) are decoded whole.
 *
 * @param observe Shown the same chunks, each a whole number of elements, which it must not keep.
 * @throws MlkitError when the bytes cannot be read.
 */
export function* measureTensor(
  tensor: Tensor,
  observe?: (bytes: Uint8Array) => void,
): Generator<number, TensorStats | null> {
  const { elementType, dims, storage } = tensor;
  const count = elementCountOf(dims);
  if (elementType === null || elementType === 'string' || count === null) return null;
  if (storage.byteLength !== byteLengthOf(elementType, count)) return null;
  const collector = collectorFor(elementType, count);
  for (const chunk of wholeGroups(storage.chunks(chunkBytes), groupBytes(elementType))) {
    collector.add(chunk);
    observe?.(chunk);
    yield chunk.byteLength;
  }
  return collector.result();
}

/** Bytes that a whole number of elements begins and ends with. */
function groupBytes(dtype: DataType): number {
  const { bits } = dataTypes[dtype];
  if (bits === 6) return 3;
  return Math.max(bits / 8, 1);
}

/** The same bytes in pieces of whole groups; what is left at the end comes last. */
function* wholeGroups(chunks: Iterable<Uint8Array>, group: number): Iterable<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  for (const chunk of chunks) {
    const bytes = rest.byteLength === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.byteLength - (bytes.byteLength % group);
    // A piece is only valid until the next one is asked for.
    rest = bytes.slice(end);
    if (end > 0) yield bytes.subarray(0, end);
  }
  if (rest.byteLength > 0) yield rest;
}

function collectorFor(dtype: DataType, count: number): Collector {
  const { bits } = dataTypes[dtype];
  if (dtype === 'int64' || dtype === 'uint64') return new Int64Collector(dtype);
  return bits <= 16 ? new PatternCollector(dtype, count) : new ValueCollector(dtype);
}

/** Types of 32 bits and more that a JavaScript number holds. */
class ValueCollector implements Collector {
  readonly #arrayType: (typeof dataTypes)[DataType]['arrayType'];
  #values = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #zeros = 0;
  #nan = 0;
  #infinite = 0;

  constructor(dtype: DataType) {
    this.#arrayType = dataTypes[dtype].arrayType;
  }

  add(bytes: Uint8Array): void {
    const values = viewElements(this.#arrayType, bytes) as Float32Array;
    let [min, max, sum] = [this.#min, this.#max, 0];
    let [zeros, nan, infinite] = [0, 0, 0];
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at] as number;
      if (!Number.isFinite(value)) {
        if (Number.isNaN(value)) nan += 1;
        else infinite += 1;
        continue;
      }
      if (value === 0) zeros += 1;
      if (value < min) min = value;
      if (value > max) max = value;
      sum += value;
    }
    this.#values += values.length;
    this.#min = min;
    this.#max = max;
    this.#sum += sum;
    this.#zeros += zeros;
    this.#nan += nan;
    this.#infinite += infinite;
  }

  result(): TensorStats {
    const finite = this.#values - this.#nan - this.#infinite;
    const mean = this.#sum / finite;
    return {
      min: finite === 0 ? null : this.#min,
      max: finite === 0 ? null : this.#max,
      mean: Number.isFinite(mean) ? mean : null,
      zeros: this.#zeros,
      nan: this.#nan,
      infinite: this.#infinite,
    };
  }
}

/** Types of up to 16 bits: counts how often each bit pattern occurs, and decodes patterns once. */
class PatternCollector implements Collector {
  readonly #dtype: DataType;
  readonly #counts: Float64Array;
  /** Elements still to come; packed types fill up their last byte. */
  #left: number;

  constructor(dtype: DataType, count: number) {
    this.#dtype = dtype;
    this.#counts = new Float64Array(dataTypes[dtype].bits === 16 ? 65_536 : 256);
    this.#left = count;
  }

  add(bytes: Uint8Array): void {
    const patterns = this.#patterns(bytes);
    const counts = this.#counts;
    for (let at = 0; at < patterns.length; at += 1) {
      const pattern = patterns[at] as number;
      counts[pattern] = (counts[pattern] as number) + 1;
    }
    this.#left -= patterns.length;
  }

  result(): TensorStats {
    const values = patternValues(this.#dtype);
    let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    let [finite, sum, zeros, nan, infinite] = [0, 0, 0, 0, 0];
    const counts = this.#counts;
    for (let pattern = 0; pattern < counts.length; pattern += 1) {
      const times = counts[pattern] as number;
      if (times === 0) continue;
      const value = values[pattern] as number;
      if (Number.isNaN(value)) nan += times;
      else if (!Number.isFinite(value)) infinite += times;
      else {
        finite += times;
        sum += value * times;
        if (value === 0) zeros += times;
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    }
    return {
      min: finite === 0 ? null : min,
      max: finite === 0 ? null : max,
      mean: finite === 0 ? null : sum / finite,
      zeros,
      nan,
      infinite,
    };
  }

  #patterns(bytes: Uint8Array): Uint8Array | Uint16Array {
    const { bits } = dataTypes[this.#dtype];
    if (bits === 16) return viewElements(Uint16Array, bytes) as Uint16Array;
    if (bits === 8) return bytes;
    const here = Math.min(this.#left, Math.floor((bytes.byteLength * 8) / bits));
    const elements = unpackElements(this.#dtype, bytes, here);
    return new Uint8Array(elements.buffer, elements.byteOffset, elements.length);
  }
}

const valuesByType = new Map<DataType, Float64Array>();

/** What each bit pattern of a type of up to 16 bits stands for. */
function patternValues(dtype: DataType): Float64Array {
  let values = valuesByType.get(dtype);
  if (values === undefined) {
    const { arrayType, bits, kind } = dataTypes[dtype];
    // Unpacked integers fill a byte, sign included; unpacked floats keep to their few bits.
    const width = kind === 'float' ? bits : Math.max(bits, 8);
    const patterns = Uint16Array.from({ length: 2 ** width }, (_, pattern) => pattern);
    const bytes = width === 16 ? patterns : Uint8Array.from(patterns);
    values = toFloat64(dtype, viewElements(arrayType, new Uint8Array(bytes.buffer)));
    valuesByType.set(dtype, values);
  }
  return values;
}

/** 64-bit integers: numbers as long as they are exact, which is nearly always. */
class Int64Collector implements Collector {
  readonly #isSigned: boolean;
  #count = 0;
  #min: number | bigint = Number.POSITIVE_INFINITY;
  #max: number | bigint = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #zeros = 0;

  constructor(dtype: 'int64' | 'uint64') {
    this.#isSigned = dtype === 'int64';
  }

  add(bytes: Uint8Array): void {
    const low = viewElements(Uint32Array, bytes) as Uint32Array;
    const high = this.#isSigned ? new Int32Array(low.buffer, low.byteOffset, low.length) : low;
    let sum = 0;
    for (let at = 0; at < low.length; at += 2) {
      const top = high[at + 1] as number;
      const value = top * 2 ** 32 + (low[at] as number);
      sum += value;
      if (value === 0) this.#zeros += 1;
      if (Number.isSafeInteger(value)) this.#bound(value);
      else this.#bound((BigInt(top) << 32n) + BigInt(low[at] as number));
    }
    this.#sum += sum;
    this.#count += low.length / 2;
  }

  result(): TensorStats {
    const isEmpty = this.#count === 0;
    return {
      min: isEmpty ? null : BigInt(this.#min),
      max: isEmpty ? null : BigInt(this.#max),
      mean: isEmpty ? null : this.#sum / this.#count,
      zeros: this.#zeros,
      nan: 0,
      infinite: 0,
    };
  }

  /** Comparing a bigint with a number is exact. */
  #bound(value: number | bigint): void {
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }
}

/** The bytes as elements; copied first where they do not lie at a multiple of the element size. */
export function viewElements(
  arrayType: (typeof dataTypes)[DataType]['arrayType'],
  bytes: Uint8Array,
): NumericArray {
  const width = arrayType.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % width === 0 ? bytes : Uint8Array.from(bytes);
  const length = Math.floor(aligned.byteLength / width);
  return new arrayType(aligned.buffer as ArrayBuffer, aligned.byteOffset, length);
}
