import { randomBytes } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fromFileError, MlkitError } from '../errors.ts';

/**
 * Refuses report files that cannot be written or would replace something in use, before any work is
 * done for them.
 *
 * @param taken Paths that the command reads or writes itself.
 * @throws {MlkitError} USAGE or a file error.
 */
export async function checkReportFiles(
  files: readonly string[],
  cwd: string,
  taken: readonly string[],
): Promise<void> {
  const used = new Set(taken.map((path) => resolve(cwd, path)));
  for (const file of files) {
    const path = resolve(cwd, file);
    if (used.has(path)) {
      throw new MlkitError(
        'OUTPUT_IS_INPUT',
        `--report ${file}: the command uses this file itself`,
        {
          hint: 'Give the report a path of its own.',
        },
      );
    }
    used.add(path);
    const folder = await stat(dirname(path)).catch((error: unknown) => {
      throw fromFileError('--report: cannot write to the folder', dirname(path), error);
    });
    if (!folder.isDirectory()) {
      throw new MlkitError('FILE_NOT_FOUND', `--report ${file}: ${dirname(path)} is not a folder`);
    }
  }
}

/** Writes a file whole or not at all: beside its place first, then renamed into it. */
export async function writeReportFile(path: string, text: string): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeFile(draft, text, { flag: 'wx' });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw fromFileError('cannot write the report', path, error);
  }
}
