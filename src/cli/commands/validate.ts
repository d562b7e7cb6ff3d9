import { resolve } from 'node:path';
import type { Command } from 'commander';
import { exitStatus, MlkitError } from '../../errors.ts';
import type { OutputValue, ProfileName, ToleranceOverrides } from '../../parity/index.ts';
import type { ValidateConfig, ValidateReport } from '../../validate/index.ts';
import type { CommandContext, CommandModule, CommandOutcome } from '../command.ts';
import { modelOptions, modelOptionsOf, outputOptions } from '../options.ts';
import { parseChoice, parseNumber, parsePercent, parseWholeNumber, type Range } from '../parse.ts';

const profiles = ['auto', 'exact', 'fp32', 'tf32', 'fp16', 'bf16', 'int8', 'int4'] as const;
const matchModes = ['name', 'position'] as const;
const samplesRange: Range = { min: 1, max: 1_000_000 };

const examples = `
Examples:
  mlkit validate model.onnx new.onnx                     # the same, within what the change allows?
  mlkit validate model.onnx int8.onnx --inputs eval.npz  # on your data, as quantization needs
  mlkit validate a.onnx b.onnx --profile exact           # the same bits?
  mlkit validate a.onnx b.onnx --atol 1e-4 --rtol logits:1e-3
  mlkit validate model.onnx --golden test_data_set_0     # against recorded outputs
  mlkit validate model.onnx --inputs eval.npz --labels labels
  mlkit validate model.onnx int8.onnx --inputs eval.npz --labels labels --max-drop 1%

A limit is for all outputs, or for one as NAME:VALUE, where * in NAME stands for any text.
Exit status: 0 pass, 1 fail, 4 the data cannot decide.
`;

export const command: CommandModule = {
  name: 'validate',
  summary: 'do two models compute the same, or a model what was recorded?',
  configure(program) {
    program
      .argument('<reference>', 'an ONNX model')
      .argument('[candidate]', 'the model that should compute the same')
      .option(
        '--golden <folder>',
        'compare with recorded outputs: an ONNX test data set, or .npz files',
      )
      .option(
        '--labels <name>',
        'accuracy: the array in --inputs that holds the classes, or a .npy file',
      )
      .option(
        '--profile <name>',
        `how strict: ${profiles.join(', ')}`,
        (text) => parseChoice('--profile', text, profiles),
        'auto',
      );
    limitOptions(program);
    program
      .option(
        '--max-drop <percent>',
        'most points of accuracy that the candidate may lose',
        (text) => parsePercent('--max-drop', text),
      )
      .option(
        '--samples <n>',
        'random samples (default: 8), or the most taken from files',
        (text) => parseWholeNumber('--samples', text, samplesRange),
      )
      .option(
        '--match <how>',
        'pair inputs and outputs by name or position',
        (text) => parseChoice('--match', text, matchModes),
        'name',
      )
      .option('--cast-io', 'accept inputs and outputs of another float type in the candidate');
    modelOptions(program);
    outputOptions(program);
    program.addHelpText('after', examples);
  },
  run,
};

interface Limit {
  readonly flag: string;
  readonly option: string;
  readonly key: keyof ToleranceOverrides;
  readonly help: string;
  readonly parse: (flag: string, text: string) => number;
}

const isShare: Partial<Range> = { min: 0, max: 1 };

const limits: readonly Limit[] = [
  {
    flag: '--atol',
    option: 'atol',
    key: 'atol',
    help: 'allowed difference, absolute',
    parse: (flag, text) => parseNumber(flag, text, { min: 0 }),
  },
  {
    flag: '--rtol',
    option: 'rtol',
    key: 'rtol',
    help: 'allowed difference, relative to the reference',
    parse: (flag, text) => parseNumber(flag, text, { min: 0 }),
  },
  {
    flag: '--min-sqnr',
    option: 'minSqnr',
    key: 'minSqnrDb',
    help: 'least signal to noise ratio in dB',
    parse: (flag, text) => parseNumber(flag, text),
  },
  {
    flag: '--min-cosine',
    option: 'minCosine',
    key: 'minCosine',
    help: 'least cosine similarity',
    parse: (flag, text) => parseNumber(flag, text, { min: -1, max: 1 }),
  },
  {
    flag: '--min-top1',
    option: 'minTop1',
    key: 'minTop1',
    help: 'least share of rows with the same greatest class: 0.99 or 99%',
    parse: (flag, text) =>
      text.endsWith('%') ? parsePercent(flag, text) / 100 : parseNumber(flag, text, isShare),
  },
  {
    flag: '--max-kl',
    option: 'maxKl',
    key: 'maxKl',
    help: 'greatest mean KL divergence in nats',
    parse: (flag, text) => parseNumber(flag, text, { min: 0 }),
  },
];

function limitOptions(program: Command): void {
  for (const limit of limits) {
    program.option(
      `${limit.flag} <[name:]value>`,
      limit.help,
      (text, previous: readonly OutputValue[] | undefined) => [
        ...(previous ?? []),
        outputValue(limit, text),
      ],
    );
  }
}

/** `1e-3`, or `NAME:1e-3`; names may hold colons themselves. */
function outputValue({ flag, parse }: Limit, text: string): OutputValue {
  const at = text.lastIndexOf(':');
  if (at < 0) return { output: '*', value: parse(flag, text) };
  const output = text.slice(0, at);
  if (output === '') throw new MlkitError('USAGE', `${flag} ${text}: there is no name before ":"`);
  return { output, value: parse(`${flag} ${output}`, text.slice(at + 1)) };
}

async function run(context: CommandContext): Promise<CommandOutcome> {
  const { io, progress } = context;
  const config = configOf(context);
  const { validate, presentValidation, validationCases } = await import('../../validate/index.ts');
  progress.start(config.candidate === null ? 'running the model' : 'running both models', 1);
  const report = await validate(config, {
    signal: io.signal,
    onProgress: (done, total) =>
      progress.update(total === null ? 0 : done / total, `sample ${done}`),
  });
  const shown = asTyped(report, context);
  return {
    report: shown,
    document: () => presentValidation(shown),
    testCases: () => validationCases(shown),
    exit: exitOf(report),
  };
}

/** The report with paths as the user wrote them. */
function asTyped(report: ValidateReport, { args, options }: CommandContext): ValidateReport {
  const [reference = report.model.path, candidate] = args;
  const golden = options['golden'];
  return {
    ...report,
    model: { ...report.model, path: reference },
    ...(report.candidate && {
      candidate: { ...report.candidate, path: candidate ?? report.candidate.path },
    }),
    ...(report.golden &&
      typeof golden === 'string' && { golden: { ...report.golden, path: golden } }),
  };
}

function exitOf({ verdict }: ValidateReport): number {
  if (verdict === 'fail') return exitStatus.answerIsNo;
  return verdict === 'inconclusive' ? exitStatus.inconclusive : exitStatus.done;
}

function configOf({ args, options, io }: CommandContext): ValidateConfig {
  const at = (path: string): string => resolve(io.cwd, path);
  const { golden, labels, profile, maxDrop, samples, match, castIo } = options as {
    golden?: string;
    labels?: string;
    profile: ProfileName | 'auto';
    maxDrop?: number;
    samples?: number;
    match: 'name' | 'position';
    castIo?: boolean;
  };
  const [reference = '', candidate] = args;
  const model = modelOptionsOf(options);
  return {
    reference: at(reference),
    candidate: candidate === undefined ? null : at(candidate),
    golden: golden === undefined ? null : at(golden),
    labels: labels ?? null,
    maxDropPct: maxDrop ?? null,
    profile,
    overrides: overridesOf(options),
    match,
    castIo: castIo === true,
    samples: samples ?? null,
    provider: model.provider,
    threads: model.threads ?? null,
    dims: model.dims,
    shapes: model.shapes,
    inputs: model.inputs,
    seed: model.seed,
  };
}

function overridesOf(options: Readonly<Record<string, unknown>>): ToleranceOverrides {
  const given = limits.flatMap(({ option, key }) => {
    const values = options[option];
    return values === undefined ? [] : [[key, values] as const];
  });
  return Object.fromEntries(given) as ToleranceOverrides;
}
