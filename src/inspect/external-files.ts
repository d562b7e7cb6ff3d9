import fs from 'node:fs';
import { type ErrorCode, MlkitError } from '../errors.ts';
import type { DataFolder } from '../onnx/index.ts';
import type { Finding } from '../report/index.ts';
import { type Constant, compare } from './constants.ts';
import type { DataSpan, ExternalFileReport } from './report.ts';

/** Less than this, or than this part of a file, is taken for alignment and not worth a word. */
const unusedBytesWorthTelling = 1024 * 1024;
const unusedShareWorthTelling = 0.1;

/** What the code of a finding is when a data file cannot be used. */
const problemCodes: Partial<Record<ErrorCode, string>> = {
  EXTERNAL_PATH: 'external-path',
  EXTERNAL_DATA: 'external-missing',
};

interface FoundFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly links: number;
}

export interface ExternalFacts {
  readonly files: readonly ExternalFileReport[];
  readonly findings: readonly Finding[];
}

/**
 * The data files of a model, and what is wrong with them. They are looked for and not read.
 *
 * @param withSpans Whether to list where each constant lies.
 */
export function describeExternalFiles(
  constants: readonly Constant[],
  folder: DataFolder,
  withSpans: boolean,
): ExternalFacts {
  const byLocation = new Map<string, Constant[]>();
  for (const each of constants) {
    const location = each.tensor.storage.external?.location;
    if (location === undefined) continue;
    const there = byLocation.get(location);
    if (there === undefined) byLocation.set(location, [each]);
    else there.push(each);
  }
  const files: ExternalFileReport[] = [];
  const findings: Finding[] = [];
  for (const location of [...byLocation.keys()].toSorted(compare)) {
    const inside = byLocation.get(location) ?? [];
    // A constant that names no file has been reported for that already.
    if (location === '') continue;
    files.push(describeFile(location, inside, folder, withSpans, findings));
  }
  return { files, findings };
}

function describeFile(
  location: string,
  inside: readonly Constant[],
  folder: DataFolder,
  withSpans: boolean,
  findings: Finding[],
): ExternalFileReport {
  const found = find(location, folder);
  const spans = spansOf(inside);
  const common = { location, tensors: inside.length, ...(withSpans && { spans }) };
  if (found instanceof MlkitError) {
    findings.push({
      code: problemCodes[found.code] ?? 'external-unreadable',
      severity: 'error',
      at: { value: inside[0]?.name ?? '' },
      message: `${found.message}; ${countOf(inside.length)} there`,
      fix: found.hint,
      spec: 'error',
      runtime: 'rejects',
    });
    const { used, overlap } = coverage(spans, Number.POSITIVE_INFINITY);
    return {
      ...common,
      sizeBytes: null,
      usedBytes: used,
      unusedBytes: null,
      overlapBytes: overlap,
      problem: found.message,
    };
  }
  const { path, sizeBytes } = found;
  const { used, overlap } = coverage(spans, sizeBytes);
  const report = {
    ...common,
    path,
    sizeBytes,
    usedBytes: used,
    unusedBytes: sizeBytes - used,
    overlapBytes: overlap,
  };
  findings.push(...aboutFile(report, spans, found.links));
  return report;
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
    .map(({ name, tensor, bytes }) => ({
      tensor: name,
      offset: tensor.storage.external?.offset ?? 0,
      bytes,
    }))
    .toSorted((a, b) => a.offset - b.offset || a.bytes - b.bytes || compare(a.tensor, b.tensor));
}

/** Bytes below `end` that spans take, and bytes that two different ones take. */
function coverage(
  spans: readonly DataSpan[],
  end: number,
): { readonly used: number; readonly overlap: number } {
  let used = 0;
  let overlap = 0;
  let covered = 0;
  let previous: DataSpan | null = null;
  for (const span of spans) {
    // Constants in exactly the same place share it on purpose.
    if (previous?.offset === span.offset && previous.bytes === span.bytes) continue;
    previous = span;
    const from = Math.min(span.offset, end);
    const to = Math.min(span.offset + span.bytes, end);
    overlap += Math.max(Math.min(to, covered) - from, 0);
    used += Math.max(to - Math.max(from, covered), 0);
    covered = Math.max(covered, to);
  }
  return { used, overlap };
}

function aboutFile(
  file: ExternalFileReport & { readonly sizeBytes: number; readonly unusedBytes: number },
  spans: readonly DataSpan[],
  links: number,
): Finding[] {
  const { location, sizeBytes, unusedBytes, overlapBytes } = file;
  const findings: Finding[] = [];
  const beyond = spans.filter((span) => span.offset + span.bytes > sizeBytes);
  const [first] = beyond;
  if (first !== undefined) {
    findings.push({
      code: 'external-range',
      severity: 'error',
      at: { value: first.tensor },
      message: `"${location}" ends at byte ${sizeBytes}, and ${countOf(beyond.length)} beyond: the first, "${first.tensor}", at bytes ${first.offset} to ${first.offset + first.bytes}`,
      fix: 'The data file is cut off or belongs to another model: fetch it again.',
      spec: 'error',
      runtime: 'rejects',
    });
  }
  if (overlapBytes > 0) {
    findings.push({
      code: 'external-overlap',
      severity: 'warning',
      at: {},
      message: `${overlapBytes} bytes of "${location}" belong to more than one constant that do not start and end together`,
      spec: 'ok',
      runtime: 'accepts',
    });
  }
  if (
    unusedBytes >= unusedBytesWorthTelling &&
    unusedBytes >= sizeBytes * unusedShareWorthTelling
  ) {
    findings.push({
      code: 'external-unused-bytes',
      severity: 'warning',
      at: {},
      message: `${unusedBytes} of the ${sizeBytes} bytes of "${location}" belong to no constant`,
      fix: 'Save the model again: the file may have been appended to.',
      spec: 'ok',
      runtime: 'accepts',
    });
  }
  if (links > 1) {
    findings.push({
      code: 'external-hard-link',
      severity: 'warning',
      at: {},
      message: `"${location}" has ${links} hard links, so its bytes may belong to a file elsewhere; onnx refuses to read it`,
      fix: 'Replace it with a copy of its own.',
      spec: 'ok',
    });
  }
  return findings;
}

function countOf(tensors: number): string {
  return tensors === 1 ? '1 constant lies' : `${tensors} constants lie`;
}
