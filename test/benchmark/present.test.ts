import { describe, expect, test } from 'vitest';
import { type BenchmarkReport, benchmark, presentBenchmark } from '../../src/benchmark/index.ts';
import { renderReport } from '../../src/report/index.ts';
import { fakeRuntime } from '../measure/fake-session.ts';
import { testConfig } from './config.ts';
import { matMulModel, temporaryFolder, writeTo } from './sample-model.ts';

const folder = temporaryFolder();
const model = writeTo(folder, 'model.onnx', matMulModel('batch'));
const old = writeTo(folder, 'old.onnx', matMulModel('batch'));

async function reportOf(
  changes: Parameters<typeof testConfig>[1],
  ms = 10,
): Promise<BenchmarkReport> {
  const noise = [0.3, -1.2, 0.8, 0.1, -0.5, 1.1, -0.9, 0.4];
  const { open } = fakeRuntime({
    [model]: { sampleMs: (process) => ms * (1 + (noise[process % 8] ?? 0) / 100) },
    [old]: { sampleMs: (process) => 10 * (1 + (noise[(process + 3) % 8] ?? 0) / 100) },
  });
  const { report } = await benchmark(testConfig(model, { warmup: { runs: 1 }, ...changes }), {
    open,
  });
  // The machine that the test runs on may deserve any warning.
  return { ...report, warnings: [] };
}

function textOf(report: BenchmarkReport): Promise<string> {
  const style = { color: (_tone: string, text: string) => text, width: null };
  return renderReport(report, () => presentBenchmark(report), 'table', style);
}

describe('presentBenchmark', () => {
  test('tells what was measured in about twenty lines', async () => {
    const text = await textOf(await reportOf({ runs: 400 }));
    expect(text.split('\n').length).toBeLessThanOrEqual(20);
    // With its folder: half of all models are called model.onnx.
    expect(text).toContain(`benchmark ${model}\n`);
    expect(text).toContain('x float32[1, 16]');
    expect(text).toContain('1,200 runs in 3 fresh processes');
    expect(text).toMatch(/batch +p50 ms +p90 ms +p95 ms +p99 ms +p99\.9 ms +mean ms +samples\/s/);
    expect(text).toMatch(/ 1 +10 +10\.1 +10\.1 +10\.1 +n\/a +10 +100/);
    expect(text).toContain('p50 of the processes from 9.88 ms to 10.1 ms');
    expect(text).toContain('p99 at most 10.1 ms (95% sure)');
    expect(text).toContain('cold start');
    expect(text).toContain('onnxruntime 11.0 ms + model 21.0 ms + first run 31.0 ms');
    expect(text).toContain('p99.9 takes 2995 runs; there were 1200');
  });

  test('fits a terminal of 80 columns without breaking a row', async () => {
    const report = await reportOf({ runs: 400, threads: [1, 2], batches: [1, 8] });
    const style = { color: (_tone: string, text: string) => text, width: 80 };
    const text = await renderReport(report, () => presentBenchmark(report), 'table', style);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(text.match(/^ +[18] +[12] +10/gm)).toHaveLength(4);
  });

  test('shows a column only for what differs, and names the best', async () => {
    const text = await textOf(await reportOf({ runs: 5, threads: [1, 2], batches: [1, 8] }));
    expect(text).toMatch(/batch +threads +p50 ms/);
    expect(text).not.toMatch(/provider +/);
    expect(text).toMatch(/most samples\/s +cpu, batch 8, 1 thread/);
    expect(text).toContain('n/a');
  });

  test('tells what a comparison came to', async () => {
    const gates = [{ metric: 'p50', limit: 1.05 }] as const;
    const slower = await textOf(await reportOf({ runs: 40, baseline: old, gates }, 12));
    expect(slower).toMatch(
      /against +.*old\.onnx: p50 (9\.\d+|10\.\d) ms → (11\.9|12\.\d) ms · 1\.20x/,
    );
    expect(slower).toContain('slower');
    expect(slower).toMatch(/error: p50 limit 1\.05x, found 1\.20x \[1\.\d+, 1\.\d+\]: broken/);
    const same = await textOf(await reportOf({ runs: 40, baseline: old, gates }));
    expect(same).toMatch(/ok: p50 limit 1\.05x.*: kept/);
    expect(same).toContain('no clear difference');
    const single = await textOf(await reportOf({ runs: 40, processes: 1, baseline: old, gates }));
    expect(single).toContain('cannot be decided, one process on a side');
  });

  test('tells what the machine can resolve', async () => {
    const text = await textOf(await reportOf({ runs: 40, calibrate: true }));
    expect(text).toMatch(/resolves +changes of \d\.\d% and more/);
    expect(text).toMatch(/smallest limit +--fail-on p50:\+\d%/);
  });

  test('lists a few inputs only', async () => {
    const report = await reportOf({ runs: 5 });
    const [input] = report.inputs;
    const many = { ...report, inputs: Array.from({ length: 9 }, () => ({ ...input, name: 'in' })) };
    const text = await textOf(many as BenchmarkReport);
    expect(text.match(/in float32/g)).toHaveLength(2);
    expect(text).toContain('7 more inputs');
  });
});
