import { describe, expect, test } from 'vitest';
import { clipLine, type Place } from '../../src/report/clip-line.ts';

const slope: readonly Place[] = [
  [0, 0],
  [4, 8],
];

describe('clipLine', () => {
  test('cuts the ends off at the edges', () => {
    expect(clipLine(slope, { axis: 0, from: 1, to: 3 })).toEqual([
      [1, 2],
      [3, 6],
    ]);
    expect(clipLine(slope, { axis: 1, from: 2, to: 6 })).toEqual([
      [1, 2],
      [3, 6],
    ]);
  });

  test('works on lines that fall', () => {
    expect(clipLine(slope.toReversed(), { axis: 1, from: 2, to: 6 })).toEqual([
      [3, 6],
      [1, 2],
    ]);
  });

  test('keeps what is within, its ends included', () => {
    expect(clipLine(slope, { axis: 0, from: 0, to: 4 })).toEqual(slope);
    const corner: readonly Place[] = [
      [0, 0],
      [1, 5],
      [2, 5],
    ];
    expect(clipLine(corner, { axis: 1, from: 5, to: 9 })).toEqual([
      [1, 5],
      [2, 5],
    ]);
  });

  test('leaves nothing of what is outside', () => {
    expect(clipLine(slope, { axis: 0, from: 5, to: 6 })).toEqual([]);
    expect(clipLine([], { axis: 0, from: 5, to: 6 })).toEqual([]);
  });
});
