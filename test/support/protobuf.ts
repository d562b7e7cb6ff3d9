import protobuf from 'protobufjs';
import { type MessageName, schema } from '../../src/onnx/schema.ts';

/** A message type of protobufjs, which reads and writes independently of our codec. */
export function foreignType(name: MessageName): protobuf.Type {
  const nested: Record<string, protobuf.IType> = {};
  for (const [message, fields] of Object.entries(schema)) {
    const own: Record<string, protobuf.IField> = {};
    for (const [field, { number, type, repeated, message: inner }] of Object.entries(fields)) {
      own[field] = {
        id: number,
        type: type === 'message' ? (inner ?? '') : type === 'enum' ? 'int32' : type,
        ...(repeated && { rule: 'repeated' }),
      };
    }
    nested[message] = { fields: own };
  }
  return protobuf.Root.fromJSON({ nested }).lookupType(name);
}

/** A message encoded by protobufjs. */
export function foreignBytes(name: MessageName, content: Record<string, unknown>): Uint8Array {
  const type = foreignType(name);
  return type.encode(type.fromObject(content)).finish();
}
