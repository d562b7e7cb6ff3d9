import path from 'node:path';
import { MlkitError } from '../errors.ts';
import { checkOutput, dataPath, refuseForeignData } from '../staging/index.ts';
import type { ConvertConfig } from './config.ts';

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
  checkOutput(output, inputs);
  if (typeof external !== 'object') return;
  const name = path.basename(output);
  if (couldBeShard(external.file, name)) {
    throw new MlkitError(
      'USAGE',
      `--external ${external.file}: the model itself is to be written to ${name}`,
      { hint: `Give the data file a name of its own, such as ${name}.data.` },
    );
  }
  refuseForeignData(dataPath(path.dirname(output), external.file), output, inputs);
}

/** Whether a model's name could be that of a data file; some file systems ignore case. */
function couldBeShard(dataFile: string, model: string): boolean {
  const stem = dataFile.toLowerCase();
  const name = model.toLowerCase();
  return (
    name === stem || (name.startsWith(`${stem}_`) && /^\d+$/.test(name.slice(stem.length + 1)))
  );
}
