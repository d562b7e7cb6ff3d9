import type { Document } from '../report/index.ts';
import type { ForeignConfig, ForeignReport } from './foreign.ts';

export type { CheckReport, ConstantRole } from '../checks/index.ts';
export type { ForeignConfig, ForeignReport } from './foreign.ts';
export { inspectModel } from './inspect.ts';
export { presentInspection } from './present.ts';
export type { InspectServices } from './read-stats.ts';
export type {
  ConstantTotal,
  DataSpan,
  ExternalFileReport,
  FunctionReport,
  InspectConfig,
  InspectReport,
  NodeReport,
  SubgraphReport,
  TensorReport,
  ValueReport,
} from './report.ts';
export { type TensorStats } from './stats.ts';

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
