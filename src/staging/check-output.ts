import fs from 'node:fs';
import path from 'node:path';
import { fromFileError, MlkitError } from '../errors.ts';
import { refuseTarget } from '../onnx/index.ts';

/**
 * Refuses a path that a model cannot be written to, before any work is done.
 *
 * @param inputs Files that are being read.
 * @throws MlkitError OUTPUT_IS_INPUT, FILE_NOT_FOUND, FILE_IS_DIRECTORY, FILE_EXISTS, FILE_PERMISSION.
 */
export function checkOutput(output: string, inputs: readonly string[]): void {
  const folder = path.dirname(output);
  if (!isFolder(folder, output)) {
    throw new MlkitError('FILE_NOT_FOUND', `cannot write ${output}: ${folder} is no folder`);
  }
  refuseTarget(output, inputs);
}

function isFolder(folder: string, output: string): boolean {
  try {
    return fs.statSync(folder).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      throw new MlkitError(
        'FILE_NOT_FOUND',
        `cannot write ${output}: there is no folder ${folder}`,
        {
          hint: 'Make the folder first, or check the path.',
          cause: error,
        },
      );
    }
    throw fromFileError('cannot write to the folder', folder, error);
  }
}
