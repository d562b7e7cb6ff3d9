import { isAbsolute, resolve } from 'node:path';
import type { Command } from 'commander';
import type { BenchmarkConfig, Gate, GateMetric } from '../../benchmark/index.ts';
import { exitStatus, MlkitError } from '../../errors.ts';
import type { Verdict } from '../../report/index.ts';
import type { OptimizationLevel, ProviderName } from '../../runtime/index.ts';
import type { CommandContext, CommandModule, CommandOutcome } from '../command.ts';
import {
  inputsOption,
  modelOptionsOf,
  outputOptions,
  seedOption,
  shapeOptions,
  sweepOptions,
} from '../options.ts';
import {
  parseChoice,
  parseDuration,
  parseList,
  parseWholeNumber,
  parseWholeNumberList,
  type Range,
} from '../parse.ts';
import { checkReportFiles } from '../report-files.ts';

const gateMetrics: readonly GateMetric[] = ['p50', 'p90', 'p95', 'p99', 'mean'];
const levels: readonly OptimizationLevel[] = ['disabled', 'basic', 'extended', 'all'];

const batchRange: Range = { min: 1, max: 1_000_000 };
const concurrencyRange: Range = { min: 1, max: 256 };
const runsRange: Range = { min: 1, max: 10_000_000 };
const warmupRange: Range = { min: 0, max: 10_000_000 };
const processesRange: Range = { min: 1, max: 1000 };

const examples = `
Examples:
  mlkit benchmark model.onnx
      latency, throughput, cold start and memory, in a few seconds
  mlkit benchmark model.onnx --batch 1,2,4,8,16 --threads 1,2
      which batch gives the most samples a second?
  mlkit benchmark model.onnx --inputs data.npz --duration 10s --processes 5
      longer, on real data
  mlkit benchmark new.onnx --baseline old.onnx --fail-on p50:+5%
      is it slower? Exit status 0: no, 1: yes, 4: cannot be told
  mlkit benchmark model.onnx --json > baseline.json
  mlkit benchmark model.onnx --baseline baseline.json --fail-on p50:+10%
      against an earlier result of the same machine
  mlkit benchmark model.onnx --calibrate
      how small a change can this machine show?
`;

/** `mlkit benchmark`. */
export const command: CommandModule = {
  name: 'benchmark',
  summary: 'latency, throughput, cold start and memory, with what the samples can support',

  configure(command: Command): void {
    command.argument('<model>', 'an ONNX model');
    command.option('--batch <1,2,4>', 'batch sizes to sweep (the first dimension)', (text) =>
      parseWholeNumberList('--batch', text, batchRange),
    );
    sweepOptions(command);
    command
      .option(
        '--concurrency <1,2,4>',
        'sessions at the same time, each in a process of its own (default: 1)',
        (text) => parseWholeNumberList('--concurrency', text, concurrencyRange),
      )
      .option(
        '--warmup <auto|n|500ms>',
        'before the timed runs: until times settle, a number of runs, or a time',
        parseWarmup,
        'auto' as const,
      )
      .option('--runs <n>', 'timed runs of each process', (text) =>
        parseWholeNumber('--runs', text, runsRange),
      )
      .option(
        '--duration <10s>',
        'timed part of each process (default: 1.5s, 500ms in sweeps)',
        (text) => parseDuration('--duration', text),
      )
      .option(
        '--processes <n>',
        'fresh processes for each configuration (default: 3, with --baseline 8 or more)',
        (text) => parseWholeNumber('--processes', text, processesRange),
      )
      .option('--max-time <60s>', 'for everything; what is under way is finished', (text) =>
        parseDuration('--max-time', text),
      )
      .option(
        '--optimization <level>',
        `how far onnxruntime rewrites the graph: ${levels.join(', ')}`,
        (text) => parseChoice('--optimization', text, levels),
        'all',
      )
      .option(
        '--baseline <file>',
        'compare with another model, or with the JSON of an earlier benchmark',
      )
      .option(
        '--fail-on <metric:+5%>',
        `exit 1 when slower than the baseline by more; metric is ${gateMetrics.join(', ')}; repeatable`,
        (text, previous: readonly Gate[] | undefined) => [...(previous ?? []), ...parseGates(text)],
      )
      .option('--calibrate', 'compare the model with itself: what can this machine resolve?')
      .option('--samples-out <file>', 'write every sample, .csv or .json');
    shapeOptions(command);
    inputsOption(command);
    seedOption(command);
    outputOptions(command);
    command.addHelpText('after', examples);
  },

  async run({ args, options, io, progress }: CommandContext): Promise<CommandOutcome> {
    const config = configOf(args[0] ?? '', options, io.cwd);
    const { samplesOut } = options as { samplesOut?: string };
    const { benchmark, benchmarkCases, presentBenchmark, samplesFormat, samplesText } =
      await import('../../benchmark/index.ts');
    const format = samplesOut === undefined ? null : samplesFormat(samplesOut);
    const taken = [config.modelPath, ...(config.baseline === null ? [] : [config.baseline])];
    if (samplesOut !== undefined) {
      await checkReportFiles([samplesOut], io.cwd, taken, '--samples-out');
    }
    const { report, samples } = await benchmark(config, { signal: io.signal, progress });
    return {
      report,
      document: () => presentBenchmark(report),
      testCases: () => benchmarkCases(report),
      exit: exitOf(report.verdict),
      ...(samplesOut !== undefined &&
        format !== null && {
          files: [{ path: samplesOut, text: () => samplesText(samples, format) }],
        }),
    };
  },
};

function exitOf(verdict: Verdict | undefined): number {
  if (verdict === 'fail') return exitStatus.answerIsNo;
  return verdict === 'inconclusive' ? exitStatus.inconclusive : exitStatus.done;
}

function configOf(
  model: string,
  options: Readonly<Record<string, unknown>>,
  cwd: string,
): BenchmarkConfig {
  const { dims, shapes, inputs, seed } = modelOptionsOf(options);
  const given = options as {
    provider: readonly ProviderName[];
    batch?: readonly number[];
    threads?: readonly number[];
    concurrency?: readonly number[];
    warmup: BenchmarkConfig['warmup'];
    runs?: number;
    duration?: number;
    processes?: number;
    maxTime?: number;
    optimization: OptimizationLevel;
    baseline?: string;
    failOn?: readonly Gate[];
    calibrate?: boolean;
  };
  return {
    modelPath: from(cwd, model),
    providers: given.provider,
    batches: given.batch ?? null,
    threads: given.threads ?? null,
    concurrency: given.concurrency ?? [1],
    warmup: given.warmup,
    runs: given.runs ?? null,
    durationMs: given.duration ?? null,
    processes: given.processes ?? null,
    maxTimeMs: given.maxTime ?? null,
    dims,
    shapes,
    inputs,
    seed,
    optimization: given.optimization,
    baseline: given.baseline === undefined ? null : from(cwd, given.baseline),
    gates: given.failOn ?? [],
    calibrate: given.calibrate === true,
  };
}

/** A path as it was given where that is right, since messages repeat it. */
function from(cwd: string, path: string): string {
  return cwd === process.cwd() || isAbsolute(path) ? path : resolve(cwd, path);
}

function parseWarmup(text: string): BenchmarkConfig['warmup'] {
  if (text === 'auto') return 'auto';
  if (/^[+-]?\d+$/.test(text)) return { runs: parseWholeNumber('--warmup', text, warmupRange) };
  try {
    return { ms: parseDuration('--warmup', text) };
  } catch (error) {
    if (!(error instanceof MlkitError)) throw error;
    throw new MlkitError(
      'USAGE',
      `--warmup: "${text}" is not auto, a number of runs, or a duration such as 500ms`,
    );
  }
}

/** `p50:+5%`, or several with commas. */
function parseGates(text: string): Gate[] {
  return parseList('--fail-on', text).map((entry) => {
    const [, name, change] = /^(\w+):([+-]\d+(?:\.\d+)?)%$/.exec(entry) ?? [];
    if (name === undefined || Number(change) <= -100) {
      throw new MlkitError('USAGE', `--fail-on: "${entry}" is not of the form METRIC:+N%`, {
        hint: 'For example --fail-on p50:+5%, or p50:-10% to ask for a gain.',
      });
    }
    const metric: GateMetric = parseChoice('--fail-on', name, gateMetrics);
    return { metric, limit: 1 + Number(change) / 100 };
  });
}
