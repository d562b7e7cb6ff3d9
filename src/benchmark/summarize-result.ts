import {
  type ModelMeasurement,
  medianOf,
  percentileNearestRank,
  percentiles,
  runsNeeded,
  sortedSamples,
  summarizeLatency,
} from '../measure/index.ts';
import type { Configuration, GateMetric } from './config.ts';
import type {
  BenchmarkResult,
  ColdStartReport,
  MemoryReport,
  NoiseReport,
  ProcessReport,
  ThroughputReport,
} from './report.ts';

/** All sessions of one round of one configuration. */
export type Round = readonly ModelMeasurement[];

/** Sums up the rounds of one configuration. */
export function summarizeResult(
  configuration: Configuration,
  rounds: readonly Round[],
  shapes: Readonly<Record<string, readonly number[]>>,
  modelBytes: number,
): BenchmarkResult {
  const all = rounds.flat();
  const medians = all.map((each) => each.p50Ms);
  return {
    ...configuration,
    shapes,
    latency: summarizeLatency(joinSamples(all)),
    processP50Ms: { low: Math.min(...medians), high: Math.max(...medians) },
    throughput: throughputOf(configuration, rounds),
    coldStart: coldStartOf(all),
    memory: memoryOf(all, modelBytes),
    noise: noiseOf(all),
    processes: rounds.flatMap((sessions, round) =>
      sessions.map((each) => processReport(each, round)),
    ),
  };
}

/** All samples, one process after the other. */
export function joinSamples(measurements: readonly ModelMeasurement[]): Float64Array {
  const length = measurements.reduce((sum, each) => sum + each.samplesMs.length, 0);
  const all = new Float64Array(length);
  let at = 0;
  for (const { samplesMs } of measurements) {
    all.set(samplesMs, at);
    at += samplesMs.length;
  }
  return all;
}

/** Sessions at the same time add up; rounds, one after the other, are averaged by their time. */
function throughputOf(configuration: Configuration, rounds: readonly Round[]): ThroughputReport {
  const all = rounds.flat();
  const runs = all.reduce((sum, each) => sum + each.samplesMs.length, 0);
  const wallMs = all.reduce((sum, each) => sum + each.wallMs, 0);
  const runsPerSecond = (runs / wallMs) * 1000 * configuration.concurrency;
  return { samplesPerSecond: runsPerSecond * configuration.batch, runsPerSecond };
}

function coldStartOf(all: readonly ModelMeasurement[]): ColdStartReport {
  return {
    importMs: medianOf(all.map(({ coldStart }) => coldStart.importMs)),
    createMs: medianOf(all.map(({ coldStart }) => coldStart.createMs)),
    firstRunMs: medianOf(all.map(({ coldStart }) => coldStart.firstRunMs)),
  };
}

function memoryOf(all: readonly ModelMeasurement[], modelBytes: number): MemoryReport {
  return {
    peakBytes: Math.max(...all.map(({ memory }) => memory.peakBytes)),
    modelBytes,
    afterImportBytes: medianOf(all.map(({ memory }) => memory.afterImportBytes)),
    afterCreateBytes: medianOf(all.map(({ memory }) => memory.afterCreateBytes)),
  };
}

/**
 * The kernel's clocks of two CPUs may be a tick of 1 to 10 ms apart, which a thread that moves is told
 * it waited: less time than this says nothing.
 */
const shortestJudgedMs = 200;

function noiseOf(all: readonly ModelMeasurement[]): NoiseReport {
  const wallMs = all.reduce((sum, each) => sum + each.wallMs, 0);
  const waits = all.map((each) =>
    each.runQueueWaitMs === null ? null : Math.min(each.runQueueWaitMs, each.wallMs),
  );
  const known = waits.filter((wait) => wait !== null);
  const isJudged = known.length === waits.length && wallMs >= shortestJudgedMs;
  return {
    runQueueWait: isJudged ? known.reduce((sum, each) => sum + each, 0) / wallMs : null,
    garbageCollection: all.reduce((sum, each) => sum + each.gcMs, 0) / wallMs,
    involuntaryContextSwitches: all.reduce((sum, each) => sum + each.involuntaryContextSwitches, 0),
  };
}

function processReport(measurement: ModelMeasurement, round: number): ProcessReport {
  const { samplesMs, coldStart, memory } = measurement;
  const sorted = sortedSamples(samplesMs);
  const percentile = (metric: GateMetric): number | null => statisticOf(sorted, metric);
  return {
    round,
    p50Ms: measurement.p50Ms,
    p90Ms: percentile('p90'),
    p95Ms: percentile('p95'),
    p99Ms: percentile('p99'),
    meanMs: meanOf(sorted),
    minMs: percentileNearestRank(sorted, 0),
    maxMs: percentileNearestRank(sorted, 1),
    runs: samplesMs.length,
    wallMs: measurement.wallMs,
    ...coldStart,
    warmupRuns: measurement.warmupRuns,
    warmupMs: measurement.warmupMs,
    settled: measurement.settled,
    endedBy: measurement.endedBy,
    peakBytes: memory.peakBytes,
    runQueueWaitMs: measurement.runQueueWaitMs,
    involuntaryContextSwitches: measurement.involuntaryContextSwitches,
    gcCount: measurement.gcCount,
    gcMs: measurement.gcMs,
  };
}

/** Null where there are too few samples for it; the median stands for its process however few. */
function statisticOf(sorted: Float64Array, metric: GateMetric): number | null {
  if (metric === 'mean') return meanOf(sorted);
  const p = percentiles[`${metric}Ms`];
  if (metric !== 'p50' && sorted.length < runsNeeded(p)) return null;
  return percentileNearestRank(sorted, p);
}

function meanOf(samples: Float64Array): number {
  return samples.reduce((sum, each) => sum + each, 0) / samples.length;
}
