import { MlkitError } from '../errors.ts';
import type { ValueType } from '../graph/index.ts';
import { dataTypes, isTensor, type Tensor, type TensorValue, tensorFrom } from '../tensor/index.ts';
import { encodeTensor } from './encode-tensor.ts';
import { limits } from './limits.ts';
import { MessagePatch } from './patch.ts';
import type { Rope } from './rope.ts';
import { encodeText } from './text.ts';

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
 * What SequenceProto and OptionalProto say of their elements.
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx-data.proto
 */
const elementKinds = { undefined: 0, tensor: 1, sequence: 3, map: 4 } as const;

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
  if (type?.kind === 'map' && keys !== null) return encodeMap(name, value, type, keys);
  if (type?.kind !== 'sequence') return encodePlain(name, value);
  const { element } = type;
  if (element?.kind === 'map' && keys !== null) return encodeMaps(name, value, element, keys);
  if (element?.kind === 'map') return encodePlain(name, value);
  throw new TypeError(`"${name}" is a sequence, and a tensor was given for it`);
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
  return new MessagePatch('SequenceProto', null)
    .text('name', name)
    .int('elem_type', elementKinds.tensor)
    .payloads(
      'tensor_values',
      tensors.map((tensor) => encodePlain('', tensor)),
    )
    .build();
}

/** One that is absent has no kind of elements, as in ONNX's own files. */
function encodeOptional(element: ValueType | null, { name, value, keys }: Untyped): Rope {
  const patch = new MessagePatch('OptionalProto', null).text('name', name);
  if (value === null) return patch.int('elem_type', elementKinds.undefined).build();
  const isSequence = !isTensor(value) || element?.kind === 'sequence';
  return patch
    .int('elem_type', isSequence ? elementKinds.sequence : elementKinds.tensor)
    .payload(
      isSequence ? 'sequence_value' : 'tensor_value',
      encodeAs(element, { name: '', value, keys }),
    )
    .build();
}

type MapType = Extract<ValueType, { kind: 'map' }>;

function encodeMaps(name: string, matrix: Tensor, type: MapType, keys: readonly string[]): Rope {
  return new MessagePatch('SequenceProto', null)
    .text('name', name)
    .int('elem_type', elementKinds.map)
    .payloads(
      'map_values',
      scalarRows(matrix, keys.length).map((row) => encodeEntries('', row, type, keys)),
    )
    .build();
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
  const patch = new MessagePatch('MapProto', null)
    .text('name', name)
    .int('key_type', dataTypes[keyType ?? 'int64'].code);
  if (keyType === 'string') patch.bytesList('string_keys', keys.map(encodeText));
  else patch.ints('keys', keys.map(BigInt));
  return patch.payload('values', encodeSequence('', values)).build();
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
