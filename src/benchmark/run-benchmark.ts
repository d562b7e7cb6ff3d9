import { MlkitError } from '../errors.ts';
import { type ReportBase, toolInfo } from '../report/index.ts';
import { availableCores, probeProvider } from '../runtime/index.ts';
import { tensorsOfValue } from '../tensor/index.ts';
import {
  calibrationOf,
  compareResults,
  confidenceOfLooks,
  worstComparison,
} from './compare-results.ts';
import type { BenchmarkConfig, Configuration } from './config.ts';
import { type Effort, resolveEffort } from './effort.ts';
import { type Environment, environmentDifferences, observeEnvironment } from './environment.ts';
import { type BenchmarkServices, type Lane, measureLanes } from './measure-lanes.ts';
import type { BatchData } from './plan-data.ts';
import type { BenchmarkReport, BenchmarkResult, Comparison } from './report.ts';
import { readStoredBaseline, type StoredBaseline, storedResult } from './stored-baseline.ts';
import { loadSubject, type Subject } from './subject.ts';
import { summarizeResult } from './summarize-result.ts';
import { benchmarkWarnings } from './warnings.ts';

/** The samples of one process, in the order in which they were taken. */
export interface ProcessSamples extends Configuration {
  readonly round: number;
  /** Of the sessions that ran at the same time; 0 where there was one. */
  readonly session: number;
  readonly samplesMs: Float64Array;
}

export interface BenchmarkOutcome {
  readonly report: BenchmarkReport;
  /** All samples of the model (of the baseline none). */
  readonly samples: readonly ProcessSamples[];
}

/**
 * Measures a model in fresh child processes: latency, throughput, cold start, memory, for every
 * combination of provider, batch, threads and concurrency; and against a baseline, if there is one.
 *
 * @throws MlkitError USAGE for settings that contradict each other; MODEL_UNSUPPORTED for a batch that
 *   the model does not take; PROVIDER_UNAVAILABLE; INPUT_DATA; INTERRUPTED; and whatever reading and
 *   running the model throws.
 */
export async function benchmark(
  config: BenchmarkConfig,
  services: BenchmarkServices = {},
): Promise<BenchmarkOutcome> {
  checkConfig(config);
  const subject = loadSubject(config.modelPath, config);
  const stored = isReport(config.baseline) ? readStoredBaseline(config.baseline) : null;
  const other =
    config.baseline === null || stored !== null
      ? null
      : loadSubject(config.baseline, config, subject);
  await checkProviders(config);
  const pairs = configurationsOf(config, subject).map(({ configuration, data }) => {
    if (stored !== null) storedResult(stored, configuration);
    const lane = newLane(subject, configuration, data, '');
    return { configuration, lane, versus: versusLane(config, lane, other) };
  });
  const effort = resolveEffort(config, pairs.length);
  const observed = observeEnvironment();
  const result = ({ configuration, lane }: Pick<Pair, 'configuration' | 'lane'>): BenchmarkResult =>
    summarizeResult(configuration, lane.rounds, shapesOf(lane.data), lane.subject.modelBytes);
  const compare = (pair: Pair): Comparison | null =>
    comparisonOf(pair, { config, stored, effort, environment: observed(), result });
  await measureLanes(
    {
      lanes: pairs.flatMap(({ lane, versus }) => (versus === null ? [lane] : [lane, versus])),
      config,
      effort,
      isDecided: () => pairs.every((pair) => compare(pair)?.verdict !== 'inconclusive'),
    },
    services,
  );
  const environment = observed();
  const results = pairs.map((pair): BenchmarkResult => {
    const comparison = compare(pair);
    return { ...result(pair), ...(comparison !== null && { comparison }) };
  });
  const report = buildReport({ config, effort, environment, subject, pairs, results });
  return { report, samples: pairs.flatMap(samplesOf) };
}

interface Pair {
  readonly configuration: Configuration;
  readonly lane: Lane;
  /** The baseline, or with --calibrate the model again. */
  readonly versus: Lane | null;
}

function checkConfig(config: BenchmarkConfig): void {
  const { baseline, gates, calibrate, concurrency, runs } = config;
  const refuse = (message: string, hint: string): MlkitError =>
    new MlkitError('USAGE', message, { hint });
  if (gates.length > 0 && baseline === null) {
    throw refuse(
      '--fail-on needs something to compare with',
      'Add --baseline OTHER.onnx or --baseline RESULT.json.',
    );
  }
  if (calibrate && baseline !== null) {
    throw refuse(
      '--calibrate compares the model with itself, and --baseline with another',
      'Give one of them.',
    );
  }
  if (runs !== null && concurrency.some((sessions) => sessions > 1)) {
    throw refuse(
      '--runs does not go with --concurrency above 1: the fastest session would end first and leave the others alone',
      'Give --duration, for example --duration 2s.',
    );
  }
}

function isReport(baseline: string | null): baseline is string {
  return baseline !== null && /\.json$/i.test(baseline);
}

/** Before anything is measured, so that a missing library does not cost the time of the others. */
async function checkProviders({ providers }: BenchmarkConfig): Promise<void> {
  for (const provider of providers) {
    if (provider === 'cpu') continue;
    const { usable, reason } = await probeProvider(provider);
    if (usable) continue;
    throw new MlkitError('PROVIDER_UNAVAILABLE', reason ?? `${provider} cannot be used`, {
      hint: `Leave ${provider} out of --provider, or make it work.`,
    });
  }
}

function configurationsOf(
  config: BenchmarkConfig,
  { data }: Subject,
): { configuration: Configuration; data: BatchData }[] {
  const cores = availableCores();
  return [...new Set(config.providers)].flatMap((provider) =>
    [...new Set(config.concurrency)].flatMap((concurrency) => {
      const shared = Math.max(1, Math.floor(cores / concurrency));
      return [...new Set(config.threads ?? [shared])].flatMap((threads) =>
        data.map((each) => ({
          configuration: { provider, batch: each.batch, threads, concurrency },
          data: each,
        })),
      );
    }),
  );
}

function newLane(
  subject: Subject,
  configuration: Configuration,
  data: BatchData,
  name: string,
): Lane {
  return { subject, configuration, data, name, rounds: [] };
}

function versusLane(config: BenchmarkConfig, lane: Lane, other: Subject | null): Lane | null {
  const { subject, configuration, data } = lane;
  if (config.calibrate) return newLane(subject, configuration, data, 'again, ');
  if (other === null) return null;
  // The same batches in the same order: both come from the same settings.
  const own = other.data.find((each) => each.batch === configuration.batch) ?? other.data[0];
  return own === undefined ? null : newLane(other, configuration, own, 'baseline, ');
}

interface ComparisonContext {
  readonly config: BenchmarkConfig;
  readonly stored: StoredBaseline | null;
  readonly effort: Effort;
  readonly environment: Environment;
  readonly result: (pair: Pick<Pair, 'configuration' | 'lane'>) => BenchmarkResult;
}

function comparisonOf(
  { configuration, lane, versus }: Pair,
  { config, stored, effort, environment, result }: ComparisonContext,
): Comparison | null {
  const { baseline, gates } = config;
  if (baseline === null) return null;
  const after = result({ configuration, lane }).processes;
  const confidence = confidenceOfLooks(effort.looks.length);
  const common = { baseline, configuration, after, gates, confidence };
  if (stored !== null) {
    return compareResults({
      ...common,
      method: 'stored',
      before: storedResult(stored, configuration).processes,
      environmentDifferences: [
        ...environmentDifferences(stored.environment, environment),
        ...(stored.optimization === config.optimization
          ? []
          : [`optimization: ${String(stored.optimization)} then, ${config.optimization} now`]),
      ],
    });
  }
  if (versus === null) return null;
  return compareResults({
    ...common,
    method: 'interleaved',
    before: result({ configuration, lane: versus }).processes,
    environmentDifferences: [],
  });
}

interface ReportParts {
  readonly config: BenchmarkConfig;
  readonly effort: Effort;
  readonly environment: Environment;
  readonly subject: Subject;
  readonly pairs: readonly Pair[];
  readonly results: readonly BenchmarkResult[];
}

function buildReport(parts: ReportParts): BenchmarkReport {
  const { config, effort, environment, subject, pairs, results } = parts;
  const [first] = pairs;
  const [result] = results;
  if (first === undefined || result === undefined) throw new Error('nothing was measured');
  const comparison = worstComparison(results.flatMap((each) => each.comparison ?? []));
  const verdict = comparison?.verdict ?? null;
  return {
    schema: 1,
    kind: 'benchmark',
    tool: toolInfo(),
    model: { path: subject.path, sizeBytes: subject.sizeBytes, modelBytes: subject.modelBytes },
    config: effectiveConfig(config, effort, results),
    ...(verdict !== null && { verdict }),
    environment,
    inputs: first.lane.data.inputs,
    distinctInputs: first.lane.data.feeds.length,
    notes: [...new Set([...subject.outputNotes, ...pairs.flatMap(({ lane }) => lane.data.notes)])],
    results,
    coldStart: result.coldStart,
    memory: result.memory,
    ...(comparison !== undefined && { comparison }),
    ...(config.calibrate && { calibration: calibration(first, result, subject.modelBytes) }),
    warnings: benchmarkWarnings(environment, results),
  };
}

function calibration(
  { configuration, lane, versus }: Pair,
  result: BenchmarkResult,
  modelBytes: number,
): ReturnType<typeof calibrationOf> {
  if (versus === null) throw new Error('there is nothing to calibrate by');
  const shapes = shapesOf(lane.data);
  const again = summarizeResult(configuration, versus.rounds, shapes, modelBytes);
  return calibrationOf(configuration, result.processes, again.processes);
}

/** What had an effect, in the words of the flags. */
function effectiveConfig(
  config: BenchmarkConfig,
  effort: Effort,
  results: readonly BenchmarkResult[],
): ReportBase['config'] {
  const { warmup, runs, durationMs, maxMs, maxTimeMs } = effort;
  const distinct = (values: readonly (string | number)[]) => [...new Set(values)];
  const rounds = results.map((each) => each.processes.length / each.concurrency);
  return {
    provider: distinct(results.map((each) => each.provider)),
    batch: distinct(results.map((each) => each.batch)),
    threads: distinct(results.map((each) => each.threads)),
    concurrency: distinct(results.map((each) => each.concurrency)),
    warmup,
    runs,
    durationMs,
    processes: Math.max(...rounds),
    maxProcessMs: maxMs,
    maxTimeMs,
    optimization: config.optimization,
    seed: config.seed,
    inputs: config.inputs,
    dims: config.dims,
    shapes: config.shapes,
    baseline: config.baseline,
    failOn: config.gates,
    calibrate: config.calibrate,
  };
}

function shapesOf({ feeds }: BatchData): Record<string, readonly number[]> {
  const first = [...(feeds[0] ?? [])];
  return Object.fromEntries(
    first.flatMap(([name, value]) => tensorsOfValue(value).map(({ dims }) => [name, dims])),
  );
}

function samplesOf({ configuration, lane }: Pair): ProcessSamples[] {
  return lane.rounds.flatMap((sessions, round) =>
    sessions.map(({ samplesMs }, session) => ({ ...configuration, round, session, samplesMs })),
  );
}
