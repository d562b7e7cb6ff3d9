import { writeNpyHeader } from '../formats/index.ts';
import { type DataType, dataTypes, type NumericArray, type Tensor } from '../tensor/index.ts';

/** NumPy's type strings for the types that it has. */
const descrs: Readonly<Partial<Record<DataType, string>>> = {
  bool: '|b1',
  int8: '|i1',
  int16: '<i2',
  int32: '<i4',
  int64: '<i8',
  uint8: '|u1',
  uint16: '<u2',
  uint32: '<u4',
  uint64: '<u8',
  float16: '<f2',
  float32: '<f4',
  float64: '<f8',
  complex64: '<c8',
  complex128: '<c16',
};

/**
 * A tensor as the bytes of a `.npy` file (version 1.0, little-endian, C order), which numpy.load reads.
 *
 * Types that NumPy lacks are written as the next one that holds every value: bfloat16 and the 8-, 6-
 * and 4-bit floats as float32, 2- and 4-bit integers as int8 or uint8. Strings become `U`, or `S`
 * where one is not UTF-8; both lose NULs at the end of a string, which NumPy cannot keep.
 */
export function writeNpy(tensor: Tensor): Uint8Array {
  const { dtype, dims } = tensor;
  if (dtype === 'string') return writeText(tensor);
  const descr = descrs[dtype];
  if (descr !== undefined) return join(writeNpyHeader(descr, dims), tensor.data());
  // Integers below eight bits are unpacked already, one a byte.
  if (dataTypes[dtype].kind === 'int') return join(writeNpyHeader('|i1', dims), tensor.data());
  if (dataTypes[dtype].kind === 'uint') return join(writeNpyHeader('|u1', dims), tensor.data());
  return join(writeNpyHeader('<f4', dims), Float32Array.from(tensor.toFloat64()));
}

function writeText(tensor: Tensor): Uint8Array {
  const items = tensor.storage.strings ?? [];
  const texts = items.map(decodeStrictly);
  const valid = texts.filter((text) => text !== null);
  if (valid.length < texts.length) {
    const width = Math.max(1, ...items.map((item) => item.byteLength));
    const bytes = new Uint8Array(items.length * width);
    for (const [at, item] of items.entries()) bytes.set(item, at * width);
    return join(writeNpyHeader(`|S${width}`, tensor.dims), bytes);
  }
  const points = valid.map((text) => Array.from(text, (each) => each.codePointAt(0) ?? 0));
  const width = points.reduce((most, each) => Math.max(most, each.length), 1);
  const data = new Uint32Array(points.length * width);
  for (const [at, each] of points.entries()) data.set(each, at * width);
  return join(writeNpyHeader(`<U${width}`, tensor.dims), data);
}

function decodeStrictly(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function join(header: Uint8Array, data: NumericArray): Uint8Array {
  const result = new Uint8Array(header.byteLength + data.byteLength);
  result.set(header);
  result.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.byteLength);
  return result;
}
