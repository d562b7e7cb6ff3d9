import { MlkitError } from '../errors.ts';
import type { DataType } from '../tensor/index.ts';

/** What the header of a `.npy` file says. */
export interface NpyHeader {
  /** NumPy's type string, for example `<f4`. */
  readonly descr: string;
  readonly isFortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the elements start. */
  readonly dataStart: number;
}

/** A header holds three short entries; NumPy itself stops at 10,000 characters. */
const largestHeaderBytes = 64 * 1024;

/** Bytes at the start of a `.npy` file that are sure to hold all of its header. */
export const npyHeadBytes: number = largestHeaderBytes + 12;

/** NumPy itself stops at 64 dimensions. */
const mostDimensions = 1024;

/** NumPy's kind and item size to ours; strings are apart, because their size varies. */
export const npyTypes: Readonly<Record<string, DataType>> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  c8: 'complex64',
  c16: 'complex128',
};

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;

/** Whether the bytes start as a `.npy` file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}

/**
 * Reads the header of a `.npy` file, version 1, 2 or 3. The header is the text of a Python
 * dictionary; nothing but the three entries that NumPy writes is accepted.
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @throws MlkitError INPUT_DATA when it is not that, or describes an array that no tensor can hold.
 */
export function readNpyHeader(bytes: Uint8Array, label: string): NpyHeader {
  if (!isNpy(bytes)) throw npyError(label, 'it does not start as a .npy file does');
  const [major = 0, minor = 0] = bytes.subarray(6, 8);
  if (major < 1 || major > 3 || minor !== 0) {
    throw npyError(label, `it has format version ${major}.${minor}; 1.0, 2.0 and 3.0 are known`);
  }
  const lengthBytes = major === 1 ? 2 : 4;
  const textStart = 8 + lengthBytes;
  if (bytes.byteLength < textStart) throw npyError(label, 'it ends within its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > largestHeaderBytes) {
    throw npyError(label, `its header has ${length} bytes; at most ${largestHeaderBytes} are read`);
  }
  const dataStart = textStart + length;
  if (bytes.byteLength < dataStart) throw npyError(label, 'it ends within its header');
  const decoder = new TextDecoder(major === 3 ? 'utf-8' : 'latin1');
  const entries = new HeaderParser(decoder.decode(bytes.subarray(textStart, dataStart)), label);
  return { ...entries.parse(), dataStart };
}

/** The header of version 1.0 that NumPy writes for an array in C order, padded to 64 bytes. */
export function writeNpyHeader(descr: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const total = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(total).fill(0x20);
  bytes.set([...magic, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, total - 10, true);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[total - 1] = 0x0a;
  return bytes;
}

/** An error about the content of a `.npy` file. */
export function npyError(label: string, what: string, hint?: string): MlkitError {
  return new MlkitError('INPUT_DATA', `cannot read the array ${label}: ${what}`, {
    hint: hint ?? 'Write it again with numpy.save or numpy.savez.',
  });
}

/** Reads the one dictionary that a header may be. */
class HeaderParser {
  readonly #text: string;
  readonly #label: string;
  #at = 0;

  constructor(text: string, label: string) {
    this.#text = text;
    this.#label = label;
  }

  parse(): Omit<NpyHeader, 'dataStart'> {
    let descr: string | null = null;
    let isFortranOrder: boolean | null = null;
    let shape: number[] | null = null;
    this.#take(/\{/y, 'a dictionary');
    while (this.#try(/\}/y) === null) {
      const key = this.#string();
      this.#take(/:/y, '":"');
      if (key === 'descr' && descr === null) descr = this.#descr();
      else if (key === 'fortran_order' && isFortranOrder === null) {
        isFortranOrder = this.#take(/True|False/y, 'True or False') === 'True';
      } else if (key === 'shape' && shape === null) shape = this.#tuple();
      else throw this.#error(`the entry '${key}' is unknown, or there twice`);
      if (this.#try(/,/y) === null) {
        this.#take(/\}/y, '"}"');
        break;
      }
    }
    this.#take(/$/y, 'the end');
    if (descr === null || isFortranOrder === null || shape === null) {
      throw this.#error("it needs the entries 'descr', 'fortran_order' and 'shape'");
    }
    return { descr, isFortranOrder, shape };
  }

  #descr(): string {
    if (this.#try(/\[/y) !== null) {
      throw npyError(
        this.#label,
        'it holds records (a structured type), which no tensor can',
        'Save each field as an array of its own.',
      );
    }
    return this.#string();
  }

  #tuple(): number[] {
    const sizes: number[] = [];
    this.#take(/\(/y, 'a tuple');
    while (this.#try(/\)/y) === null) {
      // Files that Python 2 wrote have long integers: 3L.
      const size = Number(this.#take(/\d+L?/y, 'a size').replace('L', ''));
      if (!Number.isSafeInteger(size)) throw this.#error('a size is beyond 2^53');
      if (sizes.push(size) > mostDimensions)
        throw this.#error(`it has over ${mostDimensions} dimensions`);
      if (this.#try(/,/y) === null) {
        this.#take(/\)/y, '")"');
        break;
      }
    }
    return sizes;
  }

  /** A string without escapes: NumPy needs none in type strings and keys. */
  #string(): string {
    return this.#take(/'[^'\\]*'|"[^"\\]*"/y, 'a string').slice(1, -1);
  }

  #take(pattern: RegExp, wanted: string): string {
    const found = this.#try(pattern);
    if (found === null) throw this.#error(`${wanted} is missing at character ${this.#at}`);
    return found;
  }

  #try(pattern: RegExp): string | null {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    this.#at += found?.length ?? 0;
    return found;
  }

  #error(what: string): MlkitError {
    return npyError(this.#label, `its header is damaged: ${what}`);
  }
}
