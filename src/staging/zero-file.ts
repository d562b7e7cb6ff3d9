import { closeSync, fstatSync, ftruncateSync, openSync, statfsSync } from 'node:fs';
import path from 'node:path';

/** Large enough for any file system to show whether it keeps holes. */
const probeBytes = 1024 * 1024;

/** What a file of zeros may take on a disk that does not keep holes. */
const mostDiskBytes = 256 * 1024 * 1024;

/**
 * Makes a file of zeros. On most file systems it is a hole that takes no space; on others (FAT, HFS+,
 * and NTFS, which reserves the space) a large one is not made.
 *
 * @returns Whether it was made.
 * @throws The error of node:fs where the system refuses.
 */
export function makeZeroFile(file: string, sizeBytes: number): boolean {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    ftruncateSync(descriptor, Math.min(probeBytes, sizeBytes));
    const takesSpace = fstatSync(descriptor).blocks * 512 >= Math.min(probeBytes, sizeBytes);
    if (takesSpace && !isAffordable(path.dirname(file), sizeBytes)) return false;
    ftruncateSync(descriptor, sizeBytes);
    return true;
  } finally {
    closeSync(descriptor);
  }
}

function isAffordable(folder: string, sizeBytes: number): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return sizeBytes <= mostDiskBytes && sizeBytes <= (bavail * bsize) / 2;
}
