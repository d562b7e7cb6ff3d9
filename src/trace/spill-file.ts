import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { fromFileError } from '../errors.ts';
import { computedStorage, Tensor } from '../tensor/index.ts';

/** Where tensors wait that memory should not hold: a temporary file, from which they are read back. */
export class SpillFile {
  readonly #path: string;
  readonly #descriptor: number;
  #end = 0;

  /** @throws MlkitError FILE_* when it cannot be made. */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#descriptor = openSync(path, 'w+');
    } catch (error) {
      throw fromFileError('cannot write', path, error);
    }
  }

  /**
   * The same tensor with its bytes in the file; those of text stay in memory. It can be read until
   * {@link reset} or {@link close}.
   *
   * @throws MlkitError DISK_FULL, FILE_IO.
   */
  keep(tensor: Tensor): Tensor {
    const { storage, byteLength } = tensor;
    if (storage.strings !== undefined) return tensor;
    const start = this.#end;
    this.#write(storage.bytes(), start);
    this.#end += byteLength;
    return new Tensor({
      name: tensor.name,
      dtype: tensor.dtype,
      dims: tensor.dims,
      storage: computedStorage(byteLength, () => this.#read(start, byteLength)),
    });
  }

  /** Forgets what is in it; its place is written again. */
  reset(): void {
    this.#end = 0;
  }

  /** The file itself is left to whoever made its folder. */
  close(): void {
    closeSync(this.#descriptor);
  }

  #write(bytes: Uint8Array, start: number): void {
    try {
      for (let done = 0; done < bytes.byteLength; ) {
        done += writeSync(this.#descriptor, bytes, done, bytes.byteLength - done, start + done);
      }
    } catch (error) {
      throw fromFileError('cannot write', this.#path, error);
    }
  }

  #read(start: number, byteLength: number): Uint8Array {
    const bytes = new Uint8Array(byteLength);
    try {
      for (let done = 0; done < byteLength; ) {
        const count = readSync(this.#descriptor, bytes, done, byteLength - done, start + done);
        if (count === 0) throw new Error('the file is shorter than what was written');
        done += count;
      }
    } catch (error) {
      throw fromFileError('cannot read', this.#path, error);
    }
    return bytes;
  }
}
