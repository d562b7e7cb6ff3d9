import { describe, expect, test } from 'vitest';
import { type LoopPlan, type LoopResult, timeRuns } from '../../src/runtime/timing-loop.ts';

interface Trace {
  readonly result: LoopResult;
  /** The feeds, in the order in which they ran. */
  readonly feeds: number[];
  readonly beats: number[];
  /** How many runs there had been at the edges of the timed part. */
  readonly edges: number[];
}

/** A model whose runs take what `time` says, on a clock that only they move. */
async function loop(plan: Partial<LoopPlan>, time: (run: number) => number): Promise<Trace> {
  let clock = 1000;
  const feeds: number[] = [];
  const beats: number[] = [];
  const edges: number[] = [];
  const result = await timeRuns(
    { feedCount: 1, warmup: { runs: 0 }, runs: null, durationMs: null, maxMs: null, ...plan },
    {
      async run(feed) {
        clock += time(feeds.length);
        feeds.push(feed);
        await Promise.resolve();
      },
      now: () => clock,
      beat: (done) => beats.push(done),
      timedPart: () => edges.push(feeds.length),
      stopped: () => false,
    },
  );
  return { result, feeds, beats, edges };
}

describe('timeRuns', () => {
  test('keeps every sample, in order, and times the first run apart', async () => {
    const { result, edges } = await loop({ runs: 4 }, (run) => [500, 1, 2, 1000, 4][run] ?? 0);
    expect(result).toEqual({
      samplesMs: Float64Array.of(1, 2, 1000, 4),
      firstRunMs: 500,
      warmupRuns: 0,
      warmupMs: 0,
      settled: false,
      wallMs: 1007,
      endedBy: 'runs',
    });
    expect(edges).toEqual([1, 5]);
  });

  test('a warm-up of so many runs, or of so long', async () => {
    const byRuns = await loop({ warmup: { runs: 6 }, runs: 1 }, () => 3);
    expect(byRuns.result).toMatchObject({ warmupRuns: 6, warmupMs: 18, settled: true });
    expect(byRuns.edges).toEqual([7, 8]);
    const byTime = await loop({ warmup: { ms: 10 }, runs: 1 }, () => 3);
    expect(byTime.result).toMatchObject({ warmupRuns: 4, warmupMs: 12, settled: false });
  });

  test('an auto warm-up ends when times agree', async () => {
    const { result } = await loop({ warmup: 'auto', runs: 2 }, (run) => (run === 0 ? 80 : 5));
    expect(result).toMatchObject({ firstRunMs: 80, warmupRuns: 100, settled: true });
  });

  test('feed number i % count for timed run i, whatever the warm-up was', async () => {
    const { feeds } = await loop({ feedCount: 3, warmup: { runs: 4 }, runs: 5 }, () => 1);
    expect(feeds).toEqual([0, 1, 2, 0, 1, 0, 1, 2, 0, 1]);
  });

  test('ends by duration: the run that crosses it counts', async () => {
    const { result } = await loop({ durationMs: 10 }, () => 4);
    expect(result).toMatchObject({ endedBy: 'duration', wallMs: 12 });
    expect(result.samplesMs).toEqual(Float64Array.of(4, 4, 4));
  });

  test('whichever of runs and duration comes first', async () => {
    expect((await loop({ runs: 2, durationMs: 100 }, () => 4)).result.endedBy).toBe('runs');
    expect((await loop({ runs: 99, durationMs: 100 }, () => 4)).result.endedBy).toBe('duration');
  });

  test('the limit on everything: half of it for the warm-up, and one timed run always', async () => {
    const long = await loop({ warmup: 'auto', runs: 1000, maxMs: 1000 }, () => 100);
    expect(long.result).toMatchObject({ endedBy: 'max-time', warmupRuns: 4 });
    expect(long.result.samplesMs.length).toBe(5);
    const tiny = await loop({ warmup: { runs: 50 }, runs: 1000, maxMs: 10 }, () => 100);
    expect(tiny.result).toMatchObject({ endedBy: 'max-time', warmupRuns: 0 });
    expect(tiny.result.samplesMs.length).toBe(1);
  });

  test('more samples than were made room for', async () => {
    const { result } = await loop({ durationMs: 20_000 }, (run) => 1 + (run % 2));
    expect(result.samplesMs.length).toBeGreaterThan(8192);
    expect(result.samplesMs.reduce((sum, ms) => sum + ms, 0)).toBe(result.wallMs);
    expect(result.samplesMs.slice(0, 4)).toEqual(Float64Array.of(2, 1, 2, 1));
  });

  test('beats at most every 200 ms, with the timed runs done', async () => {
    const { beats } = await loop({ warmup: { runs: 4 }, runs: 7 }, () => 100);
    expect(beats).toEqual([0, 0, 1, 3, 5, 7]);
  });

  test('stops between runs when it is told to', async () => {
    let runs = 0;
    const host = {
      run: () => Promise.resolve(runs++),
      now: () => runs * 300,
      beat: () => undefined,
      timedPart: () => undefined,
      stopped: () => runs === 5,
    };
    const plan = { feedCount: 1, warmup: { runs: 1 }, runs: 100, durationMs: null, maxMs: null };
    await expect(timeRuns(plan, host)).rejects.toThrow('stopped');
    expect(runs).toBe(5);
  });
});
