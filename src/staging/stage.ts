import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fromFileError, MlkitError } from '../errors.ts';
import { haveSameContent, refuseReplacing } from '../onnx/index.ts';
import { refuseForeignData } from './data-files.ts';

/**
 * A place beside the output where the result is written, read back and proven, before it takes the
 * output's place. On the same disk, so that files only have to be renamed.
 */
export class Stage {
  /** The model file in the stage. */
  readonly path: string;
  /** The folder that data files of the staged model lie in. */
  readonly folder: string;
  /** Whether that is the output's folder, whose data files the staged model finds. */
  readonly isBeside: boolean;
  readonly #output: string;
  readonly #inputs: readonly string[];
  /** What is removed when the stage is closed. */
  readonly #scratch: string;
  #isPublished = false;

  /**
   * @param output The path that the model will have.
   * @param inputs Files that are being read and must not be written to.
   * @param findsData Whether the staged model must find the data files of the output's folder; it
   *   then lies in that folder itself, under a name of its own.
   */
  constructor(output: string, inputs: readonly string[], findsData: boolean) {
    const folder = path.dirname(output);
    const name = path.basename(output);
    // Cut, since systems limit names to 255 bytes, and the output's may have them all.
    const mark = `${name.slice(0, 50)}.${randomBytes(4).toString('hex')}`;
    const scratch = path.join(folder, `.${mark}.tmp`);
    this.#output = output;
    this.#inputs = inputs;
    this.#scratch = scratch;
    this.isBeside = findsData;
    this.folder = findsData ? folder : scratch;
    this.path = findsData ? scratch : path.join(scratch, name);
    if (!findsData) makeFolder(scratch, output);
  }

  /** Makes the folders that data files at these locations need. */
  prepare(locations: readonly string[]): void {
    for (const location of locations) {
      if (!/[\\/]/.test(location)) continue;
      makeFolders(path.join(this.folder, ...location.split(/[\\/]/)));
    }
  }

  /**
   * Moves the files to where they belong: the data files, then the model.
   *
   * @param dataFiles Paths in the stage.
   * @returns Where the data files are now.
   */
  publish(dataFiles: readonly string[]): string[] {
    const moves = dataFiles.map((from) => {
      const to = path.join(path.dirname(this.#output), path.relative(this.folder, from));
      return { from, to, isThere: fs.existsSync(to) && haveSameContent(from, to) };
    });
    for (const { to, isThere } of moves) {
      if (!isThere) refuseForeignData(to, this.#output, this.#inputs);
    }
    for (const { from, to, isThere } of moves) {
      if (isThere) continue;
      makeFolders(to);
      move(from, to);
    }
    move(this.path, this.#output);
    this.#isPublished = true;
    this.close();
    return moves.map(({ to }) => to);
  }

  /** Removes what is left in the stage. Any number of calls. */
  close(): void {
    if (this.isBeside && this.#isPublished) return;
    fs.rmSync(this.#scratch, { recursive: true, force: true });
  }
}

function makeFolder(folder: string, output: string): void {
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    const parent = path.dirname(folder);
    if (!fs.existsSync(parent)) {
      throw new MlkitError(
        'FILE_NOT_FOUND',
        `cannot write ${output}: there is no folder ${parent}`,
        {
          hint: 'Make the folder first, or check the path.',
          cause: error,
        },
      );
    }
    throw fromFileError('cannot write', output, error);
  }
}

function makeFolders(file: string): void {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
  } catch (error) {
    throw fromFileError('cannot write', file, error);
  }
}

function move(from: string, to: string): void {
  refuseReplacing(to);
  try {
    fs.renameSync(from, to);
  } catch (error) {
    throw fromFileError('cannot write', to, error);
  }
}
