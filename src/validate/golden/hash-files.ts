import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { fromFileError } from '../../errors.ts';
import type { Model } from '../../graph/index.ts';
import { DataFolder, tensorsOf, throwIfAborted } from '../../onnx/index.ts';

/** One file of a model. */
export interface HashedFile {
  /** The name of the model file, or the location of a data file as the model writes it. */
  readonly name: string;
  readonly sizeBytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

/**
 * The model file and its data files with their hashes, the model file first. They are read piece by
 * piece.
 *
 * @throws MlkitError FILE_*, EXTERNAL_* when one cannot be read, INTERRUPTED.
 */
export async function hashModelFiles(
  path: string,
  model: Model,
  signal?: AbortSignal,
): Promise<HashedFile[]> {
  const files = [await hashFile(path, basename(path), signal)];
  const folder = new DataFolder(path);
  const done = new Set<string>();
  for (const { tensor } of tensorsOf(model)) {
    const location = tensor.storage.external?.location;
    if (location === undefined || location === '' || done.has(location)) continue;
    done.add(location);
    files.push(await hashFile(folder.locate(location, tensor.name), location, signal));
  }
  return files;
}

async function hashFile(path: string, name: string, signal?: AbortSignal): Promise<HashedFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
      throwIfAborted(signal);
      const bytes = chunk as Buffer;
      hash.update(bytes);
      sizeBytes += bytes.length;
    }
  } catch (error) {
    throw fromFileError('cannot read', path, error);
  }
  return { name, sizeBytes, sha256: hash.digest('hex') };
}
