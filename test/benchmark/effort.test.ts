import { describe, expect, test } from 'vitest';
import { planProcess, resolveEffort } from '../../src/benchmark/effort.ts';
import { testConfig } from './config.ts';

const gate = { metric: 'p50', limit: 1.05 } as const;

describe('resolveEffort', () => {
  test('by default takes three processes and a few seconds', () => {
    expect(resolveEffort(testConfig('m'), 1)).toEqual({
      looks: [3],
      warmup: 'auto',
      runs: 100_000,
      durationMs: 1500,
      maxMs: 4000,
      adapts: true,
      maxTimeMs: 20_000,
      cutsShort: true,
    });
  });

  test('takes less time for each of many configurations', () => {
    expect(resolveEffort(testConfig('m'), 4).durationMs).toBe(1500);
    expect(resolveEffort(testConfig('m'), 5).durationMs).toBe(500);
  });

  test('does what the user says of the length, and nothing besides', () => {
    const effort = resolveEffort(
      testConfig('m', { runs: 5, processes: 1, warmup: { runs: 1 } }),
      1,
    );
    expect(effort).toMatchObject({ looks: [1], runs: 5, durationMs: null, maxMs: null });
    expect(resolveEffort(testConfig('m', { durationMs: 9000 }), 9)).toMatchObject({
      runs: null,
      durationMs: 9000,
      maxMs: null,
    });
  });

  test('a gate may ask for more processes, within a minute', () => {
    const compared = testConfig('m', { baseline: 'b.onnx' });
    expect(resolveEffort(compared, 1)).toMatchObject({ looks: [8], maxTimeMs: 60_000 });
    expect(resolveEffort({ ...compared, gates: [gate] }, 1)).toMatchObject({
      looks: [8, 16, 32],
      maxTimeMs: 60_000,
    });
    // What the user asks for is done at least once, and then the minute counts.
    expect(resolveEffort({ ...compared, gates: [gate], durationMs: 10_000 }, 1)).toMatchObject({
      looks: [8, 16, 32],
      maxTimeMs: 60_000,
      cutsShort: false,
    });
    const fixed = { ...compared, gates: [gate], processes: 10 };
    expect(resolveEffort(fixed, 1)).toMatchObject({ looks: [10], maxTimeMs: null });
  });

  test('sessions at the same time warm up equally long, and run for a time', () => {
    const effort = resolveEffort(testConfig('m', { concurrency: [1, 2] }), 2);
    expect(effort).toMatchObject({ warmup: { ms: 500 }, runs: null, durationMs: 1500 });
  });
});

describe('planProcess', () => {
  const feeds = [new Map()];
  const situation = { feeds, round: 0, rounds: 3, samplesSoFar: 0, runMs: 0, budgetMs: null };
  const effort = resolveEffort(testConfig('m'), 1);

  test('follows the effort', () => {
    expect(planProcess(effort, situation)).toEqual({
      feeds,
      warmup: 'auto',
      runs: 100_000,
      durationMs: 1500,
      maxMs: 4000,
    });
  });

  test('shares out the time there is', () => {
    expect(planProcess(effort, { ...situation, budgetMs: 700 }).maxMs).toBe(700);
    expect(planProcess(effort, { ...situation, budgetMs: 9000 }).maxMs).toBe(4000);
  });

  test('a slow model gets the five runs that a median takes', () => {
    // One run in the first process: 2 and 2 make five.
    const second = planProcess(effort, { ...situation, round: 1, samplesSoFar: 1 });
    expect(second).toEqual({ feeds, warmup: { runs: 1 }, runs: 2 });
    const third = planProcess(effort, { ...situation, round: 2, samplesSoFar: 3 });
    expect(third).toEqual({ feeds, warmup: { runs: 1 }, runs: 2 });
  });

  test('a model that is slower still is not waited for', () => {
    const slow = { ...situation, round: 1, samplesSoFar: 1, runMs: 5000 };
    expect(planProcess(effort, slow)).toMatchObject({ warmup: 'auto', durationMs: 1500 });
  });

  test('a model that is fast enough goes on as it began', () => {
    expect(planProcess(effort, { ...situation, round: 1, samplesSoFar: 2 })).toMatchObject({
      durationMs: 1500,
    });
  });

  test('what the user asks for is never changed', () => {
    const asked = resolveEffort(testConfig('m', { runs: 1, processes: 3 }), 1);
    const plan = planProcess(asked, { ...situation, round: 1, samplesSoFar: 1 });
    expect(plan).toMatchObject({ warmup: 'auto', runs: 1 });
  });
});
