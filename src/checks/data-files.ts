import fs from 'node:fs';
import { MlkitError } from '../errors.ts';
import type { DataFolder } from '../onnx/index.ts';
import { compareText } from './compare-text.ts';
import type { Constant } from './constants.ts';

/** A part of a data file that a constant takes. */
export interface DataSpan {
  readonly constant: Constant;
  readonly offset: number;
  readonly bytes: number;
}

interface FoundFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Names that it has on its disk. */
  readonly links: number;
}

/** What a model makes of one of its data files. */
export interface DataFileUse {
  /** As the model writes it. */
  readonly location: string;
  /** What it is; where it was not found or may not be read, why. */
  readonly file: FoundFile | MlkitError;
  /** One for each constant in it, in the order of their offsets. */
  readonly spans: readonly DataSpan[];
  /** Bytes of it that constants take, each byte once. */
  readonly usedBytes: number;
  /** Bytes that constants share without lying in exactly the same place. */
  readonly overlapBytes: number;
}

/** Smaller constants are not aligned by anyone. */
const largeBytes = 1024 * 1024;

/**
 * What the places are multiples of that memory maps can begin at.
 *
 * Source: https://onnx.ai/onnx/repo-docs/ExternalData.html, on `offset`.
 */
export const pageBytes = 4096;

/** The large constants in a file, and those of them that a memory map could not begin at. */
export function alignmentOf({ spans }: DataFileUse): {
  readonly large: readonly DataSpan[];
  readonly unaligned: readonly DataSpan[];
} {
  const large = spans.filter((span) => span.bytes >= largeBytes);
  return { large, unaligned: large.filter((span) => span.offset % pageBytes !== 0) };
}

/**
 * The data files of a model by location. They are looked for and not read. Constants that name no
 * file are left out.
 */
export function findDataFiles(constants: readonly Constant[], folder: DataFolder): DataFileUse[] {
  const byLocation = new Map<string, Constant[]>();
  for (const each of constants) {
    const location = each.tensor.storage.external?.location ?? '';
    if (location === '') continue;
    const there = byLocation.get(location);
    if (there === undefined) byLocation.set(location, [each]);
    else there.push(each);
  }
  return [...byLocation]
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([location, inside]) => {
      const file = find(location, folder);
      const spans = spansOf(inside);
      const end = file instanceof MlkitError ? Number.POSITIVE_INFINITY : file.sizeBytes;
      return { location, file, spans, ...coverage(spans, end) };
    });
}

/** The parts of a file that lie beyond its end; none when it was not found. */
export function spansBeyond({ file, spans }: DataFileUse): readonly DataSpan[] {
  if (file instanceof MlkitError) return [];
  return spans.filter((span) => span.offset + span.bytes > file.sizeBytes);
}

/** How many constants lie in a file, for messages: `1 constant lies`, `3 constants lie`. */
export function constantsLie(spans: readonly DataSpan[]): string {
  return spans.length === 1 ? '1 constant lies' : `${spans.length} constants lie`;
}

/** Where a location leads to, or why it leads nowhere. */
function find(location: string, folder: DataFolder): FoundFile | MlkitError {
  try {
    const path = folder.locate(location, '');
    const stat = fs.statSync(path);
    if (stat.isFile()) return { path, sizeBytes: stat.size, links: stat.nlink };
    return new MlkitError('EXTERNAL_DATA', `the data file "${location}" is no regular file`);
  } catch (error) {
    if (error instanceof MlkitError) return error;
    return new MlkitError('EXTERNAL_DATA', `the data file "${location}" cannot be read`, {
      cause: error,
    });
  }
}

function spansOf(constants: readonly Constant[]): DataSpan[] {
  return constants
    .map((constant) => ({
      constant,
      offset: constant.tensor.storage.external?.offset ?? 0,
      bytes: constant.bytes,
    }))
    .toSorted(
      (a, b) =>
        a.offset - b.offset || a.bytes - b.bytes || compareText(a.constant.name, b.constant.name),
    );
}

/** Bytes below `end` that spans take, and bytes that two different ones take. */
function coverage(
  spans: readonly DataSpan[],
  end: number,
): Pick<DataFileUse, 'usedBytes' | 'overlapBytes'> {
  let usedBytes = 0;
  let overlapBytes = 0;
  let covered = 0;
  let previous: DataSpan | null = null;
  for (const span of spans) {
    // Constants in exactly the same place share it on purpose.
    if (previous?.offset === span.offset && previous.bytes === span.bytes) continue;
    previous = span;
    const from = Math.min(span.offset, end);
    const to = Math.min(span.offset + span.bytes, end);
    overlapBytes += Math.max(Math.min(to, covered) - from, 0);
    usedBytes += Math.max(to - Math.max(from, covered), 0);
    covered = Math.max(covered, to);
  }
  return { usedBytes, overlapBytes };
}
