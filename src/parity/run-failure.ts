import { type ErrorCode, MlkitError } from '../errors.ts';
import type { Verdict } from '../report/index.ts';

/** That a model could not be loaded or run, where that is a result and not the end of the work. */
export interface RunFailure {
  readonly side: 'reference' | 'candidate';
  readonly stage: 'load' | 'run';
  readonly code: ErrorCode;
  readonly message: string;
  /** What to try. */
  readonly hint: string;
  /** The sample that it was run on, from 0; null: it was not loaded. */
  readonly sample: number | null;
  /**
   * What it says of the candidate: `fail` where the candidate alone is at fault. `inconclusive` where
   * the reference fails, where the runtime's binding lacks something, and where somebody else killed
   * the process, as systems do that run out of memory.
   */
  readonly verdict: Verdict;
}

/** What the runtime does with a model. Any other error is the user's, or the machine's, to mend. */
const codesOfRuns: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'MODEL_INVALID',
  'MODEL_MALFORMED',
  'MODEL_UNSUPPORTED',
  'RUNTIME_LOAD',
  'RUNTIME_RUN',
  'RUNTIME_CRASHED',
  'RUNTIME_TIMEOUT',
  'RUNTIME_MEMORY',
]);

/**
 * Tells whether an error of loading or running a model is a result.
 *
 * @returns Null for errors to be thrown on: interruptions, wrong inputs, files, providers, defects.
 */
export function runFailure(
  error: unknown,
  place: Pick<RunFailure, 'side' | 'stage' | 'sample'>,
): RunFailure | null {
  if (!(error instanceof MlkitError) || !codesOfRuns.has(error.code)) return null;
  const { code, message, hint } = error;
  // Otherwise it is the runtime itself, or the process for it, that could not be started.
  if (code === 'RUNTIME_LOAD' && !message.startsWith('cannot load ')) return null;
  const isItsFault =
    place.side === 'candidate' && code !== 'MODEL_UNSUPPORTED' && !isKilledByOthers(error);
  return { ...place, code, message, hint, verdict: isItsFault ? 'fail' : 'inconclusive' };
}

/** Whether an error is the user's wish to end, or what that wish has brought about. */
export function isInterruption(error: unknown, signal: AbortSignal | undefined): boolean {
  return error instanceof MlkitError && (signal?.aborted === true || error.code === 'INTERRUPTED');
}

/** A failure in one sentence. */
export function failureText({ side, stage, sample, message }: RunFailure): string {
  const what = stage === 'load' ? 'cannot be loaded' : `fails on sample ${sample ?? 0}`;
  return `the ${side} ${what}: ${message}`;
}

function isKilledByOthers({ cause }: MlkitError): boolean {
  return (
    typeof cause === 'object' && cause !== null && 'signal' in cause && cause.signal === 'SIGKILL'
  );
}
