import type { Attribute, AttributeType, Graph } from '../graph/index.ts';
import { decodeSparse, decodeTensor } from './decode-tensor.ts';
import { decodeType } from './decode-type.ts';
import type { DataFolder } from './external-data.ts';
import type { RawMessage } from './message.ts';

/** What attributes need to make the graphs they hold. */
export interface AttributeContext {
  readonly folder: DataFolder | null;
  readonly subgraph: (message: RawMessage) => Graph;
}

/**
 * `AttributeProto.AttributeType`, and the field that holds the value of each type.
 *
 * Source: onnx.proto, https://github.com/onnx/onnx.
 */
export const attributeTypes: readonly {
  readonly code: number;
  readonly type: AttributeType;
  readonly field: string;
}[] = [
  { code: 1, type: 'float', field: 'f' },
  { code: 2, type: 'int', field: 'i' },
  { code: 3, type: 'string', field: 's' },
  { code: 4, type: 'tensor', field: 't' },
  { code: 5, type: 'graph', field: 'g' },
  { code: 6, type: 'floats', field: 'floats' },
  { code: 7, type: 'ints', field: 'ints' },
  { code: 8, type: 'strings', field: 'strings' },
  { code: 9, type: 'tensors', field: 'tensors' },
  { code: 10, type: 'graphs', field: 'graphs' },
  { code: 11, type: 'sparse-tensor', field: 'sparse_tensor' },
  { code: 12, type: 'sparse-tensors', field: 'sparse_tensors' },
  { code: 13, type: 'type', field: 'tp' },
  { code: 14, type: 'types', field: 'type_protos' },
];

export function decodeAttribute(message: RawMessage, context: AttributeContext): Attribute {
  const attribute = decodeFields(message, context);
  message.release();
  return attribute;
}

function decodeFields(message: RawMessage, context: AttributeContext): Attribute {
  const base = {
    name: message.text('name'),
    docString: message.text('doc_string'),
    origin: message,
  };
  const type = attributeType(message);
  const referenceName = message.text('ref_attr_name');
  if (referenceName !== '') {
    return { ...base, type: 'reference', referenceType: type, referenceName };
  }
  switch (type) {
    case 'float':
      return { ...base, type, value: message.float('f') };
    case 'int':
      return { ...base, type, value: message.int('i') };
    case 'string':
      return { ...base, type, value: message.bytes('s') ?? new Uint8Array(0) };
    case 'floats':
      return { ...base, type, value: message.floats('floats') };
    case 'ints':
      return { ...base, type, value: message.ints('ints') };
    case 'strings':
      return { ...base, type, value: message.bytesList('strings') };
    case 'tensor':
    case 'graph':
    case 'sparse-tensor':
    case 'type':
      return decodeMessageAttribute(base, type, message, context);
    case 'tensors': {
      const value = message.messages('tensors').map((each) => decodeTensor(each, context.folder));
      return { ...base, type, value };
    }
    case 'graphs':
      return { ...base, type, value: message.messages('graphs').map(context.subgraph) };
    case 'sparse-tensors': {
      const parts = message.messages('sparse_tensors');
      return { ...base, type, value: parts.map((each) => decodeSparse(each, context.folder)) };
    }
    case 'types':
      return { ...base, type, value: message.messages('type_protos').map(decodeType) };
    case null:
      return { ...base, type: 'undefined' };
  }
}

/** Attributes that hold one message, which a broken file may leave out. */
function decodeMessageAttribute(
  base: { name: string; docString: string; origin: RawMessage },
  type: 'tensor' | 'graph' | 'sparse-tensor' | 'type',
  message: RawMessage,
  context: AttributeContext,
): Attribute {
  const field = attributeTypes.find((each) => each.type === type)?.field ?? '';
  const part = message.message(field);
  if (part === null) return { ...base, type: 'undefined' };
  switch (type) {
    case 'tensor':
      return { ...base, type, value: decodeTensor(part, context.folder) };
    case 'graph':
      return { ...base, type, value: context.subgraph(part) };
    case 'sparse-tensor':
      return { ...base, type, value: decodeSparse(part, context.folder) };
    case 'type':
      return { ...base, type, value: decodeType(part) };
  }
}

/** The type that is stated, or before IR 2, where none was, the field that is there. */
export function attributeType(message: RawMessage): AttributeType | null {
  const code = message.number('type');
  const stated = attributeTypes.find((each) => each.code === code);
  if (stated !== undefined) return stated.type;
  return code === 0 ? (attributeTypes.find((each) => message.has(each.field))?.type ?? null) : null;
}
