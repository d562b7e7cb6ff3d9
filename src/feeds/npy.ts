import { npyError, npyTypes, readNpyHeader } from '../formats/index.ts';
import {
  type DataType,
  elementCountOf,
  memoryStorage,
  stringStorage,
  stringTensor,
  Tensor,
} from '../tensor/index.ts';

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
  const type = elementTypeOf(descr, label);
  const { itemBytes, dtype } = type;
  const data = bytes.subarray(dataStart);
  const count = elementCountOf(shape);
  if (count === null || data.byteLength !== count * itemBytes) {
    const need = count === null ? 'more bytes than there can be' : `${count * itemBytes} bytes`;
    throw npyError(
      label,
      `'${descr}' of shape (${shape.join(', ')}) takes ${need}, and ${data.byteLength} follow the header`,
    );
  }
  const native = type.isBigEndian ? swapBytes(data, type.swapBytes) : data;
  const ordered = isFortranOrder ? toCOrder(native, shape, itemBytes) : native;
  if (dtype === 'string') return textTensor(type, ordered, shape, label);
  const elements = dtype === 'bool' ? ordered.map((byte) => (byte === 0 ? 0 : 1)) : ordered;
  return new Tensor({ dtype, dims: shape, storage: memoryStorage(elements) });
}

/** A type string of NumPy, taken apart. */
interface NpyType {
  readonly dtype: DataType;
  /** NumPy's letter: `f`, `i`, `U`, … */
  readonly kind: string;
  readonly itemBytes: number;
  /** Bytes that change places together: complex numbers are two floats, `U` text is code points. */
  readonly swapBytes: number;
  readonly isBigEndian: boolean;
}

function elementTypeOf(descr: string, label: string): NpyType {
  const [, order = '', kind = '', digits = ''] =
    /^([<>|]?)([a-zA-Z])(\d*)(?:\[.*\])?$/.exec(descr) ?? [];
  const refusal = refusals[kind];
  if (refusal !== undefined) throw npyError(label, refusal[0], refusal[1]);
  const isBigEndian = order === '>';
  const size = Number(digits);
  if (kind === 'U' && size > 0) {
    return { dtype: 'string', kind, itemBytes: 4 * size, swapBytes: 4, isBigEndian };
  }
  if (kind === 'S' && size > 0) {
    return { dtype: 'string', kind, itemBytes: size, swapBytes: 1, isBigEndian };
  }
  const dtype = npyTypes[kind + digits];
  if (dtype === undefined)
    throw npyError(label, `its type '${descr}' is none that a tensor can have`);
  return { dtype, kind, itemBytes: size, swapBytes: kind === 'c' ? size / 2 : size, isBigEndian };
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
  { kind, itemBytes }: NpyType,
  bytes: Uint8Array,
  shape: readonly number[],
  label: string,
): Tensor {
  const items: Uint8Array[] = [];
  for (let at = 0; at < bytes.byteLength; at += itemBytes) {
    items.push(bytes.subarray(at, at + itemBytes));
  }
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
      throw npyError(label, `it holds text with the impossible character 0x${point.toString(16)}`);
    }
    text += String.fromCodePoint(point);
  }
  return text;
}
