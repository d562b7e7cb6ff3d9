import { zipSync } from 'fflate';
import { MlkitError } from '../errors.ts';
import { limits } from '../onnx/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { writeNpy } from './npy-write.ts';

/** The least that a zip can say, so that the same arrays give the same bytes. */
const noTime = new Date(1980, 0, 1);

/**
 * Tensors as the bytes of a `.npz` file, which numpy.load and {@link readNpz} read: a zip of `.npy`
 * files that are not packed, as numpy.savez writes it. Element types as `writeNpy` has them.
 *
 * @throws MlkitError LIMIT_EXCEEDED for more than 4 GiB, which this kind of zip cannot hold.
 */
export function writeNpz(arrays: ReadonlyMap<string, Tensor>): Uint8Array {
  const members: Record<string, Uint8Array> = {};
  let totalBytes = 0;
  for (const [name, tensor] of arrays) {
    const bytes = writeNpy(tensor);
    totalBytes += bytes.byteLength;
    if (totalBytes > limits.tensorBytes) {
      throw new MlkitError(
        'LIMIT_EXCEEDED',
        `cannot write arrays of more than ${limits.tensorBytes} bytes into one .npz file`,
      );
    }
    members[`${name}.npy`] = bytes;
  }
  return zipSync(members, { level: 0, mtime: noTime });
}
