import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type BenchmarkReport, benchmark, samplesText } from '../../src/benchmark/index.ts';
import { reportToJson } from '../../src/report/index.ts';
import { availableCores } from '../../src/runtime/index.ts';
import { fakeRuntime } from '../measure/fake-session.ts';
import { testConfig } from './config.ts';
import { matMulModel, temporaryFolder, writeTo } from './sample-model.ts';

const folder = temporaryFolder();
const model = writeTo(folder, 'model.onnx', matMulModel('batch'));
const old = writeTo(folder, 'old.onnx', matMulModel('batch'));

/** Percent by which process number `process` is off. */
const noisePercent = [0.3, -1.2, 0.8, 0.1, -0.5, 1.1, -0.9, 0.4];
const noisy =
  (ms: number, shift = 0) =>
  (process: number) =>
    ms * (1 + (noisePercent[(process + shift) % 8] ?? 0) / 100);

const runtime = (ms = 10, oldMs = 10, shift = 3) =>
  fakeRuntime({ [model]: { sampleMs: noisy(ms) }, [old]: { sampleMs: noisy(oldMs, shift) } });

const short = { runs: 40, warmup: { runs: 1 } } as const;

describe('benchmark', () => {
  test('reports every combination, each in processes of its own', async () => {
    const { open, opened, openNow } = runtime();
    const { report, samples } = await benchmark(
      testConfig(model, { ...short, batches: [1, 4], threads: [1, 2] }),
      { open },
    );
    expect(
      report.results.map(({ provider, batch, threads }) => [provider, batch, threads]),
    ).toEqual([
      ['cpu', 1, 1],
      ['cpu', 4, 1],
      ['cpu', 1, 2],
      ['cpu', 4, 2],
    ]);
    expect(opened).toHaveLength(4 * 3);
    expect(openNow()).toBe(0);
    for (const result of report.results) {
      expect(result.latency.runs).toBe(120);
      expect(result.processes).toHaveLength(3);
      expect(result.shapes).toEqual({ x: [result.batch, 16] });
    }
    expect(samples).toHaveLength(12);
    expect(samples[0]?.samplesMs).toHaveLength(40);
  });

  test('counts samples per second from wall time and batch', async () => {
    const { open } = fakeRuntime({ [model]: { sampleMs: () => 10 } });
    const { report } = await benchmark(testConfig(model, { ...short, batches: [1, 8] }), { open });
    expect(report.results.map(({ throughput }) => throughput)).toEqual([
      { samplesPerSecond: expect.closeTo(100, 9), runsPerSecond: expect.closeTo(100, 9) },
      { samplesPerSecond: expect.closeTo(800, 9), runsPerSecond: expect.closeTo(100, 9) },
    ]);
  });

  test('has the fields that scripts read', async () => {
    const { open } = runtime();
    const { report } = await benchmark(testConfig(model, short), { open });
    const json = JSON.parse(reportToJson(report)) as BenchmarkReport;
    expect(json).toMatchObject({
      schema: 1,
      kind: 'benchmark',
      tool: { name: 'mlkit' },
      model: { path: model, sizeBytes: matMulModel('batch').length },
      config: { provider: ['cpu'], batch: [1], runs: 40, processes: 3, seed: 0 },
      coldStart: { importMs: 11, createMs: 21, firstRunMs: 31 },
      memory: { peakBytes: 1002, modelBytes: matMulModel('batch').length },
      inputs: [{ name: 'x', dtype: 'float32', shape: [1, 16] }],
      results: [{ provider: 'cpu', batch: 1, threads: availableCores(), concurrency: 1 }],
    });
    expect(json.environment).toMatchObject({
      nodeVersion: process.versions.node,
      onnxruntimeVersion: expect.stringMatching(/^\d+\.\d+/),
      runMode: 'sync',
      coresAllowed: availableCores(),
    });
    const { latency } = json.results[0] ?? {};
    // 120 runs, 40 of each of the first three processes: 10.03, 9.88 and 10.08 ms.
    expect(latency).toMatchObject({
      p50Ms: expect.closeTo(10.03, 9),
      p90Ms: expect.closeTo(10.08, 9),
      p99Ms: null,
      minMs: expect.closeTo(9.88, 9),
      maxMs: expect.closeTo(10.08, 9),
      runs: 120,
      needed: { p99Ms: 299, p999Ms: 2995 },
    });
    expect(json).not.toHaveProperty('verdict');
    expect(json).not.toHaveProperty('comparison');
  });

  test('runs sessions at the same time where it is told to', async () => {
    const { open, together } = fakeRuntime({ [model]: { sampleMs: () => 10 } });
    const config = testConfig(model, { durationMs: 100, concurrency: [1, 3], processes: 2 });
    const { report } = await benchmark(config, { open });
    expect(together()).toBe(3);
    const [alone, three] = report.results;
    expect(three?.processes.map(({ round }) => round)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(alone?.throughput.runsPerSecond).toBeCloseTo(100, 6);
    expect(three?.throughput.runsPerSecond).toBeCloseTo(300, 6);
    expect(three?.threads).toBe(Math.max(1, Math.floor(availableCores() / 3)));
  });

  test('tells what cannot go together', async () => {
    const gates = [{ metric: 'p50', limit: 1.05 }] as const;
    const run = (changes: object) => benchmark(testConfig(model, changes), runtime());
    await expect(run({ gates })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(run({ calibrate: true, baseline: old })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(run({ runs: 5, concurrency: [2] })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('the same seed gives the same order, and another seed another', async () => {
    const orderOf = async (seed: number): Promise<string> => {
      const { open, opened } = runtime();
      await benchmark(testConfig(model, { ...short, seed, baseline: old, processes: 12 }), {
        open,
      });
      return opened.join();
    };
    expect(await orderOf(1)).toBe(await orderOf(1));
    expect(await orderOf(1)).not.toBe(await orderOf(2));
  });
});

describe('benchmark with a baseline', () => {
  const gates = [{ metric: 'p50', limit: 1.05 }] as const;

  test('measures both in turns and passes what is not slower', async () => {
    const { open, opened } = runtime();
    const { report } = await benchmark(testConfig(model, { ...short, baseline: old, gates }), {
      open,
    });
    expect(report.verdict).toBe('pass');
    expect(report.comparison).toMatchObject({
      method: 'interleaved',
      baseline: old,
      verdict: 'pass',
      rounds: 8,
      ratio: expect.closeTo(1, 1),
    });
    expect(report.comparison?.detectable).toBeLessThan(0.05);
    for (let round = 0; round < 8; round += 1) {
      expect(new Set(opened.slice(2 * round, 2 * round + 2))).toEqual(new Set([model, old]));
    }
    // Only the model's own samples are its result.
    expect(report.results[0]?.latency.runs).toBe(8 * 40);
  });

  test('fails what is slower than the limit', async () => {
    const { open } = runtime(11);
    const { report } = await benchmark(testConfig(model, { ...short, baseline: old, gates }), {
      open,
    });
    expect(report.verdict).toBe('fail');
    expect(report.comparison?.ratio).toBeCloseTo(1.1, 1);
  });

  test('takes more processes where eight cannot tell', async () => {
    // Pairs differ by about 6 %: the interval of eight is ±7 % wide, that of sixteen ±4 %.
    const wide = (ms: number, shift: number) => (process: number) =>
      ms * (1 + ((noisePercent[(process + shift) % 8] ?? 0) * 9) / 100);
    const { open } = fakeRuntime({
      [model]: { sampleMs: wide(10, 0) },
      [old]: { sampleMs: wide(10, 3) },
    });
    const { report } = await benchmark(testConfig(model, { ...short, baseline: old, gates }), {
      open,
    });
    expect(report.comparison?.rounds).toBe(16);
    expect(report.verdict).toBe('pass');
  });

  test('is inconclusive, not wrong, where the noise is too much for the time', async () => {
    const wild = (process: number): number => (process % 2 === 0 ? 8 : 12);
    const { open } = fakeRuntime({
      [model]: { sampleMs: (process) => wild(process) },
      [old]: { sampleMs: (process) => wild(Math.floor(process / 2)) },
    });
    const { report } = await benchmark(
      testConfig(model, { ...short, baseline: old, gates, processes: 8 }),
      { open },
    );
    expect(report.verdict).toBe('inconclusive');
  });

  test('compares every configuration, and the worst decides', async () => {
    const { open } = runtime(11);
    const config = { ...short, baseline: old, gates, batches: [1, 2], processes: 8 };
    const { report } = await benchmark(testConfig(model, config), { open });
    expect(report.results.map(({ comparison }) => comparison?.verdict)).toEqual(['fail', 'fail']);
    expect(report.verdict).toBe('fail');
  });

  test('compares with an earlier report of the same machine', async () => {
    const before = await benchmark(testConfig(old, { ...short, processes: 8 }), runtime());
    const baseline = writeTo(folder, 'baseline.json', reportToJson(before.report));
    const same = await benchmark(testConfig(model, { ...short, baseline, gates }), runtime());
    expect(same.report).toMatchObject({ verdict: 'pass', comparison: { method: 'stored' } });
    const slower = await benchmark(testConfig(model, { ...short, baseline, gates }), runtime(12));
    expect(slower.report.verdict).toBe('fail');

    const text = readFileSync(baseline, 'utf8').replace(/"cpuModel": ".*"/, '"cpuModel": "Abacus"');
    const elsewhere = writeTo(folder, 'elsewhere.json', text);
    const other = await benchmark(
      testConfig(model, { ...short, baseline: elsewhere, gates }),
      runtime(12),
    );
    expect(other.report.verdict).toBe('inconclusive');
    expect(other.report.comparison?.environmentDifferences).toEqual([
      expect.stringContaining('Abacus'),
    ]);
  });

  test('a baseline without the configuration, or that is none, is an error before any run', async () => {
    const before = await benchmark(testConfig(old, short), runtime());
    const baseline = writeTo(folder, 'batch-1.json', reportToJson(before.report));
    const fake = runtime();
    await expect(
      benchmark(testConfig(model, { ...short, baseline, batches: [64] }), fake),
    ).rejects.toMatchObject({
      code: 'INPUT_DATA',
      message: expect.stringContaining('no result for cpu, batch 64'),
    });
    for (const [name, text] of [
      ['not-json.json', 'p50: 3'],
      ['other.json', '{"kind": "inspect"}'],
      ['null.json', 'null'],
      ['empty.json', reportToJson({ ...before.report, results: [] })],
      ['no-processes.json', reportToJson({ ...before.report, results: [{ batch: 1 }] })],
    ] as const) {
      const path = writeTo(folder, name, text);
      await expect(
        benchmark(testConfig(model, { ...short, baseline: path }), fake),
      ).rejects.toMatchObject({ code: 'INPUT_DATA', exit: 3 });
    }
    await expect(
      benchmark(testConfig(model, { ...short, baseline: `${folder}/none.json` }), fake),
    ).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    expect(fake.opened).toEqual([]);
  });

  test('--calibrate compares the model with itself', async () => {
    const { open, opened } = runtime();
    const { report } = await benchmark(testConfig(model, { ...short, calibrate: true }), { open });
    expect(opened).toHaveLength(16);
    expect(report.calibration).toMatchObject({ rounds: 8, ratio: expect.closeTo(1, 1) });
    expect(report.calibration?.suggestedLimit).toBeGreaterThan(1);
    expect(report).not.toHaveProperty('verdict');
  });
});

describe('samplesText', () => {
  const samples = [
    {
      provider: 'cpu',
      batch: 2,
      threads: 1,
      concurrency: 1,
      round: 0,
      session: 0,
      samplesMs: Float64Array.of(1.5, 0.1 + 0.2),
    },
  ] as const;

  test('csv has one line a run, with every digit', () => {
    expect(samplesText(samples, 'csv')).toBe(
      'provider,batch,threads,concurrency,round,session,run,ms\n' +
        'cpu,2,1,1,0,0,0,1.5\n' +
        'cpu,2,1,1,0,0,1,0.30000000000000004\n',
    );
  });

  test('json has one entry a process', () => {
    expect(JSON.parse(samplesText(samples, 'json'))).toEqual({
      schema: 1,
      kind: 'benchmark-samples',
      processes: [{ ...samples[0], samplesMs: [1.5, 0.30000000000000004] }],
    });
  });
});
