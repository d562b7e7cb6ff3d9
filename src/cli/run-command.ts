import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { exitStatus } from '../errors.ts';
import { type ReportExtras, renderReport, reportFileFormat } from '../report/index.ts';
import {
  refuseContradictions,
  refuseEmptyArguments,
  refuseOddValues,
  usageError,
} from './check-arguments.ts';
import type { CommandModule, CommandOutcome } from './command.ts';
import { failureOf, tellFailure } from './failure.ts';
import type { Io } from './io.ts';
import { type OutputOptions, outputOptionsOf } from './options.ts';
import { createProgress } from './progress.ts';
import { checkReportFiles, writeReportFile } from './report-files.ts';
import { stdoutStyle } from './style.ts';

/** Lines of help that are wider than this are hard to read on any terminal. */
const widestHelp = 100;

/** Options of commands that name a file which they read or write. */
const ownFiles: readonly string[] = [
  'output',
  'baseline',
  'samplesOut',
  'labels',
  'golden',
  'saveGolden',
  'extract',
];

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
  const own = ownFiles.map((name) => options[name]).filter((value) => typeof value === 'string');
  await checkReportFiles(output.reportFiles, io.cwd, [...command.args, ...own]);
  const progress = createProgress(io, output);
  let outcome: CommandOutcome;
  try {
    outcome = await module.run({ args: command.args, options, io, progress });
  } finally {
    progress.stop();
  }
  return deliver(outcome, output, io);
}

/** Prints the report and writes files; a file that fails does not cost what is printed. */
async function deliver(outcome: CommandOutcome, output: OutputOptions, io: Io): Promise<number> {
  const { report, document, testCases, checks } = outcome;
  const style = await stdoutStyle(io, output.color);
  const extras: ReportExtras = {
    ...(testCases !== undefined && { testCases }),
    ...(checks !== undefined && { checks }),
    roots: async () => (await import('./github-actions.ts')).pathRoots(io),
  };
  io.stdout(await renderReport(report, document, output.format, style, extras));
  if (output.format === 'github' || io.env['GITHUB_ACTIONS'] === 'true') {
    const { appendStepSummary, problemsIn } = await import('./github-actions.ts');
    await appendStepSummary(io, document);
    if (output.format !== 'github') {
      io.stderr(problemsIn(await renderReport(report, document, 'github', style, extras)));
    }
  }
  const files: NonNullable<CommandOutcome['files']> = [
    ...(outcome.files ?? []),
    ...output.reportFiles.map((path) => ({
      path,
      text: () => renderReport(report, document, reportFileFormat(path), style, extras),
    })),
  ];
  let { exit } = outcome;
  for (const { path, text } of files) {
    try {
      await writeReportFile(resolve(io.cwd, path), await text());
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
  refuseOddValues(command, argv);
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return 'help shown';
    throw usageError(error, module.name, io.cwd);
  }
  refuseEmptyArguments(command);
  refuseContradictions(command.opts());
  return command;
}
