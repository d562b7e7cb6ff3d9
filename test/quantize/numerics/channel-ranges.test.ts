import { describe, expect, test } from 'vitest';
import type { ChannelLayout } from '../../../src/quantize/numerics/channel-layout.ts';
import { ChannelRanges } from '../../../src/quantize/numerics/channel-ranges.ts';
import { SeededRandom } from '../../support/random.ts';

function rangesOf(layout: ChannelLayout, values: readonly number[], pieces: readonly number[]) {
  const ranges = new ChannelRanges(layout);
  let at = 0;
  for (const length of pieces) {
    ranges.add(Float32Array.from(values.slice(at, at + length)));
    at += length;
  }
  ranges.add(Float32Array.from(values.slice(at)));
  return { low: [...ranges.low], high: [...ranges.high], isFinite: ranges.isFinite };
}

describe('ChannelRanges', () => {
  test('of columns', () => {
    const layout: ChannelLayout = { kind: 'columns', channels: 3 };
    const { low, high } = rangesOf(layout, [1, -2, 3, 4, -5, 0.5], []);
    expect({ low, high }).toEqual({ low: [0, -5, 0], high: [4, 0, 3] });
  });

  test('of runs', () => {
    const layout: ChannelLayout = { kind: 'runs', channels: 2, length: 3 };
    const { low, high } = rangesOf(layout, [1, -2, 3, 4, -5, 0.5], []);
    expect({ low, high }).toEqual({ low: [-2, -5], high: [3, 4] });
  });

  test('contain zero, wherever the values are', () => {
    const layout: ChannelLayout = { kind: 'columns', channels: 2 };
    const { low, high } = rangesOf(layout, [5, -5, 7, -7], []);
    expect({ low, high }).toEqual({ low: [0, -7], high: [7, 0] });
  });

  test.each<ChannelLayout>([
    { kind: 'columns', channels: 7 },
    { kind: 'columns', channels: 1 },
    { kind: 'runs', channels: 7, length: 30 },
    { kind: 'runs', channels: 1, length: 210 },
  ])('are the same however the values are cut: %j', (layout) => {
    const random = new SeededRandom(3);
    const values = Array.from({ length: 210 }, () => Math.fround(random.next() * 2 - 1));
    const whole = rangesOf(layout, values, []);
    for (const pieces of [[1, 1, 1], [100], [7, 14, 3], [29, 31, 60], [209]]) {
      expect(rangesOf(layout, values, pieces)).toEqual(whole);
    }
    const ofFirst = values.filter((_, at) =>
      layout.kind === 'columns' ? at % layout.channels === 0 : at < layout.length,
    );
    expect([whole.low[0], whole.high[0]]).toEqual([
      Math.min(0, ...ofFirst),
      Math.max(0, ...ofFirst),
    ]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    '%d is noticed wherever it is',
    (bad) => {
      for (const layout of [
        { kind: 'columns', channels: 4 },
        { kind: 'runs', channels: 3, length: 4 },
      ] as const) {
        for (let at = 0; at < 12; at += 1) {
          const values = Array.from({ length: 12 }, (_, index) => (index === at ? bad : index - 6));
          expect(rangesOf(layout, values, [5]).isFinite).toBe(false);
        }
        expect(rangesOf(layout, Array(12).fill(-3.4e38), [5]).isFinite).toBe(true);
      }
    },
  );
});
