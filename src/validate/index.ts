export type { ValidateConfig, ValidateServices } from './config.ts';
export { presentValidation } from './present.ts';
export type { Accuracy, InputInfo, ValidateReport } from './report.ts';
export { validationCases } from './test-cases.ts';
export { validate } from './validate.ts';
