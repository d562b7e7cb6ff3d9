import { inspect } from 'node:util';
import { exitStatus, MlkitError } from '../errors.ts';
import { reportToJson, toolInfo, visibleLines } from '../report/index.ts';
import type { Io } from './io.ts';

/** How an operation failed, in the words and numbers that are shown. */
export interface Failure {
  /** An ErrorCode, or `DEFECT` for what no code foresees. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly exit: number;
  /** Of a defect: where it happened. */
  readonly stack?: string;
}

/** Makes a failure of anything thrown. */
export function failureOf(error: unknown, signal: AbortSignal): Failure {
  if (signal.aborted || (error instanceof Error && error.name === 'AbortError')) {
    return {
      code: 'INTERRUPTED',
      message: 'interrupted',
      hint: error instanceof MlkitError ? error.hint : new MlkitError('INTERRUPTED', '').hint,
      exit: exitStatus.interrupted,
    };
  }
  if (error instanceof MlkitError) {
    return { code: error.code, message: error.message, hint: error.hint, exit: error.exit };
  }
  const message = error instanceof Error ? error.message : inspect(error);
  return {
    code: 'DEFECT',
    message: `unexpected: ${message}`,
    hint: 'This is a defect of mlkit, please report it with the text above.',
    exit: exitStatus.defect,
    ...(error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {}),
  };
}

/** Tells a failure on stderr. */
export function tellFailure(io: Io, { message, hint, stack }: Failure): void {
  if (stack !== undefined) io.stderr(`${visibleLines(stack)}\n`);
  io.stderr(`error: ${visibleLines(message)}\nhint: ${visibleLines(hint)}\n`);
}

/** The JSON document that takes the place of a report. */
export function failureJson({ code, message, hint, exit }: Failure): string {
  return reportToJson({ schema: 1, kind: 'error', tool: toolInfo(), code, message, hint, exit });
}

/** Tells what lies behind a failure: the chain of causes, for `--verbose`. */
export function tellCauses(io: Io, error: unknown): void {
  let cause = error instanceof Error ? error.cause : undefined;
  // A chain that is longer than this runs in a circle.
  for (let depth = 0; depth < 8 && cause !== undefined; depth++) {
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause);
    io.stderr(`caused by: ${visibleLines(text)}\n`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
}
