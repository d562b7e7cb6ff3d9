import { exitStatus } from '../errors.ts';
import type { CommandEntry } from './command.ts';
import { commandTable } from './commands/index.ts';
import { failureOf, tellFailure } from './failure.ts';
import { type Io, processIo } from './io.ts';
import { main } from './main.ts';

/** Runs mlkit as this process: its arguments, its streams, Ctrl-C, and its exit status. */
export async function runProcess(table: readonly CommandEntry[] = commandTable): Promise<void> {
  endQuietlyWithoutReader();
  const io = processIo(interruptSignal());
  const isDone = endAsDefect(io);
  process.exitCode = await main(process.argv.slice(2), io, table);
  isDone();
}

/**
 * What escapes from `main`, because it is thrown by a callback or never comes, is a defect too.
 *
 * @returns To be called when `main` has come to its end.
 */
function endAsDefect(io: Io): () => void {
  function tell(error: Error): void {
    process.off('exit', tellUnfinished);
    tellFailure(io, failureOf(error, io.signal));
  }
  // Node ends by itself when nothing is left that could finish the work.
  function tellUnfinished(): void {
    if (io.signal.aborted) {
      process.exitCode = exitStatus.interrupted;
      return;
    }
    tell(new Error('the work stopped before its end'));
    process.exitCode = exitStatus.defect;
  }
  process.once('exit', tellUnfinished);
  process.once('uncaughtException', (error) => {
    tell(error);
    process.exit(exitStatus.defect);
  });
  return () => process.off('exit', tellUnfinished);
}

/**
 * A reader that has gone (`| head`) is no error: what is left is written to nobody, the work goes on
 * to its end, and the exit status tells of the work. Any other failed write is one.
 */
function endQuietlyWithoutReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      if (stream === process.stdout) {
        process.stderr.write(`error: cannot write to stdout: ${error.message}\n`);
      }
      process.once('exit', () => {
        process.exitCode = exitStatus.input;
      });
    });
  }
}

/** Aborted by the first Ctrl-C or SIGTERM, so that work can clean up; the second ends at once. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitStatus.interrupted);
      controller.abort();
    });
  }
  return controller.signal;
}
