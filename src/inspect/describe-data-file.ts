import { alignmentOf, type DataFileUse } from '../checks/index.ts';
import { MlkitError } from '../errors.ts';
import type { ExternalFileReport } from './report.ts';

/** @param withSpans Whether to list where each constant lies. */
export function describeDataFile(use: DataFileUse, withSpans: boolean): ExternalFileReport {
  const { location, file, spans, usedBytes, overlapBytes } = use;
  const common = {
    location,
    tensors: spans.length,
    unalignedBytes: alignmentOf(use).unaligned.reduce((sum, each) => sum + each.bytes, 0),
    ...(withSpans && {
      spans: spans.map(({ constant, offset, bytes }) => ({ tensor: constant.name, offset, bytes })),
    }),
  };
  if (file instanceof MlkitError) {
    const problem = file.message;
    return { ...common, sizeBytes: null, usedBytes, unusedBytes: null, overlapBytes, problem };
  }
  const { path, sizeBytes } = file;
  return {
    ...common,
    path,
    sizeBytes,
    usedBytes,
    unusedBytes: sizeBytes - usedBytes,
    overlapBytes,
  };
}
