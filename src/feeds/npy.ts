import {
  byteLengthOf,
  type DataType,
  elementCountOf,
  memoryStorage,
  stringStorage,
  stringTensor,
  Tensor,
} from '../tensor/index.ts';
import { broken, readNpyHeader } from './npy-header.ts';

/** NumPy's kind and item size to ours; strings are apart, because their size varies. */
const types: Readonly<Record<string, DataType>> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  c8: 'complex64',
  c16: 'complex128',
};

/** Why a type of NumPy is refused, by its kind. */
const refusals: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  O: [
    'it holds Python objects (a pickle), which mlkit does not run',
    'Save it with a fixed type: array.astype("float32"), or astype("U") for text.',
  ],
  V: [
    'it holds raw bytes (a void or ml_dtypes type), whose meaning the file does not say',
    'Save it as float32; it is rounded to the type of the model where that loses nothing else.',
  ],
  M: ['it holds dates', 'Save it as int64: array.astype("int64").'],
  m: ['it holds time spans', 'Save it as int64: array.astype("int64").'],
};

/**
 * The array of a `.npy` file, in C order whatever order the file has. `U` strings become UTF-8, `S`
 * strings keep their bytes; NumPy's padding (NULs at the end) is dropped.
 *
 * Numbers in C order and little-endian are a view of `bytes`, anything else is a copy.
 *
 * @param label What the bytes are, for messages: usually a path.
 * @throws MlkitError INPUT_DATA when it is damaged, truncated, or of a type that no tensor has.
 */
export function readNpy(bytes: Uint8Array, label: string): Tensor {
  const { descr, isFortranOrder, shape, dataStart } = readNpyHeader(bytes, label);
  const [, order = '', kind = '', digits = ''] = /^([<>|=]?)([a-zA-Z])(\d*)$/.exec(descr) ?? [];
  const refusal = refusals[kind];
  if (refusal !== undefined) throw broken(label, refusal[0], refusal[1]);
  const isText = kind === 'U' || kind === 'S' || kind === 'a';
  const dtype = isText ? 'string' : types[kind + digits];
  // "=" is the writing machine's order, which a file cannot know; NumPy does not write it.
  if (dtype === undefined || order === '=' || (isText && digits === '')) {
    throw broken(label, `its type '${descr}' is none that a tensor can have`);
  }
  const itemBytes = kind === 'U' ? Number(digits) * 4 : Number(digits);
  const count = elementCountOf(shape);
  const needed = (count ?? Number.POSITIVE_INFINITY) * itemBytes;
  const data = bytes.subarray(dataStart);
  if (count === null || data.byteLength !== needed) {
    throw broken(
      label,
      `'${descr}' of shape (${shape.join(', ')}) takes ${needed} bytes, and ${data.byteLength} follow the header`,
    );
  }
  // Fixed-size text of size 0 takes no bytes, however many elements there are.
  if (itemBytes === 0 && count > data.byteLength && count > 1_000_000) {
    throw broken(label, `it claims ${count} empty strings`);
  }
  const native = order === '>' ? swapBytes(data, swapWidth(kind, itemBytes)) : data;
  const ordered = isFortranOrder ? toCOrder(native, shape, itemBytes) : native;
  if (dtype === 'string') return textTensor(kind, ordered, shape, itemBytes, label);
  const elements = dtype === 'bool' ? ordered.map((byte) => (byte === 0 ? 0 : 1)) : ordered;
  if (elements.byteLength !== byteLengthOf(dtype, count)) throw new Error('element sizes differ');
  return new Tensor({ dtype, dims: shape, storage: memoryStorage(elements) });
}

/** Bytes that change places together: complex numbers are two floats, `U` text is code points. */
function swapWidth(kind: string, itemBytes: number): number {
  if (kind === 'U') return 4;
  if (kind === 'S' || kind === 'a') return 1;
  return kind === 'c' ? itemBytes / 2 : itemBytes;
}

function swapBytes(bytes: Uint8Array, width: number): Uint8Array {
  const copy = Buffer.from(bytes);
  if (width === 2) return copy.swap16();
  if (width === 4) return copy.swap32();
  return width === 8 ? copy.swap64() : copy;
}

/** Elements stored first index fastest, rearranged to last index fastest. */
function toCOrder(bytes: Uint8Array, shape: readonly number[], itemBytes: number): Uint8Array {
  if (bytes.byteLength === 0 || shape.filter((size) => size !== 1).length < 2) return bytes;
  const count = bytes.byteLength / itemBytes;
  const result = new Uint8Array(bytes.byteLength);
  const index = shape.map(() => 0);
  let stride = 1;
  const strides = shape.map((size) => {
    const here = stride;
    stride *= size;
    return here;
  });
  let from = 0;
  for (let to = 0; to < count; to += 1) {
    const start = from * itemBytes;
    for (let byte = 0; byte < itemBytes; byte += 1) {
      result[to * itemBytes + byte] = bytes[start + byte] ?? 0;
    }
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const next = (index[axis] ?? 0) + 1;
      from += strides[axis] ?? 0;
      index[axis] = next;
      if (next < (shape[axis] ?? 0)) break;
      from -= next * (strides[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return result;
}

function textTensor(
  kind: string,
  bytes: Uint8Array,
  shape: readonly number[],
  itemBytes: number,
  label: string,
): Tensor {
  const count = elementCountOf(shape) ?? 0;
  const items = Array.from({ length: count }, (_, at) =>
    bytes.subarray(at * itemBytes, (at + 1) * itemBytes),
  );
  if (kind === 'U') {
    return stringTensor(
      shape,
      items.map((item) => codePointsToText(item, label)),
    );
  }
  const trimmed = items.map((item) => {
    let end = item.byteLength;
    while (end > 0 && item[end - 1] === 0) end -= 1;
    return item.slice(0, end);
  });
  return new Tensor({ dtype: 'string', dims: shape, storage: stringStorage(trimmed) });
}

function codePointsToText(item: Uint8Array, label: string): string {
  const view = new DataView(item.buffer, item.byteOffset, item.byteLength);
  let end = item.byteLength;
  while (end > 0 && view.getUint32(end - 4, true) === 0) end -= 4;
  let text = '';
  for (let at = 0; at < end; at += 4) {
    const point = view.getUint32(at, true);
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
      throw broken(label, `it holds text with the impossible character 0x${point.toString(16)}`);
    }
    text += String.fromCodePoint(point);
  }
  return text;
}
