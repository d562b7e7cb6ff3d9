import { MlkitError } from '../errors.ts';
import type { ValueType } from '../graph/index.ts';
import { dataTypes, isTensor, type Tensor, type TensorValue, tensorFrom } from '../tensor/index.ts';
import { encodeTensor } from './encode-tensor.ts';
import { limits } from './limits.ts';
import { Rope } from './rope.ts';
import { encodeText } from './text.ts';
import { encodeVarint, encodeVarint64, wireType } from './wire.ts';

/** A value and what it is declared as. */
export interface TypedValue {
  readonly name: string;
  readonly value: TensorValue;
  /** What the model declares; null: what the value looks like. */
  readonly type: ValueType | null;
  /**
   * Of maps, which travel as a matrix (a row a map): the key of each column, integers in decimal. Without
   * it the matrix is written.
   */
  readonly keys?: readonly string[] | null;
}

/**
 * Field numbers of the messages that hold values and are no part of a model, and the numbers of
 * their kinds of elements.
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx-data.proto
 */
const sequenceFields = { name: 1, elemType: 2, tensorValues: 3, mapValues: 6 } as const;
const mapFields = { name: 1, keyType: 2, keys: 3, stringKeys: 4, values: 5 } as const;
const optionalFields = { name: 1, elemType: 2, tensorValue: 3, sequenceValue: 5 } as const;
const kinds = { undefined: 0, tensor: 1, sequence: 3, map: 4 } as const;

/**
 * The bytes of a file that holds one value, as in ONNX test data: a `TensorProto`, `SequenceProto`,
 * `OptionalProto` or `MapProto`, by the declared type.
 *
 * @throws MlkitError LIMIT_EXCEEDED when it is larger than protobuf allows; TypeError when the value is
 *   not of its type.
 */
export function encodeValue({ name, value, type, keys = null }: TypedValue): Rope {
  const rope = encodeAs(type, { name, value, keys });
  if (rope.length > limits.protobufBytes) {
    throw new MlkitError(
      'LIMIT_EXCEEDED',
      `"${name}" takes ${rope.length} bytes; a file with one value may have ${limits.protobufBytes}`,
      { hint: 'Use a smaller batch.' },
    );
  }
  return rope;
}

interface Untyped {
  readonly name: string;
  readonly value: TensorValue;
  readonly keys: readonly string[] | null;
}

function encodeAs(type: ValueType | null, { name, value, keys }: Untyped): Rope {
  if (type?.kind === 'optional') return encodeOptional(type.element, { name, value, keys });
  if (value === null) return encodeOptional(null, { name, value, keys });
  if (!isTensor(value)) return encodeSequence(name, value);
  if (keys !== null && type?.kind === 'map') return encodeMap(name, value, type, keys);
  if (keys !== null && type?.kind === 'sequence' && type.element?.kind === 'map') {
    return encodeMaps(name, value, type.element, keys);
  }
  if (type?.kind === 'sequence' && type.element?.kind === 'tensor') {
    throw new TypeError(`"${name}" is a sequence, and a tensor was given for it`);
  }
  return encodePlain(name, value);
}

/** Without what the file that it came from said besides. */
function encodePlain(name: string, tensor: Tensor): Rope {
  const { dtype, dims, storage } = tensor;
  return encodeTensor(
    tensor.with({ name, dtype, dims, storage, docString: '', metadata: [], origin: undefined }),
    name,
    () => 'inline',
  );
}

function encodeSequence(name: string, tensors: readonly Tensor[]): Rope {
  const rope = header(name, sequenceFields.elemType, kinds.tensor);
  for (const tensor of tensors) {
    addMessage(rope, sequenceFields.tensorValues, encodePlain('', tensor));
  }
  return rope;
}

/** One that is absent has no kind of elements, as in ONNX's own files. */
function encodeOptional(element: ValueType | null, { name, value, keys }: Untyped): Rope {
  if (value === null) return header(name, optionalFields.elemType, kinds.undefined);
  const inner = encodeAs(element, { name: '', value, keys });
  const isSequence = !isTensor(value) || element?.kind === 'sequence';
  const rope = header(name, optionalFields.elemType, isSequence ? kinds.sequence : kinds.tensor);
  return addMessage(
    rope,
    isSequence ? optionalFields.sequenceValue : optionalFields.tensorValue,
    inner,
  );
}

type MapType = Extract<ValueType, { kind: 'map' }>;

function encodeMaps(name: string, matrix: Tensor, type: MapType, keys: readonly string[]): Rope {
  const rope = header(name, sequenceFields.elemType, kinds.map);
  for (const row of scalarRows(matrix, keys.length)) {
    addMessage(rope, sequenceFields.mapValues, encodeEntries('', row, type, keys));
  }
  return rope;
}

function encodeMap(name: string, matrix: Tensor, type: MapType, keys: readonly string[]): Rope {
  const [row = []] = scalarRows(matrix, keys.length);
  return encodeEntries(name, row, type, keys);
}

function encodeEntries(
  name: string,
  values: readonly Tensor[],
  { keyType }: MapType,
  keys: readonly string[],
): Rope {
  const isText = keyType === 'string';
  const rope = header(name, mapFields.keyType, dataTypes[keyType ?? 'int64'].code);
  for (const key of keys) {
    if (isText) addMessage(rope, mapFields.stringKeys, Rope.bytes(encodeText(key)));
    else rope.addBytes(varintField(mapFields.keys, BigInt(key)));
  }
  return addMessage(rope, mapFields.values, encodeSequence('', values));
}

/** The elements of a matrix as scalars, row by row. */
function scalarRows(matrix: Tensor, columns: number): Tensor[][] {
  const { dtype } = matrix;
  const data = matrix.data();
  const rows = columns === 0 ? 0 : data.length / columns;
  if (!Number.isInteger(rows)) {
    throw new TypeError(`"${matrix.name}" has ${data.length} elements for ${columns} keys`);
  }
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_column, at) => {
      const from = row * columns + at;
      return tensorFrom(dtype, [], data.slice(from, from + 1));
    }),
  );
}

/** The name, where there is one, and the kind of what follows. */
function header(name: string, kindField: number, kind: number): Rope {
  const rope = new Rope();
  // The name has the number 1 in all of them.
  if (name !== '') addMessage(rope, sequenceFields.name, Rope.bytes(encodeText(name)));
  return rope.addBytes(varintField(kindField, BigInt(kind)));
}

function varintField(field: number, value: bigint): Uint8Array {
  return Buffer.concat([encodeVarint(field * 8 + wireType.varint), encodeVarint64(value)]);
}

function addMessage(rope: Rope, field: number, content: Rope): Rope {
  return rope
    .addBytes(encodeVarint(field * 8 + wireType.bytes))
    .addBytes(encodeVarint(content.length))
    .add(content);
}
