import { describe, expect, test } from 'vitest';
import { reportToJson } from '../../src/report/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { compareTensors, compareValues, tensorOf } from './comparing.ts';

/** What comparisons in other tools get wrong, each by what happens there or must happen here. */
const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number;
const loosest = {
  overrides: {
    atol: [{ output: '*', value: 1e30 }],
    rtol: [{ output: '*', value: 1 }],
    minSqnrDb: [{ output: '*', value: -1e6 }],
  },
};

describe('values that are not finite', () => {
  test('expected Inf against a finite value fails, although rtol times Inf is infinite', () => {
    for (const nonFiniteReference of ['invalid', 'expected'] as const) {
      const settings = { ...loosest, nonFiniteReference };
      const result = compareValues('float32', [1, inf], [1, 7], settings);
      expect(result.verdict).toBe('fail');
      expect(result.reasons[0]).toMatch(/^1 element is finite in one and not in the other/);
    }
  });

  test('a finite value against a computed Inf fails', () => {
    expect(compareValues('float32', [1, 7], [1, inf], loosest).verdict).toBe('fail');
  });

  test('-Inf against +Inf fails', () => {
    const settings = { ...loosest, nonFiniteReference: 'expected' } as const;
    expect(compareValues('float32', [1, minusInf], [1, inf], settings).verdict).toBe('fail');
    expect(compareValues('float32', [1, inf], [1, inf], settings).verdict).toBe('pass');
  });

  test('NaN in both is no pass for two models, and equal in recorded data', () => {
    const twoModels = compareValues('float32', [1, nan], [1, nan]);
    expect(twoModels.verdict).toBe('inconclusive');
    expect(twoModels.reasons[0]).toMatch(/the reference itself gives 1 NaN/);
    const recorded = compareValues('float32', [1, nan], [1, nan], {
      nonFiniteReference: 'expected',
    });
    expect(recorded).toMatchObject({ verdict: 'pass', nonFinite: { equalNonFinite: 1 } });
  });

  test('with strictNan, NaN in both fails, and no flag helps', () => {
    for (const nonFiniteReference of ['invalid', 'expected'] as const) {
      const overrides = { strictNan: true };
      const result = compareValues('float32', [1, nan, nan], [1, nan, nan], {
        overrides,
        nonFiniteReference,
      });
      expect(result).toMatchObject({ verdict: 'fail', mismatched: 2 });
      expect(result.reasons[0]).toBe('2 elements are NaN in both');
      expect(result.minimumTolerance.flags).toBe('');
      // Infinity is a number like others.
      const infinite = compareValues('float32', [1, inf], [1, inf], {
        overrides,
        nonFiniteReference: 'expected',
      });
      expect(infinite.verdict).toBe('pass');
    }
  });

  test('NaN beside finite values leaves their metrics as they are', () => {
    const result = compareValues('float32', [3, nan, 4], [3, nan, 4.5]);
    expect(result).toMatchObject({ maxAbs: 0.5, meanAbs: 0.25 });
    expect(result.sqnrDb).toBeCloseTo(20 * Math.log10(5 / 0.5), 10);
  });
});

describe('what a comparison cannot show', () => {
  test('zeros on both sides warn', () => {
    const result = compareValues('float32', [0, 0, 0], [0, 0, 0]);
    expect(result.warnings).toEqual(['proves little: every value of the reference is 0']);
  });

  test('a constant reference warns', () => {
    const result = compareValues('float32', [2.5, 2.5], [2.5, 2.5]);
    expect(result.warnings).toEqual(['proves little: every value of the reference is 2.5']);
  });
});

describe('type', () => {
  test('another type with equal values fails', () => {
    const [r, a] = [tensorOf('int32', [2], [1, 2]), tensorOf('int64', [2], [1, 2])];
    expect(compareTensors(r, a)).toMatchObject({
      verdict: 'fail',
      reasons: ['its type is int64 instead of int32'],
    });
    expect(
      compareTensors(tensorOf('float32', [1], [1]), tensorOf('float64', [1], [1])),
    ).toMatchObject({ verdict: 'fail' });
  });
});

describe('arithmetic', () => {
  test('the relative error at a reference of zero is no NaN', () => {
    const both = compareValues('float32', [0, 0, 4], [0, 1e-9, 4]);
    expect(both).toMatchObject({ maxRel: 0, relExcluded: 2, verdict: 'pass' });
    const all = compareValues('float32', [0, 0], [0, 0]);
    expect(all).toMatchObject({ maxRel: null, relExcluded: 2 });
    expect(JSON.stringify(both)).not.toContain('NaN');
  });

  test('squares of huge float32 values do not overflow, and of tiny ones do not vanish', () => {
    for (const scale of [3e38, 1e-38]) {
      const result = compareValues('float32', [scale, scale], [scale, scale * 0.5]);
      expect(result.sqnrDb).toBeCloseTo(20 * Math.log10(Math.SQRT2 / 0.5), 5);
      expect(result.cosine).toBeCloseTo(1.5 / Math.sqrt(2 * 1.25), 6);
    }
  });

  test('differences of uint8 do not wrap: 255 and 0 are 255 apart', () => {
    expect(compareValues('uint8', [255, 0], [0, 255])).toMatchObject({
      maxAbs: 255,
      mismatched: 2,
    });
    expect(compareValues('int8', [-128, 127], [127, -128]).maxAbs).toBe(255);
    expect(compareValues('uint32', [4294967295], [0]).maxAbs).toBe(4294967295);
  });

  test('differences of int64 beyond 2^53 count', () => {
    const [r, a] = [BigInt64Array.of(2n ** 53n), BigInt64Array.of(2n ** 53n + 1n)];
    const result = compareTensors(tensorFrom('int64', [1], r), tensorFrom('int64', [1], a));
    expect(result).toMatchObject({ maxAbs: 1, mismatched: 1, verdict: 'fail' });
    const most = BigUint64Array.of(2n ** 64n - 1n);
    const wide = compareTensors(
      tensorFrom('uint64', [1], most),
      tensorFrom('uint64', [1], BigUint64Array.of(0n)),
    );
    expect(wide.maxAbs).toBe(2 ** 64);
  });

  test('-0 is +0, but not to the bit', () => {
    for (const [r, a] of [
      [0, -0],
      [-0, 0],
    ] as const) {
      expect(compareValues('float32', [r, 1], [a, 1])).toMatchObject({
        verdict: 'pass',
        mismatched: 0,
        ulpMax: 0,
      });
      expect(compareValues('float32', [r, 1], [a, 1], { profile: 'exact' })).toMatchObject({
        verdict: 'fail',
        mismatched: 1,
      });
    }
  });

  test('identical outputs have an infinite SQNR, which JSON says as a word', () => {
    const result = compareValues('float32', [1, 2], [1, 2]);
    expect(result.sqnrDb).toBe(inf);
    expect(JSON.parse(reportToJson(result))).toMatchObject({
      sqnrDb: 'Infinity',
      details: { psnrDb: 'Infinity', relL2: 0 },
    });
  });
});
