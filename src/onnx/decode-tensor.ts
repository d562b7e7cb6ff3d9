import { MlkitError } from '../errors.ts';
import type { SparseTensor } from '../graph/index.ts';
import {
  byteLengthOf,
  type DataType,
  dataTypeFromCode,
  dataTypes,
  elementCountOf,
  memoryStorage,
  packElements,
  stringStorage,
  Tensor,
  type TensorStorage,
} from '../tensor/index.ts';
import type { DataFolder } from './external-data.ts';
import { limits } from './limits.ts';
import type { RawMessage } from './message.ts';
import { decodedStorage, sourceStorage } from './rope.ts';
import { decodeVarints } from './wire.ts';

/** What the reader remembers of a tensor, for writing it back. */
export interface TensorOrigin {
  readonly message: RawMessage;
  readonly storage: TensorStorage;
}

/** `TensorProto.DataLocation.EXTERNAL` */
const locationExternal = 1;

/**
 * A tensor whose bytes stay in the file until they are asked for, however they are stored.
 *
 * @param folder Where external data lies; null when the model did not come from a file.
 */
export function decodeTensor(message: RawMessage, folder: DataFolder | null): Tensor {
  const name = message.text('name');
  const dtype = dataTypeFromCode(message.number('data_type'))?.name ?? null;
  const dims = decodeDims(message);
  const storage = decodeStorage(message, { name, dtype, dims }, folder);
  const origin: TensorOrigin = { message, storage };
  const tensor = new Tensor({
    name,
    dtype,
    dims,
    storage,
    docString: message.text('doc_string'),
    metadata: decodeEntries(message, 'metadata_props'),
    origin,
  });
  message.release();
  return tensor;
}

export function decodeSparse(message: RawMessage, folder: DataFolder | null): SparseTensor {
  const part = (field: string, absent: DataType): Tensor => {
    const tensor = message.message(field);
    if (tensor !== null) return decodeTensor(tensor, folder);
    // A sparse tensor without non-zero elements may leave both out.
    return new Tensor({ dtype: absent, dims: [0], storage: memoryStorage(new Uint8Array(0)) });
  };
  return {
    values: part('values', 'float32'),
    indices: part('indices', 'int64'),
    dims: decodeDims(message),
    origin: message,
  };
}

const noEntries: readonly (readonly [string, string])[] = [];

/** Keys and values of a `StringStringEntryProto` list. */
export function decodeEntries(
  message: RawMessage,
  field: string,
): readonly (readonly [string, string])[] {
  if (message.lastRecord(field) === null) return noEntries;
  return message.messages(field).map((entry) => [entry.text('key'), entry.text('value')]);
}

function decodeDims(message: RawMessage): number[] {
  const dims = message.ints('dims').map(Number);
  if (dims.length > limits.rank) {
    throw new MlkitError(
      'LIMIT_EXCEEDED',
      `${message.source.label} has a tensor of rank ${dims.length} at byte ${message.start}; at most ${limits.rank} are read`,
    );
  }
  return dims;
}

interface Header {
  readonly name: string;
  readonly dtype: DataType | null;
  readonly dims: readonly number[];
}

function decodeStorage(
  message: RawMessage,
  header: Header,
  folder: DataFolder | null,
): TensorStorage {
  if (message.number('data_location') === locationExternal) {
    const entries = decodeEntries(message, 'external_data');
    return externalStorage(entries, header, folder);
  }
  const raw = message.recordsOf('raw_data').at(-1);
  if (raw !== undefined) return sourceStorage(message.source, raw.start, raw.end);
  if (header.dtype === 'string') {
    return stringStorage(message.bytesList('string_data'), 'inline');
  }
  return typedStorage(message, header);
}

function externalStorage(
  entries: readonly (readonly [string, string])[],
  header: Header,
  folder: DataFolder | null,
): TensorStorage {
  const { dtype } = header;
  const count = elementCountOf(header.dims);
  const hasSize = count !== null && dtype !== null && dtype !== 'string';
  const needed = hasSize ? byteLengthOf(dtype, count) : 0;
  if (folder === null) {
    const fail = (): never => {
      throw new MlkitError(
        'EXTERNAL_DATA',
        `tensor "${header.name}" lies in a data file, and the model was not read from a file`,
      );
    };
    return { kind: 'external', byteLength: needed, bytes: fail, chunks: fail };
  }
  return folder.storage(header.name, entries, needed);
}

/**
 * The fields `float_data`, `int32_data` and so on, by what they hold.
 *
 * Source: comments on TensorProto in onnx.proto, https://github.com/onnx/onnx.
 */
function typedStorage(message: RawMessage, header: Header): TensorStorage {
  const { dtype } = header;
  switch (dtype) {
    case 'float32':
    case 'complex64':
      return fixedStorage(message, 'float_data');
    case 'float64':
    case 'complex128':
      return fixedStorage(message, 'double_data');
    case 'int64':
      return varintStorage(message, header, 'int64_data');
    case 'uint64':
    case 'uint32':
      return varintStorage(message, header, 'uint64_data');
    default:
      return varintStorage(message, header, 'int32_data');
  }
}

/** Little-endian values on the wire are raw data already; usually in one piece, which is not read. */
function fixedStorage(message: RawMessage, field: string): TensorStorage {
  const records = message.recordsOf(field);
  const [only] = records;
  if (only === undefined) return sourceStorage(message.source, message.end, message.end);
  const isPacked = only.wire === 2;
  if (records.length === 1 && isPacked) return sourceStorage(message.source, only.start, only.end);
  const join = (): Uint8Array => Buffer.concat(message.fixedRuns(field));
  return decodedStorage(() => join().length, join);
}

/** Elements in varints, counted and decoded to raw data when asked for. */
function varintStorage(message: RawMessage, header: Header, field: string): TensorStorage {
  const dtype = header.dtype ?? 'int32';
  const { bits } = dataTypes[dtype];
  // An entry holds one element, or for types of four and two bits one packed byte.
  const isByElement = bits === 6;
  const measure = (): number => {
    const count = countVarints(message, field);
    return isByElement ? byteLengthOf(dtype, count) : (count * Math.max(bits, 8)) / 8;
  };
  return decodedStorage(measure, () => {
    const count = countVarints(message, field);
    if (count > limits.typedElements) {
      throw new MlkitError(
        'LIMIT_EXCEEDED',
        `tensor "${header.name}" has ${count} entries in ${field}; at most ${limits.typedElements} are read`,
      );
    }
    if (bits === 64) return decode64(message, field, count);
    const values = decode32(message, field, count);
    if (isByElement)
      return packElements(
        dtype,
        values.map((value) => value & 0x3f),
      );
    if (bits === 32) return bytesOf(values);
    return bytesOf(bits === 16 ? Uint16Array.from(values) : Uint8Array.from(values));
  });
}

function countVarints(message: RawMessage, field: string): number {
  let count = 0;
  for (const run of message.varintRuns(field)) {
    for (const byte of run) if (byte < 0x80) count += 1;
  }
  return count;
}

function decode64(message: RawMessage, field: string, count: number): Uint8Array {
  const halves = new Uint32Array(count * 2);
  let at = 0;
  for (const run of message.varintRuns(field)) {
    decodeVarints(run, (low, high) => {
      halves[at] = low;
      halves[at + 1] = high;
      at += 2;
    });
  }
  return bytesOf(halves);
}

function decode32(message: RawMessage, field: string, count: number): Uint32Array {
  const values = new Uint32Array(count);
  let at = 0;
  for (const run of message.varintRuns(field)) {
    decodeVarints(run, (low) => {
      values[at] = low;
      at += 1;
    });
  }
  return values;
}

function bytesOf(array: Uint32Array | Uint16Array | Uint8Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
