import { expect, test } from 'vitest';
import { summarizeResult } from '../../src/benchmark/summarize-result.ts';
import type { ModelMeasurement } from '../../src/measure/index.ts';

const configuration = { provider: 'cpu', batch: 1, threads: 1, concurrency: 1 } as const;

function measurement(wallMs: number, runQueueWaitMs: number | null): ModelMeasurement {
  return {
    samplesMs: Float64Array.of(wallMs),
    warmupRuns: 1,
    warmupMs: 1,
    settled: true,
    wallMs,
    runQueueWaitMs,
    involuntaryContextSwitches: 0,
    gcCount: 0,
    gcMs: 0,
    endedBy: 'runs',
    p50Ms: wallMs,
    coldStart: { importMs: 1, createMs: 1, firstRunMs: 1 },
    memory: { peakBytes: 1, currentBytes: 1, afterImportBytes: 1, afterCreateBytes: 1 },
  };
}

test.each<[string, ModelMeasurement[], number | null]>([
  ['of all processes together', [measurement(300, 30), measurement(100, 10)], 0.1],
  ['never more than all of the time', [measurement(300, 900), measurement(100, 0)], 0.75],
  ['not of a time as short as the ticks it is counted in', [measurement(2, 9)], null],
  ['not where one process does not know', [measurement(300, 30), measurement(300, null)], null],
])('the share of the time that was spent waiting: %s', (_, all, share) => {
  const { noise } = summarizeResult(configuration, [all], {}, 1);
  expect(noise.runQueueWait).toBe(share);
});
