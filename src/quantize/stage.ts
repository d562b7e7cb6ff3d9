import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fromFileError, MlkitError } from '../errors.ts';
import { refuseInputs } from '../onnx/index.ts';
import type { OutputReport } from './report.ts';

/**
 * A folder beside the output where the result is written and tried out before it takes its place: on
 * the same disk, so that files only have to be renamed, and under its own name, which its data file
 * is named after.
 */
export class Stage {
  /** The model file in the stage. */
  readonly path: string;
  readonly #folder: string;
  readonly #output: string;
  readonly #inputs: readonly string[];

  /**
   * @param output The path that the model will have.
   * @param inputs Files that are being read and must not be written to.
   * @throws MlkitError OUTPUT_IS_INPUT, FILE_*.
   */
  constructor(output: string, inputs: readonly string[]) {
    const name = path.basename(output);
    this.#output = output;
    this.#inputs = inputs;
    this.#folder = path.join(
      path.dirname(output),
      `.${name}.${randomBytes(4).toString('hex')}.tmp`,
    );
    this.path = path.join(this.#folder, name);
    refuseTarget(output, inputs);
    try {
      fs.mkdirSync(this.#folder);
    } catch (error) {
      throw fromFileError('cannot write', output, error);
    }
  }

  /** Moves files out of the stage: data files, then the model. Returns where they are now. */
  publish(saved: OutputReport): OutputReport {
    const folder = path.dirname(this.#output);
    const dataFiles = saved.dataFiles.map((file) => {
      const target = path.join(folder, path.relative(this.#folder, file.path));
      refuseInputs(target, this.#inputs);
      if (fs.existsSync(target) && !fs.existsSync(this.#output)) {
        throw new MlkitError(
          'FILE_EXISTS',
          `cannot write the data file ${target}: it exists already`,
          {
            hint: 'Choose another name with -o, or remove it first.',
          },
        );
      }
      return { from: file.path, path: target, sizeBytes: file.sizeBytes };
    });
    for (const file of dataFiles) move(file.from, file.path);
    move(this.path, this.#output);
    return {
      path: this.#output,
      sizeBytes: saved.sizeBytes,
      dataFiles: dataFiles.map(({ path: at, sizeBytes }) => ({ path: at, sizeBytes })),
    };
  }

  /** Removes what is left. Any number of calls. */
  close(): void {
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** @throws MlkitError for a path that cannot be written to, before any work is done. */
function refuseTarget(output: string, inputs: readonly string[]): void {
  refuseInputs(output, inputs);
  if (fs.statSync(output, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new MlkitError('FILE_IS_DIRECTORY', `cannot write ${output}: it is a directory`);
  }
  const folder = path.dirname(output);
  if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new MlkitError('FILE_NOT_FOUND', `cannot write ${output}: there is no folder ${folder}`, {
    hint: 'Make the folder first, or check the path.',
  });
}

function move(from: string, to: string): void {
  try {
    fs.renameSync(from, to);
  } catch (error) {
    throw fromFileError('cannot write', to, error);
  }
}
