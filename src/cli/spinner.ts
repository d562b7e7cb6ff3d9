import { Writable } from 'node:stream';
import ora, { type Ora } from 'ora';
import type { Io } from './io.ts';
import { refusesColor } from './style.ts';

/** Starts a spinner on stderr. Only loaded where one is shown: it is slow to import. */
export function startSpinner(io: Io, text: string, color: boolean): Ora {
  return ora({
    text,
    color: refusesColor(io, color) ? false : 'cyan',
    stream: new TerminalStream(io),
    isEnabled: true,
    // Left alone, so that Ctrl-C stays a signal, and a crash leaves no hidden cursor behind.
    discardStdin: false,
    hideCursor: false,
  }).start();
}

/** The stderr of an Io with the cursor movements of a terminal, as ora wants them. */
class TerminalStream extends Writable {
  readonly isTTY = true;
  readonly columns: number;
  readonly #io: Io;

  constructor(io: Io) {
    super({ decodeStrings: false });
    this.#io = io;
    this.columns = io.columns;
  }

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    this.#io.stderr(String(chunk));
    done();
  }

  cursorTo(column: number): void {
    this.write(`\u001B[${column + 1}G`);
  }

  moveCursor(_columns: number, rows: number): void {
    if (rows < 0) this.write(`\u001B[${-rows}A`);
  }

  clearLine(): void {
    this.write('\u001B[2K');
  }
}
