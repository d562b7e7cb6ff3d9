import { describe, expect, test } from 'vitest';
import { judgeRatio, pairedRatio, unpairedRatio } from '../../src/measure/index.ts';

const before = [10.0, 10.2, 9.9, 10.4, 10.1, 10.05];

describe('pairedRatio', () => {
  test('agrees with scipy.stats.ttest_1samp of the logarithms', () => {
    const estimate = pairedRatio(before, [10.9, 10.8, 10.6, 11.3, 10.7, 10.95]);
    expect(estimate.ratio).toBeCloseTo(1.0757533808344182, 12);
    expect(estimate.low).toBeCloseTo(1.0603584554114391, 10);
    expect(estimate.high).toBeCloseTo(1.0913718190964468, 10);
    expect(estimate.detectable).toBeCloseTo(0.01976320343006986, 10);
    expect(estimate).toMatchObject({ rounds: 6, confidence: 0.95 });
  });

  test('does not see what disturbs both of a pair', () => {
    // Each round the machine is slower than before; the pairs keep their ratio.
    const slower = before.map((value, round) => value * 2 ** round);
    const { ratio, low, high } = pairedRatio(
      slower,
      slower.map((value) => value * 1.1),
    );
    expect(ratio).toBeCloseTo(1.1, 12);
    expect(low).toBeCloseTo(1.1, 9);
    expect(high).toBeCloseTo(1.1, 9);
  });

  test('has no interval of a single round', () => {
    expect(pairedRatio([10], [11])).toMatchObject({
      ratio: expect.closeTo(1.1, 12),
      low: null,
      high: null,
      detectable: null,
      rounds: 1,
    });
  });

  test('is wider at a higher confidence', () => {
    const after = [10.9, 10.8, 10.6, 11.3, 10.7, 10.95];
    const usual = pairedRatio(before, after);
    const strict = pairedRatio(before, after, 0.99);
    expect(strict.low).toBeLessThan(usual.low ?? 0);
    expect(strict.high).toBeGreaterThan(usual.high ?? 0);
  });

  test('refuses what cannot be paired', () => {
    expect(() => pairedRatio([1, 2], [1])).toThrow(RangeError);
    expect(() => pairedRatio([], [])).toThrow(RangeError);
  });
});

describe('unpairedRatio', () => {
  test('agrees with scipy.stats.ttest_ind(equal_var=False) of the logarithms', () => {
    const estimate = unpairedRatio(before, [10.9, 10.8, 10.6, 11.3]);
    expect(estimate.ratio).toBeCloseTo(1.0781585145670423, 12);
    expect(estimate.low).toBeCloseTo(1.0360674461240398, 9);
    expect(estimate.high).toBeCloseTo(1.1219595663217503, 9);
    expect(estimate.rounds).toBe(4);
  });

  test('of values without spread has an interval without width', () => {
    expect(unpairedRatio([2, 2, 2], [3, 3, 3])).toMatchObject({
      ratio: expect.closeTo(1.5, 12),
      low: expect.closeTo(1.5, 12),
      high: expect.closeTo(1.5, 12),
      detectable: 0,
    });
  });

  test('has no interval where one side is a single value', () => {
    expect(unpairedRatio([2, 2.1, 2.2], [3])).toMatchObject({ low: null, high: null });
  });
});

describe('judgeRatio', () => {
  const limit = { limit: 1.05, smallestChangeMs: 0.001 };
  test.each([
    ['the whole interval keeps the limit', { low: 0.97, high: 1.04 }, 'pass'],
    ['the whole interval breaks the limit', { low: 1.06, high: 1.14 }, 'fail'],
    ['the limit lies within the interval', { low: 1, high: 1.08 }, 'inconclusive'],
    ['there is no interval', { low: null, high: null }, 'inconclusive'],
    ['the interval ends at the limit', { low: 1, high: 1.05 }, 'inconclusive'],
  ] as const)('%s', (_, estimate, verdict) => {
    expect(judgeRatio(estimate, 10, limit)).toBe(verdict);
  });

  test('a change below the smallest one counts as none, whatever its ratio', () => {
    const doubled = { low: 1.9, high: 2.1 };
    expect(judgeRatio(doubled, 0.0005, limit)).toBe('pass');
    expect(judgeRatio(doubled, 0.005, limit)).toBe('fail');
    // Not when only the estimate is near 1 and the truth may be far off.
    expect(judgeRatio({ low: 0.5, high: 2 }, 10, limit)).toBe('inconclusive');
  });

  test('a limit below 1 asks for a gain, and no change is none', () => {
    const gain = { limit: 0.9, smallestChangeMs: 0.001 };
    expect(judgeRatio({ low: 0.99, high: 1.01 }, 10, gain)).toBe('fail');
    expect(judgeRatio({ low: 0.99, high: 1.01 }, 0.0001, gain)).toBe('fail');
    expect(judgeRatio({ low: 0.78, high: 0.82 }, 10, gain)).toBe('pass');
  });
});

describe('in the long run', () => {
  /** Park and Miller's generator, and Box and Muller's normal deviates of it. */
  function normals(seed: number): () => number {
    let state = seed;
    const uniform = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  }

  /** How often something is true of comparisons with this true ratio and 2.3 % of noise. */
  function shareOf(
    isTrue: (estimate: ReturnType<typeof pairedRatio>) => boolean,
    { ratio, rounds, trials = 2000 }: { ratio: number; rounds: number; trials?: number },
  ): number {
    const normal = normals(12_345);
    const side = (ms: number) =>
      Array.from({ length: rounds }, () => ms * Math.exp(0.023 * normal()));
    const hits = Array.from({ length: trials }, () =>
      isTrue(pairedRatio(side(10), side(10 * ratio))),
    );
    return hits.filter(Boolean).length / trials;
  }

  const contains = (ratio: number) => (estimate: ReturnType<typeof pairedRatio>) =>
    (estimate.low ?? 0) <= ratio && ratio <= (estimate.high ?? 9);
  const verdict = (wanted: string) => (estimate: ReturnType<typeof pairedRatio>) =>
    judgeRatio(estimate, 10, { limit: 1.05, smallestChangeMs: 0.001 }) === wanted;

  test.each([3, 6, 8, 20])(
    'the interval of %i rounds holds the truth 95 times of 100',
    (rounds) => {
      const share = shareOf(contains(1.03), { ratio: 1.03, rounds });
      // Three deviations of a count of 2000 are 1.5 %.
      expect(share).toBeGreaterThan(0.935);
      expect(share).toBeLessThan(0.965);
    },
  );

  test('equal models practically never fail, and ten percent is practically always found', () => {
    expect(shareOf(verdict('fail'), { ratio: 1, rounds: 8 })).toBeLessThan(0.001);
    expect(shareOf(verdict('fail'), { ratio: 1.1, rounds: 10 })).toBeGreaterThan(0.9);
  });

  test('what is called detectable is found in 80 % of cases', () => {
    const typical = pairedRatio(
      [1, 1, 1, 1, 1, 1, 1, 1].map((ms, round) => ms * (1 + 0.0325 * [1, -1][round % 2]!)),
      [1, 1, 1, 1, 1, 1, 1, 1],
    );
    const share = shareOf(({ low }) => (low ?? 0) > 1, {
      ratio: 1 + (typical.detectable ?? 0),
      rounds: 8,
    });
    expect(share).toBeGreaterThan(0.74);
    expect(share).toBeLessThan(0.88);
  });
});
