import { sep } from 'node:path';
import { type Command, Option } from 'commander';
import { MlkitError } from '../errors.ts';
import {
  type ReportFormat,
  reportExtensions,
  reportFileFormat,
  reportFormats,
} from '../report/index.ts';
import type { RuntimeRelease } from '../schemas/index.ts';
import {
  parseChoice,
  parseChoiceList,
  parseDim,
  parseShape,
  parseWholeNumber,
  parseWholeNumberList,
  type Range,
} from './parse.ts';

/**
 * Groups of options that several commands share. A command's `configure` calls the groups that it
 * wants; its `run` reads them back, typed, with the `…Of` function beside each group.
 */

export const providers = ['cpu', 'cuda', 'tensorrt', 'webgpu', 'coreml', 'dml'] as const;
export type ProviderName = (typeof providers)[number];

const threadsRange: Range = { min: 1, max: 1024 };
const seedRange: Range = { min: 0, max: 2 ** 32 - 1 };

// ---------------------------------------------------------------------------------- output options

export interface OutputOptions {
  readonly format: ReportFormat;
  /** Files to write the report to as well; their extensions are known ones. */
  readonly reportFiles: readonly string[];
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** False with --no-color. */
  readonly color: boolean;
}

export interface OutputOptionsConfig {
  /**
   * Values of `--format` that belong to the command itself (quantize has `qdq|qoperator`); they are
   * found in `options.format`, and must differ from the report formats.
   */
  readonly ownFormats?: readonly string[];
}

/** `--json --format --report --quiet --verbose --no-color`; main itself reads and obeys them. */
export function outputOptions(command: Command, config: OutputOptionsConfig = {}): void {
  const own = config.ownFormats ?? [];
  const values = [...own, ...reportFormats];
  const description =
    own.length === 0
      ? 'how the report is printed'
      : `of the model: ${own.join(', ')}; or how the report is printed: ${reportFormats.join(', ')}`;
  command
    .option('--json', 'print one JSON document on stdout (short for --format json)')
    .option(`--format <${values.join('|')}>`, description, (text, previous: string | undefined) => {
      const value = parseChoice('--format', text, values);
      if (!isReportFormat(value)) return value;
      command.setOptionValueWithSource('reportFormat', value, 'cli');
      return previous;
    })
    .option(
      '--report <file>',
      `also write the report, by extension: ${reportExtensions.join(', ')}; repeatable`,
      (text, previous: readonly string[] | undefined) => {
        reportFileFormat(text);
        return [...(previous ?? []), text];
      },
    )
    .option('-q, --quiet', 'print the report and errors only: no progress, no notes')
    .option('-v, --verbose', 'tell each step on stderr')
    .option('--no-color', 'plain text (as the environment variable NO_COLOR does)');
}

function isReportFormat(value: string): value is ReportFormat {
  return (reportFormats as readonly string[]).includes(value);
}

export function outputOptionsOf(options: Readonly<Record<string, unknown>>): OutputOptions {
  const { json, reportFormat, report, quiet, verbose, color } = options as {
    json?: boolean;
    reportFormat?: ReportFormat;
    report?: readonly string[];
    quiet?: boolean;
    verbose?: boolean;
    color?: boolean;
  };
  return {
    format: json === true ? 'json' : (reportFormat ?? 'table'),
    reportFiles: report ?? [],
    quiet: quiet === true,
    verbose: verbose === true,
    color: color !== false,
  };
}

// ----------------------------------------------------------------------------------- model options

/** `--provider NAME`, default `cpu`; read it with `modelOptionsOf`. */
export function providerOption(command: Command): void {
  command.option(
    '--provider <name>',
    `where the model runs: ${providers.join(', ')}`,
    (text) => parseChoice('--provider', text, providers),
    'cpu',
  );
}

/** `--threads N`; absent means as many as this process may use. */
export function threadsOption(command: Command): void {
  command.option(
    '--threads <n>',
    'threads within an operator (default: the cores allowed)',
    (text) => parseWholeNumber('--threads', text, threadsRange),
  );
}

/** `--dim NAME=N` and `--shape INPUT=1x3x224x224`, both repeatable. */
export function shapeOptions(command: Command): void {
  command
    .option(
      '--dim <name=n>',
      'fix a symbolic dimension; repeatable',
      (text, previous: ReadonlyMap<string, number> | undefined) => {
        const { name, size } = parseDim('--dim', text);
        return addOnce(previous, '--dim', name, size);
      },
    )
    .option(
      '--shape <input=1x3x224x224>',
      "fix an input's shape; repeatable",
      (text, previous: ReadonlyMap<string, readonly number[]> | undefined) => {
        const { input, shape } = parseShape('--shape', text);
        return addOnce(previous, '--shape', input, shape);
      },
    );
}

/** `--check` and what goes with it. */
export function checkOptions(command: Command): void {
  command
    .option('--check', 'check the model and change nothing; exit 1 if it has errors')
    .option('--weights', 'with --check: read the weights too, for NaN, infinities and the like')
    .option('--no-runtime', 'with --check: do not ask onnxruntime whether it loads the model')
    .option(
      '--target <onnxruntime@1.17>',
      'with --check: the release of onnxruntime that the model is meant for',
      once('--target'),
    );
}

export interface CheckOptions {
  readonly check: boolean;
  readonly weights: boolean;
  readonly runtime: boolean;
  readonly target: RuntimeRelease | null;
}

/**
 * The values of {@link checkOptions}.
 *
 * @throws MlkitError USAGE for a target that is not known, and for what means nothing by itself.
 */
export async function checkOptionsOf(
  options: Readonly<Record<string, unknown>>,
): Promise<CheckOptions> {
  const { check, weights, runtime, target } = options as {
    check?: boolean;
    weights?: boolean;
    runtime?: boolean;
    target?: string;
  };
  if (check !== true) {
    const idle = { '--weights': weights, '--no-runtime': runtime === false, '--target': target };
    const given = Object.entries(idle).find(([, value]) => value !== undefined && value !== false);
    if (given !== undefined) {
      throw new MlkitError('USAGE', `${given[0]} has no meaning without --check`);
    }
  }
  return {
    check: check === true,
    weights: weights === true,
    runtime: runtime !== false,
    target: target === undefined ? null : await runtimeTarget(target),
  };
}

/** Few runs name a release, and need not load what knows them. */
async function runtimeTarget(text: string): Promise<RuntimeRelease> {
  const { parseRuntimeTarget } = await import('../schemas/index.ts');
  return parseRuntimeTarget(text);
}

/** `--inputs SRC`, repeatable: a .npz, NAME=file.npy, or a folder. */
export function inputsOption(command: Command): void {
  command.option(
    '--inputs <source>',
    'data to run on: a .npz, NAME=file.npy, or a folder of them; repeatable (default: seeded random)',
    (text, previous: readonly string[] | undefined) => [...(previous ?? []), text],
  );
}

/** `--seed N`, default 0. */
export function seedOption(command: Command): void {
  command.option(
    '--seed <n>',
    'seed of everything random',
    (text) => parseWholeNumber('--seed', text, seedRange),
    0,
  );
}

export interface ModelOptions {
  readonly provider: ProviderName;
  /** Absent: as many as this process may use. */
  readonly threads?: number;
  /** Sizes of symbolic dimensions by name. */
  readonly dims: ReadonlyMap<string, number>;
  /** Shapes of inputs by name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** In the order given; empty: seeded random. */
  readonly inputs: readonly string[];
  readonly seed: number;
}

/** All of `--provider --threads --dim --shape --inputs --seed`. */
export function modelOptions(command: Command): void {
  providerOption(command);
  threadsOption(command);
  shapeOptions(command);
  inputsOption(command);
  seedOption(command);
}

/** The values of {@link modelOptions}; what a command did not declare has its default. */
export function modelOptionsOf(options: Readonly<Record<string, unknown>>): ModelOptions {
  const { provider, threads, dim, shape, inputs, seed } = options as {
    provider?: ProviderName;
    threads?: number;
    dim?: ReadonlyMap<string, number>;
    shape?: ReadonlyMap<string, readonly number[]>;
    inputs?: readonly string[];
    seed?: number;
  };
  return {
    provider: provider ?? 'cpu',
    ...(threads === undefined ? {} : { threads }),
    dims: dim ?? new Map(),
    shapes: shape ?? new Map(),
    inputs: inputs ?? [],
    seed: seed ?? 0,
  };
}

/** `--provider cpu,cuda` and `--threads 1,2,4`: lists, for the commands that compare settings. */
export function sweepOptions(command: Command): void {
  command
    .addOption(
      new Option('--provider <a,b>', `where the model runs, side by side: ${providers.join(', ')}`)
        .argParser((text) => parseChoiceList('--provider', text, providers))
        .default(['cpu'] as readonly ProviderName[], 'cpu'),
    )
    .option(
      '--threads <1,2,4>',
      'threads within an operator (default: the cores allowed)',
      (text) => parseWholeNumberList('--threads', text, threadsRange),
    );
}

// ---------------------------------------------------------------------------- output model options

/** `-o, --output FILE`: where a model is written; its value is `options.output`. */
export function outputModelOptions(command: Command): void {
  command.option('-o, --output <file>', 'where the model is written; never the input', (text) => {
    if (text.endsWith('/') || text.endsWith(sep)) {
      throw new MlkitError('USAGE', `--output: "${text}" is a folder`, {
        hint: `Name the file in it too, such as ${text}model.onnx.`,
      });
    }
    return text;
  });
}

export interface OutputModelOptions {
  readonly output?: string;
}

export function outputModelOptionsOf(
  options: Readonly<Record<string, unknown>>,
): OutputModelOptions {
  const { output } = options as { output?: string };
  return output === undefined ? {} : { output };
}

/**
 * Reads an option that may be given once, as it is.
 *
 * @throws {MlkitError} USAGE when it is given again.
 */
export function once(flag: string): (text: string, previous: string | undefined) => string {
  return (text, previous) => {
    if (previous === undefined) return text;
    throw new MlkitError('USAGE', `${flag} is given twice: "${previous}" and "${text}"`);
  };
}

/**
 * Reads an option that may be given once, with a parser. Its default must come from where it is read,
 * as a default cannot be told from a value that was given.
 *
 * @throws {MlkitError} USAGE when it is given again, and whatever the parser throws.
 */
export function parsedOnce<T>(
  flag: string,
  parse: (flag: string, text: string) => T,
): (text: string, previous: T | undefined) => T {
  return (text, previous) => {
    const value = parse(flag, text);
    if (previous === undefined) return value;
    throw new MlkitError('USAGE', `${flag} is given twice: "${String(previous)}" and "${text}"`);
  };
}

/**
 * The map with one entry more, for options that are given once per name.
 *
 * @param shown What the message calls the name.
 * @throws {MlkitError} USAGE when the name is there already.
 */
export function addOnce<T>(
  map: ReadonlyMap<string, T> | undefined,
  flag: string,
  name: string,
  value: T,
  shown: string = name,
): ReadonlyMap<string, T> {
  if (map?.has(name) === true) {
    throw new MlkitError('USAGE', `${flag}: "${shown}" is given twice`);
  }
  return new Map([...(map ?? []), [name, value]]);
}
