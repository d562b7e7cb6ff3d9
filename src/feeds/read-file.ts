import fs from 'node:fs';
import { fromFileError, MlkitError } from '../errors.ts';
import { limits, statFile } from '../onnx/index.ts';

/** The system reads at most 2 GiB at a time, and Node's own readFile at most 2 GiB in all. */
const largestRead = 1024 ** 3;

/**
 * The bytes of a whole file, up to 4 GiB.
 *
 * @param doing For messages.
 * @throws MlkitError FILE_* when it cannot be read, LIMIT_EXCEEDED when it is larger.
 */
export function readWholeFile(path: string, doing = 'cannot read the input data'): Uint8Array {
  statFile(path, doing);
  let descriptor: number | null = null;
  try {
    descriptor = fs.openSync(path, 'r');
    const { size } = fs.fstatSync(descriptor);
    if (size > limits.tensorBytes) {
      throw new MlkitError(
        'LIMIT_EXCEEDED',
        `${doing} ${path}: it has ${size} bytes; at most ${limits.tensorBytes} are read at once`,
        { hint: 'Split the data set into several files.' },
      );
    }
    const bytes = new Uint8Array(size);
    let done = 0;
    while (done < size) {
      const count = fs.readSync(descriptor, bytes, done, Math.min(size - done, largestRead), done);
      if (count === 0) throw new MlkitError('FILE_CHANGED', `${path} became shorter meanwhile`);
      done += count;
    }
    return bytes;
  } catch (error) {
    throw fromFileError(doing, path, error);
  } finally {
    if (descriptor !== null) fs.closeSync(descriptor);
  }
}
