import { MlkitError } from '../errors.ts';
import type { Model } from '../graph/index.ts';
import { decodeModel } from './decode.ts';
import { DataFolder } from './external-data.ts';
import { sniffFormat } from './sniff.ts';
import { FileSource, memorySource } from './source.ts';

/** A model and the files that its tensors still read from. */
export interface OpenModel {
  readonly model: Model;
  readonly path: string;
  /** Size of the model file, without its data files. */
  readonly sizeBytes: number;
  readonly folder: DataFolder;
  /** Bytes of the model file that have been read so far; its weights are not among them. */
  readonly bytesRead: number;
  /** Lets go of the files; tensors that were not read cannot be read afterwards. */
  readonly close: () => void;
}

/**
 * Opens a model. Its structure is read; weights are read when asked for.
 *
 * @throws MlkitError FILE_* when it cannot be read, FILE_EMPTY, FOREIGN_FORMAT when it is something
 *   else, MODEL_MALFORMED when it is damaged.
 */
export function openModel(file: string): OpenModel {
  const source = new FileSource(file, 'cannot read the model');
  try {
    if (source.size === 0) throw new MlkitError('FILE_EMPTY', `${file} is empty`);
    const foreign = sniffFormat(source);
    if (foreign !== null) {
      throw new MlkitError('FOREIGN_FORMAT', `${file} is ${foreign.what}, not an ONNX model`, {
        hint: foreign.hint,
      });
    }
    const folder = new DataFolder(file);
    const model = decodeModel(source, folder);
    const close = (): void => {
      source.close();
      folder.close();
    };
    return {
      model,
      path: file,
      sizeBytes: source.size,
      folder,
      get bytesRead() {
        return source.bytesRead;
      },
      close,
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** Reads a model that is in memory. External data cannot be read. */
export function readModel(bytes: Uint8Array, label = 'model'): Model {
  return decodeModel(memorySource(bytes, label), null);
}
