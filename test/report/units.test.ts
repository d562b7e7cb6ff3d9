import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatInteger,
  formatMs,
  formatNumber,
  formatPercent,
  formatRatio,
} from '../../src/report/index.ts';

describe('formatBytes', () => {
  test.each([
    [0, '0 B'],
    [1, '1 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [1_048_575, '1 MiB'], // 1023.999 KiB rounds up into the next unit
    [1_048_576, '1 MiB'],
    [102_554_687, '97.8 MiB'],
    [1_073_741_824n, '1 GiB'],
    [1_099_511_627_776, '1 TiB'],
    [2 ** 60, '1024 PiB'],
    [2 ** 50 * 1e20, '1e20 PiB'],
    [2 ** 50 * 3.2e60, '3.2e60 PiB'],
    [-1536, '-1.5 KiB'],
    [Number.NaN, 'NaN'],
  ])('%s is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('formatCount', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1234, '1,234'],
    [1_234_567, '1,234,567'],
    [9_999_999, '9,999,999'],
    [10_000_000, '10 M'],
    [12_345_678, '12.3 M'],
    [25_557_032, '25.6 M'],
    [999_999_999, '1 G'],
    [4_089_184_256, '4.09 G'],
    [7_241_732_096n, '7.24 G'],
    [1e18, '1000 P'],
    [1e21, '1e21'],
    [9.807971461541686e40, '9.808e40'],
    [-1234, '-1,234'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ])('%s is %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  test('formatInteger keeps every digit', () => {
    expect(formatInteger(12_345_678)).toBe('12,345,678');
    expect(formatInteger(9_223_372_036_854_775_807n)).toBe('9,223,372,036,854,775,807');
    expect(formatInteger(-100)).toBe('-100');
    expect(formatInteger(1e21)).toBe('1,000,000,000,000,000,000,000');
  });
});

describe('formatMs', () => {
  test.each([
    [0, '0 ms'],
    [0.000_456, '0.456 µs'],
    [0.0456, '45.6 µs'],
    [0.123_45, '0.123 ms'],
    [1.5, '1.50 ms'],
    [9.995, '9.99 ms'], // the double nearest to 9.995 lies below it
    [9.9951, '10.0 ms'],
    [12.345, '12.3 ms'],
    [99.96, '100 ms'],
    [1234.5, '1235 ms'],
    [12_345, '12.3 s'],
    [123_456, '123 s'],
    [-2, '-2.00 ms'],
  ])('%s is %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });
});

test.each([
  [0.5, 1, '50.0%'],
  [0.988_333, 2, '98.83%'],
  [1, 0, '100%'],
  [-0.000_01, 1, '0.0%'],
  [-0.0123, 1, '-1.2%'],
  [Number.NaN, 1, 'NaN'],
])('formatPercent(%s, %s) is %s', (fraction, decimals, text) => {
  expect(formatPercent(fraction, decimals)).toBe(text);
});

test.each([
  [0.261_7, '0.262x'],
  [1, '1.00x'],
  [12.34, '12.3x'],
  [1234, '1234x'],
  [0.9999, '1.00x'],
])('formatRatio(%s) is %s', (ratio, text) => {
  expect(formatRatio(ratio)).toBe(text);
});

describe('formatNumber', () => {
  test.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [0.123_456, '0.1235'],
    [123.456, '123.5'],
    [1_234_567.8, '1234568'],
    [0.000_1, '0.0001'],
    [0.000_099_996, '0.0001'],
    [0.000_012_34, '1.234e-5'],
    [1.5e-7, '1.5e-7'],
    [1.5e12, '1.5e12'],
    [-42.5, '-42.5'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('%s is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  test('takes the number of significant digits', () => {
    expect(formatNumber(Math.PI, 2)).toBe('3.1');
    expect(formatNumber(Math.PI, 7)).toBe('3.141593');
  });
});
