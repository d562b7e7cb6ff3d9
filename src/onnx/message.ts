import { MlkitError } from '../errors.ts';
import { limits } from './limits.ts';
import { type FieldSchema, type MessageName, schema } from './schema.ts';
import { type ByteSource, memorySource } from './source.ts';
import { decodeText } from './text.ts';
import { decodeVarints, malformed, WireCursor, wireType } from './wire.ts';

/**
 * Where one field lies. Scalars of one field that follow each other unpacked share a record, which
 * then spans value, tag, value, tag, and so on: a million of them cost one record.
 */
export interface FieldRecord {
  readonly number: number;
  readonly wire: number;
  /** First byte of the tag. */
  readonly tagStart: number;
  /** First byte of the payload. */
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
  /** Of varints: the last value, when it takes one byte; else -1. */
  readonly value: number;
}

/** Kinds of scalars by how they lie on the wire. */
const fixedWidths: Partial<Record<FieldSchema['type'], number>> = { float: 4, double: 8 };

/**
 * One message of a file: where its fields lie, and their values when asked for. Payloads are not
 * read before that. Unknown fields, repeated singular fields and any order of fields are kept, since
 * the message is a view of its bytes.
 */
export class RawMessage {
  readonly type: MessageName;
  readonly source: ByteSource;
  readonly start: number;
  readonly end: number;
  readonly #depth: number;
  #records: readonly FieldRecord[] | null;
  #merged: Map<string, RawMessage> | null = null;

  /** @throws MlkitError MODEL_MALFORMED, LIMIT_EXCEEDED. */
  constructor(
    type: MessageName,
    source: ByteSource,
    start: number = 0,
    end: number = source.size,
    depth: number = 0,
  ) {
    this.type = type;
    this.source = source;
    this.start = start;
    this.end = end;
    this.#depth = depth;
    if (depth > limits.nesting) {
      throw new MlkitError(
        'LIMIT_EXCEEDED',
        `${source.label} nests messages deeper than ${limits.nesting} at byte ${start}`,
      );
    }
    this.#records = scan(source, start, end);
  }

  /** Where its fields lie. */
  get records(): readonly FieldRecord[] {
    this.#records ??= scan(this.source, this.start, this.end);
    return this.#records;
  }

  /** Forgets where the fields lie until somebody asks again; most messages are read once. */
  release(): void {
    this.#records = null;
  }

  field(name: string): FieldSchema {
    const field = schema[this.type][name];
    if (field === undefined) throw new Error(`${this.type} has no field ${name}`);
    return field;
  }

  /** The records of a field whose wire type suits it; others count as unknown, as in protobuf. */
  recordsOf(name: string): FieldRecord[] {
    const field = this.field(name);
    const own = scalarWire(field);
    const found: FieldRecord[] = [];
    for (const record of this.records) {
      if (record.number !== field.number) continue;
      if (record.wire === own || (field.repeated && record.wire === wireType.bytes)) {
        found.push(record);
      }
    }
    return found;
  }

  has(name: string): boolean {
    return this.recordsOf(name).length > 0;
  }

  /** The last record of a field that holds one value: the one that counts. */
  lastRecord(name: string): FieldRecord | null {
    const field = this.field(name);
    const own = scalarWire(field);
    const { records } = this;
    for (let at = records.length - 1; at >= 0; at -= 1) {
      const record = records[at];
      if (record?.number === field.number && record.wire === own) return record;
    }
    return null;
  }

  /** A `bytes` or `string` field; null when absent. */
  bytes(name: string): Uint8Array | null {
    const record = this.lastRecord(name);
    return record === null ? null : this.#payload(record);
  }

  bytesList(name: string): Uint8Array[] {
    return this.recordsOf(name).map((record) => this.#payload(record));
  }

  /** Text of a string field; empty when absent. */
  text(name: string): string {
    const record = this.lastRecord(name);
    return record === null ? '' : this.#text(record);
  }

  texts(name: string): string[] {
    return this.recordsOf(name).map((record) => this.#text(record));
  }

  /** An integer or enum field. */
  int(name: string, fallback = 0n): bigint {
    return this.ints(name).at(-1) ?? fallback;
  }

  /** An integer as a number; beyond 2^53 it is rounded, and no caller accepts it there. */
  number(name: string): number {
    const record = this.lastRecord(name);
    if (record === null) return 0;
    return record.value >= 0 ? record.value : Number(this.int(name));
  }

  /** Values of an integer field, packed and unpacked. */
  ints(name: string): bigint[] {
    const values: bigint[] = [];
    for (const bytes of this.varintRuns(name)) {
      decodeVarints(bytes, (low, high) => {
        values.push(BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low)));
      });
    }
    return values;
  }

  /** The varints of an integer field without tags, one piece for each record. */
  varintRuns(name: string): Uint8Array[] {
    return this.recordsOf(name).map((record) => {
      const bytes = this.source.read(record.start, record.end);
      if (record.wire === wireType.bytes) {
        if (bytes.length > 0 && (bytes.at(-1) ?? 0) >= 0x80) {
          throw malformed(this.source, record.end - 1, `a number of "${name}" is cut off`);
        }
        return bytes;
      }
      return withoutTags(bytes, (at) => varintEnd(bytes, at));
    });
  }

  /** Values of a float or double field, packed and unpacked. */
  floats(name: string): number[] {
    const width = fixedWidths[this.field(name).type] ?? 4;
    return this.fixedRuns(name).flatMap((bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return Array.from({ length: bytes.byteLength / width }, (_, at) =>
        width === 4 ? view.getFloat32(at * 4, true) : view.getFloat64(at * 8, true),
      );
    });
  }

  float(name: string): number {
    return this.floats(name).at(-1) ?? 0;
  }

  /** The little-endian values of a float or double field without tags, a piece for each record. */
  fixedRuns(name: string): Uint8Array[] {
    const width = fixedWidths[this.field(name).type] ?? 4;
    return this.recordsOf(name).map((record) => {
      const bytes = this.source.read(record.start, record.end);
      if (record.wire !== wireType.bytes) return withoutTags(bytes, (at) => at + width);
      if (bytes.length % width !== 0) {
        throw malformed(this.source, record.start, `"${name}" is no whole number of values`);
      }
      return bytes;
    });
  }

  /** A message field; null when absent. Several occurrences merge, as protobuf demands. */
  message(name: string): RawMessage | null {
    const records = this.recordsOf(name);
    const [only] = records;
    if (only === undefined) return null;
    if (records.length === 1) return this.#child(name, only);
    let merged = this.merged(name);
    if (merged === null) {
      const joined = Buffer.concat(records.map((record) => this.#payload(record)));
      const source = memorySource(joined, this.source.label);
      merged = new RawMessage(this.#messageType(name), source, 0, joined.length, this.#depth + 1);
      this.#merged ??= new Map();
      this.#merged.set(name, merged);
    }
    return merged;
  }

  /** What `message(name)` has put together from several occurrences, if it has. */
  merged(name: string): RawMessage | null {
    return this.#merged?.get(name) ?? null;
  }

  messages(name: string): RawMessage[] {
    return this.recordsOf(name).map((record) => this.#child(name, record));
  }

  /** The error for something in this message that no reader can make sense of. */
  malformed(what: string): MlkitError {
    return malformed(this.source, this.start, what);
  }

  /** Where fields lie that no message of this type has, in the order of the file. */
  unknownRecords(): FieldRecord[] {
    const known = new Set(Object.values(schema[this.type]).map((field) => field.number));
    return this.records.filter((record) => !known.has(record.number));
  }

  #child(name: string, record: FieldRecord): RawMessage {
    const type = this.#messageType(name);
    return new RawMessage(type, this.source, record.start, record.end, this.#depth + 1);
  }

  #messageType(name: string): MessageName {
    const type = this.field(name).message;
    if (type === undefined) throw new Error(`${this.type}.${name} is no message`);
    return type;
  }

  #payload(record: FieldRecord): Uint8Array {
    this.#checkLength(record);
    return this.source.read(record.start, record.end);
  }

  #text(record: FieldRecord): string {
    this.#checkLength(record);
    return decodeText(this.source, record.start, record.end);
  }

  #checkLength(record: FieldRecord): void {
    const length = record.end - record.start;
    if (length > limits.textBytes) {
      throw new MlkitError(
        'LIMIT_EXCEEDED',
        `${this.source.label} holds a text of ${length} bytes at byte ${record.start}; at most ${limits.textBytes} are read`,
      );
    }
  }
}

/** The wire type that one value of a field has. */
export function scalarWire(field: FieldSchema): number {
  switch (field.type) {
    case 'float':
      return wireType.fixed32;
    case 'double':
      return wireType.fixed64;
    case 'string':
    case 'bytes':
    case 'message':
      return wireType.bytes;
    default:
      return wireType.varint;
  }
}

type Editable = { -readonly [Key in keyof FieldRecord]: FieldRecord[Key] };

function scan(source: ByteSource, start: number, end: number): FieldRecord[] {
  const cursor = new WireCursor(source, start, end);
  const records: FieldRecord[] = [];
  let last: Editable | null = null;
  while (cursor.position < end) {
    const tagStart = cursor.position;
    const tag = cursor.unsigned('field tag');
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (number === 0) throw malformed(source, tagStart, 'there is no field 0');
    let payload = cursor.position;
    let value = -1;
    if (wire === wireType.bytes) {
      const length = cursor.unsigned('length');
      payload = cursor.position;
      cursor.skip(length, 'field');
    } else if (wire === wireType.varint) value = cursor.skipVarint();
    else if (wire === wireType.fixed32) cursor.skip(4, 'number');
    else if (wire === wireType.fixed64) cursor.skip(8, 'number');
    else if (wire === wireType.groupStart) skipGroup(cursor, number);
    else throw malformed(source, tagStart, `a field has the impossible wire type ${wire}`);
    const isScalar = wire !== wireType.bytes && wire !== wireType.groupStart;
    if (isScalar && last !== null && last.number === number && last.wire === wire) {
      last.end = cursor.position;
      last.value = value;
      continue;
    }
    last = { number, wire, tagStart, start: payload, end: cursor.position, value };
    records.push(last);
    if (records.length > limits.fieldsPerMessage) {
      throw new MlkitError(
        'LIMIT_EXCEEDED',
        `${source.label} has a message of more than ${limits.fieldsPerMessage} fields at byte ${start}`,
      );
    }
  }
  return records;
}

/** Skips a group (an old form of message that ONNX does not use) to its end tag. */
function skipGroup(cursor: WireCursor, number: number): void {
  const open = [number];
  while (open.length > 0) {
    const at = cursor.position;
    const tag = cursor.unsigned('field tag');
    const wire = tag % 8;
    if (wire === wireType.varint) cursor.skipVarint();
    else if (wire === wireType.fixed32) cursor.skip(4, 'number');
    else if (wire === wireType.fixed64) cursor.skip(8, 'number');
    else if (wire === wireType.bytes) cursor.skip(cursor.unsigned('length'), 'field');
    else if (wire === wireType.groupStart) open.push(Math.floor(tag / 8));
    else if (wire !== wireType.groupEnd || open.pop() !== Math.floor(tag / 8)) {
      throw malformed(cursor.source, at, 'a group does not end as it should');
    }
    if (open.length > limits.nesting) throw malformed(cursor.source, at, 'groups nest too deeply');
  }
}

/** The values of a run of unpacked scalars, which has a tag before each value but the first. */
function withoutTags(bytes: Uint8Array, valueEnd: (at: number) => number): Uint8Array {
  const first = valueEnd(0);
  if (first >= bytes.length) return bytes;
  const values = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; ) {
    const end = valueEnd(at);
    values.set(bytes.subarray(at, end), length);
    length += end - at;
    at = end < bytes.length ? varintEnd(bytes, end) : end;
  }
  return values.subarray(0, length);
}

function varintEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while ((bytes[at] ?? 0) >= 0x80) at += 1;
  return at + 1;
}
