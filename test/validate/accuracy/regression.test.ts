import { describe, expect, test } from 'vitest';
import { type Tensor, tensorFrom } from '../../../src/tensor/index.ts';
import type { DropVerdict } from '../../../src/validate/accuracy/accuracy.ts';
import { parseMaxDrop } from '../../../src/validate/accuracy/application-class.ts';
import { judgeLabelled, scoreLabels } from '../../../src/validate/accuracy/label-scoring.ts';
import type { ValueLabels } from '../../../src/validate/accuracy/labels.ts';
import type { Regression } from '../../../src/validate/accuracy/report.ts';
import { rmseRise, rowsToDecideRise } from '../../../src/validate/accuracy/rmse-rise.ts';
import { float32, int64 } from '../files.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

// Metrics below: NumPy in float64 on these numbers, which float32 holds exactly.
const labels = [3, -0.5, 2, 7, 4.25, 0, 1.5, -2, 6, 5.5, 2.25, 8];
const first = [2.5, 0, 2, 8, 4, 0.125, 1.75, -2.5, 5.75, 5, 2.5, 7];
const second = [2.25, 0.5, 2, 8.5, 4.5, 0.25, 1.25, -2.75, 6.5, 5, 3, 7.25];

function valueLabels(values: readonly number[], targets = 1): ValueLabels {
  const rows = values.length / targets;
  const place = (row: number): string => `row ${row}`;
  const numbers = Float64Array.from(values);
  return { kind: 'values', source: 'labels', rows, place, targets, values: numbers };
}

/** In samples of five rows. */
function regression(
  wanted: readonly number[],
  found: readonly (readonly number[])[],
  targets = 1,
): Regression {
  const scoring = scoreLabels(valueLabels(wanted, targets), { topK: null, output: null });
  const rows = wanted.length / targets;
  for (let row = 0; row < rows; row += 5) {
    const end = Math.min(row + 5, rows);
    for (const [at, values] of found.entries()) {
      const y = float32([end - row, targets], values.slice(row * targets, end * targets));
      const side = at === 0 ? 'reference' : 'candidate';
      scoring.add(side, { outputs: new Map([['y', y]]) }, end - row);
    }
  }
  const result = scoring.finish();
  if (result.task !== 'regression') throw new Error('these are no classes');
  return result;
}

describe('errors of a regression', () => {
  test('are what NumPy makes of them', () => {
    const result = regression(labels, [first]);
    expect(result).toMatchObject({ candidate: null, risePct: null, rows: 12, output: 'y' });
    expect(result.reference.mae).toBeCloseTo(0.4270833333333333, 14);
    expect(result.reference.rmse).toBeCloseTo(0.5216660010645381, 14);
    expect(result.reference.r2).toBeCloseTo(0.9697042906841902, 14);
    expect(result.reference.maxError).toBe(1);
    expect(result.warnings).toEqual([]);
  });

  test('of several targets: RMSE over all, R² as the mean, and the RMSE of each', () => {
    const result = regression(labels, [first], 2);
    expect(result).toMatchObject({ rows: 6, targets: 2 });
    expect(result.reference.rmse).toBeCloseTo(0.5216660010645381, 14);
    expect(result.reference.r2).toBeCloseTo(0.9676152535794377, 14);
    expect(result.byTarget.map((each) => each.reference)).toEqual([
      expect.closeTo(0.28867513459481287, 14),
      expect.closeTo(0.6789237807000135, 14),
    ]);
  });

  test('have no R² where the labels are all the same', () => {
    expect(regression([2, 2, 2], [[1, 2, 3]]).reference.r2).toBeNull();
  });

  test('leave out rows with NaN and Inf, and count them', () => {
    const result = regression([1, 2, 3, 4], [[1.5, nan, 3.5, inf]]);
    expect(result.reference).toMatchObject({ mae: 0.5, rmse: 0.5, nonFiniteRows: 2 });
    expect(result.warnings).toEqual(['2 of 4 rows are NaN or Inf, and left out']);
  });

  test('warn of a model that is worse than the mean, or gives one number', () => {
    expect(regression([1, 2, 3], [[300, 1, 20]]).warnings[0]).toContain('the mean of the labels');
    expect(regression([1, 2, 3], [[2, 2, 2]]).warnings).toEqual([
      'every row is given the same number, whatever the label',
    ]);
  });
});

describe('the output that is read', () => {
  const add = (
    outputs: Readonly<Record<string, Tensor>>,
    rows: number,
    output: string | null = null,
  ): string => {
    const scoring = scoreLabels(valueLabels([1, 2]), { topK: null, output });
    scoring.add('reference', { outputs: new Map(Object.entries(outputs)) }, rows);
    return (scoring.finish() as Regression).output;
  };

  test('is the first of floats with as many numbers a row, or the one that was asked for', () => {
    const all = {
      id: int64([0, 1]),
      wide: float32([2, 3], [0, 0, 0, 0, 0, 0]),
      y: float32([2], [1, 2]),
    };
    expect(add(all, 2)).toBe('y');
    expect(add(all, 2, 'id')).toBe('id');
    expect(add({ y: tensorFrom('float32', [], Float32Array.of(1)) }, 1)).toBe('y');
  });

  test('must be there and fit', () => {
    expect(() => add({ y: float32([2, 3], [0, 0, 0, 0, 0, 0]) }, 2)).toThrow(
      /one number a row, and no output has as many for each of 2 rows: "y" float32\[2, 3\]/,
    );
    expect(() => add({ y: float32([2], [0, 0]) }, 2, 'z')).toThrow(/--label-output z/);
    expect(() => add({ y: float32([3], [0, 0, 0]) }, 3)).toThrow(
      /2 labels in labels for at least 3/,
    );
  });
});

describe('the rise of the RMSE', () => {
  test('and its interval are those of the jackknife, in NumPy', () => {
    const result = regression(labels, [first, second]);
    expect(result.candidate?.rmse).toBeCloseTo(0.7180703308172536, 14);
    expect(result.risePct).toBeCloseTo(37.64944032233706, 10);
    expect(result.riseLowPct).toBeCloseTo(-1.0693138615067155, 8);
    expect(result.riseHighPct).toBeCloseTo(91.52165178080509, 8);
  });

  test('of a model against itself is 0 for certain', () => {
    const result = regression(labels, [first, first]);
    expect([result.risePct, result.riseLowPct, result.riseHighPct]).toEqual([0, 0, 0]);
  });

  test('has no interval below 10 rows, and no bounds where one row has all the error', () => {
    expect(rmseRise(Float64Array.of(1, 2), Float64Array.of(2, 1))).toEqual({
      value: 0,
      low: null,
      high: null,
    });
    const one = new Float64Array(20);
    one[3] = 4;
    expect(
      rmseRise(
        one,
        one.map((each) => each * 4),
      ),
    ).toEqual({ value: 100, low: -100, high: inf });
  });

  test('covers the truth about as often as it says', () => {
    // A small generator of its own; errors of 1, and of 1 with independent ones of 0.3 on top.
    let state = 7;
    const uniform = (): number => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return (state + 0.5) / 0x80000000;
    };
    const normal = (): number =>
      Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    const truth = 100 * (Math.sqrt(1.09) - 1);
    let held = 0;
    for (let round = 0; round < 400; round += 1) {
      const errors = Float64Array.from({ length: 60 }, normal);
      const others = errors.map((each) => each + 0.3 * normal());
      const { low, high } = rmseRise(
        errors.map((each) => each ** 2),
        others.map((each) => each ** 2),
      );
      if ((low ?? inf) <= truth && truth <= (high ?? -inf)) held += 1;
    }
    expect(held / 400).toBeGreaterThan(0.92);
    expect(held / 400).toBeLessThan(0.98);
  });

  test('the rows that it takes shrink the interval to the limit', () => {
    const rise = { value: 0.2, low: -3, high: 3.4 };
    const rows = rowsToDecideRise(rise, 200, 1);
    const half = Math.log(1.034 / 1.002) * Math.sqrt(200 / rows);
    expect(100 * (1.002 * Math.exp(half) - 1)).toBeCloseTo(1, 2);
    expect(rowsToDecideRise(rise, 200, 5)).toBe(200);
    expect(rowsToDecideRise(rise, 200, 0.2)).toBe(inf);
  });
});

describe('a limit on the rise', () => {
  const judge = (
    wanted: readonly number[],
    found: readonly (readonly number[])[],
    limit: string,
  ): DropVerdict => judgeLabelled(regression(wanted, found), parseMaxDrop(limit));
  const many = Array.from({ length: 400 }, (_, at) => at / 8);
  const off = (by: (at: number) => number): number[] => many.map((value, at) => value + by(at));
  const wave = (at: number): number => Math.sin(at * 1.7);

  test.each([
    ['30%', 'fail', 0, /rises by 37\.6% \(0\.5217 to 0\.7181 over 12 rows\), and may rise by 30%/],
    ['40%', 'pass', 1, null],
    ['95%', 'pass', 0, null],
    ['edge', 'fail', 0, /may rise by 5% \(application class edge\)/],
  ] as const)('%s: %s', (limit, verdict, warnings, reason) => {
    const result = judge(labels, [first, second], limit);
    expect([result.verdict, result.warnings.length]).toEqual([verdict, warnings]);
    expect(result.reasons).toEqual(reason === null ? [] : [expect.stringMatching(reason)]);
  });

  test('by name asks for the whole interval', () => {
    const reference = off(wave);
    const near = off((at) => wave(at) * 1.002);
    const noisy = off((at) => wave(at) + 0.25 * Math.cos(at * at));
    expect(judge(many, [reference, near], 'production').verdict).toBe('pass');
    expect(judge(many, [reference, near], 'safety').verdict).toBe('fail');
    const result = judge(many, [reference, noisy], 'edge');
    expect(result.verdict).toBe('inconclusive');
    expect(result.reasons[0]).toMatch(
      /up to \d\.\d%.*5% \(application class edge\).*about [\d,]+ rows/,
    );
    const few = judge(
      [1, 2, 3],
      [
        [1.5, 2, 3],
        [1.5, 2, 3],
      ],
      'safety',
    );
    expect([few.verdict, few.reasons[0]]).toEqual([
      'inconclusive',
      '3 rows are too few to tell how much the RMSE may rise; it takes at least 10',
    ]);
  });

  test('of a reference without any error: none is allowed', () => {
    const exact = judge(many, [many, off((at) => (at === 3 ? 1e-3 : 0))], '100%');
    expect(exact.verdict).toBe('fail');
    expect(exact.reasons[0]).toContain('the reference has no error in 400 rows');
    expect(judge(many, [many, many], 'safety').verdict).toBe('pass');
  });

  test('NaN in the candidate fails, in the reference decides nothing', () => {
    const broken = off((at) => (at === 9 ? nan : 0.5));
    const fine = off(() => 0.5);
    expect(judge(many, [fine, broken], '5%')).toMatchObject({
      verdict: 'fail',
      reasons: ['NaN or Inf in 1 of 400 rows'],
    });
    expect(judge(many, [broken, fine], '5%').verdict).toBe('inconclusive');
  });

  test('warns of a target that gets worse unseen among greater ones', () => {
    const two = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? 1000 * at : at / 1000));
    const noise = (scale: number): number[] =>
      two.map((value, at) => value + (at % 2 === 0 ? 10 : scale) * (at % 3 === 0 ? 1 : -1));
    const result = judgeLabelled(
      regression(two, [noise(0.001), noise(0.004)], 2),
      parseMaxDrop('1%'),
    );
    expect(result.verdict).toBe('pass');
    expect(result.warnings).toEqual([
      expect.stringMatching(/RMSE of target 1 alone rises by (29|30)\d%/),
    ]);
  });
});
