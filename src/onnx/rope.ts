import { sliceBytes, type TensorStorage } from '../tensor/index.ts';
import type { ByteSource } from './source.ts';

type Piece =
  | { readonly kind: 'span'; readonly source: ByteSource; readonly start: number; end: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'storage'; readonly storage: TensorStorage };

/** Bytes copied at a time between files. */
export const copyChunkBytes: number = 1024 * 1024;

/**
 * Bytes to be written, put together from spans of other files, tensors and literal bytes, without
 * reading any of them. Its length is known before anything is read, as the lengths that enclose it
 * must be.
 */
export class Rope {
  readonly #pieces: Piece[] = [];
  length = 0;

  static span(source: ByteSource, start: number, end: number): Rope {
    return new Rope().addSpan(source, start, end);
  }

  static bytes(bytes: Uint8Array): Rope {
    return new Rope().addBytes(bytes);
  }

  static storage(storage: TensorStorage): Rope {
    const rope = new Rope();
    if (storage.byteLength > 0) rope.#pieces.push({ kind: 'storage', storage });
    rope.length = storage.byteLength;
    return rope;
  }

  addSpan(source: ByteSource, start: number, end: number): this {
    if (end === start) return this;
    const last = this.#pieces.at(-1);
    if (last?.kind === 'span' && last.source === source && last.end === start) {
      this.#pieces[this.#pieces.length - 1] = { ...last, end };
    } else this.#pieces.push({ kind: 'span', source, start, end });
    this.length += end - start;
    return this;
  }

  addBytes(bytes: Uint8Array): this {
    if (bytes.length > 0) this.#pieces.push({ kind: 'bytes', bytes });
    this.length += bytes.length;
    return this;
  }

  add(other: Rope): this {
    for (const piece of other.#pieces) {
      if (piece.kind === 'span') this.addSpan(piece.source, piece.start, piece.end);
      else {
        this.#pieces.push(piece);
        this.length += piece.kind === 'bytes' ? piece.bytes.length : piece.storage.byteLength;
      }
    }
    return this;
  }

  /** The part of a source that it is, if it is nothing else. */
  get onlySpan(): { source: ByteSource; start: number; end: number } | null {
    const [only] = this.#pieces;
    return this.#pieces.length === 1 && only?.kind === 'span' ? only : null;
  }

  /** Whether it is exactly that part of a source. */
  isSpan(source: ByteSource, start: number, end: number): boolean {
    if (start === end) return this.length === 0;
    const span = this.onlySpan;
    return span !== null && span.source === source && span.start === start && span.end === end;
  }

  /** The source that it copies whole, if that is all it does. */
  get wholeSource(): ByteSource | null {
    const span = this.onlySpan;
    return span !== null && span.start === 0 && span.end === span.source.size ? span.source : null;
  }

  /** All bytes in order. A piece is valid until the next one is asked for. */
  *chunks(): Iterable<Uint8Array> {
    for (const piece of this.#pieces) {
      if (piece.kind === 'bytes') yield piece.bytes;
      else if (piece.kind === 'storage') yield* piece.storage.chunks(copyChunkBytes);
      else {
        for (let at = piece.start; at < piece.end; at += copyChunkBytes) {
          yield piece.source.read(at, Math.min(piece.end, at + copyChunkBytes));
        }
      }
    }
  }

  /** All bytes in memory; for small ropes. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.chunks()) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }
}

/** Storage over part of a source. */
export function sourceStorage(
  source: ByteSource,
  start: number,
  end: number,
  kind: TensorStorage['kind'] = 'inline',
): TensorStorage {
  return {
    kind,
    byteLength: end - start,
    bytes: () => source.read(start, end),
    *chunks(maxBytes) {
      for (let at = start; at < end; at += maxBytes) {
        yield source.read(at, Math.min(end, at + maxBytes));
      }
    },
  };
}

/** Storage made of typed fields, measured and decoded when asked for. */
export function decodedStorage(measure: () => number, decode: () => Uint8Array): TensorStorage {
  let byteLength: number | null = null;
  return {
    kind: 'inline',
    get byteLength() {
      byteLength ??= measure();
      return byteLength;
    },
    bytes: decode,
    chunks: (maxBytes) => sliceBytes(decode(), maxBytes),
  };
}
