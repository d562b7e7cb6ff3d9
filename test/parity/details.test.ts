import { describe, expect, test } from 'vitest';
import { profiles } from '../../src/parity/index.ts';
import { stringTensor } from '../../src/tensor/index.ts';
import { compareTensors, compareValues, tensorOf } from './comparing.ts';

describe('further metrics', () => {
  test('quantiles of the error by nearest rank, over equal elements too', () => {
    const reference = Array.from({ length: 100 }, () => 1);
    const candidate = reference.map((r, i) => r + i / 64);
    const { details } = compareValues('float64', reference, candidate, { profile: 'int8' });
    // Errors are 0, 1/64 … 99/64; the 50th, 90th and 99th of them.
    expect(details?.abs).toEqual({ p50: 49 / 64, p90: 89 / 64, p99: 98 / 64 });
  });

  test('the relative norm and the peak signal-to-noise ratio', () => {
    const { details, sqnrDb } = compareValues('float64', [3, -4, 0], [3, -4, 0.5]);
    expect(details?.relL2).toBeCloseTo(0.1, 12);
    expect(sqnrDb).toBeCloseTo(20, 12);
    // The range is 7 and the RMSE 0.5/√3.
    expect(details?.psnrDb).toBeCloseTo(20 * Math.log10((7 * Math.sqrt(3)) / 0.5), 12);
    const negative = compareValues('float64', [-3, -5], [-3, -5.5]).details;
    expect(negative?.psnrDb).toBeCloseTo(20 * Math.log10((2 * Math.SQRT2) / 0.5), 12);
    expect(compareValues('float64', [2, 2], [2, 3]).details?.psnrDb).toBeNull();
  });

  test('correct digits, also where the reference is zero, within what the type holds', () => {
    const { details } = compareValues('float64', [1, 100, 0], [1.001, 100.01, 1e-5]);
    expect(details?.digitsMin).toBeCloseTo(3, 9);
    expect(details?.digitsMedian).toBeCloseTo(4, 9);
    const same = compareValues('float32', [1, 2], [1, 2]).details;
    expect(same?.digitsMin).toBeCloseTo(24 * Math.log10(2), 12);
    expect(compareValues('float32', [1], [-9]).details?.digitsMin).toBe(0);
  });

  test('units in the last place of the greatest value', () => {
    // In float32, values from 8 to 16 are 2^-20 apart, and the error at 0 counts in those.
    const { details } = compareValues('float32', [9, 0], [9, 3 * 2 ** -20]);
    expect(details).toMatchObject({ ulpAtScaleMax: 3, ulpAtScaleP99: 3 });
    const half = compareValues('float16', [1, 0], [1, 2 ** -10]).details;
    expect(half?.ulpAtScaleMax).toBe(1);
    // Denormals of float32 are 2^-149 apart.
    const tiny = compareValues('float32', [2 ** -140, 0], [2 ** -140, 2 ** -149]).details;
    expect(tiny?.ulpAtScaleMax).toBe(1);
  });

  test('the κ that would do is per sample', () => {
    const { details } = compareValues('float32', [1000, 1], [1000, 2], {
      profile: { ...profiles.fp32, element: { rtol: 0, atol: 0, kappa: 0, allowedOutside: 0 } },
    });
    expect(details?.kappaNeeded).toBeCloseTo(1e-3, 12);
  });

  test('are none for text, and few for integers', () => {
    expect(compareTensors(stringTensor([1], ['a']), stringTensor([1], ['b'])).details).toBeNull();
    const { details } = compareValues('int64', [1, 2], [1, 4]);
    expect(details).toMatchObject({
      abs: { p50: 0, p99: 2 },
      digitsMin: null,
      steps: null,
      errorByMagnitude: [],
    });
  });
});

describe('steps of 8-bit integers', () => {
  test('are counted one by one', () => {
    const reference = Array.from({ length: 256 }, (_, i) => i);
    const { details } = compareValues(
      'uint8',
      reference,
      reference.map((r) => 255 - r),
    );
    // |255 − 2r|: every odd number twice.
    expect(details?.steps).toEqual(
      Array.from({ length: 128 }, (_, i) => ({ step: 2 * i + 1, count: 2 })),
    );
  });

  test('are counted one by one beyond what is kept exactly', () => {
    const count = 255 * 300;
    const reference = Array.from({ length: count }, () => 0);
    const { details } = compareValues(
      'uint8',
      reference,
      reference.map((_, i) => (i % 255) + 1),
    );
    expect(details?.steps).toEqual(
      Array.from({ length: 255 }, (_, i) => ({ step: i + 1, count: 300 })),
    );
  });

  test('one is allowed where they are quantized values, and none elsewhere', () => {
    const quantized = { profile: { ...profiles.fp32, integers: 'quantized' } } as const;
    const one = compareValues('uint8', [1, 200], [2, 199], quantized);
    expect(one).toMatchObject({ verdict: 'pass', mismatched: 0 });
    const two = compareValues('uint8', [1, 200], [2, 198], quantized);
    expect(two).toMatchObject({ verdict: 'fail', mismatched: 1 });
    expect(two.minimumTolerance.flags).toBe('--atol y:2 --rtol y:0');
    expect(compareValues('uint8', [1], [2]).verdict).toBe('fail');
    expect(compareValues('int64', [1], [2], quantized).verdict).toBe('fail');
    const exact = { profile: { ...profiles.exact, integers: 'quantized' } } as const;
    expect(compareValues('uint8', [1], [2], exact).verdict).toBe('fail');
  });

  test('of places that were chosen, the share that is equal counts', () => {
    const chosen = { profile: { ...profiles.fp32, integers: 'chosen' } } as const;
    const result = compareValues('int64', [1, 2, 3, 4], [1, 2, 3, 900], chosen);
    expect(result.reasons[0]).toMatch(/^1 of 4 elements differ, so 75.00% are equal/);
    expect(result.minimumTolerance.flags).toBe('--min-top1 y:0.75');
  });
});

describe('class scores', () => {
  const name = 'logits';

  test('flips in which the reference is undecided are counted apart', () => {
    const r = tensorOf('float64', [3, 2], [1, 0.99, 5, 0, 0, 4]);
    const a = tensorOf('float64', [3, 2], [0.99, 1, 0, 5, 0, 4]);
    const { details, reasons } = compareTensors(r, a, { name, profile: 'int8' });
    // The RMSE is some 2.9, so a lead of 0.01 is a tie and one of 5 is not.
    expect(details?.classes).toMatchObject({ flips: 2, tieFlips: 1 });
    expect(reasons).toContainEqual(
      expect.stringContaining('near ties in the reference: 1 of 2 flips'),
    );
  });

  test('the five greatest classes are compared as a set', () => {
    const r = tensorOf('float64', [2, 7], [7, 6, 5, 4, 3, 2, 1, 1, 2, 3, 4, 5, 6, 7]);
    const a = tensorOf('float64', [2, 7], [3, 4, 5, 6, 7, 2, 1, 1, 2.9, 2.8, 4, 5, 6, 7]);
    const { details, top1Agreement } = compareTensors(r, a, { name });
    // The first row has the same five in another order; in the second, places 1 and 2 swap.
    expect(details?.classes?.top5Agreement).toBe(0.5);
    expect(top1Agreement).toBe(0.5);
    const five = tensorOf('float64', [1, 5], [1, 2, 3, 4, 5]);
    expect(compareTensors(five, five, { name }).details?.classes?.top5Agreement).toBeNull();
  });

  test('divergences of single rows, and Jensen-Shannon where they are infinite', () => {
    const r = tensorOf('float64', [2, 2], [0.5, 0.5, 0.5, 0.5]);
    const a = tensorOf('float64', [2, 2], [0.25, 0.75, 1, 0]);
    const { details } = compareTensors(r, a);
    const { klMax, klP99, klUnboundedRows, jsMean } = details?.classes ?? {};
    // The one class that the candidate never gives is credited with 2^-23.
    const infinite = 0.5 * Math.log(0.5) + 0.5 * Math.log(2 ** 22);
    expect(klMax).toBeCloseTo(infinite, 9);
    expect(klP99).toBe(klMax);
    expect(klUnboundedRows).toBe(1);
    // ½·(½·ln(½/¾) + ½·ln(½/¼) + ln(1/¾))
    const js = 0.5 * (0.5 * Math.log(2 / 3) + 0.5 * Math.log(2) + Math.log(4 / 3));
    expect(jsMean).toBeCloseTo(js, 12);
    expect(compareTensors(r, r).details?.classes).toMatchObject({ klMax: 0, jsMean: null });
  });

  test('too few rows to claim the limit are warned of', () => {
    const rows = (count: number): ReturnType<typeof tensorOf> =>
      tensorOf(
        'float32',
        [count, 2],
        Array.from({ length: 2 * count }, (_, i) => Math.sin(i)),
      );
    const few = compareTensors(rows(50), rows(50), { name, profile: 'int8' });
    expect(few.warnings).toEqual([
      '0 of 50 rows flip: at least 94% agree, at 95% confidence; to claim the limit of 99.00% takes 299 rows without a flip',
    ]);
    expect(few.details?.classes?.agreementAtLeast).toBeCloseTo(0.05 ** 0.02, 12);
    const enough = compareTensors(rows(299), rows(299), { name, profile: 'int8' });
    expect(enough.warnings).toEqual([]);
    // No gate, no claim.
    expect(
      compareTensors(rows(50), rows(50), { name: 'features', profile: 'int8' }).warnings,
    ).toEqual([]);
  });

  test('a limit for all outputs says nothing of one without classes, a limit for it does', () => {
    const warning = 'a minimum of top-1 agreement is given, but this output has no rows of classes';
    const given = (output: string): readonly string[] =>
      compareValues('float32', [1, 2], [1, 2], {
        overrides: { minTop1: [{ output, value: 0.9 }] },
      }).warnings;
    expect(given('*')).toEqual([]);
    expect(given('y')).toEqual([warning]);
    expect(given('y*')).toEqual([warning]);
    expect(given('z')).toEqual([]);
  });
});

describe('an output not much larger than the atol of the profile', () => {
  // fp32: atol is 1e-6, and 20·log10(1e-5 / 1e-6) is 20 dB.
  const reference = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 1e-5 : -1e-5));
  const off = (error: number): number[] => reference.map((r, i) => r + (i % 3 === 0 ? error : 0));

  test('is held to no more than the ratio of the two', () => {
    const result = compareValues('float32', reference, off(9e-7));
    expect(result.sqnrDb).toBeLessThan(30);
    expect(result).toMatchObject({ verdict: 'pass', mismatched: 0 });
    // The same at a greater scale has an SQNR that is too low.
    const larger = (values: readonly number[]): number[] => values.map((value) => value * 1e4);
    const failed = compareValues('float32', larger(reference), larger(off(9e-7)));
    expect(failed.reasons).toContainEqual(expect.stringMatching(/^SQNR is 25.\d+ dB and must/));
  });

  test('still fails where the error is more than half of it', () => {
    const tiny = reference.map((r) => r / 100);
    const result = compareValues(
      'float32',
      tiny,
      tiny.map((r) => -r),
    );
    expect(result.mismatched).toBe(0);
    expect(result.reasons).toEqual(['SQNR is -6.021 dB and must be at least 6 dB']);
    const zeroed = tiny.map(() => 0);
    expect(compareValues('float32', tiny, zeroed).verdict).toBe('fail');
  });

  test('is held to what was asked for', () => {
    const overrides = { minSqnrDb: [{ output: '*', value: 75 }] };
    expect(compareValues('float32', reference, off(9e-7), { overrides }).verdict).toBe('fail');
  });
});
