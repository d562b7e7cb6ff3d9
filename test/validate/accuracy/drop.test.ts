import { describe, expect, test } from 'vitest';
import {
  accuracyOf,
  type DropVerdict,
  judgeDrop,
} from '../../../src/validate/accuracy/accuracy.ts';
import { parseMaxDrop } from '../../../src/validate/accuracy/application-class.ts';
import { dropInterval, rowsToDecide } from '../../../src/validate/accuracy/drop-interval.ts';
import type { ClassLabels } from '../../../src/validate/accuracy/labels.ts';
import type { MaxDrop } from '../../../src/validate/accuracy/report.ts';
import { Scorer } from '../../../src/validate/accuracy/score.ts';
import { int64 } from '../files.ts';

const of = (pattern: string): boolean[] => Array.from(pattern, (each) => each === '1');

describe('the drop', () => {
  test('counts rows that only one gets right; its interval is that of Agresti and Min', () => {
    const [reference, candidate] = [of('1111111100'), of('1111100010')];
    // 3 lost, 1 gained, 10 rows: (3 − 1) / 12 ± 1.96·√((3 + 1 + 1 − 4/12) / 144)
    const { value, low, high, lost, gained } = dropInterval(reference, candidate);
    expect([lost, gained]).toEqual([3, 1]);
    expect(value).toBeCloseTo(20, 10);
    expect(low).toBeCloseTo(100 * (2 / 12 - 1.959964 * Math.sqrt((5 - 4 / 12) / 144)), 4);
    expect(high).toBeCloseTo(100 * (2 / 12 + 1.959964 * Math.sqrt((5 - 4 / 12) / 144)), 4);
  });

  test('of no row at all is within 0.1 points from 1958 rows on: 1.95996 / (n + 2) ≤ 0.001', () => {
    expect(rowsToDecide({ lost: 0, gained: 0 }, 600, 0.1)).toBe(1958);
    expect(rowsToDecide({ lost: 0, gained: 0 }, 600, 1)).toBe(600);
    expect(rowsToDecide({ lost: 0, gained: 0 }, 10, 1)).toBe(194);
    expect(rowsToDecide({ lost: 0, gained: 0 }, 10, 5)).toBe(38);
  });

  test.each([
    [2, 1, 600, 1],
    [3, 0, 1000, 0.4],
    [5, 4, 600, 0.5],
    [0, 2, 100, 1],
    [1, 0, 40, 5],
  ])(
    'of %d lost and %d won in %d rows: rows to decide on %d points, by trying',
    (lost, gained, rows, limit) => {
      const high = (size: number): number => {
        const [b, c] = [(lost * size) / rows, (gained * size) / rows];
        const half =
          1.959963984540054 * Math.sqrt((b + c + 1 - (b - c) ** 2 / (size + 2)) / (size + 2) ** 2);
        return 100 * ((b - c) / (size + 2) + half);
      };
      let size = rows;
      while (high(size) > limit) size += 1;
      expect(rowsToDecide({ lost, gained }, rows, limit)).toBe(size);
    },
  );

  test('at the limit or beyond is never decided by more rows', () => {
    expect(rowsToDecide({ lost: 1, gained: 0 }, 1000, 0.1)).toBe(Number.POSITIVE_INFINITY);
    expect(rowsToDecide({ lost: 9, gained: 0 }, 1000, 0.1)).toBe(Number.POSITIVE_INFINITY);
  });
});

function judged(rows: number, lost: number, maxDrop: MaxDrop, gained = 0): DropVerdict {
  const names = Array.from({ length: rows }, () => '1');
  const labels: ClassLabels = {
    kind: 'classes',
    source: 'labels',
    rows,
    names,
    place: (row) => `row ${row}`,
  };
  const scorer = (isRight: (row: number) => boolean): Scorer => {
    const made = new Scorer(labels);
    const ids = int64(names.map((_, row) => (isRight(row) ? 1 : 0)));
    made.add(new Map([['y', ids]]), rows);
    return made;
  };
  const reference = scorer((row) => row >= gained);
  const candidate = scorer((row) => row < rows - lost);
  return judgeDrop(accuracyOf(reference, candidate), maxDrop);
}

describe('a limit on the drop', () => {
  test.each([
    [1000, 0, 1, 'pass', 0],
    [1000, 10, 1, 'pass', 1],
    [1000, 11, 1, 'fail', 0],
    [50, 0, 1, 'inconclusive', 0],
    [50, 1, 1, 'fail', 0],
    [50, 0, 0, 'pass', 1],
  ] as const)('%d rows, %d lost, %d%% allowed: %s', (rows, lost, limitPct, verdict, warnings) => {
    const result = judged(rows, lost, { limitPct, application: null });
    expect([result.verdict, result.warnings.length]).toEqual([verdict, warnings]);
  });

  test.each([
    // 1.96 / 602 = 0.33 points: too much for 0.1, enough for 1.
    [
      600,
      0,
      'safety',
      'inconclusive',
      /0\.33 points.*application class safety.*1,958 rows would decide/,
    ],
    [1957, 0, 'safety', 'inconclusive', /1,958 rows/],
    [1958, 0, 'safety', 'pass', null],
    [600, 0, 'production', 'pass', null],
    [600, 3, 'production', 'inconclusive', /923 rows would decide, if the two go on to differ/],
    [
      600,
      7,
      'production',
      'fail',
      /drops by 1\.167 percentage points.*1 point \(application class production\)/,
    ],
    [600, 6, 'production', 'inconclusive', /no number of rows would decide/],
    [20, 0, 'edge', 'inconclusive', /38 rows/],
    [600, 20, 'edge', 'pass', null],
  ] as const)('%d rows, %d lost, %s: %s', (rows, lost, name, verdict, reason) => {
    const result = judged(rows, lost, parseMaxDrop(name));
    expect([result.verdict, result.warnings]).toEqual([verdict, []]);
    if (reason === null) expect(result.reasons).toEqual([]);
    else expect(result.reasons).toEqual([expect.stringMatching(reason)]);
  });

  test('the rows that it names do decide', () => {
    const reason = judged(600, 3, parseMaxDrop('production')).reasons[0] ?? '';
    const rows = Number(/([\d,]+) rows would/.exec(reason)?.[1]?.replace(',', ''));
    const whole = Math.ceil(rows / 200) * 200;
    expect(judged(whole, whole / 200, parseMaxDrop('production')).verdict).toBe('pass');
    const fewer = Math.floor((rows - 1) / 200) * 200;
    expect(judged(fewer, fewer / 200, parseMaxDrop('production')).verdict).toBe('inconclusive');
  });

  test('a candidate that is better passes, also by name', () => {
    expect(judged(600, 1, parseMaxDrop('safety'), 30)).toMatchObject({ verdict: 'pass' });
  });
});

describe('--max-drop', () => {
  test.each([
    ['safety', { limitPct: 0.1, application: 'safety' }],
    ['production', { limitPct: 1, application: 'production' }],
    ['edge', { limitPct: 5, application: 'edge' }],
    ['1%', { limitPct: 1, application: null }],
    ['0.5', { limitPct: 0.5, application: null }],
    ['5e-1%', { limitPct: 0.5, application: null }],
    ['0', { limitPct: 0, application: null }],
    ['100%', { limitPct: 100, application: null }],
  ])('%s', (text, expected) => {
    expect(parseMaxDrop(text)).toEqual(expected);
  });

  test.each(['', '%', 'prod', 'Safety', '-1', '101%', '1 %', 'NaN', 'toString', '1%%'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseMaxDrop(text)).toThrow(
        expect.objectContaining({
          code: 'USAGE',
          message: expect.stringContaining('safety (0.1%), production (1%), edge (5%)') as string,
        }),
      );
    },
  );
});
