import fs from 'node:fs';
import { FileSource } from './source.ts';

/** Bytes compared at a time. */
const stepBytes = 1024 * 1024;

/**
 * Whether two files hold the same bytes. False when either is not there.
 *
 * @throws MlkitError FILE_* when one of them is there, of the right size, and cannot be read.
 */
export function haveSameContent(a: string, b: string): boolean {
  const size = sizeOf(a);
  if (size === null || size !== sizeOf(b)) return false;
  const left = new FileSource(a);
  try {
    const right = new FileSource(b);
    try {
      for (let at = 0; at < size; at += stepBytes) {
        const end = Math.min(size, at + stepBytes);
        if (!left.read(at, end).equals(right.read(at, end))) return false;
      }
      return true;
    } finally {
      right.close();
    }
  } finally {
    left.close();
  }
}

function sizeOf(file: string): number | null {
  try {
    return fs.statSync(file).size;
  } catch {
    // Not there, or a part of the path is a file.
    return null;
  }
}
