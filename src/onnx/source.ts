import fs from 'node:fs';
import { fromFileError, MlkitError } from '../errors.ts';

/** Random access to bytes that may not be in memory. */
export interface ByteSource {
  /** What it is, for messages: usually a path. */
  readonly label: string;
  readonly size: number;
  /**
   * The bytes from `start` to `end`, which the caller must not write to. They stay as they are.
   *
   * @throws MlkitError when they cannot be read.
   */
  read(start: number, end: number): Uint8Array;
  /** The same bytes decoded as UTF-8, bytes that are not UTF-8 as U+FFFD. */
  utf8(start: number, end: number): string;
}

/** A source over bytes in memory. */
export function memorySource(bytes: Uint8Array, label = 'bytes'): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    label,
    size: bytes.byteLength,
    read: (start, end) => bytes.subarray(start, end),
    utf8: (start, end) => buffer.toString('utf8', start, end),
  };
}

/** Reads start small after a jump, so that the header of a tensor costs little more than itself. */
const smallestWindow = 1024;
/** And grow while the reader goes straight on, as it does over runs of nodes. */
const largestWindow = 256 * 1024;
/** Windows are cut from slabs, since making buffers costs more than filling them. */
const slabBytes = 1024 * 1024;

/** Files up to this size are read whole, which costs less than looking where to read. */
const wholeFileBytes = 4 * 1024 * 1024;
/** What one read may ask for; systems stop at 2 GiB. */
const longestReadBytes = 1024 ** 3;

/**
 * What there is to know of an ordinary file. To be asked before it is opened: opening a pipe would
 * wait for somebody to write to it, and a device may never end.
 *
 * @param doing For messages: `cannot read the model`.
 * @throws MlkitError FILE_NOT_FOUND, FILE_IS_DIRECTORY, FILE_PERMISSION, FILE_IO.
 */
export function statFile(path: string, doing: string): fs.Stats {
  let stats: fs.Stats;
  try {
    stats = fs.statSync(path);
  } catch (error) {
    throw fromFileError(doing, path, error);
  }
  if (stats.isFile()) return stats;
  if (stats.isDirectory()) {
    throw new MlkitError('FILE_IS_DIRECTORY', `${doing} ${path}: it is a directory`);
  }
  throw new MlkitError('FILE_IO', `${doing} ${path}: it is a device or a pipe`, {
    hint: 'Save what comes from it to a file, and give that.',
  });
}

/** A source over a file, read in windows that adapt to how it is read. */
export class FileSource implements ByteSource {
  readonly label: string;
  readonly size: number;
  readonly modifiedMs: number;
  /** Which file it is, to tell whether two paths lead to it. */
  readonly identity: { readonly device: number; readonly inode: number; readonly links: number };
  #descriptor: number | null;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  #windowSize = smallestWindow;
  #slab: Buffer = Buffer.alloc(0);
  #slabUsed = 0;
  #isClosed = false;
  /** Bytes asked of the file system so far; lets a test assert that weights were not read. */
  bytesRead = 0;

  /** @throws MlkitError FILE_NOT_FOUND, FILE_IS_DIRECTORY, FILE_PERMISSION, FILE_IO. */
  constructor(path: string, doing = 'cannot read') {
    this.label = path;
    try {
      statFile(path, doing);
      this.#descriptor = fs.openSync(path, 'r');
    } catch (error) {
      throw fromFileError(doing, path, error);
    }
    const stat = fs.fstatSync(this.#descriptor);
    this.size = stat.size;
    this.modifiedMs = stat.mtimeMs;
    this.identity = { device: stat.dev, inode: stat.ino, links: stat.nlink };
  }

  read(start: number, end: number): Buffer {
    const from = start - this.#windowStart;
    const to = end - this.#windowStart;
    if (from >= 0 && to <= this.#window.byteLength) return this.#window.subarray(from, to);
    if (end - start > largestWindow && this.size > wholeFileBytes)
      return this.#readExactly(start, end);
    const isNext = from >= 0 && from <= this.#window.byteLength + smallestWindow;
    this.#windowSize = isNext ? Math.min(this.#windowSize * 2, largestWindow) : smallestWindow;
    if (this.size <= wholeFileBytes && end <= this.size) {
      this.#window = this.#readExactly(0, this.size);
      this.#windowStart = 0;
      return this.#window.subarray(start, end);
    }
    const windowEnd = Math.min(this.size, start + Math.max(this.#windowSize, end - start));
    this.#window = this.#readExactly(start, Math.max(windowEnd, end));
    this.#windowStart = start;
    return this.#window.subarray(0, end - start);
  }

  utf8(start: number, end: number): string {
    const from = start - this.#windowStart;
    const to = end - this.#windowStart;
    // Most texts lie in the window; decoding in place saves making a view for each name.
    if (from < 0 || to > this.#window.byteLength) return this.read(start, end).toString('utf8');
    return this.#window.toString('utf8', from, to);
  }

  /** Lets go of the file. Reading it again is a defect. */
  close(): void {
    this.park();
    this.#isClosed = true;
  }

  /** Gives the descriptor back until the file is read again, since a process may have only so many. */
  park(): void {
    if (this.#descriptor !== null) fs.closeSync(this.#descriptor);
    this.#descriptor = null;
    this.#window = Buffer.alloc(0);
    this.#slab = Buffer.alloc(0);
    this.#slabUsed = 0;
  }

  /** @throws MlkitError FILE_CHANGED when another file has taken the place of a parked one. */
  #open(): number {
    if (this.#isClosed) throw new Error(`${this.label} has been closed`);
    if (this.#descriptor === null) {
      this.#descriptor = fs.openSync(this.label, 'r');
      const { dev, ino, size, mtimeMs } = fs.fstatSync(this.#descriptor);
      const { device, inode } = this.identity;
      if (dev !== device || ino !== inode || size !== this.size || mtimeMs !== this.modifiedMs) {
        throw new MlkitError('FILE_CHANGED', `${this.label} changed while it was being read`);
      }
    }
    return this.#descriptor;
  }

  #allocate(length: number): Buffer {
    if (length > largestWindow) return Buffer.allocUnsafeSlow(length);
    if (this.#slabUsed + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.min(slabBytes, Math.max(this.size, length)));
      this.#slabUsed = 0;
    }
    const start = this.#slabUsed;
    // Aligned, so that typed arrays can be laid over what is read.
    this.#slabUsed = (start + length + 7) & ~7;
    return this.#slab.subarray(start, start + length);
  }

  #readExactly(start: number, end: number): Buffer {
    // Bytes of its own for each read: views of earlier ones stay valid.
    const buffer = this.#allocate(end - start);
    let done = 0;
    while (done < buffer.byteLength) {
      let count: number;
      try {
        const length = Math.min(buffer.byteLength - done, longestReadBytes);
        count = fs.readSync(this.#open(), buffer, done, length, start + done);
      } catch (error) {
        throw fromFileError('cannot read', this.label, error);
      }
      if (count === 0) {
        throw new MlkitError(
          'FILE_CHANGED',
          `${this.label} ended at byte ${start + done} while it was being read; it had ${this.size} bytes`,
        );
      }
      done += count;
    }
    this.bytesRead += done;
    return buffer;
  }
}
