import { access, constants, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fromFileError, MlkitError } from '../errors.ts';

/**
 * Refuses report files that cannot be written or would replace something in use, before any work is
 * done for them.
 *
 * @param taken Paths that the command reads or writes itself.
 * @param flag The option that they were given with.
 * @throws {MlkitError} USAGE or a file error.
 */
export async function checkReportFiles(
  files: readonly string[],
  cwd: string,
  taken: readonly string[],
  flag = '--report',
): Promise<void> {
  if (files.length === 0) return;
  const { refuseReplacing } = await import('../onnx/index.ts');
  const used = new Set(taken.map((path) => resolve(cwd, path)));
  for (const file of files) {
    const path = resolve(cwd, file);
    if (used.has(path)) {
      throw new MlkitError(
        'OUTPUT_IS_INPUT',
        `${flag} ${file}: the command uses this file itself`,
        { hint: `Give ${flag} a path of its own.` },
      );
    }
    used.add(path);
    await checkFolder(dirname(path), `${flag} ${file}`);
    refuseReplacing(path);
  }
}

async function checkFolder(folder: string, given: string): Promise<void> {
  try {
    if ((await stat(folder)).isDirectory()) {
      await access(folder, constants.W_OK);
      return;
    }
  } catch (error) {
    const converted = fromFileError(`${given}: cannot write to the folder`, folder, error);
    if (converted.code !== 'FILE_NOT_FOUND') throw converted;
    throw new MlkitError('FILE_NOT_FOUND', `${given}: there is no folder ${folder}`, {
      hint: 'Make the folder first, or check the path.',
      cause: error,
    });
  }
  throw new MlkitError('FILE_NOT_FOUND', `${given}: ${folder} is not a folder`);
}

/** Writes a file whole or not at all: beside its place first, then renamed into it. */
export async function writeReportFile(path: string, text: string): Promise<void> {
  const draft = join(dirname(path), `.${basename(path).slice(0, 50)}.${process.pid}.tmp`);
  try {
    await writeFile(draft, text, { flag: 'wx' });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw fromFileError('cannot write', path, error);
  }
}
