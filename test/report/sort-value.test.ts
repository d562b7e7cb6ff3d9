import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatMs,
  formatNumber,
  formatPercent,
  formatRatio,
} from '../../src/report/index.ts';
import { isBlank, sortValue } from '../../src/report/sort-value.ts';

describe('sortValue', () => {
  test.each([
    ['12', 12],
    ['1,234,567', 1_234_567],
    ['-0.8999', -0.8999],
    ['\u22123', -3],
    ['+5%', 5],
    ['1.5e-7', 1.5e-7],
    ['35%', 35],
    ['1.2 MB', 1_200_000],
    ['900 KiB', 921_600],
    ['12.3 ms', 12.3],
    ['45.6 µs', 0.0456],
    ['12.3 s', 12_300],
    ['0.262x', 0.262],
    ['3/80', 3],
    ['12.3 M', 12_300_000],
    ['7 (0.1%)', 7],
    ['inf', Infinity],
    ['-inf', -Infinity],
  ])('%s is %d', (text, value) => {
    expect(sortValue(text)).toBeCloseTo(value, 10);
  });

  test('NaN is a number here', () => {
    expect(sortValue('NaN')).toBeNaN();
  });

  test.each(['', '-', 'n/a', 'conv1', '[1, 3]', '12 cats', '1.2.3', 'e5', '3 constructor', '0x10'])(
    '%j is no number',
    (text) => {
      expect(sortValue(text)).toBeNull();
    },
  );

  test('what the units print comes back in the order of the numbers', () => {
    const sizes = [0, 3e-5, 0.002, 0.7, 1, 12.34, 999, 1023, 1024, 5e4, 3.3e6, 7e9, 2e12];
    for (const format of [formatBytes, formatCount, formatMs, formatRatio, formatPercent]) {
      const values = sizes.map((size) => sortValue(format(size)));
      expect(values).not.toContain(null);
      expect(values).toEqual(values.toSorted((a, b) => Number(a) - Number(b)));
    }
    expect(sizes.map((size) => sortValue(formatNumber(size)))).not.toContain(null);
  });
});

test.each([
  ['', true],
  ['-', true],
  ['n/a', true],
  ['?', true],
  ['0', false],
  ['-1', false],
])('isBlank(%j) is %s', (text, blank) => {
  expect(isBlank(text)).toBe(blank);
});
