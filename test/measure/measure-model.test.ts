import { describe, expect, test } from 'vitest';
import { compareInterleaved, interleave, measureModel } from '../../src/measure/index.ts';
import { measureTogether } from '../../src/measure/measure-model.ts';
import { fakeRuntime } from './fake-session.ts';

const feeds = [new Map()];

describe('measureModel', () => {
  test('gives what one process came to, and ends it', async () => {
    const runtime = fakeRuntime({ m: { sampleMs: (_, run) => [5, 1, 3, 2][run] ?? 0 } });
    const measured = await measureModel('m', { feeds, warmup: 'auto', runs: 4 }, {}, runtime.open);
    expect([...measured.samplesMs]).toEqual([5, 1, 3, 2]);
    expect(measured).toMatchObject({
      p50Ms: 2,
      coldStart: { importMs: 10, createMs: 20, firstRunMs: 30 },
      memory: { peakBytes: 1000 },
      wallMs: 11,
      settled: true,
    });
    expect(runtime.openNow()).toBe(0);
  });

  test('asks only for outputs that can leave the runtime', async () => {
    const runtime = fakeRuntime({
      m: {
        sampleMs: () => 1,
        outputs: [
          { name: 'label', isTensor: true, dtype: 'int64', shape: [1] },
          { name: 'probabilities', isTensor: false, dtype: null, shape: [] },
          { name: 'packed', isTensor: true, dtype: 'uint4', shape: [2] },
        ],
      },
    });
    await measureModel('m', { feeds, warmup: 'auto', runs: 1 }, {}, runtime.open);
    expect(runtime.plans[0]?.fetches).toEqual(['label']);
  });

  test('ends the process where measuring fails', async () => {
    const error = new Error('broken');
    const runtime = fakeRuntime({ m: { sampleMs: () => 1, failsIn: { process: 0, error } } });
    await expect(
      measureModel('m', { feeds, warmup: 'auto', runs: 1 }, {}, runtime.open),
    ).rejects.toBe(error);
    expect(runtime.openNow()).toBe(0);
  });
});

describe('measureTogether', () => {
  test('measures in all sessions at the same time', async () => {
    const runtime = fakeRuntime({ m: { sampleMs: (process) => process + 1 } });
    const all = await measureTogether(
      'm',
      { feeds, warmup: 'auto', durationMs: 5 },
      {},
      3,
      runtime.open,
    );
    expect(all.map((each) => each.p50Ms)).toEqual([1, 2, 3]);
    expect(runtime.together()).toBe(3);
    expect(runtime.openNow()).toBe(0);
  });

  test('one that fails ends them all', async () => {
    const error = new Error('broken');
    const runtime = fakeRuntime({ m: { sampleMs: () => 1, failsIn: { process: 1, error } } });
    await expect(
      measureTogether('m', { feeds, warmup: 'auto', runs: 1 }, {}, 3, runtime.open),
    ).rejects.toBe(error);
    expect(runtime.openNow()).toBe(0);
  });
});

describe('interleave', () => {
  test('runs every task once a round, in an order that changes and depends on the seed', async () => {
    const order = async (seed: number): Promise<string> => {
      const log: string[] = [];
      const tasks = ['a', 'b', 'c'].map((name) => (round: number) => {
        log.push(name);
        return Promise.resolve(`${name}${round}`);
      });
      const results = await interleave(tasks, { rounds: 8, seed });
      expect(results[1]).toEqual(Array.from({ length: 8 }, (_, round) => `b${round}`));
      const rounds = log.join('').match(/.../g) ?? [];
      for (const round of rounds) expect(round.split('').toSorted().join('')).toBe('abc');
      expect(new Set(rounds).size).toBeGreaterThan(2);
      return log.join('');
    };
    expect(await order(1)).toBe(await order(1));
    expect(await order(1)).not.toBe(await order(2));
  });

  test('puts either of two first about as often', async () => {
    let firsts = 0;
    let position = 0;
    const task = (name: string) => () => {
      if (position % 2 === 0 && name === 'a') firsts += 1;
      position += 1;
      return Promise.resolve(name);
    };
    await interleave([task('a'), task('b')], { rounds: 1000, seed: 0 });
    // A fair coin lies within ±4.4 deviations of 500 but once in 100,000 times.
    expect(firsts).toBeGreaterThan(430);
    expect(firsts).toBeLessThan(570);
  });

  test('stops after a full round when that is enough', async () => {
    const tasks = [() => Promise.resolve('a'), () => Promise.resolve('b')];
    const results = await interleave(tasks, {
      rounds: 9,
      seed: 0,
      isEnough: (rounds) => rounds === 4,
    });
    expect(results.map((each) => each.length)).toEqual([4, 4]);
  });
});

describe('compareInterleaved', () => {
  /** Percent by which process number `process` is off. */
  const noisePercent = [0.3, -1.2, 0.8, 0.1, -0.5, 1.1, -0.9, 0.4];
  const noise = (process: number): number => 1 + (noisePercent[process % 8] ?? 0) / 100;
  const runtime = () =>
    fakeRuntime({
      a: { sampleMs: (process) => 10 * noise(process) },
      'same as a': { sampleMs: (process) => 10 * noise(process + 3) },
      slower: { sampleMs: (process) => 11 * noise(process + 6) },
    });
  const settings = { rounds: 8, runs: 3 };

  test('finds ten percent, with an interval around them', async () => {
    const { open, openNow } = runtime();
    const result = await compareInterleaved(
      { path: 'a', feeds },
      { path: 'slower', feeds },
      settings,
      open,
    );
    expect(result.verdict).toBe('fail');
    expect(result.ratio).toBeCloseTo(1.1, 1);
    expect(result.low).toBeGreaterThan(1.05);
    expect(result.high).toBeLessThan(1.15);
    expect(result.afterP50Ms / result.beforeP50Ms).toBeCloseTo(1.1, 1);
    expect(result.detectable).toBeLessThan(0.05);
    expect(result.rounds).toBe(8);
    expect(openNow()).toBe(0);
  });

  test('finds nothing between equals', async () => {
    const result = await compareInterleaved(
      { path: 'a', feeds },
      { path: 'same as a', feeds },
      settings,
      runtime().open,
    );
    expect(result.verdict).toBe('pass');
    expect(result.low).toBeLessThan(1);
    expect(result.high).toBeGreaterThan(1);
  });

  test('runs the two alternately and never at once', async () => {
    const { open, opened, together } = runtime();
    await compareInterleaved({ path: 'a', feeds }, { path: 'slower', feeds }, settings, open);
    for (let round = 0; round < 8; round += 1) {
      expect(new Set(opened.slice(2 * round, 2 * round + 2))).toEqual(new Set(['a', 'slower']));
    }
    expect(together()).toBe(1);
  });

  test('does one round, and decides nothing, where there is no time for more', async () => {
    const result = await compareInterleaved(
      { path: 'a', feeds },
      { path: 'slower', feeds },
      { ...settings, maxTotalMs: 0 },
      runtime().open,
    );
    expect(result).toMatchObject({ rounds: 1, verdict: 'inconclusive', low: null, high: null });
  });
});
