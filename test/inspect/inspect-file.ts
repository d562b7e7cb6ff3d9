import fs from 'node:fs';
import path from 'node:path';
import type { Model } from '../../src/graph/index.ts';
import { type InspectConfig, type InspectReport, inspectModel } from '../../src/inspect/index.ts';
import { encodeModel, openModel } from '../../src/onnx/index.ts';
import { temporaryFolder } from '../support/files.ts';

/** Nothing but what is always found out. */
export const plainConfig: InspectConfig = {
  nodes: false,
  tensors: false,
  stats: false,
  functions: false,
  text: false,
  external: false,
  check: false,
};

/** The report on a file. */
export async function inspectFile(
  file: string,
  config: Partial<InspectConfig> = {},
): Promise<InspectReport> {
  const open = openModel(file);
  try {
    return await inspectModel(open, { ...plainConfig, ...config });
  } finally {
    open.close();
  }
}

/** Writes a model, and data files beside it, to a new folder. Returns the model's path. */
export function writeModel(
  content: Model | Uint8Array,
  dataFiles: Readonly<Record<string, Uint8Array>> = {},
): string {
  const file = path.join(temporaryFolder(), 'model.onnx');
  const bytes = content instanceof Uint8Array ? content : encodeModel(content).toBytes();
  fs.writeFileSync(file, bytes);
  for (const [name, data] of Object.entries(dataFiles)) {
    fs.writeFileSync(path.join(path.dirname(file), name), data);
  }
  return file;
}

/** The codes of a report's findings, in order. */
export function codesOf(report: InspectReport): string[] {
  return report.findings.map((finding) => finding.code);
}
