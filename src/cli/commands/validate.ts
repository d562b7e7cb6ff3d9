import { basename, dirname, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import { exitStatus } from '../../errors.ts';
import type { ProfileName } from '../../parity/index.ts';
import type { OptimizationLevel } from '../../runtime/index.ts';
import type { ValidateConfig, ValidateReport } from '../../validate/index.ts';
import type { CommandContext, CommandModule, CommandOutcome } from '../command.ts';
import { modelOptions, modelOptionsOf, once, outputOptions, parsedOnce } from '../options.ts';
import {
  parseByteSize,
  parseChoice,
  parseDuration,
  parseWholeNumber,
  type Range,
} from '../parse.ts';
import { limitOptions, overridesOf } from '../validate-limits.ts';

const profiles = ['auto', 'exact', 'fp32', 'tf32', 'fp16', 'bf16', 'int8', 'int4'] as const;
const matchModes = ['name', 'position'] as const;
const tasks = ['auto', 'classification', 'regression'] as const;
const optimizations = ['disabled', 'basic', 'extended', 'all'] as const;
const samplesRange: Range = { min: 1, max: 1_000_000 };
const topKRange: Range = { min: 2, max: 1_000_000 };

const examples = `
Examples:
  mlkit validate model.onnx new.onnx                     # the same, within what the change allows?
  mlkit validate model.onnx int8.onnx --inputs eval.npz  # on your data, as quantization needs
  mlkit validate a.onnx b.onnx --profile exact           # the same bits?
  mlkit validate a.onnx b.onnx --atol 1e-4 --rtol logits:1e-3
  mlkit validate a.onnx b.onnx --trace                   # which node do they part at?
  mlkit validate a.onnx b.onnx --extract repro.onnx      # and cut it out
  mlkit validate model.onnx --golden test_data_set_0     # against recorded outputs
  mlkit validate model.onnx --save-golden golden         # record them
  mlkit validate model.onnx --matrix provider=cpu,cuda --matrix optimization=disabled,all
  mlkit validate model.onnx --inputs eval.npz --labels labels
  mlkit validate model.onnx int8.onnx --inputs eval.npz --labels labels --max-drop production

A limit is for all outputs, or for one as NAME:VALUE, where * in NAME stands for any text.
Exit status: 0 pass, 1 fail, 4 the data cannot decide.
`;

export const command: CommandModule = {
  name: 'validate',
  summary: 'do two models compute the same, or a model what was recorded?',
  configure(program) {
    program
      .argument('<reference>', 'a model: .onnx or .ort')
      .argument('[candidate]', 'the model that should compute the same');
    comparisonOptions(program.optionsGroup('How results are compared:'));
    limitOptions(program);
    modeOptions(program.optionsGroup('What else can be asked:'));
    labelOptions(program.optionsGroup('Accuracy:'));
    modelOptions(program.optionsGroup('How models run, and on what:'));
    runOptions(program);
    outputOptions(program.optionsGroup('The report:'));
    program.addHelpText('after', examples);
  },
  run,
};

/** How two results are compared. */
function comparisonOptions(program: Command): void {
  program
    .option(
      '--profile <name>',
      `how strict: ${profiles.join(', ')} (default: auto)`,
      parsedOnce('--profile', (flag, text) => parseChoice(flag, text, profiles)),
    )
    .option(
      '--match <how>',
      'pair inputs and outputs by name or position (default: name)',
      parsedOnce('--match', (flag, text) => parseChoice(flag, text, matchModes)),
    )
    .option('--cast-io', 'accept inputs and outputs of another float type in the candidate')
    .option('--strict-nan', 'NaN in the same place of both is a difference')
    .option(
      '--samples <n>',
      'random samples (default: 8), or the most taken from files',
      parsedOnce('--samples', (flag, text) => parseWholeNumber(flag, text, samplesRange)),
    );
}

/** What else can be asked. */
function modeOptions(program: Command): void {
  program
    .option('--trace', 'name the node at which the two begin to differ')
    .option(
      '--extract <file>',
      'trace, and write the smallest part that shows the difference',
      once('--extract'),
    )
    .option(
      '--golden <folder>',
      'compare with recorded outputs: an ONNX test data set, or .npz files',
      once('--golden'),
    )
    .option(
      '--save-golden <folder>',
      'record inputs and outputs, for --golden',
      once('--save-golden'),
    )
    .option('--force', 'with --save-golden: replace what was recorded there before')
    .option(
      '--matrix <axis=a,b>',
      'one model in several settings: provider, optimization, threads, precision; repeatable',
      (text, previous: readonly string[] | undefined) => [...(previous ?? []), text],
    );
}

function labelOptions(program: Command): void {
  program
    .option(
      '--labels <name>',
      'accuracy: the array in --inputs that holds the labels, or a .npy or .csv file',
      once('--labels'),
    )
    .option(
      '--max-drop <percent>',
      'most that the candidate may lose: 1%, or safety (0.1%), production (1%), edge (5%)',
      once('--max-drop'),
    )
    .option('--top-k <k>', 'also count labels among the k greatest scores', (text) =>
      parseWholeNumber('--top-k', text, topKRange),
    )
    .option(
      '--task <kind>',
      'what the labels are: classification or regression (default: by their values)',
      (text) => parseChoice('--task', text, tasks),
      'auto',
    )
    .option(
      '--label-output <name>',
      'the output that is held against the labels (default: the first that fits)',
      once('--label-output'),
    );
}

function runOptions(program: Command): void {
  program
    .option(
      '--optimization <level>',
      `how far the runtime rewrites the graph: ${optimizations.join(', ')}`,
      (text) => parseChoice('--optimization', text, optimizations),
      'all',
    )
    .option('--timeout <time>', 'end a model that takes longer to load or run: 60s', (text) =>
      parseDuration('--timeout', text),
    )
    .option('--memory-limit <size>', 'end a model that holds more memory: 4GB', (text) =>
      parseByteSize('--memory-limit', text),
    );
}

async function run(context: CommandContext): Promise<CommandOutcome> {
  const { io, progress } = context;
  const { validate, presentValidation, validationCases, parseMaxDrop } = await import(
    '../../validate/index.ts'
  );
  const config = configOf(context, parseMaxDrop);
  progress.start(config.candidate === null ? 'running the model' : 'running both models', 1);
  const report = await validate(config, {
    signal: io.signal,
    onProgress: (step, done, total) => progress.update(total === null ? 0 : done / total, step),
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
function asTyped(report: ValidateReport, { args, options, io }: CommandContext): ValidateReport {
  const [reference = report.model.path, candidate] = args;
  const { golden, saveGolden, extract } = options as {
    golden?: string;
    saveGolden?: string;
    extract?: string;
  };
  return {
    ...report,
    model: { ...report.model, path: reference },
    ...(report.candidate && {
      candidate: { ...report.candidate, path: candidate ?? report.candidate.path },
    }),
    ...(report.trace?.repro &&
      extract !== undefined && {
        trace: { ...report.trace, repro: reproAsTyped(report.trace.repro, extract, io.cwd) },
      }),
    ...(report.golden && { golden: { ...report.golden, path: golden ?? report.golden.path } }),
    ...(report.saved && { saved: { ...report.saved, path: saveGolden ?? report.saved.path } }),
  };
}

type Repro = NonNullable<NonNullable<ValidateReport['trace']>['repro']>;

/** The files lie beside the one that was asked for. */
function reproAsTyped(repro: Repro, extract: string, cwd: string): Repro {
  const [absolute, typed] = [
    dirname(resolve(cwd, extract)) + sep,
    extract.slice(0, -basename(extract).length),
  ];
  const short = (text: string): string => text.replaceAll(absolute, typed);
  return {
    ...repro,
    candidatePath: short(repro.candidatePath),
    referencePath: short(repro.referencePath),
    inputsPath: short(repro.inputsPath),
    command: short(repro.command),
  };
}

function exitOf({ verdict, isComplete }: ValidateReport): number {
  if (isComplete === false) return exitStatus.interrupted;
  if (verdict === 'fail') return exitStatus.answerIsNo;
  return verdict === 'inconclusive' ? exitStatus.inconclusive : exitStatus.done;
}

type ParseMaxDrop = (text: string) => NonNullable<ValidateConfig['maxDrop']>;

function configOf(
  { args, options, io }: CommandContext,
  parseMaxDrop: ParseMaxDrop,
): ValidateConfig {
  const at = (path: string | undefined): string | null =>
    path === undefined ? null : resolve(io.cwd, path);
  const given = options as {
    golden?: string;
    saveGolden?: string;
    force?: boolean;
    matrix?: readonly string[];
    labels?: string;
    task: ValidateConfig['task'];
    topK?: number;
    labelOutput?: string;
    maxDrop?: string;
    profile?: ProfileName | 'auto';
    match?: 'name' | 'position';
    castIo?: boolean;
    trace?: boolean;
    extract?: string;
    samples?: number;
    optimization: OptimizationLevel;
    timeout?: number;
    memoryLimit?: number;
  };
  const [reference = '', candidate] = args;
  const { provider, threads = null, dims, shapes, inputs, seed } = modelOptionsOf(options);
  return {
    reference: resolve(io.cwd, reference),
    candidate: at(candidate),
    golden: at(given.golden),
    saveGolden: at(given.saveGolden),
    force: given.force === true,
    matrix: given.matrix ?? [],
    labels: given.labels ?? null,
    task: given.task,
    topK: given.topK ?? null,
    labelOutput: given.labelOutput ?? null,
    maxDrop: given.maxDrop === undefined ? null : parseMaxDrop(given.maxDrop),
    profile: given.profile ?? 'auto',
    overrides: overridesOf(options),
    match: given.match ?? 'name',
    castIo: given.castIo === true,
    trace: given.trace === true || given.extract !== undefined,
    extract: at(given.extract),
    samples: given.samples ?? null,
    provider,
    threads,
    optimization: given.optimization,
    timeoutMs: given.timeout ?? null,
    memoryLimitBytes: given.memoryLimit ?? null,
    dims,
    shapes,
    inputs,
    seed,
  };
}
