import { type Shape, sameShape, sameType, type ValueType } from '../graph/index.ts';
import { type DataType, dataTypes } from '../tensor/index.ts';
import { decodeShape, decodeType } from './decode-type.ts';
import type { RawMessage } from './message.ts';
import { MessagePatch } from './patch.ts';
import type { Rope } from './rope.ts';

/** The field of `TypeProto` for each kind of type. */
const typeFields: Readonly<Record<Exclude<ValueType['kind'], 'unknown'>, string>> = {
  tensor: 'tensor_type',
  'sparse-tensor': 'sparse_tensor_type',
  sequence: 'sequence_type',
  optional: 'optional_type',
  map: 'map_type',
  opaque: 'opaque_type',
};

/** A `TypeProto`. What the type does not say (denotations) stays where the kind does. */
export function encodeType(type: ValueType, original: RawMessage | null): Rope {
  const before = original === null ? null : decodeType(original);
  const patch = new MessagePatch('TypeProto', original);
  if (type.kind === 'unknown' || sameType(before, type)) return patch.build();
  const field = typeFields[type.kind];
  for (const other of Object.values(typeFields)) if (other !== field) patch.remove(other);
  return patch.payload(field, encodeKind(type, original?.message(field) ?? null)).build();
}

function encodeKind(
  type: Exclude<ValueType, { kind: 'unknown' }>,
  original: RawMessage | null,
): Rope {
  switch (type.kind) {
    case 'tensor':
    case 'sparse-tensor': {
      const message = type.kind === 'tensor' ? 'TypeProtoTensor' : 'TypeProtoSparseTensor';
      const patch = new MessagePatch(message, original);
      if (type.elementType !== null) patch.int('elem_type', codeOf(type.elementType));
      const shape = original?.message('shape') ?? null;
      return patch
        .payload('shape', type.shape === null ? null : encodeShape(type.shape, shape))
        .build();
    }
    case 'sequence':
    case 'optional': {
      const message = type.kind === 'sequence' ? 'TypeProtoSequence' : 'TypeProtoOptional';
      const patch = new MessagePatch(message, original);
      return inner(patch, 'elem_type', type.element, original).build();
    }
    case 'map': {
      const patch = new MessagePatch('TypeProtoMap', original);
      if (type.keyType !== null) patch.int('key_type', codeOf(type.keyType));
      return inner(patch, 'value_type', type.value, original).build();
    }
    case 'opaque':
      return new MessagePatch('TypeProtoOpaque', original)
        .text('domain', type.domain)
        .text('name', type.name)
        .build();
  }
}

function inner(
  patch: MessagePatch,
  field: string,
  type: ValueType | null,
  original: RawMessage | null,
): MessagePatch {
  const rope = type === null ? null : encodeType(type, original?.message(field) ?? null);
  return patch.payload(field, rope);
}

function encodeShape(shape: Shape, original: RawMessage | null): Rope {
  const patch = new MessagePatch('TensorShapeProto', original);
  if (original !== null && sameShape(decodeShape(original), shape)) return patch.build();
  const before = original?.messages('dim') ?? [];
  const dims = shape.map((dimension, at) => {
    const isNumber = typeof dimension === 'number';
    return new MessagePatch('TensorShapeProtoDimension', before[at] ?? null)
      .int('dim_value', isNumber ? dimension : null)
      .text('dim_param', isNumber ? '' : (dimension ?? ''))
      .build();
  });
  return patch.payloads('dim', dims).build();
}

function codeOf(dtype: DataType): number {
  return dataTypes[dtype].code;
}
