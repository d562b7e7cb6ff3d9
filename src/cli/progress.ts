import { visibleText } from '../report/index.ts';
import type { Io } from './io.ts';

/** Tells a waiting person how far a long operation has come. Never writes to stdout. */
export interface Progress {
  /** Begins an operation, ending the one before; `total` is the value of `done` at its end. */
  start(label: string, total?: number): void;
  update(done: number, text?: string): void;
  /** A line that stays, such as a decision taken on the way. */
  note(text: string): void;
  stop(): void;
}

export interface ProgressOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** False with --no-color. */
  readonly color?: boolean;
}

/**
 * A spinner where a person watches stderr; plain lines with --verbose where nobody does; else, and
 * with --quiet, nothing.
 */
export function createProgress(io: Io, options: ProgressOptions): Progress {
  const { quiet, verbose, color = true } = options;
  if (quiet) return silentProgress;
  if (io.isErrTty && io.env['TERM'] !== 'dumb') return spinnerProgress(io, color);
  return verbose ? lineProgress(io) : silentProgress;
}

/** Tells nothing: for tests, and for callers that nobody watches. */
export const silentProgress: Progress = {
  start: () => undefined,
  update: () => undefined,
  note: () => undefined,
  stop: () => undefined,
};

function lineProgress(io: Io): Progress {
  return {
    ...silentProgress,
    start: (label) => io.stderr(`${visibleText(label)}\n`),
    note: (text) => io.stderr(`${visibleText(text)}\n`),
  };
}

/** Operations shorter than this show no spinner, and never load what draws it. */
const patienceMs = 200;

interface Spinner {
  text: string;
  clear(): unknown;
  render(): unknown;
  stop(): unknown;
}

function spinnerProgress(io: Io, color: boolean): Progress {
  let spinner: Spinner | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** Counts operations, so that a spinner which is ready too late is not shown. */
  let operation = 0;
  let state: ProgressState = { label: '', done: 0 };

  function stop(): void {
    operation += 1;
    clearTimeout(timer);
    spinner?.stop();
    spinner = undefined;
  }

  async function show(mine: number): Promise<void> {
    const { startSpinner } = await import('./spinner.ts');
    if (mine === operation) spinner = startSpinner(io, progressLine(state, io.columns), color);
  }

  return {
    start(label, total) {
      stop();
      state = { label, done: 0, ...(total === undefined ? {} : { total }) };
      const mine = operation;
      // Without a spinner the work goes on all the same.
      timer = setTimeout(() => void show(mine).catch(() => undefined), patienceMs);
      timer.unref();
    },
    update(done, text) {
      state = { ...state, done, ...(text === undefined ? {} : { text }) };
      if (spinner !== undefined) spinner.text = progressLine(state, io.columns);
    },
    note(text) {
      spinner?.clear();
      io.stderr(`${visibleText(text)}\n`);
      spinner?.render();
    },
    stop,
  };
}

export interface ProgressState {
  readonly label: string;
  readonly done: number;
  readonly total?: number;
  readonly text?: string;
}

const barCells = 20;
/** The spinner itself, the blank after it, and one column that some terminals wrap at. */
const columnsForSpinner = 3;

/** One line such as `running ██████░░░░ 30% conv_4`, cut to the terminal's width. */
export function progressLine(state: ProgressState, columns: number): string {
  const { label, done, total, text } = state;
  const parts = [label];
  if (total !== undefined && total > 0) {
    const fraction = Math.min(Math.max(done / total, 0), 1);
    const filled = Math.round(fraction * barCells);
    parts.push(`${'█'.repeat(filled)}${'░'.repeat(barCells - filled)}`);
    parts.push(`${Math.floor(fraction * 100)}%`);
  }
  if (text !== undefined && text !== '') parts.push(text);
  const line = visibleText(parts.join(' '));
  const room = Math.max(columns - columnsForSpinner, 1);
  return line.length <= room ? line : `${line.slice(0, room - 1)}…`;
}
