import { constants, inflateRawSync } from 'node:zlib';
import {
  type ByteSource,
  bytesSource,
  malformed,
  overLimit,
  readChecked,
  sectionOf,
} from './source.ts';

/** One file in a zip archive. */
export interface ZipEntry {
  readonly name: string;
  /** 0: stored as it is; 8: deflated; others are not read. */
  readonly method: number;
  readonly isEncrypted: boolean;
  /** As stored. */
  readonly storedBytes: number;
  /** Unpacked, as the archive claims. */
  readonly sizeBytes: number;
  readonly crc32: number;
  /** Where its own header is. */
  readonly headerStart: number;
}

const endSignature = 'PK\u0005\u0006';
const largePointerSignature = 0x0706_4b50;
const largeEndSignature = 0x0606_4b50;
const entrySignature = 0x0201_4b50;
const headerSignature = 0x0403_4b50;
const endBytes = 22;
const largePointerBytes = 20;
const largeEndBytes = 56;
const entryBytes = 46;
const headerBytes = 30;
/** A comment of up to this many bytes follows the record that ends an archive. */
const mostCommentBytes = 0xffff;
/** Stand for a number that is elsewhere, in archives beyond 4 GiB or 65,535 files. */
const elsewhere = 0xffff_ffff;

/** The largest state dicts have some ten thousand storages, each a file. */
const mostEntries = 1_000_000;
const mostDirectoryBytes = 128 * 1024 * 1024;
/** Of a deflated entry that is unpacked whole: the JSON of a large exported program is 100 MB. */
const mostInflatedBytes = 512 * 1024 * 1024;
/** Deflate makes nothing more than this many times smaller. Source: https://zlib.net/zlib_tech.html */
const mostInflation = 1032;

/**
 * The files in a zip archive, by its directory, in its order.
 *
 * Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 *
 * @throws MlkitError MODEL_MALFORMED, LIMIT_EXCEEDED.
 */
export function readZipDirectory(source: ByteSource): ZipEntry[] {
  const { start, bytes, count } = findDirectory(source);
  if (bytes > mostDirectoryBytes || count > mostEntries) {
    throw overLimit(source, `its zip directory has ${count} entries in ${bytes} bytes`);
  }
  const directory = Buffer.from(
    readChecked(source, start, start + bytes, 'the directory of the zip archive'),
  );
  const entries: ZipEntry[] = [];
  let at = 0;
  while (entries.length < count) {
    if (at + entryBytes > directory.length || directory.readUInt32LE(at) !== entrySignature) {
      throw malformed(source, `its zip directory has ${entries.length} of ${count} entries`);
    }
    const nameEnd = at + entryBytes + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    const end = extraEnd + directory.readUInt16LE(at + 32);
    if (end > directory.length) throw malformed(source, 'its zip directory is cut off');
    entries.push(entryAt(source, directory, at, nameEnd, extraEnd));
    at = end;
  }
  return entries;
}

interface Directory {
  readonly start: number;
  readonly bytes: number;
  readonly count: number;
}

function findDirectory(source: ByteSource): Directory {
  const tailStart = Math.max(source.size - endBytes - mostCommentBytes, 0);
  const tail = Buffer.from(source.read(tailStart, source.size));
  const at = tail.lastIndexOf(endSignature, tail.length - endBytes, 'latin1');
  if (at < 0 || tail.length < endBytes) {
    throw malformed(source, 'the directory at the end of the zip archive is missing');
  }
  const small: Directory = {
    count: tail.readUInt16LE(at + 10),
    bytes: tail.readUInt32LE(at + 12),
    start: tail.readUInt32LE(at + 16),
  };
  const pointer = at - largePointerBytes;
  if (pointer < 0 || tail.readUInt32LE(pointer) !== largePointerSignature) return small;
  const record = Number(tail.readBigUInt64LE(pointer + 8));
  const large = Buffer.from(
    readChecked(source, record, record + largeEndBytes, 'the end record of the zip archive'),
  );
  if (large.readUInt32LE(0) !== largeEndSignature) {
    throw malformed(source, 'the end record of the zip archive is damaged');
  }
  return {
    count: Number(large.readBigUInt64LE(32)),
    bytes: Number(large.readBigUInt64LE(40)),
    start: Number(large.readBigUInt64LE(48)),
  };
}

function entryAt(
  source: ByteSource,
  directory: Buffer,
  at: number,
  nameEnd: number,
  extraEnd: number,
): ZipEntry {
  const flags = directory.readUInt16LE(at + 8);
  const name = directory.toString(
    (flags & 0x800) === 0 ? 'latin1' : 'utf8',
    at + entryBytes,
    nameEnd,
  );
  const numbers = largeNumbers(directory.subarray(nameEnd, extraEnd), [
    directory.readUInt32LE(at + 24),
    directory.readUInt32LE(at + 20),
    directory.readUInt32LE(at + 42),
  ]);
  const [sizeBytes = 0, storedBytes = 0, headerStart = 0] = numbers;
  if (headerStart + headerBytes + storedBytes > source.size) {
    throw malformed(source, `"${name}" in the zip archive goes beyond its end`);
  }
  return {
    name,
    method: directory.readUInt16LE(at + 10),
    isEncrypted: (flags & 1) !== 0,
    storedBytes,
    sizeBytes,
    crc32: directory.readUInt32LE(at + 16),
    headerStart,
  };
}

/** The same numbers, those that did not fit taken from the extra field with the header ID 1. */
function largeNumbers(extra: Buffer, numbers: readonly number[]): number[] {
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== 1) {
    at += 4 + extra.readUInt16LE(at + 2);
  }
  let next = at + 4;
  return numbers.map((number) => {
    if (number !== elsewhere || next + 8 > extra.length) return number;
    next += 8;
    return Number(extra.readBigUInt64LE(next - 8));
  });
}

/** Why the content of an entry cannot be read, or null. */
export function entryProblem({ method, isEncrypted }: ZipEntry): string | null {
  if (isEncrypted) return 'it is encrypted';
  return method === 0 || method === 8 ? null : `it is compressed by method ${method}`;
}

/**
 * The content of an entry. What is stored is not read yet; what is deflated is unpacked.
 *
 * @throws MlkitError MODEL_MALFORMED, also where {@link entryProblem} has an answer; LIMIT_EXCEEDED.
 */
export function openZipEntry(source: ByteSource, entry: ZipEntry): ByteSource {
  const stored = storedContent(source, entry);
  if (entry.method === 0) return stored;
  if (entry.sizeBytes > mostInflatedBytes) {
    throw overLimit(
      stored,
      `it unpacks to ${entry.sizeBytes} bytes; at most ${mostInflatedBytes} are`,
    );
  }
  const content = inflate(stored, stored.size, entry.sizeBytes);
  if (content.byteLength !== entry.sizeBytes) {
    throw malformed(stored, `it unpacks to ${content.byteLength} bytes, not ${entry.sizeBytes}`);
  }
  return bytesSource(content, stored.label);
}

/**
 * The first bytes of an entry, or all where it is shorter. Of what is deflated only as much is
 * unpacked as that takes.
 */
export function readEntryHead(source: ByteSource, entry: ZipEntry, bytes: number): Uint8Array {
  const stored = storedContent(source, entry);
  const wanted = Math.min(bytes, entry.sizeBytes);
  if (entry.method === 0) return stored.read(0, Math.min(wanted, stored.size));
  // Packed bytes are read in growing steps: few of them may unpack to very many.
  for (let step = 1024; ; step *= 4) {
    const packed = Math.min(step, stored.size);
    const content = inflate(stored, packed, packed * mostInflation + 1024);
    if (content.byteLength >= wanted || packed === stored.size) return content.subarray(0, wanted);
  }
}

function inflate(stored: ByteSource, packedBytes: number, mostBytes: number): Buffer {
  try {
    return inflateRawSync(stored.read(0, packedBytes), {
      // What is cut off is unpacked as far as it goes.
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: Math.max(mostBytes, 1),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw malformed(stored, `it does not unpack (${reason})`);
  }
}

function storedContent(source: ByteSource, entry: ZipEntry): ByteSource {
  const label = `"${entry.name}" in ${source.label}`;
  const { headerStart, storedBytes } = entry;
  const header = Buffer.from(source.read(headerStart, headerStart + headerBytes));
  const start = headerStart + headerBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  const content = sectionOf(source, start, start + storedBytes, label);
  const problem = entryProblem(entry);
  if (problem !== null) throw malformed(content, problem);
  if (header.readUInt32LE(0) !== headerSignature || start + storedBytes > source.size) {
    throw malformed(content, 'its own header in the zip archive is damaged');
  }
  return content;
}
