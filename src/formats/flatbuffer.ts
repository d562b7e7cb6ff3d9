import { type ByteSource, malformed, overLimit, readChecked, utf8 } from './source.ts';

/** Tables and texts that may be read; a hostile file can have a table be its own part. */
const mostReads = 20_000_000;
const mostTextBytes = 1024 * 1024;

/**
 * Reads a FlatBuffers file without its schema: tables by the number of a field. All places are
 * held against the size of the file.
 *
 * Source: https://flatbuffers.dev/internals/
 */
export class FlatBuffer {
  readonly source: ByteSource;
  #reads = 0;

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** @throws MlkitError MODEL_MALFORMED; from here on, every read does. */
  root(): FlatTable {
    return new FlatTable(this, this.view(0, 4).getUint32(0, true));
  }

  view(at: number, bytes: number): DataView {
    this.#reads += 1;
    if (this.#reads > mostReads) throw overLimit(this.source, 'it refers to itself without end');
    const part = readChecked(this.source, at, at + bytes, 'a part of its tables');
    return new DataView(part.buffer, part.byteOffset, part.byteLength);
  }

  uint32(at: number): number {
    return this.view(at, 4).getUint32(0, true);
  }

  text(at: number): string {
    const length = this.uint32(at);
    if (length > mostTextBytes) throw malformed(this.source, `a text has ${length} bytes`);
    this.view(at, 4);
    return utf8(readChecked(this.source, at + 4, at + 4 + length, 'a text'));
  }
}

/** A table of a FlatBuffers file. Fields that are not there have their default. */
export class FlatTable {
  readonly #buffer: FlatBuffer;
  readonly #at: number;
  /** Offsets of the fields, from the table's beginning; 0 where one is not there. */
  readonly #fields: DataView;

  constructor(buffer: FlatBuffer, at: number) {
    this.#buffer = buffer;
    this.#at = at;
    const list = at - buffer.view(at, 4).getInt32(0, true);
    const bytes = buffer.view(list, 4).getUint16(0, true);
    if (bytes < 4) throw malformed(buffer.source, 'a table of it has no list of fields');
    this.#fields = buffer.view(list, bytes);
  }

  /** Where a field is; null where it is not there. */
  #place(field: number): number | null {
    const at = 4 + 2 * field;
    const offset = at + 2 > this.#fields.byteLength ? 0 : this.#fields.getUint16(at, true);
    return offset === 0 ? null : this.#at + offset;
  }

  /** Where what a field refers to is. */
  #target(field: number): number | null {
    const place = this.#place(field);
    return place === null ? null : place + this.#buffer.uint32(place);
  }

  has(field: number): boolean {
    return this.#place(field) !== null;
  }

  uint8(field: number): number {
    const place = this.#place(field);
    return place === null ? 0 : this.#buffer.view(place, 1).getUint8(0);
  }

  int32(field: number): number {
    const place = this.#place(field);
    return place === null ? 0 : this.#buffer.view(place, 4).getInt32(0, true);
  }

  int64(field: number): bigint {
    const place = this.#place(field);
    return place === null ? 0n : this.#buffer.view(place, 8).getBigInt64(0, true);
  }

  text(field: number): string {
    const target = this.#target(field);
    return target === null ? '' : this.#buffer.text(target);
  }

  table(field: number): FlatTable | null {
    const target = this.#target(field);
    return target === null ? null : new FlatTable(this.#buffer, target);
  }

  tables(field: number): FlatTable[] {
    return this.#places(field, 4).map(
      (at) => new FlatTable(this.#buffer, at + this.#buffer.uint32(at)),
    );
  }

  texts(field: number): string[] {
    return this.#places(field, 4).map((at) => this.#buffer.text(at + this.#buffer.uint32(at)));
  }

  int64s(field: number): bigint[] {
    return this.#places(field, 8).map((at) => this.#buffer.view(at, 8).getBigInt64(0, true));
  }

  /** How many elements a list has; 0 where it is not there. */
  count(field: number, itemBytes: number): number {
    return this.#list(field, itemBytes).count;
  }

  #places(field: number, itemBytes: number): number[] {
    const { start, count } = this.#list(field, itemBytes);
    return Array.from({ length: count }, (_, index) => start + index * itemBytes);
  }

  #list(field: number, itemBytes: number): { start: number; count: number } {
    const target = this.#target(field);
    if (target === null) return { start: 0, count: 0 };
    const count = this.#buffer.uint32(target);
    const start = target + 4;
    const { source } = this.#buffer;
    if (start + count * itemBytes > source.size) {
      throw malformed(source, `a list of ${count} elements goes beyond its end`);
    }
    return { start, count };
  }
}
