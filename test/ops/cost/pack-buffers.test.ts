import { describe, expect, test } from 'vitest';
import {
  arenaBytes,
  type PlacedBuffer,
  packBuffers,
  type TimedBuffer,
} from '../../../src/ops/cost/pack-buffers.ts';
import { SeededRandom } from '../../support/random.ts';

/** Pairs that are in use at once and lie in the same bytes. */
function collisions(placed: readonly PlacedBuffer[]): number {
  let count = 0;
  for (const [at, a] of placed.entries()) {
    for (const b of placed.slice(at + 1)) {
      const inTime = a.from <= b.until && b.from <= a.until;
      const inSpace = a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
      if (inTime && inSpace) count += 1;
    }
  }
  return count;
}

/** The most that is in use at one step. */
function mostInUse(buffers: readonly TimedBuffer[]): number {
  const steps = buffers.flatMap(({ from, until }) => [from, until]);
  const inUse = (step: number): number =>
    buffers.reduce((sum, b) => (b.from <= step && step <= b.until ? sum + b.bytes : sum), 0);
  return Math.max(0, ...steps.map(inUse));
}

function random(seed: number, count: number, longest: number): TimedBuffer[] {
  const numbers = new SeededRandom(seed);
  return Array.from({ length: count }, () => {
    const from = numbers.below(count);
    const until = from + numbers.below(longest);
    return { bytes: numbers.below(5) === 0 ? 0 : 1 + numbers.below(1000), from, until };
  });
}

describe('packing', () => {
  // Few buffers, many short ones, many long ones: each is looked for in another way.
  test.each([
    [10, 5],
    [60, 60],
    [65, 3],
    [400, 4],
    [400, 400],
    [300, 40],
  ])(
    '%d buffers of up to %d steps never collide, and need no more than a sum',
    (count, longest) => {
      for (let seed = 0; seed < 10; seed += 1) {
        const buffers = random(seed, count, longest);
        const placed = packBuffers(buffers);
        expect(placed).toHaveLength(buffers.filter(({ bytes }) => bytes > 0).length);
        expect(collisions(placed)).toBe(0);
        expect(arenaBytes(placed)).toBeGreaterThanOrEqual(mostInUse(buffers));
        expect(arenaBytes(placed)).toBeLessThanOrEqual(
          buffers.reduce((sum, b) => sum + b.bytes, 0),
        );
      }
    },
  );

  test('puts each at the lowest offset that is free, largest first', () => {
    const placed = packBuffers([
      { bytes: 2, from: 0, until: 1 },
      { bytes: 5, from: 1, until: 2 },
      { bytes: 3, from: 2, until: 3 },
      { bytes: 4, from: 3, until: 4 },
    ]);
    expect(placed.map(({ bytes, offset }) => [bytes, offset])).toEqual([
      [5, 0],
      [4, 0],
      [3, 5],
      [2, 5],
    ]);
    expect(arenaBytes(placed)).toBe(8);
  });

  test('of nothing is nothing', () => {
    expect(arenaBytes(packBuffers([]))).toBe(0);
    expect(packBuffers([{ bytes: 0, from: 0, until: 9 }])).toEqual([]);
  });

  test('takes sizes beyond 32 bits', () => {
    const placed = packBuffers([
      { bytes: 2 ** 40, from: 0, until: 1 },
      { bytes: 2 ** 41, from: 1, until: 2 },
    ]);
    expect(arenaBytes(placed)).toBe(2 ** 40 + 2 ** 41);
  });
});
