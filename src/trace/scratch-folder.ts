import { makeTemporaryFolder, removeTemporaryFolder } from '../parity/index.ts';

/** A temporary folder that is removed, with what is in it, when it is disposed of. */
export async function scratchFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await makeTemporaryFolder();
  return {
    path,
    async [Symbol.asyncDispose]() {
      await removeTemporaryFolder(path);
    },
  };
}
