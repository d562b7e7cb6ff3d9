import { exitStatus, MlkitError } from '../errors.ts';
import { loadRenderer, type ReportFormat, renderGithubFailure, toolInfo } from '../report/index.ts';
import type { CommandEntry } from './command.ts';
import { commandTable } from './commands/index.ts';
import { failureJson, failureOf, tellCauses, tellFailure } from './failure.ts';
import type { Io } from './io.ts';
import { nearest } from './nearest.ts';
import { rootHelp } from './root-help.ts';

/**
 * mlkit's command line.
 *
 * @param argv The arguments, program name not included.
 * @param table The commands there are; tests have their own.
 * @returns The exit status; never throws.
 */
export async function main(
  argv: readonly string[],
  io: Io,
  table: readonly CommandEntry[] = commandTable,
): Promise<number> {
  try {
    return await dispatch(argv, io, table);
  } catch (error) {
    const failure = failureOf(error, io.signal);
    tellFailure(io, failure);
    if (hasFlag(argv, '--verbose', '-v')) tellCauses(io, error);
    if (asksForJson(argv)) io.stdout(failureJson(failure));
    else if (asksFor(argv, 'github')) {
      io.stdout(await renderGithubFailure(failure.message, failure.hint));
    }
    return failure.exit;
  }
}

async function dispatch(
  argv: readonly string[],
  io: Io,
  table: readonly CommandEntry[],
): Promise<number> {
  if (hasFlag(argv, '--version', '-V')) {
    io.stdout(`${toolInfo().version}\n`);
    return exitStatus.done;
  }
  const { word, rest } = splitCommand(argv);
  if (word === undefined && hasFlag(argv, '--help', '-h')) return showRootHelp(io, table);
  if (word === undefined && asksForJson(argv)) {
    const names = table.map((entry) => entry.name).join(', ');
    throw new MlkitError('USAGE', 'there is no command', { hint: `The commands are ${names}.` });
  }
  if (word === undefined) {
    io.stderr(rootHelp(table));
    return exitStatus.usage;
  }
  if (word === 'help') {
    const about = rest.find((argument) => !argument.startsWith('-'));
    if (about === undefined) return showRootHelp(io, table);
    return run(find(about, table), ['--help'], io);
  }
  return run(find(word, table), rest, io);
}

function showRootHelp(io: Io, table: readonly CommandEntry[]): number {
  io.stdout(rootHelp(table));
  return exitStatus.done;
}

async function run(entry: CommandEntry, argv: readonly string[], io: Io): Promise<number> {
  // Loading is mostly waiting for the file system, so it is all begun at once. What fails here
  // fails again, and is told, where it is needed.
  if (!hasFlag(argv, '--help', '-h')) {
    entry.warm?.().catch(() => undefined);
    if (!hasFlag(argv, '--json')) loadRenderer('table').catch(() => undefined);
  }
  const [{ runCommand }, { command }] = await Promise.all([
    import('./run-command.ts'),
    entry.load(),
  ]);
  return runCommand(command, argv, io);
}

/** Flags without a value that may stand before the command, as many tools allow. */
const leadingFlags: ReadonlySet<string> = new Set([
  '--json',
  '--quiet',
  '-q',
  '--verbose',
  '-v',
  '--no-color',
  '--help',
  '-h',
]);

/** The command's name, and all the other arguments in their order. */
function splitCommand(argv: readonly string[]): { word?: string; rest: readonly string[] } {
  const at = argv.findIndex((argument) => !leadingFlags.has(argument));
  const word = argv[at];
  if (word === undefined) return { rest: argv };
  if (word.startsWith('-')) {
    throw new MlkitError('USAGE', `unknown option '${word}' before the command`, {
      hint: 'Options follow the command: mlkit <command> <model> [options].',
    });
  }
  return { word, rest: [...argv.slice(0, at), ...argv.slice(at + 1)] };
}

function find(name: string, table: readonly CommandEntry[]): CommandEntry {
  const entry = table.find((candidate) => candidate.name === name);
  if (entry !== undefined) return entry;
  const names = table.map((candidate) => candidate.name);
  const close = nearest(name, names);
  const isModel = /\.(onnx|ort)$/i.test(name);
  const guess = isModel ? `mlkit inspect ${name}` : close;
  throw new MlkitError('USAGE', `unknown command '${name}'`, {
    hint: guess === undefined ? `The commands are ${names.join(', ')}.` : `Did you mean ${guess}?`,
  });
}

/** Whether a flag is given before a lone `--`, after which everything is an argument. */
function hasFlag(argv: readonly string[], ...names: readonly string[]): boolean {
  return beforeDashes(argv).some((argument) => names.includes(argument));
}

/** Looked for by hand, as the arguments may be what is wrong. */
function asksForJson(argv: readonly string[]): boolean {
  return hasFlag(argv, '--json') || asksFor(argv, 'json');
}

function asksFor(argv: readonly string[], format: ReportFormat): boolean {
  const given = beforeDashes(argv);
  return given.some(
    (argument, i) =>
      argument === `--format=${format}` || (argument === '--format' && given[i + 1] === format),
  );
}

function beforeDashes(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}
