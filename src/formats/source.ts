import { MlkitError } from '../errors.ts';

/** Random access to the bytes of a file, without having them in memory. */
export interface ByteSource {
  /** What it is, for messages: usually a path. */
  readonly label: string;
  readonly size: number;
  /** The bytes from `start` to `end`, both within the size. The caller does not write to them. */
  read(start: number, end: number): Uint8Array;
}

/** A file is damaged in a way that leaves nothing to report. */
export function malformed(source: ByteSource, what: string): MlkitError {
  return new MlkitError('MODEL_MALFORMED', `cannot read ${source.label}: ${what}`, {
    hint: 'It is damaged or cut off; write or download it again.',
  });
}

/** A file asks for more than an honest one does. */
export function overLimit(source: ByteSource, what: string): MlkitError {
  return new MlkitError('LIMIT_EXCEEDED', `cannot read ${source.label}: ${what}`);
}

/**
 * The bytes from `start` to `end`, which a file may claim to be anywhere.
 *
 * @throws MlkitError MODEL_MALFORMED when they are not within the file.
 */
export function readChecked(
  source: ByteSource,
  start: number,
  end: number,
  what: string,
): Uint8Array {
  if (start < 0 || end < start || !(end <= source.size)) {
    throw malformed(
      source,
      `${what} would be at bytes ${start} to ${end}, of ${source.size} that there are`,
    );
  }
  return source.read(start, end);
}

/** A part of a source, as a source of its own. */
export function sectionOf(
  source: ByteSource,
  start: number,
  end: number,
  label: string,
): ByteSource {
  return {
    label,
    size: end - start,
    read: (from, to) => source.read(start + from, start + to),
  };
}

/** Bytes in memory. */
export function bytesSource(bytes: Uint8Array, label: string): ByteSource {
  return { label, size: bytes.byteLength, read: (start, end) => bytes.subarray(start, end) };
}

/** UTF-8 to text, byte order mark kept; bytes that are not UTF-8 become U+FFFD. */
export function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
