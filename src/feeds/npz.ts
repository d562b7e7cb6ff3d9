import { crc32 } from 'node:zlib';
import { type UnzipFileInfo, unzipSync } from 'fflate';
import { MlkitError } from '../errors.ts';
import { readZipDirectory } from '../formats/index.ts';
import { limits } from '../onnx/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { readNpy } from './npy.ts';
import { readWholeFile } from './read-file.ts';

/** Files in one archive. A hostile one claims billions, each of which would be looked for. */
const mostMembers = 65_536;

/** Deflate makes nothing more than this many times smaller. Source: https://zlib.net/zlib_tech.html */
const mostInflation = 1032;

/**
 * The arrays of a `.npz` file (a zip of `.npy` files), by name, in the order of the file. Other
 * files in it are left out.
 *
 * The whole file is read, so memory holds it and its arrays.
 *
 * @throws MlkitError FILE_* when it cannot be read, INPUT_DATA when it is damaged or an array is not
 *   one that a tensor can hold, LIMIT_EXCEEDED when its arrays unpack to more than 4 GiB.
 */
export function readNpz(path: string): Map<string, Tensor> {
  const bytes = readWholeFile(path);
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) {
    throw new MlkitError('INPUT_DATA', `cannot read ${path}: it is not a .npz file (a zip)`, {
      hint: 'Write it with numpy.savez.',
    });
  }
  const limit = new UnpackLimit(path);
  let members: Record<string, Uint8Array>;
  let checksums: ReadonlyMap<string, number>;
  try {
    members = unzipSync(bytes, {
      filter: (member) => {
        limit.count(member);
        return member.name.endsWith('.npy');
      },
    });
    const source = { label: path, size: bytes.length, read: bytes.subarray.bind(bytes) };
    checksums = new Map(readZipDirectory(source).map((entry) => [entry.name, entry.crc32]));
  } catch (error) {
    if (error instanceof MlkitError && error.code !== 'MODEL_MALFORMED') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new MlkitError('INPUT_DATA', `cannot unpack ${path}: ${reason}`, {
      hint: 'It is damaged; write or download it again.',
      cause: error,
    });
  }
  return new Map(
    Object.entries(members).map(([name, member]) => {
      const stated = checksums.get(name);
      if (stated !== undefined && crc32(member) !== stated) {
        throw new MlkitError(
          'INPUT_DATA',
          `"${name}" of ${path} is damaged: its checksum differs`,
          {
            hint: 'Write or download it again.',
          },
        );
      }
      const array = name.replace(/\.npy$/, '');
      return [array, readNpy(member, `"${array}" of ${path}`).with({ name: array })];
    }),
  );
}

/** Holds what an archive claims against what it can hold, before memory is taken for it. */
class UnpackLimit {
  readonly #path: string;
  #members = 0;
  #totalBytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  count({ name, size, originalSize }: UnzipFileInfo): void {
    this.#members += 1;
    this.#totalBytes += originalSize;
    if (originalSize > size * mostInflation + 1024) {
      throw new MlkitError(
        'INPUT_DATA',
        `cannot unpack ${this.#path}: "${name}" cannot be ${originalSize} bytes, from ${size}`,
        { hint: 'It is damaged; write or download it again.' },
      );
    }
    if (this.#members > mostMembers || this.#totalBytes > limits.tensorBytes) {
      throw new MlkitError(
        'LIMIT_EXCEEDED',
        `cannot unpack ${this.#path}: it claims over ${mostMembers} files or ${limits.tensorBytes} bytes`,
        { hint: 'Give the arrays as .npy files: --inputs NAME=file.npy.' },
      );
    }
  }
}
