import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { exitStatus, MlkitError } from '../errors.ts';
import { renderReport, reportFileFormat } from '../report/index.ts';
import type { CommandModule, CommandOutcome } from './command.ts';
import { failureOf, tellFailure } from './failure.ts';
import type { Io } from './io.ts';
import { type OutputOptions, outputOptionsOf } from './options.ts';
import { createProgress } from './progress.ts';
import { checkReportFiles, writeReportFile } from './report-files.ts';
import { stdoutStyle } from './style.ts';

/** Lines of help that are wider than this are hard to read on any terminal. */
const widestHelp = 100;

/**
 * Parses one command's arguments, runs it, and writes its report.
 *
 * @param argv What follows the command's name.
 * @returns The exit status.
 * @throws {MlkitError} Of code USAGE for arguments that do not fit, and whatever the command throws.
 */
export async function runCommand(
  module: CommandModule,
  argv: readonly string[],
  io: Io,
): Promise<number> {
  const command = parse(module, argv, io);
  if (command === 'help shown') return exitStatus.done;
  const options: Readonly<Record<string, unknown>> = command.opts();
  const output = outputOptionsOf(options);
  const own = options['output'];
  const taken = typeof own === 'string' ? [...command.args, own] : command.args;
  await checkReportFiles(output.reportFiles, io.cwd, taken);
  const progress = createProgress(io, output);
  let outcome: CommandOutcome;
  try {
    outcome = await module.run({ args: command.args, options, io, progress });
  } finally {
    progress.stop();
  }
  return deliver(outcome, output, io);
}

/** Prints the report and writes its files; a file that fails does not cost the printed one. */
async function deliver(outcome: CommandOutcome, output: OutputOptions, io: Io): Promise<number> {
  const { report, document } = outcome;
  const style = await stdoutStyle(io, output.color);
  io.stdout(await renderReport(report, document, output.format, style));
  let { exit } = outcome;
  for (const file of output.reportFiles) {
    try {
      const text = await renderReport(report, document, reportFileFormat(file), style);
      await writeReportFile(resolve(io.cwd, file), text);
    } catch (error) {
      // The report is on stdout already, so this cannot become the JSON document there.
      const failure = failureOf(error, io.signal);
      tellFailure(io, failure);
      exit = failure.exit;
    }
  }
  return exit;
}

function parse(module: CommandModule, argv: readonly string[], io: Io): Command | 'help shown' {
  const width = Math.min(io.columns, widestHelp);
  const command = new Command(`mlkit ${module.name}`)
    .description(module.summary)
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout(text),
      // What commander has to say of an error is in the error that it throws.
      writeErr: () => undefined,
      getOutHelpWidth: () => width,
      getErrHelpWidth: () => width,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .action(() => undefined);
  module.configure(command);
  try {
    return command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return 'help shown';
    throw usageError(error, module.name);
  }
}

/** Commander's errors in mlkit's style: its `(Did you mean …?)` becomes the hint. */
function usageError(error: CommanderError, name: string): MlkitError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = rest
    .join(' ')
    .trim()
    .replace(/^\((.*)\)$/, '$1');
  const hint = suggestion === '' ? `See mlkit help ${name}.` : suggestion;
  return new MlkitError('USAGE', first, { hint, cause: error });
}
