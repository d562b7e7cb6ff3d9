import { describe, expect, test } from 'vitest';
import { type BenchmarkResult, benchmark, type Environment } from '../../src/benchmark/index.ts';
import { benchmarkWarnings, overlaps } from '../../src/benchmark/warnings.ts';
import { fakeRuntime } from '../measure/fake-session.ts';
import { testConfig } from './config.ts';
import { matMulModel, temporaryFolder, writeTo } from './sample-model.ts';

const folder = temporaryFolder();
const model = writeTo(folder, 'model.onnx', matMulModel('batch'));

/** A quiet machine with as many cores as are needed. */
const quiet: Environment = {
  cpuModel: 'X',
  coresAllowed: 64,
  coresTotal: 64,
  memoryBytes: 1,
  platform: 'linux',
  arch: 'x64',
  osRelease: '1',
  nodeVersion: '20',
  onnxruntimeVersion: '1',
  runMode: 'sync',
  loadAverage: { before: 0, after: 0 },
  governor: 'performance',
  onBattery: false,
  stolen: 0,
  throttled: 0,
  cpuPressure: 0,
};

const { report } = await benchmark(
  testConfig(model, { runs: 10, threads: [2], batches: [1, 2] }),
  fakeRuntime({ [model]: { sampleMs: () => 10 } }),
);
const calm = report.results[0] as BenchmarkResult;

const codes = (
  result: Partial<BenchmarkResult>,
  environment: Partial<Environment> = {},
): string[] =>
  benchmarkWarnings({ ...quiet, ...environment }, [{ ...calm, ...result }]).map(({ code }) => code);

const changed = (changes: object): Pick<BenchmarkResult, 'processes'> => ({
  processes: calm.processes.map((each) => ({ ...each, ...changes })),
});

describe('benchmarkWarnings', () => {
  test('says nothing of a quiet machine', () => {
    expect(codes({})).toEqual([]);
  });

  test.each([
    ['noisy', { noise: { ...calm.noise, runQueueWait: 0.06 } }],
    ['spread', { processP50Ms: { low: 10, high: 11.5 } }],
    ['garbage-collection', { noise: { ...calm.noise, garbageCollection: 0.2 } }],
    ['oversubscribed', { threads: 65 }],
    ['unsettled', changed({ settled: false, warmupRuns: 50 })],
  ] as const)('%s', (code, result) => {
    expect(codes(result)).toEqual([code]);
  });

  test.each([
    ['stolen', { stolen: 0.03 }],
    ['throttled', { throttled: 0.02 }],
    ['governor', { governor: 'powersave' }],
    ['battery', { onBattery: true }],
    ['load', { platform: 'darwin', loadAverage: { before: 40, after: 1 } }],
  ] as const)('%s', (code, environment) => {
    expect(codes({}, environment)).toEqual([code]);
  });

  test('a short fixed warm-up is the wish of the user, and no warning', () => {
    expect(codes(changed({ settled: false, warmupRuns: 1 }))).toEqual([]);
  });

  test('the CPUs of a GPU’s host are not oversubscribed by its threads', () => {
    expect(codes({ provider: 'cuda', threads: 65 })).toEqual([]);
  });

  test('the same of several configurations is told once, of the worst', () => {
    const noisy = (share: number, batch: number): BenchmarkResult => ({
      ...calm,
      batch,
      noise: { ...calm.noise, runQueueWait: share },
    });
    const warnings = benchmarkWarnings(quiet, [noisy(0.1, 1), noisy(0.5, 2), noisy(0, 4)]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain('50.0%');
    expect(warnings[0]?.message).toContain('(cpu, batch 2, 2 threads, and 1 more of 3)');
  });

  test('sessions that did not run at the same time', () => {
    const sessions = (starts: readonly number[]): BenchmarkResult => ({
      ...calm,
      concurrency: 2,
      processes: starts.map((firstRunMs, index) => ({
        ...(calm.processes[0] as BenchmarkResult['processes'][number]),
        round: index >> 1,
        firstRunMs,
        warmupMs: 0,
        wallMs: 100,
      })),
    });
    // Both from 0 to 100; then one from 0 to 100 and one from 50 to 150: 50 of 150 together.
    expect(overlaps(sessions([0, 0, 0, 50]))).toEqual([1, expect.closeTo(1 / 3, 12)]);
    expect(codes(sessions([0, 0, 0, 50]))).toEqual(['overlap']);
    expect(codes(sessions([0, 1, 2, 0]))).toEqual([]);
  });

  test('each says what to do', () => {
    const all = benchmarkWarnings({ ...quiet, stolen: 0.5, onBattery: true }, [
      { ...calm, noise: { ...calm.noise, runQueueWait: 0.5 } },
    ]);
    expect(all).toHaveLength(3);
    for (const { fix } of all) expect(fix.length).toBeGreaterThan(10);
  });
});
