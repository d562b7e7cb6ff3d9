export type { CheckReport, ConstantRole } from '../checks/index.ts';
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
