import type { OpenModel } from '../onnx/index.ts';
import type { ModelCheck, ModelCheckSettings } from './check-open-model.ts';

export type { Check, Issue } from './check.ts';
export { compareText } from './compare-text.ts';
export {
  type Constant,
  type ConstantRole,
  type ConstantSource,
  placeOfConstant,
  sharedConstants,
} from './constants.ts';
export { type DataFileUse, spansBeyond } from './data-files.ts';
export { type CheckedModel, type FactSettings, ModelFacts } from './model-facts.ts';
export { functionKey, operatorName } from './operators.ts';
export { checks } from './rules/index.ts';
export { type CheckReport, runChecks, specVerdict } from './run-checks.ts';
export type { ModelCheck, ModelCheckSettings } from './check-open-model.ts';
export { presentVerdicts } from './present-check.ts';
export type { Requirements } from './requirements.ts';

/** See `check-open-model.ts`, which is loaded when it is asked for, with all it knows of operators. */
export async function checkOpenModel(
  open: OpenModel,
  settings: ModelCheckSettings,
): Promise<ModelCheck> {
  const { checkOpenModel: check } = await import('./check-open-model.ts');
  return check(open, settings);
}
