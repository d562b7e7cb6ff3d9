import { Buffer } from 'node:buffer';
import { type FieldSchema, type RawMessage, schema } from '../onnx/index.ts';

/**
 * A protobuf message in the JSON form of protobuf: names in lowerCamelCase, 64-bit integers as text,
 * bytes in base64, enums by name, floats that are no numbers as text. Lists of numbers take one line.
 * Fields that ONNX does not define have no names and are left out.
 *
 * Source: https://protobuf.dev/programming-guides/json/
 *
 * @returns Pieces of UTF-8 text in order.
 */
export function* messageJson(message: RawMessage): Iterable<Uint8Array> {
  let gathered: string[] = [];
  let length = 0;
  for (const piece of messageText(message, '\n')) {
    gathered.push(piece);
    length += piece.length;
    if (length < pieceLength) continue;
    yield Buffer.from(gathered.join(''), 'utf8');
    gathered = [];
    length = 0;
  }
  gathered.push('\n');
  yield Buffer.from(gathered.join(''), 'utf8');
}

/** Fields of a message and of the messages in it that ONNX does not define. */
export function countUnknownFields(message: RawMessage): number {
  let count = message.unknownRecords().length;
  for (const [name, field] of Object.entries(schema[message.type])) {
    if (field.type !== 'message') continue;
    for (const child of childrenOf(message, name, field)) count += countUnknownFields(child);
  }
  return count;
}

const pieceLength = 64 * 1024;

/** @param newline A line break and the indentation of the closing brace. */
function* messageText(message: RawMessage, newline: string): Iterable<string> {
  const inner = `${newline}  `;
  let separator = '{';
  for (const [name, field] of fieldsOf(message)) {
    if (!message.has(name)) continue;
    yield `${separator}${inner}${JSON.stringify(camelCase(name))}: `;
    separator = ',';
    if (field.type === 'message') yield* childrenText(message, name, field, inner);
    else yield* scalarsText(message, name, field);
  }
  yield separator === '{' ? '{}' : `${newline}}`;
}

function fieldsOf(message: RawMessage): [string, FieldSchema][] {
  return Object.entries(schema[message.type]).toSorted(([, a], [, b]) => a.number - b.number);
}

function childrenOf(message: RawMessage, name: string, field: FieldSchema): RawMessage[] {
  if (field.repeated) return message.messages(name);
  const only = message.message(name);
  return only === null ? [] : [only];
}

function* childrenText(
  message: RawMessage,
  name: string,
  field: FieldSchema,
  newline: string,
): Iterable<string> {
  const children = childrenOf(message, name, field);
  const [only] = children;
  if (!field.repeated) {
    if (only !== undefined) yield* messageText(only, newline);
    return;
  }
  let separator = '[';
  for (const child of children) {
    yield `${separator}${newline}  `;
    yield* messageText(child, `${newline}  `);
    separator = ',';
  }
  yield `${newline}]`;
}

function* scalarsText(message: RawMessage, name: string, field: FieldSchema): Iterable<string> {
  if (!field.repeated) {
    let last = '';
    for (const text of valuesText(message, name, field)) last = text;
    yield last;
    return;
  }
  let separator = '[';
  for (const text of valuesText(message, name, field)) {
    yield `${separator}${text}`;
    separator = ', ';
  }
  yield separator === '[' ? '[]' : ']';
}

function* valuesText(message: RawMessage, name: string, field: FieldSchema): Iterable<string> {
  switch (field.type) {
    case 'string':
      for (const text of message.texts(name)) yield JSON.stringify(text);
      return;
    case 'bytes':
      // Read here and not through the message, which limits texts and not weights.
      for (const { start, end } of message.recordsOf(name)) {
        yield `"${base64(message.source.read(start, end))}"`;
      }
      return;
    case 'float':
      for (const value of message.floats(name)) yield floatText(value);
      return;
    case 'double':
      for (const value of message.floats(name)) yield doubleText(value);
      return;
    default:
      for (const value of message.ints(name)) yield integerText(name, field, value);
  }
}

function integerText(name: string, { type }: FieldSchema, value: bigint): string {
  if (type === 'int64') return `"${value}"`;
  if (type === 'uint64') return `"${BigInt.asUintN(64, value)}"`;
  const word = type === 'enum' ? enumNames[name]?.[Number(value)] : undefined;
  return word === undefined ? String(BigInt.asIntN(32, value)) : `"${word}"`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** `opset_import` as `opsetImport`. */
function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function doubleText(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0.0' : String(value);
}

/** The shortest decimal that reads back as the same float32. */
function floatText(value: number): string {
  const isShort = Number.isInteger(value) && Math.abs(value) < 2 ** 24;
  if (isShort || !Number.isFinite(value)) return doubleText(value);
  for (let digits = 6; digits < 9; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}

/**
 * Names of enum values by field.
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
const enumNames: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  data_location: { 0: 'DEFAULT', 1: 'EXTERNAL' },
  type: {
    0: 'UNDEFINED',
    1: 'FLOAT',
    2: 'INT',
    3: 'STRING',
    4: 'TENSOR',
    5: 'GRAPH',
    6: 'FLOATS',
    7: 'INTS',
    8: 'STRINGS',
    9: 'TENSORS',
    10: 'GRAPHS',
    11: 'SPARSE_TENSOR',
    12: 'SPARSE_TENSORS',
    13: 'TYPE_PROTO',
    14: 'TYPE_PROTOS',
  },
};
