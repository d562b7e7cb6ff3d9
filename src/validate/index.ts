export { parseMaxDrop } from './accuracy/application-class.ts';
export type {
  Accuracy,
  ApplicationName,
  LabelledResult,
  MaxDrop,
  Regression,
  TaskName,
} from './accuracy/report.ts';
export { type ValidateConfig, type ValidateServices, validateDefaults } from './config.ts';
export type { MatrixCell, MatrixReport } from './matrix/report.ts';
export { presentValidation } from './present.ts';
export type { InputInfo, SavedGolden, ValidateReport } from './report.ts';
export { validationCases } from './test-cases.ts';
export { validate } from './validate.ts';
