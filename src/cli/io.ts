import { MlkitError } from '../errors.ts';

/** The terminal as the rest of the program sees it; tests have one that collects what is written. */
export interface Io {
  /** Writes text to stdout; adds nothing. */
  stdout(text: string): void;
  /** Writes text to stderr; adds nothing. */
  stderr(text: string): void;
  /** Whether stdout is a terminal. */
  readonly isTty: boolean;
  /** Whether stderr is a terminal. */
  readonly isErrTty: boolean;
  /** Width of the terminal in characters; 80 when it is not known. */
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
}

const defaultColumns = 80;

/**
 * The streams of this process. What is written is handed to Node's own queue, which is emptied
 * before the process ends by itself; so nothing is cut as long as nobody calls `process.exit`.
 */
export function processIo(signal: AbortSignal): Io {
  const { stdout, stderr } = process;
  return {
    stdout: (text) => void stdout.write(text),
    stderr: (text) => void stderr.write(text),
    isTty: isTerminal(stdout),
    isErrTty: isTerminal(stderr),
    columns: positiveOr(stdout.columns, positiveOr(stderr.columns, defaultColumns)),
    env: process.env,
    // Asked for when it is needed, so that its failure is told like any other.
    get cwd() {
      return workingFolder();
    },
    signal,
  };
}

function workingFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new MlkitError('FILE_NOT_FOUND', 'the current folder does not exist any more', {
      hint: 'Change to a folder that exists.',
      cause: error,
    });
  }
}

/** Node leaves `isTTY` undefined on what is not a terminal, whatever its type says. */
function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true;
}

/** Some terminals report no width, some a width of 0. */
function positiveOr(value: number | undefined, fallback: number): number {
  return value !== undefined && value > 0 ? value : fallback;
}
