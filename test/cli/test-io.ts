import type { Io } from '../../src/cli/io.ts';

/** An Io that collects what is written. */
export interface TestIo extends Io {
  /** All of stdout so far. */
  readonly out: string;
  /** All of stderr so far. */
  readonly err: string;
}

/** By default: no terminal, 80 columns, an empty environment, never interrupted. */
export function testIo(settings: Partial<Io> = {}): TestIo {
  let out = '';
  let err = '';
  return {
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    isTty: false,
    isErrTty: false,
    columns: 80,
    env: {},
    cwd: process.cwd(),
    signal: new AbortController().signal,
    ...settings,
    get out() {
      return out;
    },
    get err() {
      return err;
    },
  };
}
