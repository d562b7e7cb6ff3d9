import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromFileError, MlkitError } from '../errors.ts';

/** A temporary folder that is removed, with what is in it, when it is disposed of. */
export async function scratchFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await makeFolder();
  return {
    path,
    async [Symbol.asyncDispose]() {
      // A file that is still open stays behind on Windows; the system clears its temporary folder.
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}

async function makeFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'mlkit-'));
  } catch (error) {
    const { code, message } = fromFileError('cannot make a temporary folder in', tmpdir(), error);
    throw new MlkitError(code, message, {
      hint: 'Point the environment variable TMPDIR (TEMP on Windows) to a folder that can be written to.',
      cause: error,
    });
  }
}
