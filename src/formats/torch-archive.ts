import { FindingList } from './finding-list.ts';
import type { GlobalList } from './pickle-globals.ts';
import { scanPickle } from './pickle-machine.ts';
import type { PickleValue } from './pickle-values.ts';
import { type ByteSource, malformed, utf8 } from './source.ts';
import { openZipEntry, readZipDirectory, type ZipEntry } from './zip.ts';

/** Texts of some bytes in an archive: a version, a byte order. */
const mostNoteBytes = 1000;
const deepestArchive = 3;

/** Whether a file in an archive is a pickle, or an archive with some, by its name. */
export function isPickleName(name: string): boolean {
  return /\.(pkl|pickle|pt|pth)$/.test(name);
}

/** A zip archive as torch writes it: all files are in one folder. */
export class TorchArchive {
  readonly findings: FindingList = new FindingList();
  readonly entries: readonly ZipEntry[];
  readonly source: ByteSource;
  readonly #byPath = new Map<string, ZipEntry>();

  /** @throws MlkitError MODEL_MALFORMED, LIMIT_EXCEEDED. */
  constructor(source: ByteSource) {
    this.source = source;
    this.entries = readZipDirectory(source);
    const first = this.entries[0]?.name ?? '';
    const folder = first.slice(0, first.indexOf('/') + 1);
    const isCommon = this.entries.every(({ name }) => name.startsWith(folder));
    for (const entry of this.entries) {
      const path = isCommon ? entry.name.slice(folder.length) : entry.name;
      if (this.#byPath.has(path)) {
        const message = `"${entry.name}" is in the archive twice, and readers differ in which they take`;
        this.findings.add('error', 'name-duplicate', message, entry.name);
      }
      this.#byPath.set(path, entry);
    }
  }

  /** Paths without the folder that fit. */
  paths(name: RegExp): string[] {
    return [...this.#byPath.keys()].filter((path) => name.test(path));
  }

  has(path: string): boolean {
    return this.#byPath.has(path);
  }

  /** By its path without the folder. */
  entry(path: string): ZipEntry | undefined {
    return this.#byPath.get(path);
  }

  /** @throws MlkitError MODEL_MALFORMED, LIMIT_EXCEEDED. */
  open(entry: ZipEntry): ByteSource {
    return openZipEntry(this.source, entry);
  }

  /** A short text in the archive; null where there is none. */
  note(path: string): string | null {
    const entry = this.entry(path);
    if (entry === undefined || entry.sizeBytes > mostNoteBytes) return null;
    const content = this.open(entry);
    return utf8(content.read(0, content.size)).trim();
  }

  /** The short texts of these names that there are. */
  notes(paths: readonly string[]): Record<string, string> {
    return Object.fromEntries(
      paths.flatMap((path): [string, string][] => {
        const text = this.note(path);
        return text === null ? [] : [[path.replace(/^\./, ''), text]];
      }),
    );
  }

  /** Texts of the files whose path without the folder fits. */
  *texts(name: RegExp): Iterable<string> {
    for (const [path, entry] of this.#byPath) {
      if (!name.test(path)) continue;
      const content = this.open(entry);
      yield utf8(content.read(0, content.size));
    }
  }

  /** Looks through a file that is a pickle, or an archive of torch with some in it. */
  scan(entry: ZipEntry, globals: GlobalList): readonly PickleValue[] {
    const content = this.open(entry);
    return this.#scanContent(content, globals, 0);
  }

  #scanContent(content: ByteSource, globals: GlobalList, depth: number): readonly PickleValue[] {
    const head = content.read(0, Math.min(4, content.size));
    if (Buffer.from(head).toString('latin1') !== 'PK\u0003\u0004') {
      return content.size === 0 ? [] : scanPickle(content, globals, this.findings).values;
    }
    if (depth > deepestArchive) throw malformed(content, 'it has archives within archives');
    for (const inner of readZipDirectory(content)) {
      if (isPickleName(inner.name)) {
        this.#scanContent(openZipEntry(content, inner), globals, depth + 1);
      }
    }
    return [];
  }
}
