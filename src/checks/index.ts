export type { Check, Issue } from './check.ts';
export { compareText } from './compare-text.ts';
export type { Constant, ConstantRole, ConstantSource } from './constants.ts';
export { type DataFileUse, spansBeyond } from './data-files.ts';
export { type CheckedModel, type FactSettings, ModelFacts } from './model-facts.ts';
export { functionKey, operatorName } from './operators.ts';
export { checks } from './rules/index.ts';
export { type CheckReport, runChecks, specVerdict } from './run-checks.ts';
