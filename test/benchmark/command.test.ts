import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { BenchmarkReport } from '../../src/benchmark/index.ts';
import { main } from '../../src/cli/main.ts';
import { testIo } from '../cli/test-io.ts';
import { matMulModel, temporaryFolder, writeTo } from './sample-model.ts';

/* With the real runtime, in child processes, so as few and as short as can be. */

const folder = temporaryFolder();
const model = writeTo(folder, 'model.onnx', matMulModel('batch'));
const fixed = writeTo(folder, 'fixed.onnx', matMulModel(1));
const quick = ['--runs', '5', '--processes', '1', '--warmup', '1'];

async function run(...argv: string[]) {
  const io = testIo();
  const exit = await main(['benchmark', ...argv], io);
  return { exit, out: io.out, err: io.err };
}

describe('mlkit benchmark', () => {
  test('--json prints one document with the numbers, and nothing else', async () => {
    const { exit, out, err } = await run(model, ...quick, '--json');
    expect(err).toBe('');
    expect(exit).toBe(0);
    const report = JSON.parse(out) as BenchmarkReport;
    const [result] = report.results;
    expect(report.kind).toBe('benchmark');
    expect(result?.latency.runs).toBe(5);
    expect(result?.latency.p50Ms).toBeGreaterThan(0);
    expect(result?.latency.p99Ms).toBeNull();
    expect(result?.throughput.samplesPerSecond).toBeGreaterThan(0);
    expect(report.coldStart.createMs).toBeGreaterThan(0);
    expect(report.memory.peakBytes).toBeGreaterThan(report.memory.afterImportBytes / 2);
  });

  test('sweeps batches that really reach the model', async () => {
    const file = `${folder}/samples.csv`;
    const argv = [model, ...quick, '--batch', '1,64', '--threads', '1', '--samples-out', file];
    const { exit, out } = await run(...argv, '--json');
    expect(exit).toBe(0);
    const { results } = JSON.parse(out) as BenchmarkReport;
    expect(results.map(({ batch, shapes }) => [batch, shapes['x']])).toEqual([
      [1, [1, 16]],
      [64, [64, 16]],
    ]);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(1 + 2 * 5);
    const ms = lines.slice(1).map((line) => Number(line.split(',').at(-1)));
    expect(Math.min(...ms)).toBeGreaterThan(0);
  });

  test('a fixed batch is exit 3, with the way out', async () => {
    const { exit, err, out } = await run(fixed, ...quick, '--batch', '1,2');
    expect(exit).toBe(3);
    expect(out).toBe('');
    expect(err).toContain('it has a fixed batch of 1');
    expect(err).toContain('a dynamic batch');
  });

  test('a provider that is not there is exit 3, before anything is measured', async () => {
    const missing = process.platform === 'win32' ? 'coreml' : 'dml';
    const { exit, err } = await run(model, ...quick, '--provider', `cpu,${missing}`);
    expect(exit).toBe(3);
    expect(err).toContain(missing);
  });

  test('a model that is none is exit 3, and no stack', async () => {
    const text = writeTo(folder, 'text.onnx', 'hello');
    const { exit, err } = await run(text, ...quick);
    expect(exit).toBe(3);
    expect(err).not.toMatch(/^ +at /m);
    expect((await run(`${folder}/nothing.onnx`)).exit).toBe(3);
  });

  test('compares with another model in turns', async () => {
    const big = writeTo(folder, 'big.onnx', matMulModel('batch', { size: 16, layers: 400 }));
    const argv = ['--runs', '30', '--processes', '6', '--warmup', '5', '--threads', '1', '--json'];
    const gate = ['--fail-on', 'p50:+5%'];
    const slower = await run(big, ...argv, '--baseline', model, ...gate);
    expect(slower.exit).toBe(1);
    expect(JSON.parse(slower.out)).toMatchObject({
      verdict: 'fail',
      comparison: { verdict: 'fail', change: 'slower', rounds: 6 },
    });
  });

  test('Ctrl-C ends it with 130', async () => {
    const controller = new AbortController();
    const io = testIo({ signal: controller.signal });
    const running = main(['benchmark', model, '--duration', '60s', '--json'], io);
    setTimeout(() => controller.abort(), 700);
    const begin = performance.now();
    expect(await running).toBe(130);
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(JSON.parse(io.out)).toMatchObject({ kind: 'error', code: 'INTERRUPTED', exit: 130 });
  });

  test.each([
    [['--fail-on', 'p50:+5%'], 'needs something to compare with'],
    [['--fail-on', 'p50:5%', '--baseline', 'x.onnx'], 'not of the form METRIC:+N%'],
    [['--fail-on', 'p42:+5%', '--baseline', 'x.onnx'], 'p42'],
    [['--warmup', 'soon'], 'not auto, a number of runs, or a duration'],
    [['--batch', '0'], 'not a whole number from 1'],
    [['--batch', '1,,2'], 'without empty entries'],
    [['--provider', 'gpu'], 'gpu'],
    [['--duration', '10'], 'a duration'],
    [['--concurrency', '2', '--runs', '5'], '--runs does not go with --concurrency'],
    [['--calibrate', '--baseline', 'x.onnx'], '--calibrate'],
    [['--samples-out', 'x.txt'], 'the extension must be .csv or .json'],
    [['--rate', '5'], 'unknown option'],
  ])('%j is wrong usage', async (argv, words) => {
    const { exit, err, out } = await run(model, ...argv);
    expect(err).toContain(words);
    expect(exit).toBe(2);
    expect(out).toBe('');
  });

  test('--help has examples', async () => {
    const { exit, out } = await run('--help');
    expect(exit).toBe(0);
    expect(out).toContain('Examples:');
    expect(out).toContain('--fail-on p50:+5%');
  });
});
