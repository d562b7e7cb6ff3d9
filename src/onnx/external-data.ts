import fs from 'node:fs';
import path from 'node:path';
import { MlkitError } from '../errors.ts';
import type { ExternalReference, TensorStorage } from '../tensor/index.ts';
import { limits } from './limits.ts';
import { FileSource } from './source.ts';

/** `external_data` entries that ONNX defines; others are noted, since nobody reads them. */
const knownKeys = new Set(['location', 'offset', 'length', 'checksum', 'basepath']);

/** Names that Windows gives to devices, with any extension. */
const deviceName = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/** Locations that some runtimes take for memory addresses (onnxruntime PR 28709). */
const memoryTag = /_ORT_MEM_ADDR_/i;

/** Data files that are open at a time. */
const mostOpenFiles = 64;

/** One data file of a model. */
export interface DataFile {
  /** As the model writes it. */
  readonly location: string;
  /** Where it really is. */
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * The folder of a model, and the data files in it. A model may name any path as the place of its
 * data, and models come from strangers, so a file is opened only if it really lies in that folder.
 *
 * The folder is that of the path given, or that of the file which the path links to: the cache of
 * Hugging Face keeps `snapshots/REVISION/model.onnx` and its data as links into `blobs/`.
 */
export class DataFolder {
  readonly #modelPath: string;
  readonly #files = new Map<string, FileSource>();
  /** Locations whose files have a descriptor, the one used last at the end. */
  readonly #inUse = new Set<string>();
  readonly #warnings = new Set<string>();

  constructor(modelPath: string) {
    this.#modelPath = path.resolve(modelPath);
  }

  /** Things about the data files that are odd and not wrong. */
  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  /**
   * Storage of one tensor. Nothing is opened, and nothing wrong reported, before it is read.
   *
   * @param entries Keys and values of the tensor's `external_data`.
   * @param neededBytes What shape and type call for; 0 where they make no sense.
   */
  storage(
    tensorName: string,
    entries: readonly (readonly [string, string])[],
    neededBytes: number,
  ): TensorStorage {
    const external = parseReference(tensorName, entries);
    const byteLength = external.length ?? neededBytes;
    const span = (): { source: FileSource; start: number; end: number } => {
      if (external.problem !== null) throw external.problem;
      const source = this.open(external.location, tensorName);
      const end = external.offset + byteLength;
      if (end > source.size) {
        throw new MlkitError(
          'EXTERNAL_DATA',
          `tensor "${tensorName}" lies at bytes ${external.offset} to ${end} of ${source.label}, which has ${source.size}`,
          { hint: 'The data file is cut off or belongs to another model: fetch it again.' },
        );
      }
      return { source, start: external.offset, end };
    };
    return {
      kind: 'external',
      byteLength,
      external,
      bytes() {
        const { source, start, end } = span();
        if (byteLength > limits.tensorBytes) {
          throw new MlkitError(
            'LIMIT_EXCEEDED',
            `tensor "${tensorName}" has ${byteLength} bytes; at most ${limits.tensorBytes} can be loaded at once`,
          );
        }
        return source.read(start, end);
      },
      *chunks(maxBytes) {
        const { source, start, end } = span();
        for (let at = start; at < end; at += maxBytes) {
          yield source.read(at, Math.min(end, at + maxBytes));
        }
      },
    };
  }

  /**
   * The data file at a location, opened.
   *
   * @throws MlkitError EXTERNAL_PATH when it may not be read, EXTERNAL_DATA when it cannot be.
   */
  open(location: string, tensorName: string): FileSource {
    const opened = this.#files.get(location);
    if (opened !== undefined) {
      this.#makeRoom(location);
      return opened;
    }
    const real = this.locate(location, tensorName);
    const source = new FileSource(real, `cannot read the data of tensor "${tensorName}" from`);
    // Between the check and the opening somebody may have put another file there.
    const { device, inode, links } = source.identity;
    const now = fs.statSync(real);
    if (now.dev !== device || now.ino !== inode) {
      source.close();
      throw new MlkitError('FILE_CHANGED', `${real} was replaced while it was being opened`);
    }
    if (links > 1) this.#warnings.add(`${location} has ${links} hard links`);
    this.#files.set(location, source);
    this.#makeRoom(location);
    return source;
  }

  /** Keeps the descriptors of the files that were used last: a model may have thousands. */
  #makeRoom(location: string): void {
    this.#inUse.delete(location);
    this.#inUse.add(location);
    for (const oldest of this.#inUse) {
      if (this.#inUse.size <= mostOpenFiles) break;
      this.#inUse.delete(oldest);
      this.#files.get(oldest)?.park();
    }
  }

  /** What a location leads to, for listings. @throws MlkitError as {@link open}. */
  describe(location: string): DataFile {
    const real = this.locate(location, '');
    return { location, path: real, sizeBytes: fs.statSync(real).size };
  }

  /** The real path of a location that may be read. @throws MlkitError as {@link open}. */
  locate(location: string, tensorName: string): string {
    const refuse = (why: string): MlkitError =>
      new MlkitError(
        'EXTERNAL_PATH',
        `${forTensor(tensorName)}"${location}" may not be read as the data of ${this.#modelPath}: ${why}`,
      );
    const objection = objectionTo(location);
    if (objection !== null) throw refuse(objection);
    const folders = this.#folders();
    for (const folder of folders) {
      const candidate = path.join(folder.given, ...location.split(/[\\/]/));
      let real: string;
      try {
        real = fs.realpathSync(candidate);
      } catch {
        continue;
      }
      if (!folders.some((each) => each.allowed.some((root) => contains(root, real)))) {
        throw refuse(`it links to ${real}, outside the folder`);
      }
      return real;
    }
    const where = folders.map((each) => each.given).join(' or ');
    throw new MlkitError(
      'EXTERNAL_DATA',
      `${forTensor(tensorName)}the data file "${location}" is missing: it should be in ${where}`,
    );
  }

  close(): void {
    for (const source of this.#files.values()) source.close();
    this.#files.clear();
  }

  /** Folders to look in, and for each the real folders that what is found may lie in. */
  #folders(): { given: string; allowed: string[] }[] {
    const given = path.dirname(this.#modelPath);
    const allowed = [real(given)];
    const cache = /^(.*)[\\/]snapshots[\\/][^\\/]+(?:[\\/]|$)/.exec(given);
    if (cache?.[1] !== undefined) {
      const blobs = path.join(cache[1], 'blobs');
      if (fs.existsSync(blobs)) allowed.push(real(blobs));
    }
    const folders = [{ given, allowed }];
    const linked = path.dirname(real(this.#modelPath));
    if (linked !== allowed[0]) folders.push({ given: linked, allowed: [linked] });
    return folders;
  }
}

/** Why a location is not acceptable as text, before any file is looked at; null when it is. */
export function objectionTo(location: string): string | null {
  if (location === '') return 'it is empty';
  if (location.includes('\0')) return 'it contains a zero byte';
  if (memoryTag.test(location)) return 'it is a memory address';
  if (/^[\\/]/.test(location) || /^[a-z]:/i.test(location)) return 'it is an absolute path';
  if (location.includes(':')) return 'it contains a colon, which names a stream or a device';
  const segments = location.split(/[\\/]/);
  if (segments.includes('..')) return 'it leaves the folder with ".."';
  const device = segments.find((segment) => deviceName.test(segment));
  return device === undefined ? null : `"${device}" is the name of a device`;
}

function parseReference(
  tensorName: string,
  entries: readonly (readonly [string, string])[],
): ExternalReference {
  let problem: MlkitError | null = null;
  const report = (what: string): void => {
    problem ??= new MlkitError('EXTERNAL_DATA', `tensor "${tensorName}": ${what}`);
  };
  const seen = new Map<string, string>();
  for (const [key, value] of entries) {
    if (seen.has(key)) report(`external_data names "${key}" twice`);
    if (knownKeys.has(key)) seen.set(key, value);
  }
  const number = (key: string): number | null => {
    const text = seen.get(key);
    if (text === undefined) return null;
    if (!/^\d{1,15}$/.test(text)) {
      report(`external_data has the ${key} "${text}", which is no number of bytes`);
      return null;
    }
    return Number(text);
  };
  const location = seen.get('location') ?? '';
  if (location === '') report('external_data names no location');
  return {
    location,
    offset: number('offset') ?? 0,
    length: number('length'),
    problem,
  };
}

function forTensor(name: string): string {
  return name === '' ? '' : `tensor "${name}": `;
}

function real(target: string): string {
  try {
    return fs.realpathSync(target);
  } catch {
    return target;
  }
}

function contains(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}
