import { type FieldRecord, RawMessage } from './message.ts';
import { Rope } from './rope.ts';
import { type FieldSchema, type MessageName, schema } from './schema.ts';
import { encodeText } from './text.ts';
import { encodeVarint, encodeVarint64, wireType } from './wire.ts';

/**
 * Rewrites a message field by field, and leaves as it is what does not change: its bytes, unknown
 * fields, the order of fields, the way numbers are encoded. Give it every field that the caller
 * knows with the value it should have; a field that has that value already is not touched.
 *
 * Elements of a repeated field keep the places of the elements they replace, so that fields that
 * lie between them stay there.
 */
export class MessagePatch {
  readonly #type: MessageName;
  readonly #original: RawMessage | null;
  /** New records of each changed field, in order; whole records with tag. */
  readonly #changed = new Map<number, Rope[]>();

  constructor(type: MessageName, original: RawMessage | null) {
    this.#type = type;
    this.#original = original;
  }

  /** A string field. The default, empty text, is written by leaving the field out. */
  text(name: string, value: string): this {
    if (value === (this.#original?.text(name) ?? '')) return this;
    const rope = Rope.bytes(encodeText(value));
    return this.#set(name, value === '' ? [] : [this.#record(name, rope)]);
  }

  texts(name: string, values: readonly string[]): this {
    const before = this.#original?.texts(name) ?? [];
    if (sameList(before, values)) return this;
    const records = this.#original?.recordsOf(name) ?? [];
    return this.#set(
      name,
      values.map((value, at) => {
        const record = records[at];
        if (record !== undefined && before[at] === value) return this.#keep(record);
        return this.#record(name, Rope.bytes(encodeText(value)));
      }),
    );
  }

  bytes(name: string, value: Uint8Array | null): this {
    const before = this.#original?.bytes(name) ?? null;
    if (value === null ? before === null : before !== null && sameBytes(before, value)) return this;
    return this.#set(name, value === null ? [] : [this.#record(name, Rope.bytes(value))]);
  }

  bytesList(name: string, values: readonly Uint8Array[]): this {
    const before = this.#original?.bytesList(name) ?? [];
    const isSame = (value: Uint8Array, at: number): boolean => {
      const other = before[at];
      return other !== undefined && sameBytes(value, other);
    };
    if (before.length === values.length && values.every(isSame)) return this;
    return this.#set(
      name,
      values.map((value) => this.#record(name, Rope.bytes(value))),
    );
  }

  /** An integer or enum field; null leaves it out, which is not the same as 0. */
  int(name: string, value: bigint | number | null): this {
    const wanted = value === null ? null : BigInt(value);
    const before = this.#original?.has(name) ? this.#original.int(name) : null;
    if (wanted === before) return this;
    return this.#set(name, wanted === null ? [] : [this.#varint(name, wanted)]);
  }

  ints(name: string, values: readonly bigint[]): this {
    if (sameList(this.#original?.ints(name) ?? [], values)) return this;
    if (this.#isPacked(name)) {
      const payload = Buffer.concat(values.map(encodeVarint64));
      return this.#set(name, [this.#record(name, Rope.bytes(payload))]);
    }
    return this.#set(
      name,
      values.map((value) => this.#varint(name, value)),
    );
  }

  /** A float field; null leaves it out. */
  float(name: string, value: number | null): this {
    const before = this.#original?.has(name) ? this.#original.float(name) : null;
    if (Object.is(before, value)) return this;
    return this.#set(name, value === null ? [] : [this.#fixed32(name, value)]);
  }

  floats(name: string, values: readonly number[]): this {
    if (sameList(this.#original?.floats(name) ?? [], values)) return this;
    if (this.#isPacked(name)) {
      const payload = new Uint8Array(Float32Array.from(values).buffer);
      return this.#set(name, [this.#record(name, Rope.bytes(payload))]);
    }
    return this.#set(
      name,
      values.map((value) => this.#fixed32(name, value)),
    );
  }

  /** A message or bytes field given as encoded payload; null leaves it out. */
  payload(name: string, rope: Rope | null): this {
    const merged = this.#original?.merged(name);
    if (merged && rope?.isSpan(merged.source, merged.start, merged.end)) return this;
    return this.payloads(name, rope === null ? [] : [rope]);
  }

  /** A repeated message field. Payloads that are spans of the original keep their whole record. */
  payloads(name: string, ropes: readonly Rope[]): this {
    const records = this.#original?.recordsOf(name) ?? [];
    const source = this.#original?.source;
    const isRecord = (rope: Rope, record: FieldRecord | undefined): record is FieldRecord =>
      record !== undefined && source !== undefined && rope.isSpan(source, record.start, record.end);
    if (records.length === ropes.length && ropes.every((rope, at) => isRecord(rope, records[at]))) {
      return this;
    }
    // Parts that only moved keep their record too: it is found by where it starts.
    const byStart = new Map(records.map((record) => [record.start, record]));
    const kept = ropes.map((rope, at) => {
      const record = isRecord(rope, records[at]) ? records[at] : this.#findRecord(rope, byStart);
      return record === undefined ? this.#record(name, rope) : this.#keep(record);
    });
    return this.#set(name, kept);
  }

  /** Takes a field out. */
  remove(name: string): this {
    return this.#original?.has(name) ? this.#set(name, []) : this;
  }

  /** The message: the original's span when nothing changed. */
  build(): Rope {
    const original = this.#original;
    if (original !== null && this.#changed.size === 0) {
      return Rope.span(original.source, original.start, original.end);
    }
    const rope = new Rope();
    const records = original?.records ?? [];
    const lastOf = new Map<number, number>();
    for (const [at, record] of records.entries()) lastOf.set(record.number, at);
    // Fields that the original does not have go where their number belongs.
    const added = [...this.#changed.keys()]
      .filter((number) => !lastOf.has(number))
      .toSorted(ascending);
    const used = new Map<number, number>();
    for (const [at, record] of records.entries()) {
      while (added[0] !== undefined && added[0] < record.number)
        this.#flush(rope, added.shift(), 0);
      const changed = this.#changed.get(record.number);
      if (changed === undefined) rope.add(this.#keep(record));
      else {
        const from = used.get(record.number) ?? 0;
        if (at === lastOf.get(record.number)) this.#flush(rope, record.number, from);
        else {
          const next = changed[from];
          if (next !== undefined) rope.add(next);
          used.set(record.number, from + 1);
        }
      }
    }
    for (const number of added) this.#flush(rope, number, 0);
    return rope;
  }

  #flush(rope: Rope, number: number | undefined, from: number): void {
    if (number === undefined) return;
    for (const record of this.#changed.get(number)?.slice(from) ?? []) rope.add(record);
  }

  #findRecord(rope: Rope, byStart: ReadonlyMap<number, FieldRecord>): FieldRecord | undefined {
    const source = this.#original?.source;
    const span = rope.onlySpan;
    if (source === undefined || span === null || span.source !== source) return undefined;
    const record = byStart.get(span.start);
    return record?.end === span.end ? record : undefined;
  }

  #set(name: string, records: Rope[]): this {
    this.#changed.set(this.#field(name).number, records);
    return this;
  }

  #field(name: string): FieldSchema {
    const field = schema[this.#type][name];
    if (field === undefined) throw new Error(`${this.#type} has no field ${name}`);
    return field;
  }

  #keep(record: FieldRecord): Rope {
    const original = this.#original;
    if (original === null) throw new Error('there is no original to keep a record of');
    return Rope.span(original.source, record.tagStart, record.end);
  }

  #record(name: string, payload: Rope): Rope {
    return new Rope()
      .addBytes(this.#tag(name, wireType.bytes))
      .addBytes(encodeVarint(payload.length))
      .add(payload);
  }

  #varint(name: string, value: bigint): Rope {
    return Rope.bytes(Buffer.concat([this.#tag(name, wireType.varint), encodeVarint64(value)]));
  }

  #fixed32(name: string, value: number): Rope {
    const bytes = new Uint8Array(Float32Array.of(value).buffer);
    return Rope.bytes(Buffer.concat([this.#tag(name, wireType.fixed32), bytes]));
  }

  #tag(name: string, wire: number): Uint8Array {
    return encodeVarint(this.#field(name).number * 8 + wire);
  }

  /** Whether the original packs the numbers of this field. Writers of proto2 do not. */
  #isPacked(name: string): boolean {
    return this.#original?.recordsOf(name)[0]?.wire === wireType.bytes;
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((each, at) => Object.is(each, b[at]));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
