import type { Dimension, Shape, ValueType } from '../graph/index.ts';
import { type DataType, dataTypeFromCode } from '../tensor/index.ts';
import type { RawMessage } from './message.ts';

/** The type that a `TypeProto` describes. */
export function decodeType(message: RawMessage): ValueType {
  const tensor = message.message('tensor_type');
  if (tensor !== null) return { kind: 'tensor', ...decodeTensorType(tensor) };
  const sparse = message.message('sparse_tensor_type');
  if (sparse !== null) return { kind: 'sparse-tensor', ...decodeTensorType(sparse) };
  const sequence = message.message('sequence_type');
  if (sequence !== null) return { kind: 'sequence', element: innerType(sequence, 'elem_type') };
  const optional = message.message('optional_type');
  if (optional !== null) return { kind: 'optional', element: innerType(optional, 'elem_type') };
  const map = message.message('map_type');
  if (map !== null) {
    return {
      kind: 'map',
      keyType: elementType(map, 'key_type'),
      value: innerType(map, 'value_type'),
    };
  }
  const opaque = message.message('opaque_type');
  if (opaque !== null) {
    return { kind: 'opaque', domain: opaque.text('domain'), name: opaque.text('name') };
  }
  return { kind: 'unknown' };
}

/** A `TensorShapeProto`. */
export function decodeShape(message: RawMessage): Shape {
  return message.messages('dim').map((dim): Dimension => {
    if (dim.has('dim_value')) return dim.number('dim_value');
    const symbol = dim.text('dim_param');
    return symbol === '' ? null : symbol;
  });
}

function decodeTensorType(message: RawMessage): {
  elementType: DataType | null;
  shape: Shape | null;
} {
  const shape = message.message('shape');
  return {
    elementType: elementType(message, 'elem_type'),
    shape: shape === null ? null : decodeShape(shape),
  };
}

function elementType(message: RawMessage, field: string): DataType | null {
  return dataTypeFromCode(message.number(field))?.name ?? null;
}

function innerType(message: RawMessage, field: string): ValueType | null {
  const inner = message.message(field);
  return inner === null ? null : decodeType(inner);
}
