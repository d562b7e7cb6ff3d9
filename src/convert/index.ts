export { checkModel } from './check-model.ts';
export {
  type ConvertConfig,
  type ExternalConfig,
  externalDefaults,
  formatOf,
  type ModelFormat,
  modelFormats,
  noConversion,
  type VerifyMode,
} from './config.ts';
export { type ConvertServices, convertModel } from './convert-model.ts';
export { type FixReport, type FixServices, type FixSettings, fixModel } from './fix-model.ts';
export { presentCheck, presentConversion } from './present.ts';
export { presentFix } from './present-fix.ts';
export type {
  ConvertCheckReport,
  ConvertReport,
  OutputReport,
  PlannedOutput,
  VerificationReport,
} from './report.ts';
export { conversionCases } from './test-cases.ts';
