import { MlkitError } from '../errors.ts';
import { formatType, type Value, type ValueType } from '../graph/index.ts';
import { type DataMessage, type DataValue, openDataFile } from '../onnx/index.ts';
import {
  byteLengthOf,
  type DataType,
  memoryStorage,
  stringStorage,
  Tensor,
  type TensorValue,
} from '../tensor/index.ts';
import { type VectorizedMap, vectorizedMap, zippedMaps } from './map-keys.ts';

/** What a file holds, as the model passes it; or why it is of no use. */
export type RecordedValue =
  | { readonly name: string; readonly value: TensorValue }
  | {
      readonly name: string;
      readonly reason: string;
      /** Whether the model and the file contradict each other. */
      readonly isWrong: boolean;
    };

/**
 * Reads a file of test data as the kind of value that the model declares.
 *
 * @param declared The input or output that the file is for; null: nobody knows, it is a tensor.
 * @throws MlkitError as `openDataFile` does.
 */
export function readRecordedValue(file: string, declared: Value | null): RecordedValue {
  const type = declared?.type ?? null;
  const message = messageOf(type);
  if (message === null) return { name: '', reason: unpassable(type), isWrong: false };
  const data = openDataFile(file, message);
  const isMapped = declared !== null && isOfMaps(type);
  return { name: data.name, ...(isMapped ? mapValueOf(data, declared) : valueOf(data)) };
}

type Outcome =
  | { readonly value: TensorValue }
  | { readonly reason: string; readonly isWrong: boolean };

function messageOf(type: ValueType | null): DataMessage | null {
  switch (type?.kind) {
    case undefined:
    case 'tensor':
    case 'unknown':
      return 'TensorProto';
    case 'sequence':
      return 'SequenceProto';
    case 'optional':
      return 'OptionalProto';
    case 'map':
      return 'MapProto';
    default:
      return null;
  }
}

function isOfMaps(type: ValueType | null): boolean {
  return type?.kind === 'map' || (type?.kind === 'sequence' && type.element?.kind === 'map');
}

function unpassable(type: ValueType | null): string {
  return `it is ${formatType(type)}, which onnxruntime-node cannot pass`;
}

function valueOf(data: DataValue): Outcome {
  switch (data.kind) {
    case 'tensor':
      return { value: data.tensor };
    case 'optional':
      return data.value === null ? { value: null } : valueOf(data.value);
    case 'sequence': {
      const tensors = data.elements.flatMap((each) =>
        each.kind === 'tensor' ? [each.tensor] : [],
      );
      if (tensors.length === data.elements.length) return { value: tensors };
      return { reason: 'its elements are no tensors', isWrong: true };
    }
    default:
      return { reason: `it holds a ${data.kind}`, isWrong: true };
  }
}

/** Maps as the tensors that models make of them, or make them of: a row a map, a column a key. */
function mapValueOf(data: DataValue, declared: Value): Outcome {
  if (data.kind === 'map') {
    const map = vectorizedMap(declared);
    if (map === null) return { reason: unpassable(declared.type), isWrong: false };
    return { value: matrixOf([data], map) };
  }
  const zipped = zippedMaps(declared);
  if (zipped === null) return { reason: unpassable(declared.type), isWrong: false };
  const { keys } = zipped;
  const maps = data.kind === 'sequence' ? data.elements.filter((each) => each.kind === 'map') : [];
  const other = maps.find((map) => listed(map.keys) !== listed(keys));
  if (other === undefined) return { value: matrixOf(maps, { keys, dtype: 'float32' }) };
  return {
    reason: `the recorded maps have the keys ${listed(other.keys)} instead of ${listed(keys)}`,
    isWrong: true,
  };
}

function listed(keys: readonly string[]): string {
  return keys.toSorted().join(', ');
}

/**
 * @param dtype What the values are where there are none.
 * @throws MlkitError INPUT_DATA when values are no single numbers or texts of one type.
 */
function matrixOf(
  maps: readonly RecordedMap[],
  { keys, dtype }: Pick<VectorizedMap, 'keys' | 'dtype'>,
): Tensor {
  const rows = maps.map((map) => new Map(map.keys.map((key, at) => [key, scalarOf(map, at)])));
  const type = rows.flatMap((row) => [...row.values()])[0]?.dtype ?? dtype;
  const cells = rows.flatMap((row) => keys.map((key) => row.get(key) ?? null));
  const stranger = cells.find((cell) => cell !== null && cell.dtype !== type);
  if (stranger) {
    throw new MlkitError('INPUT_DATA', `a map has values of type ${type} and ${stranger.dtype}`);
  }
  return new Tensor({
    dtype: type,
    dims: [maps.length, keys.length],
    storage:
      type === 'string' ? stringStorage(cells.map(textOf)) : memoryStorage(joined(type, cells)),
  });
}

type RecordedMap = Extract<DataValue, { kind: 'map' }>;

function scalarOf({ name, keys, values }: RecordedMap, at: number): Tensor {
  const value = values[at];
  if (value?.kind === 'tensor' && value.tensor.elementCount === 1) return value.tensor;
  throw new MlkitError(
    'INPUT_DATA',
    `the map "${name}" has no single value for the key ${keys[at] ?? ''}`,
  );
}

function textOf(cell: Tensor | null): Uint8Array {
  return cell?.storage.strings?.[0] ?? new Uint8Array(0);
}

/** The elements one behind the other, with zeros where there is none. */
function joined(dtype: DataType, cells: readonly (Tensor | null)[]): Uint8Array {
  const width = byteLengthOf(dtype, 1);
  const bytes = new Uint8Array(width * cells.length);
  for (const [at, cell] of cells.entries()) {
    if (cell === null) continue;
    // That there are as many bytes as the type takes is checked there.
    const { buffer, byteOffset, byteLength } = cell.data();
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at * width);
  }
  return bytes;
}
