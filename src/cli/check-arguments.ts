import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command, CommanderError, Option } from 'commander';
import { MlkitError } from '../errors.ts';
import type { ReportFormat } from '../report/index.ts';

/*
 * What commander accepts and nobody means.
 */

/**
 * Refuses an option in the place of another's value: `-o --json` would write a file of that name.
 *
 * @throws {MlkitError} USAGE.
 */
export function refuseSwallowedOptions(command: Command, argv: readonly string[]): void {
  const flags = new Set(command.options.flatMap(({ long, short }) => [long, short]));
  flags.add('--help').add('-h');
  for (let at = 0; at + 1 < argv.length; at += 1) {
    const given = argv[at] ?? '';
    if (given === '--') return;
    const option = command.options.find(({ long, short }) => given === long || given === short);
    if (option?.required !== true) continue;
    at += 1;
    const value = argv[at] ?? '';
    if (!flags.has(value.replace(/=.*$/s, ''))) continue;
    throw new MlkitError('USAGE', `${given} needs a value, and ${value} is an option`, {
      hint: `If that is the value, write ${option.long ?? given}=${value}.`,
    });
  }
}

/**
 * Refuses arguments and values that are empty, as an unset variable of a shell makes them.
 *
 * @throws {MlkitError} USAGE.
 */
export function refuseEmptyValues(command: Command): void {
  const hint = 'A variable of the shell may be unset.';
  const at = command.args.indexOf('');
  if (at !== -1) {
    const name = command.registeredArguments[at]?.name() ?? 'argument';
    throw new MlkitError('USAGE', `the ${name} is an empty text`, { hint });
  }
  const isEmpty = (option: Option): boolean => {
    const value: unknown = command.getOptionValue(option.attributeName());
    return value === '' || (Array.isArray(value) && value.includes(''));
  };
  const empty = command.options.find(isEmpty);
  if (empty !== undefined) {
    throw new MlkitError('USAGE', `${empty.long ?? empty.flags}: the value is empty`, { hint });
  }
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
