import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command, CommanderError } from 'commander';
import { MlkitError } from '../errors.ts';
import type { ReportFormat } from '../report/index.ts';

/*
 * What commander accepts and nobody means.
 */

/**
 * Refuses an option in the place of another's value (`-o --json` would write a file of that name),
 * and what is empty, as an unset variable of a shell makes it.
 *
 * @throws {MlkitError} USAGE.
 */
export function refuseOddValues(command: Command, argv: readonly string[]): void {
  const flags = new Set(command.options.flatMap(({ long, short }) => [long, short]));
  flags.add('--help').add('-h');
  for (let at = 0; at < argv.length; at += 1) {
    const given = argv[at] ?? '';
    if (given === '--') return;
    if (/^--[\w-]+=$/.test(given)) throw isEmpty(given.slice(0, -1));
    const option = command.options.find(({ long, short }) => given === long || given === short);
    if (option?.required !== true || at + 1 === argv.length) continue;
    at += 1;
    const value = argv[at] ?? '';
    if (value === '') throw isEmpty(given);
    if (!flags.has(value.replace(/=.*$/s, ''))) continue;
    throw new MlkitError('USAGE', `${given} needs a value, and ${value} is an option`, {
      hint: `If that is the value, write ${option.long ?? given}=${value}.`,
    });
  }
}

/** @throws {MlkitError} USAGE for an argument that is empty. */
export function refuseEmptyArguments({ args, registeredArguments }: Command): void {
  const at = args.indexOf('');
  if (at !== -1) throw isEmpty(`<${registeredArguments[at]?.name() ?? 'argument'}>`);
}

function isEmpty(what: string): MlkitError {
  return new MlkitError('USAGE', `the value of ${what} is empty`, {
    hint: 'Perhaps it comes from a variable that is not set.',
  });
}

/**
 * Refuses options of which one would be without effect.
 *
 * @throws {MlkitError} USAGE.
 */
export function refuseContradictions(options: Readonly<Record<string, unknown>>): void {
  const { json, reportFormat, quiet, verbose } = options as {
    json?: boolean;
    reportFormat?: ReportFormat;
    quiet?: boolean;
    verbose?: boolean;
  };
  const pair =
    json === true && reportFormat !== undefined && reportFormat !== 'json'
      ? ['--json', `--format ${reportFormat}`]
      : quiet === true && verbose === true
        ? ['--quiet', '--verbose']
        : null;
  if (pair === null) return;
  throw new MlkitError('USAGE', `${pair.join(' and ')} contradict each other`, {
    hint: 'Give one of them.',
  });
}

/** Commander's errors in mlkit's style: its `(Did you mean …?)` becomes the hint. */
export function usageError(error: CommanderError, name: string, cwd: string): MlkitError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = rest
    .join(' ')
    .trim()
    .replace(/^\((.*)\)$/, '$1');
  const [, unknown] = /^unknown option '(.+)'$/s.exec(first) ?? [];
  const isPath = unknown !== undefined && existsSync(resolve(cwd, unknown));
  const otherwise = suggestion === '' ? `See mlkit help ${name}.` : suggestion;
  const hint = isPath ? `If that is the path, write ./${unknown}.` : otherwise;
  return new MlkitError('USAGE', first, { hint, cause: error });
}
