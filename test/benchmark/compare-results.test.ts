import { describe, expect, test } from 'vitest';
import {
  type ComparisonRequest,
  calibrationOf,
  compareResults,
  confidenceOfLooks,
  worstComparison,
} from '../../src/benchmark/compare-results.ts';
import type { ProcessReport } from '../../src/benchmark/index.ts';

const base: ProcessReport = {
  round: 0,
  p50Ms: 1,
  p90Ms: 1,
  p95Ms: 1,
  p99Ms: 1,
  meanMs: 1,
  minMs: 1,
  maxMs: 1,
  runs: 1000,
  wallMs: 1000,
  importMs: 1,
  createMs: 1,
  firstRunMs: 1,
  warmupRuns: 10,
  warmupMs: 10,
  settled: true,
  endedBy: 'runs',
  peakBytes: 1,
  runQueueWaitMs: 0,
  involuntaryContextSwitches: 0,
  gcCount: 0,
  gcMs: 0,
};

/** One process a round with these medians; the other statistics are made of them. */
function processes(
  medians: readonly number[],
  changes: Partial<ProcessReport> = {},
): ProcessReport[] {
  return medians.map((p50Ms, round) => ({
    ...base,
    round,
    p50Ms,
    p90Ms: p50Ms * 1.2,
    p95Ms: p50Ms * 1.3,
    p99Ms: p50Ms * 2,
    meanMs: p50Ms * 1.1,
    ...changes,
  }));
}

const configuration = { provider: 'cpu', batch: 1, threads: 2, concurrency: 1 } as const;
const quiet = [10.0, 10.1, 9.9, 10.05, 9.95, 10.02, 9.98, 10.03];
const times = (factor: number): number[] => quiet.toReversed().map((each) => each * factor);

function request(changes: Partial<ComparisonRequest>): ComparisonRequest {
  return {
    baseline: 'old.onnx',
    method: 'interleaved',
    configuration,
    before: processes(quiet),
    after: processes(quiet),
    gates: [{ metric: 'p50', limit: 1.05 }],
    confidence: 0.95,
    environmentDifferences: [],
    ...changes,
  };
}

describe('compareResults', () => {
  test.each([
    ['no change', 1, 'pass', 'unclear'],
    ['three percent more, which the limit allows', 1.03, 'pass', 'slower'],
    ['ten percent more', 1.1, 'fail', 'slower'],
    ['ten percent less', 0.9, 'pass', 'faster'],
  ] as const)('%s', (_, factor, verdict, change) => {
    for (const method of ['interleaved', 'stored'] as const) {
      const result = compareResults(request({ method, after: processes(times(factor)) }));
      expect(result.verdict).toBe(verdict);
      expect(result.change).toBe(change);
      expect(result.ratio).toBeCloseTo(factor, 2);
    }
  });

  test('does not decide where the noise is larger than the limit', () => {
    const noisy = [10, 12, 9, 11, 13, 9.5, 10.5, 12.5];
    const result = compareResults(request({ after: processes(noisy) }));
    expect(result.verdict).toBe('inconclusive');
    expect(result.gates[0]?.reason).toBe('the limit lies within the interval');
  });

  test('does not decide from one process', () => {
    const one = request({ before: processes([10]), after: processes([20]) });
    expect(compareResults(one)).toMatchObject({ verdict: 'inconclusive', low: null, high: null });
  });

  test('has no verdict without a gate', () => {
    const result = compareResults(request({ gates: [], after: processes(times(2)) }));
    expect(result).toMatchObject({ verdict: null, change: 'slower' });
  });

  test('the worst gate decides', () => {
    const gates = [
      { metric: 'p50', limit: 1.5 },
      { metric: 'mean', limit: 1.05 },
    ] as const;
    const result = compareResults(request({ gates, after: processes(times(1.1)) }));
    expect(result.gates.map(({ verdict }) => verdict)).toEqual(['pass', 'fail']);
    expect(result.verdict).toBe('fail');
  });

  test('judges a tail only where there are enough samples', () => {
    const gates = [{ metric: 'p99', limit: 1.05 }] as const;
    const after = processes(times(1.1));
    expect(compareResults(request({ gates, after })).verdict).toBe('fail');

    const few = processes(quiet, { p99Ms: null, runs: 100 });
    const noTail = compareResults(request({ gates, before: few, after: few }));
    expect(noTail.gates[0]).toMatchObject({
      verdict: 'inconclusive',
      ratio: null,
      reason: 'p99 takes 299 runs in each process, and one has 100',
    });

    const short = compareResults(
      request({ gates, before: processes(quiet, { runs: 100 }), after }),
    );
    expect(short.gates[0]?.reason).toBe('a gate on p99 takes 1049 runs, and there are 800');

    const four = processes(quiet.slice(0, 4));
    const narrow = compareResults(request({ gates, before: four, after: four }));
    expect(narrow.gates[0]?.reason).toBe('a gate on p99 takes 5 processes, and there are 4');
  });

  test('a baseline of another environment decides nothing, however clear', () => {
    const result = compareResults(
      request({
        method: 'stored',
        after: processes(times(3)),
        environmentDifferences: ['CPU: A then, B now'],
      }),
    );
    expect(result.verdict).toBe('inconclusive');
    expect(result.gates[0]?.reason).toContain('CPU: A then, B now');
    expect(result.ratio).toBeCloseTo(3, 1);
  });

  test('sessions of one round count as one value', () => {
    const doubled = (factor: number) =>
      quiet.flatMap((p50Ms, round) => [
        { ...base, round, p50Ms: p50Ms * factor * 0.9 },
        { ...base, round, p50Ms: p50Ms * factor * 1.1 },
      ]);
    const result = compareResults(request({ before: doubled(1), after: doubled(1.2) }));
    expect(result.rounds).toBe(8);
    expect(result.ratio).toBeCloseTo(1.2, 6);
    expect(result.beforeP50Ms).toBeCloseTo(10, 1);
  });
});

test('several looks at the data share the chance of error', () => {
  expect(confidenceOfLooks(1)).toBeCloseTo(0.95, 12);
  expect(confidenceOfLooks(3)).toBeCloseTo(1 - 0.05 / 3, 12);
});

test('the worst comparison is the one with the worst verdict, then the largest ratio', () => {
  const pass = compareResults(request({ after: processes(times(0.9)) }));
  const fail = compareResults(request({ after: processes(times(1.1)) }));
  const worse = compareResults(request({ after: processes(times(1.3)) }));
  expect(worstComparison([pass, fail, worse])).toBe(worse);
  expect(worstComparison([pass, pass])).toBe(pass);
  expect(worstComparison([])).toBeUndefined();
});

describe('calibrationOf', () => {
  test('suggests a limit that is wider than the interval of equals', () => {
    const result = calibrationOf(configuration, processes(quiet), processes(times(1)));
    expect(result.suggestedLimit).toBeGreaterThan(result.high ?? 9);
    expect(result.suggestedLimit).toBeLessThan(1.05);
  });

  test('of a noisy machine suggests more', () => {
    const noisy = [10, 12, 9, 11, 13, 9.5, 10.5, 12.5];
    const result = calibrationOf(configuration, processes(quiet), processes(noisy));
    expect(result.suggestedLimit).toBeGreaterThan(1.15);
  });
});
