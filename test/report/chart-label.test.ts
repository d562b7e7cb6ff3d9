import { describe, expect, test } from 'vitest';
import { chartLabel, chartNames } from '../../src/report/chart-label.ts';
import { textWidth } from '../../src/report/text-width.ts';

describe('chartLabel', () => {
  test.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['one too many', 11, 'one too ma…'],
    ['漢字漢字', 5, '漢字…'],
    ['a\nb', 10, 'a\\nb'],
    ['\u202ea', 10, '\\u202ea'],
    ['\ud83d', 10, '\ufffd'],
    ['\ufffe', 10, '\ufffd'],
    ['  ', 10, '(no name)'],
  ])('%j in %i cells', (text, width, expected) => {
    expect(chartLabel(text, width)).toBe(expected);
  });

  test('is short whatever it is made of', () => {
    for (const text of [
      'x'.repeat(1e6),
      '\u0301'.repeat(1e5),
      '👍'.repeat(1e4),
      '\u0000'.repeat(1e5),
    ]) {
      const label = chartLabel(text, 20);
      expect(textWidth(label)).toBeLessThanOrEqual(20);
      expect(label.length).toBeLessThanOrEqual(61);
      expect(label).not.toMatch(/\p{Surrogate}/u);
    }
  });
});

describe('chartNames', () => {
  test('leaves names alone that fit', () => {
    const names = ['/encoder/layers.0/Conv', '/encoder/layers.1/Conv'];
    expect(chartNames(names, 22)).toEqual(names);
  });

  test('leaves out the folders that all are in, if one is too long', () => {
    expect(chartNames(['/encoder/layers.0/Conv', '/encoder/layers.1/Conv'], 16)).toEqual([
      '…/layers.0/Conv',
      '…/layers.1/Conv',
    ]);
    expect(chartNames(['model.layers.0.q_proj', 'model.layers.17.q_proj'], 16)).toEqual([
      '….0.q_proj',
      '….17.q_proj',
    ]);
  });

  test('keeps the end of what is still too long', () => {
    const [name = ''] = chartNames(['/a/first/second/third/fourth/Conv_1'], 16);
    expect(name).toBe('/a…fourth/Conv_1');
    expect(textWidth(name)).toBe(16);
  });

  test('names that are alike but for their end stay different', () => {
    const names = Array.from({ length: 20 }, (_, at) => `${'x'.repeat(500)}${at}`);
    expect(new Set(chartNames(names, 30)).size).toBe(20);
  });
});
