import { expect, test } from 'vitest';
import { planChunks, suitableChunkBytes } from '../../src/trace/plan-chunks.ts';

const mib = 1024 * 1024;

test('chunks keep the order, stay below the limit, and have one value at least', () => {
  const sized = [3, 4, 4, 20, 1, null, 2].map((bytes, pair) => ({ pair, bytes }));
  expect(planChunks(sized, 10)).toEqual([[0, 1], [2], [3], [4], [5], [6]]);
  expect(planChunks(sized.slice(0, 3), 11)).toEqual([[0, 1, 2]]);
  expect(planChunks([], 10)).toEqual([]);
});

test('chunks grow with what there is to compare, between 64 and 256 MiB', () => {
  expect(suitableChunkBytes([])).toBe(64 * mib);
  expect(suitableChunkBytes([1200 * mib, 1200 * mib])).toBe(100 * mib);
  expect(suitableChunkBytes([100_000 * mib])).toBe(256 * mib);
});
