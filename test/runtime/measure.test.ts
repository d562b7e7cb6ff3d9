import { describe, expect, test } from 'vitest';
import { openSession } from '../../src/runtime/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { addFeeds, countFeeds } from './session-harness.ts';
import { addModel, countModel, writeModel } from './tiny-model.ts';

describe('measure', () => {
  test('times as many runs as asked, after the first and the warm-up', async () => {
    await using session = await openSession(writeModel(addModel));
    const result = await session.measure({ feeds: [addFeeds()], warmup: { runs: 3 }, runs: 25 });
    expect(result.samplesMs).toBeInstanceOf(Float64Array);
    expect(result.samplesMs.length).toBe(25);
    expect(result.samplesMs.every((ms) => ms > 0)).toBe(true);
    expect(result.firstRunMs).toBeGreaterThan(0);
    expect(result.warmupRuns).toBe(3);
    expect(result.endedBy).toBe('runs');
    const sum = result.samplesMs.reduce((total, ms) => total + ms, 0);
    expect(result.wallMs).toBeGreaterThanOrEqual(sum * 0.999);
    expect(result.involuntaryContextSwitches).toBeGreaterThanOrEqual(0);
    expect(result.gcCount).toBeGreaterThanOrEqual(0);
    if (result.runQueueWaitMs !== null) expect(result.runQueueWaitMs).toBeGreaterThanOrEqual(0);
  });

  test('feeds are taken in turn, from the first on', async () => {
    await using session = await openSession(writeModel(countModel), { threads: 1 });
    const feeds = [countFeeds(1), countFeeds(50_000), countFeeds(1)];
    const { samplesMs } = await session.measure({ feeds, warmup: { runs: 1 }, runs: 9 });
    const ofFeed = (feed: number): number[] =>
      [...samplesMs].filter((_, index) => index % 3 === feed);
    // The middle one works 50 000 times as much as the others.
    expect(Math.min(...ofFeed(1))).toBeGreaterThan(Math.min(...ofFeed(0)));
    expect(Math.min(...ofFeed(1))).toBeGreaterThan(Math.min(...ofFeed(2)));
  });

  test('ends by time where it is told to, and says so', async () => {
    await using session = await openSession(writeModel(addModel));
    const feeds = [addFeeds()];
    const byDuration = await session.measure({ feeds, warmup: { runs: 0 }, durationMs: 50 });
    expect(byDuration.endedBy).toBe('duration');
    expect(byDuration.wallMs).toBeGreaterThanOrEqual(50);
    const byTime = await session.measure({
      feeds,
      warmup: { ms: 5 },
      durationMs: 60_000,
      maxMs: 50,
    });
    expect(byTime.endedBy).toBe('max-time');
    expect(byTime.warmupMs).toBeGreaterThanOrEqual(5);
  });

  test('tells of its progress, and shows garbage collections', async () => {
    await using session = await openSession(writeModel(addModel));
    const rows = 250_000; // outputs of 2 MB: the collector has to work
    const big = tensorFrom('float32', [rows, 2], new Float32Array(rows * 2));
    const feeds = [
      new Map([
        ['x', big],
        ['y', big],
      ]),
    ];
    const seen: [number, number | null][] = [];
    const result = await session.measure({
      feeds,
      warmup: { runs: 2 },
      durationMs: 900,
      onProgress: (done, total) => seen.push([done, total]),
    });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.every(([done, total]) => done <= result.samplesMs.length && total === null)).toBe(
      true,
    );
    expect(result.gcCount).toBeGreaterThan(0);
    expect(result.gcMs).toBeGreaterThan(0);
    expect(result.gcMs).toBeLessThan(result.wallMs);
  });

  test('refuses a plan that cannot end', async () => {
    await using session = await openSession(writeModel(addModel));
    await expect(session.measure({ feeds: [addFeeds()], warmup: 'auto' })).rejects.toThrow(
      RangeError,
    );
    await expect(session.measure({ feeds: [], warmup: 'auto', runs: 1 })).rejects.toThrow(
      RangeError,
    );
  });
});
