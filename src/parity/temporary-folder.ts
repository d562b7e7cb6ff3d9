import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromFileError, MlkitError } from '../errors.ts';

/** Folders that are there now; none outlives the process. */
const present = new Set<string>();

/**
 * Makes a folder that lasts until {@link removeTemporaryFolder}, or until the process exits.
 *
 * @throws MlkitError FILE_* or DISK_FULL when there can be none.
 */
export async function makeTemporaryFolder(): Promise<string> {
  try {
    const folder = await mkdtemp(join(tmpdir(), 'mlkit-'));
    if (present.size === 0) process.on('exit', removeAll);
    present.add(folder);
    return folder;
  } catch (error) {
    const { code, message } = fromFileError('cannot make a temporary folder in', tmpdir(), error);
    throw new MlkitError(code, message, {
      hint: 'Point the environment variable TMPDIR (TEMP on Windows) to a folder that can be written to.',
      cause: error,
    });
  }
}

/**
 * Removes a folder and what is in it. Never throws.
 *
 * @returns Whether it is gone; Windows keeps files that are open.
 */
export async function removeTemporaryFolder(folder: string): Promise<boolean> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    return false;
  }
  present.delete(folder);
  if (present.size === 0) process.off('exit', removeAll);
  return true;
}

function removeAll(): void {
  for (const folder of present) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // The system clears its temporary folder.
    }
  }
}
