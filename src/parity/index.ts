export { type AccumulatorSettings, OutputAccumulator } from './accumulator.ts';
export { chooseProfile, type ProfileChoice } from './choose-profile.ts';
export { compareModels } from './compare-models.ts';
export { openRunnable, type Runnable, type RunnableOutput } from './open-runnable.ts';
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
  type Profile,
  type ProfileName,
  profiles,
} from './profile.ts';
export { randomOutputs, randomReason } from './random-outputs.ts';
export { outputCases, verificationCases } from './test-cases.ts';
export { type Interval, wilsonInterval } from './wilson.ts';
export { worstVerdict } from './worst-verdict.ts';
