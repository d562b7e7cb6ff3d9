/** The terminal, and the only place that touches the process's streams. */
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

/** The streams of this process. They are written to in order and never cut short. */
export function processIo(signal: AbortSignal): Io {
  for (const stream of [process.stdout, process.stderr]) {
    // Pipes are asynchronous on POSIX; blocking writes keep a large report whole even when the
    // process is told to end while the reader is slow.
    (
      stream as unknown as { _handle?: { setBlocking?: (on: boolean) => void } }
    )._handle?.setBlocking?.(true);
  }
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTty: process.stdout.isTTY,
    isErrTty: process.stderr.isTTY,
    columns: process.stdout.columns || defaultColumns,
    env: process.env,
    cwd: process.cwd(),
    signal,
  };
}
