import fs from 'node:fs';
import path from 'node:path';
import { fromFileError, MlkitError } from '../errors.ts';
import { refuseInputs } from '../onnx/index.ts';
import type { ConvertConfig } from './config.ts';
import { dataPath, refuseForeignData } from './data-files.ts';

/**
 * Refuses an output that cannot be written or would destroy something, before any work is done.
 *
 * @param inputs Files that are being read.
 * @throws MlkitError OUTPUT_IS_INPUT, FILE_NOT_FOUND, FILE_IS_DIRECTORY, FILE_EXISTS, USAGE.
 */
export function checkTarget(
  output: string,
  inputs: readonly string[],
  external: ConvertConfig['external'],
): void {
  const folder = path.dirname(output);
  if (!isFolder(folder, output)) {
    throw new MlkitError('FILE_NOT_FOUND', `cannot write ${output}: ${folder} is no folder`);
  }
  refuseInputs(output, inputs);
  if (fs.statSync(output, { throwIfNoEntry: false })?.isDirectory()) {
    throw new MlkitError('FILE_IS_DIRECTORY', `cannot write ${output}: it is a directory`);
  }
  if (typeof external !== 'object') return;
  const name = path.basename(output);
  if (couldBeShard(external.file, name)) {
    throw new MlkitError(
      'USAGE',
      `--external ${external.file}: the model itself is to be written to ${name}`,
      { hint: `Give the data file a name of its own, such as ${name}.data.` },
    );
  }
  refuseForeignData(dataPath(folder, external.file), output, inputs);
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

/** Whether a model's name could be that of a data file; some file systems ignore case. */
function couldBeShard(dataFile: string, model: string): boolean {
  const stem = dataFile.toLowerCase();
  const name = model.toLowerCase();
  return (
    name === stem || (name.startsWith(`${stem}_`) && /^\d+$/.test(name.slice(stem.length + 1)))
  );
}
