import { MlkitError } from '../errors.ts';
import { elementCountOf } from '../tensor/index.ts';
import { FindingList } from './finding-list.ts';
import type { ForeignFile, ForeignTensor } from './foreign-file.ts';
import { npyHeadBytes, npyTypes, readNpyHeader } from './npy-header.ts';
import { GlobalList } from './pickle-globals.ts';
import { scanPickle } from './pickle-machine.ts';
import { type ByteSource, sectionOf } from './source.ts';
import {
  entryProblem,
  openZipEntry,
  readEntryHead,
  readZipDirectory,
  type ZipEntry,
} from './zip.ts';

/** What is said of arrays of Python objects, which are pickles. */
const objectsMessage =
  'holds Python objects (a pickle), which numpy.load runs only with allow_pickle';

/**
 * What the header of a `.npy` file says.
 *
 * @throws MlkitError INPUT_DATA when it cannot be read.
 */
export function readNpyFile(source: ByteSource): ForeignFile {
  const reader = new ArrayReader();
  const head = source.read(0, Math.min(npyHeadBytes, source.size));
  const tensor = reader.array('array', head, source.size, () => source);
  return reader.file('npy', [tensor]);
}

/**
 * What the arrays of a `.npz` file are; of each, only the header is read.
 *
 * @throws MlkitError MODEL_MALFORMED, LIMIT_EXCEEDED when its directory cannot be read.
 */
export function readNpzFile(source: ByteSource): ForeignFile {
  const reader = new ArrayReader();
  const entries = readZipDirectory(source).filter((entry) => entry.name.endsWith('.npy'));
  return reader.file(
    'npz',
    entries.map((entry) => reader.entry(source, entry)),
  );
}

class ArrayReader {
  readonly #findings = new FindingList();
  readonly #globals = new GlobalList();
  readonly #names = new Set<string>();
  #hasObjects = false;

  file(format: 'npy' | 'npz', tensors: readonly ForeignTensor[]): ForeignFile {
    const globals = this.#globals.toArray(this.#findings);
    return {
      format,
      metadata: {},
      tensors,
      ...(this.#hasObjects && { globals }),
      findings: this.#findings.toArray(),
    };
  }

  entry(source: ByteSource, entry: ZipEntry): ForeignTensor {
    const name = entry.name.replace(/\.npy$/, '');
    if (this.#names.has(name)) {
      this.#findings.add('error', 'name-duplicate', `"${name}" is in the archive twice`, name);
    }
    this.#names.add(name);
    const problem = entryProblem(entry);
    if (problem !== null) {
      this.#findings.add('warning', 'array-unreadable', `"${name}": ${problem}`, name);
      return { name, dtype: null, shape: null, bytes: null };
    }
    try {
      const head = readEntryHead(source, entry, npyHeadBytes);
      if (hasRecords(head)) {
        const what = 'holds records (a structured type), which no tensor can';
        this.#findings.add('warning', 'array-records', `"${name}" ${what}`, name);
        return { name, dtype: 'records', shape: null, bytes: null };
      }
      return this.array(name, head, entry.sizeBytes, () => openZipEntry(source, entry));
    } catch (error) {
      return this.#unreadable(name, error);
    }
  }

  /**
   * @param head As many bytes as a header may have.
   * @param size Bytes of the whole `.npy` file.
   * @param open The whole of it, for what is read beyond its header.
   */
  array(name: string, head: Uint8Array, size: number, open: () => ByteSource): ForeignTensor {
    const { descr, shape, dataStart } = readNpyHeader(head, `"${name}"`);
    const [, kind = '', digits = ''] = /^[<>|=]?([a-zA-Z])(\d*)/.exec(descr) ?? [];
    const dtype = npyTypes[kind + digits] ?? null;
    const bytes = size - dataStart;
    if (kind === 'O') {
      this.#objects(name, open(), dataStart);
      return { name, dtype: 'object', shape, bytes };
    }
    const isText = kind === 'U' || kind === 'S';
    if (dtype !== null || isText) {
      const itemBytes = Number(digits) * (kind === 'U' ? 4 : 1);
      this.#checkSize(name, `'${descr}'`, shape, itemBytes, bytes);
    }
    return { name, dtype: dtype ?? (isText ? 'string' : descr), shape, bytes };
  }

  #checkSize(
    name: string,
    type: string,
    shape: readonly number[],
    itemBytes: number,
    bytes: number,
  ): void {
    const count = elementCountOf(shape);
    if (count !== null && bytes === count * itemBytes) return;
    const takes = count === null ? 'more bytes than there can be' : `${count * itemBytes} bytes`;
    const message = `"${name}" takes ${takes} as ${type} of [${shape.join(', ')}], and ${bytes} follow its header`;
    this.#findings.add('error', 'tensor-size', message, name);
  }

  #objects(name: string, content: ByteSource, dataStart: number): void {
    this.#hasObjects = true;
    this.#findings.add('warning', 'array-objects', `"${name}" ${objectsMessage}`, name);
    const pickle = sectionOf(content, dataStart, content.size, content.label);
    scanPickle(pickle, this.#globals, this.#findings);
  }

  #unreadable(name: string, error: unknown): ForeignTensor {
    if (!(error instanceof MlkitError)) throw error;
    this.#findings.add('error', 'array-unreadable', error.message, name);
    return { name, dtype: null, shape: null, bytes: null };
  }
}

/** Whether the type of an array is a list of fields; then its header says more than is read here. */
function hasRecords(head: Uint8Array): boolean {
  return /^.{8,12}\{'descr': *\[/s.test(Buffer.from(head.subarray(0, 64)).toString('latin1'));
}
