import type { Document, TestCase } from '../report/index.ts';
import type { ForeignConfig, ForeignReport } from './foreign.ts';
import type { InspectReport } from './report.ts';

export type { CheckReport, ConstantRole, TensorStats } from '../checks/index.ts';
export type { ForeignConfig, ForeignReport } from './foreign.ts';
export { inspectModel } from './inspect.ts';
export type { NodeReport, TensorReport, ValueReport } from './item-report.ts';
export { presentInspection } from './present.ts';
export type { InspectServices } from './read-stats.ts';
export type {
  ConstantTotal,
  DataSpan,
  ExternalFileReport,
  FunctionReport,
  InspectConfig,
  InspectReport,
  SubgraphReport,
} from './report.ts';

// Files that are no ONNX models are few. What reads them is loaded when there is one.

/** See `foreign.ts`. */
export async function inspectForeign(
  file: string,
  path: string,
  config: ForeignConfig,
): Promise<ForeignReport | null> {
  const { inspectForeign: inspect } = await import('./foreign.ts');
  return inspect(file, path, config);
}

/** See `present-foreign.ts`. */
export async function presentForeign(report: ForeignReport): Promise<Document> {
  const { presentForeign: present } = await import('./present-foreign.ts');
  return present(report);
}

/** See `diff-cases.ts`. Few reports have a difference, and few of them are read by machines. */
export async function diffCases(report: InspectReport): Promise<readonly TestCase[]> {
  const { diffCases: cases } = await import('./diff-cases.ts');
  return cases(report);
}
