import { expect, test } from 'vitest';
import {
  type BenchmarkReport,
  type BenchmarkResult,
  benchmarkCases,
} from '../../src/benchmark/index.ts';

/** Of a report, only these are looked at here. */
function reportWith(results: readonly object[]): BenchmarkReport {
  return { model: { path: 'a\\m.onnx' }, results } as unknown as BenchmarkReport;
}

const configuration = { provider: 'cpu', batch: 4, threads: 1, concurrency: 1 };
const latency = { p50Ms: 2.5 } as BenchmarkResult['latency'];

test('a configuration takes as long as its median run', () => {
  const results = [
    { ...configuration, latency },
    { ...configuration, latency: { p50Ms: null } },
  ];
  const base = { suite: 'a/m.onnx: latency', name: 'cpu, batch 4, 1 thread', outcome: 'passed' };
  expect(benchmarkCases(reportWith(results))).toEqual([{ ...base, timeSeconds: 0.0025 }, base]);
});

test('a gate passes, fails, or cannot be decided', () => {
  const gate = { metric: 'p50', limit: 1.05, ratio: 1.2, low: 1.1, high: 1.3, reason: 'too few' };
  const gates = (['pass', 'fail', 'inconclusive'] as const).map((verdict) => ({
    ...gate,
    verdict,
  }));
  const result = { ...configuration, latency, comparison: { configuration, gates } };
  const [, ...cases] = benchmarkCases(reportWith([result]));
  expect(cases.map(({ outcome }) => outcome)).toEqual(['passed', 'failed', 'skipped']);
  const [passed, failed, skipped] = cases;
  expect(passed).toEqual({
    suite: 'a/m.onnx: gates',
    name: 'p50 at most 1.05x of the baseline, cpu, batch 4, 1 thread',
    outcome: 'passed',
    output: 'p50 limit 1.05x, found 1.20x [1.100, 1.300]: kept',
  });
  expect(failed?.message).toContain('broken');
  expect(skipped?.message).toContain('cannot be decided, too few');
});
