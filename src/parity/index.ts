export { type AccumulatorSettings, OutputAccumulator } from './accumulator.ts';
export { agreementAtLeast, agreementClaim, rowsNeeded } from './agreement-claim.ts';
export { type Arithmetic, arithmeticOf } from './arithmetic.ts';
export { chooseProfile, type ProfileChoice, type RunConditions } from './choose-profile.ts';
export { compareModels } from './compare-models.ts';
export { completenessCase } from './completeness-case.ts';
export type { ClassDetails, OutputDetails, StepCount } from './details.ts';
export type { ErrorBin } from './error-by-magnitude.ts';
export { integerMeanings } from './integer-meaning.ts';
export { aboveNoise, mayBeRounding } from './noise-floor.ts';
export {
  openRunnable,
  type Runnable,
  type RunnableInput,
  type RunnableOutput,
} from './open-runnable.ts';
export { ortArithmetic } from './ort-arithmetic.ts';
export { isOrtFormat } from './ort-format.ts';
export { type InputPlan, planInputs } from './pairing.ts';
export type {
  MatchMode,
  MinimumTolerance,
  NonFiniteCounts,
  OutputParity,
  OutputValue,
  ParityResult,
  ParitySettings,
  ParitySide,
  SamplePair,
  ToleranceOverrides,
} from './parity.ts';
export {
  type ElementGate,
  type Gates,
  type IntegerMeaning,
  type Profile,
  type ProfileName,
  profiles,
} from './profile.ts';
export { randomOutputs, randomReason } from './random-outputs.ts';
export { failureText, isInterruption, type RunFailure, runFailure } from './run-failure.ts';
export { type Study, studyModels } from './study-models.ts';
export { makeTemporaryFolder, removeTemporaryFolder } from './temporary-folder.ts';
export { outputCases, verificationCases } from './test-cases.ts';
export type { LimitName } from './tolerance.ts';
export { type OutputTolerance, toleranceFor } from './tolerance.ts';
export { type Interval, wilsonInterval } from './wilson.ts';
export { worstVerdict } from './worst-verdict.ts';
