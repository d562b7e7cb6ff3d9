import { type InspectConfig, type InspectReport, inspectModel } from '../../src/inspect/index.ts';
import { openModel } from '../../src/onnx/index.ts';

/** Nothing but what is always found out. */
export const plainConfig: InspectConfig = {
  nodes: false,
  tensors: false,
  stats: false,
  functions: false,
  text: false,
  external: false,
  check: false,
  runtime: false,
  weights: false,
  target: null,
  shapes: false,
  cost: false,
  select: null,
  dims: new Map(),
  inputShapes: new Map(),
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

/** The codes of a report's findings, in order. */
export function codesOf(report: InspectReport): string[] {
  return report.findings.map((finding) => finding.code);
}
