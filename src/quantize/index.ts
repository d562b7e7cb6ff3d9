export {
  defaultConfig,
  type Form,
  type Mode,
  modes,
  plannedModes,
  plannedWeightTypes,
  type QuantizeConfig,
  weightTypes,
} from './config.ts';
export { presentQuantization } from './present.ts';
export { type QuantizeServices, quantizeModel } from './quantize-model.ts';
export type { WeightType } from './quantized-weight.ts';
export type {
  AttemptReport,
  KeptReport,
  LatencyReport,
  OutputReport,
  PlanReport,
  QuantizedReport,
  QuantizeReport,
  SizeReport,
  VerificationReport,
} from './report.ts';
export { weightRules } from './rules/index.ts';
export { quantizationCases } from './test-cases.ts';
