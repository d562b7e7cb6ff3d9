import { MlkitError } from '../errors.ts';
import type { ByteSource } from './source.ts';

/**
 * The protobuf wire format: varints, tags, and where each field of a message lies.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/.
 */
export const wireType: Readonly<
  Record<'varint' | 'fixed64' | 'bytes' | 'groupStart' | 'groupEnd' | 'fixed32', number>
> = {
  varint: 0,
  fixed64: 1,
  bytes: 2,
  groupStart: 3,
  groupEnd: 4,
  fixed32: 5,
};

/** Bytes that a varint takes at most. */
const longestVarint = 10;

/** @throws MlkitError MODEL_MALFORMED, naming the file and the byte. */
export function malformed(source: ByteSource, at: number, what: string): MlkitError {
  return malformedOrCut(source, at, what, at >= source.size);
}

function malformedOrCut(source: ByteSource, at: number, what: string, isCut: boolean): MlkitError {
  return new MlkitError(
    'MODEL_MALFORMED',
    `${source.label} is damaged at byte ${at} of ${source.size}: ${what}`,
    isCut ? { hint: 'It looks cut off: export or download the model again.' } : {},
  );
}

/** Reads forward through part of a source, in small pieces. */
export class WireCursor {
  readonly source: ByteSource;
  readonly end: number;
  position: number;
  #chunk: Uint8Array = new Uint8Array(0);
  #chunkStart = 0;
  #chunkEnd = 0;

  constructor(source: ByteSource, start: number, end: number) {
    this.source = source;
    this.position = start;
    this.end = end;
  }

  /** An unsigned varint below 2^53: a tag or a length. */
  unsigned(what: string): number {
    const first = this.#byte(what);
    if (first < 0x80) return first;
    const at = this.position - 1;
    let value = first & 0x7f;
    let scale = 0x80;
    for (let index = 1; index < longestVarint; index += 1) {
      const byte = this.#byte(what);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
      scale *= 0x80;
    }
    throw malformed(this.source, at, `the ${what} is not a number that makes sense`);
  }

  /** @returns The value when it takes one byte; else -1. */
  skipVarint(): number {
    const at = this.position;
    const first = this.#byte('number');
    if (first < 0x80) return first;
    for (let index = 1; index < longestVarint; index += 1) {
      if (this.#byte('number') < 0x80) return -1;
    }
    throw malformed(this.source, at, 'a number is longer than ten bytes');
  }

  skip(length: number, what: string): void {
    if (length > this.end - this.position) {
      const left = this.end - this.position;
      throw malformedOrCut(
        this.source,
        this.position,
        `a ${what} of ${length} bytes is announced where ${left} are left`,
        this.end === this.source.size,
      );
    }
    this.position += length;
  }

  #byte(what: string): number {
    if (this.position >= this.#chunkEnd || this.position < this.#chunkStart) this.#refill(what);
    const byte = this.#chunk[this.position - this.#chunkStart] ?? 0;
    this.position += 1;
    return byte;
  }

  #refill(what: string): void {
    if (this.position >= this.end) {
      throw malformed(this.source, this.position, `it ends in the middle of a ${what}`);
    }
    this.#chunkStart = this.position;
    this.#chunkEnd = Math.min(this.end, this.position + 128);
    this.#chunk = this.source.read(this.#chunkStart, this.#chunkEnd);
  }
}

/** Bytes that `value` takes as a varint. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) length += 1;
  return length;
}

/** Encodes an unsigned number below 2^53. */
export function encodeVarint(value: number): Uint8Array {
  const bytes = new Uint8Array(varintLength(value));
  let rest = value;
  for (let at = 0; at < bytes.length; at += 1) {
    const next = Math.floor(rest / 128);
    bytes[at] = (rest - next * 128) | (next > 0 ? 0x80 : 0);
    rest = next;
  }
  return bytes;
}

/** Encodes an int64 or int32; negative numbers take ten bytes. */
export function encodeVarint64(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/**
 * Decodes one varint after another.
 *
 * @param bytes Whole varints, as the scan has established.
 * @param onValue Called with the low and high 32 bits of each, as unsigned numbers.
 */
export function decodeVarints(
  bytes: Uint8Array,
  onValue: (low: number, high: number) => void,
): void {
  let low = 0;
  let high = 0;
  let shift = 0;
  for (const byte of bytes) {
    const bits = byte & 0x7f;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high = bits >>> 4;
    } else if (shift < 64) high |= bits << (shift - 32);
    if (byte < 0x80) {
      onValue(low >>> 0, high >>> 0);
      low = 0;
      high = 0;
      shift = 0;
    } else {
      shift += 7;
    }
  }
}
