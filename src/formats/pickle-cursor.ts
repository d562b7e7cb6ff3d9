import { type ByteSource, sectionOf, utf8 } from './source.ts';

/** Pickles are read on in pieces of this size; long bytes in them are skipped. */
const windowBytes = 64 * 1024;
/** Of a number or name in text form. Honest names have some hundred. */
const mostLineBytes = 1024 * 1024;

/** A pickle that cannot be read on: here Python would stop, too. */
export class PickleDamage extends Error {}

/** Reads a source from its beginning on. */
export class PickleCursor {
  readonly source: ByteSource;
  #at = 0;
  #window: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #windowStart = 0;

  constructor(source: ByteSource) {
    this.source = source;
  }

  get position(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.source.size;
  }

  /** Goes past so many bytes, which are not read. */
  skip(bytes: number): void {
    if (!(bytes <= this.source.size - this.#at)) {
      throw new PickleDamage(`it ends within ${bytes} bytes that begin at byte ${this.#at}`);
    }
    this.#at += bytes;
  }

  /** The next byte, without going past it. */
  peek(): number | null {
    if (this.isAtEnd) return null;
    const at = this.#take(1, false);
    return this.#window[at] ?? 0;
  }

  uint8(): number {
    const at = this.#take(1);
    return this.#window[at] ?? 0;
  }

  uint16(): number {
    const at = this.#take(2);
    return this.#view.getUint16(at, true);
  }

  int32(): number {
    const at = this.#take(4);
    return this.#view.getInt32(at, true);
  }

  uint32(): number {
    const at = this.#take(4);
    return this.#view.getUint32(at, true);
  }

  /** A length; beyond 2^53 it is rounded, and more than any file has. */
  uint64(): number {
    const at = this.#take(8);
    return Number(this.#view.getBigUint64(at, true));
  }

  float64BigEndian(): number {
    const at = this.#take(8);
    return this.#view.getFloat64(at, false);
  }

  /** So many bytes, at most 64 KiB, as text. */
  text(bytes: number, encoding: 'utf8' | 'latin1'): string {
    const from = this.#take(bytes);
    const part = this.#window.subarray(from, from + bytes);
    return encoding === 'utf8' ? utf8(part) : Buffer.from(part).toString('latin1');
  }

  /** The text up to the next line feed, which is gone past. */
  line(): string {
    let text = '';
    const start = this.#at;
    while (this.#at - start < mostLineBytes) {
      if (this.isAtEnd)
        throw new PickleDamage(`it ends within a line that begins at byte ${start}`);
      const from = this.#take(1, false);
      const end = this.#window.indexOf(0x0a, from);
      const part = this.#window.subarray(from, end < 0 ? this.#window.byteLength : end);
      text += utf8(part);
      this.#at += part.byteLength + (end < 0 ? 0 : 1);
      if (end >= 0) return text;
    }
    throw new PickleDamage(`a line that begins at byte ${start} is longer than ${mostLineBytes}`);
  }

  /** What follows, as a source of its own. */
  rest(): ByteSource {
    return sectionOf(this.source, this.#at, this.source.size, this.source.label);
  }

  /** Has so many bytes in the window and goes past them; where in the window they begin. */
  #take(bytes: number, isPassed = true): number {
    let from = this.#at - this.#windowStart;
    if (from + bytes > this.#window.byteLength || from < 0) {
      const end = Math.min(this.#at + Math.max(windowBytes, bytes), this.source.size);
      if (this.#at + bytes > end)
        throw new PickleDamage(`it ends within byte ${this.#at} and ${this.#at + bytes}`);
      this.#window = this.source.read(this.#at, end);
      this.#view = new DataView(
        this.#window.buffer,
        this.#window.byteOffset,
        this.#window.byteLength,
      );
      this.#windowStart = this.#at;
      from = 0;
    }
    if (isPassed) this.#at += bytes;
    return from;
  }
}
