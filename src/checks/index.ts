import type { OpenModel } from '../onnx/index.ts';
import type { Finding } from '../report/index.ts';
import type { ModelCheck, ModelCheckSettings } from './check-open-model.ts';
import type { ModelFacts as Facts } from './model-facts.ts';

export type { Check, Issue } from './check.ts';
export type { ModelCheck, ModelCheckSettings } from './check-open-model.ts';
export { compareText } from './compare-text.ts';
export {
  type Constant,
  type ConstantRole,
  type ConstantSource,
  placeOfConstant,
  sharedConstants,
} from './constants.ts';
export { alignmentOf, type DataFileUse } from './data-files.ts';
export { mendedCodes } from './mended-codes.ts';
export { type CheckedModel, type FactSettings, ModelFacts } from './model-facts.ts';
export { operatorName } from './operators.ts';
export { presentVerdicts } from './present-check.ts';
export { renameFindings } from './rename-file.ts';
export type { Requirements } from './requirements.ts';
export { checks } from './rules/index.ts';
export {
  type CheckReport,
  runChecks,
  type Verdicts,
  verdictsOf,
} from './run-checks.ts';

/** See `check-open-model.ts`, which is loaded when it is asked for, with all it knows of operators. */
export async function checkOpenModel(
  open: OpenModel,
  settings: ModelCheckSettings,
): Promise<ModelCheck> {
  const { checkOpenModel: check } = await import('./check-open-model.ts');
  return check(open, settings);
}

/** See `thorough.ts`, which plain inspection does not need to load. */
export async function checkThoroughly(facts: Facts): Promise<Finding[]> {
  const { runThoroughChecks } = await import('./thorough.ts');
  return runThoroughChecks(facts);
}
export type { ValueServices } from './values/read-values.ts';
export type { TensorStats } from './values/stats.ts';

/** What reads weights. Loaded when some are to be read. */
export function loadValueChecks(): Promise<typeof import('./values/check-values.ts')> {
  return import('./values/check-values.ts');
}

/** What checks can find, by what was asked for. Loaded for formats that list it. */
export function loadCheckList(): Promise<typeof import('./list-checks.ts')> {
  return import('./list-checks.ts');
}
