import { describe, expect, test } from 'vitest';
import type { AccumulatorSettings, OutputParity } from '../../src/parity/index.ts';
import { OutputAccumulator, profiles } from '../../src/parity/index.ts';
import { roundedDown, roundedUp } from '../../src/parity/suggest.ts';
import {
  type DataType,
  dataTypes,
  encodeBfloat16,
  encodeFloat16,
  stringTensor,
  type Tensor,
  tensorFrom,
} from '../../src/tensor/index.ts';
import { goldenComparisons } from './golden-comparisons.ts';

function tensor(dtype: DataType, dims: readonly number[], values: readonly number[]): Tensor {
  if (dtype === 'float16') return tensorFrom(dtype, dims, encodeFloat16(Float64Array.from(values)));
  if (dtype === 'bfloat16') {
    return tensorFrom(dtype, dims, encodeBfloat16(Float64Array.from(values)));
  }
  const { arrayType } = dataTypes[dtype];
  if (arrayType === BigInt64Array || arrayType === BigUint64Array) {
    return tensorFrom(dtype, dims, new arrayType(values.map(BigInt)));
  }
  return tensorFrom(dtype, dims, new (arrayType as Float32ArrayConstructor)(values));
}

function compare(
  reference: Tensor,
  candidate: Tensor,
  settings: Partial<AccumulatorSettings> = {},
): OutputParity {
  const accumulator = new OutputAccumulator({ name: 'y', profile: 'fp32', ...settings });
  accumulator.add(reference, candidate);
  return accumulator.finish();
}

function floats(
  reference: readonly number[],
  candidate: readonly number[],
  settings: Partial<AccumulatorSettings> = {},
): OutputParity {
  const dims = [reference.length];
  return compare(tensor('float32', dims, reference), tensor('float32', dims, candidate), settings);
}

describe('metrics', () => {
  test.each(goldenComparisons)('$name: as NumPy computes them', (golden) => {
    const { dtype, dims, gate, expected } = golden;
    const result = compare(
      tensor(dtype, dims, golden.reference),
      tensor(dtype, dims, golden.candidate),
      {
        profile: {
          element: { ...gate, allowedOutside: 0 },
          bitwise: false,
          minSqnrDb: null,
          minCosine: null,
          minTop1: null,
          maxKl: null,
        },
      },
    );
    const { equalNonFinite, ...metrics } = expected;
    expect(result.nonFinite.equalNonFinite).toBe(equalNonFinite);
    for (const [key, value] of Object.entries(metrics)) {
      // float16 widens its gate to two of its own steps, so only the metrics are NumPy's there.
      if (dtype === 'float16' && key === 'mismatched') continue;
      const found = result[key as keyof OutputParity];
      if (Number.isInteger(value)) expect([key, found]).toEqual([key, value]);
      else expect((found as number) / value, key).toBeCloseTo(1, 9);
    }
  });

  test('of identical outputs: infinite SQNR, cosine 1, nothing outside', () => {
    const result = floats([1, -2, 3], [1, -2, 3]);
    expect(result).toMatchObject({
      maxAbs: 0,
      rmse: 0,
      sqnrDb: Number.POSITIVE_INFINITY,
      cosine: 1,
      ulpP99: 0,
      mismatched: 0,
      verdict: 'pass',
      reasons: [],
    });
  });

  test('add up over samples as if they were one', () => {
    const [golden] = goldenComparisons;
    const { dims, reference, candidate } = golden!;
    const whole = compare(tensor('float32', dims, reference), tensor('float32', dims, candidate), {
      profile: 'int8',
    });
    const parts = new OutputAccumulator({ name: 'y', profile: 'int8' });
    const [rows = 0, width = 0] = dims;
    for (let row = 0; row < rows; row += 1) {
      const slice = (all: readonly number[]): Tensor =>
        tensor('float32', [1, width], all.slice(row * width, (row + 1) * width));
      parts.add(slice(reference), slice(candidate));
    }
    const found = parts.finish();
    for (const key of [
      'maxAbs',
      'ulpP99',
      'ulpMax',
      'total',
      'top1Agreement',
      'top1Rows',
    ] as const) {
      expect([key, found[key]]).toEqual([key, whole[key]]);
    }
    for (const key of ['meanAbs', 'rmse', 'sqnrDb', 'cosine', 'klMean'] as const) {
      expect(found[key], key).toBeCloseTo(whole[key]!, 12);
    }
  });

  test('take the 99th percentile of the distances by nearest rank', () => {
    const step = 2 ** -23;
    const reference = Array.from({ length: 100 }, () => 1);
    const result = floats(
      reference,
      reference.map((r, i) => r + i * step),
    );
    expect(result).toMatchObject({ ulpP99: 98, ulpMax: 99 });
  });

  test('keep differences of 64-bit integers that float64 would round away', () => {
    const [left, right] = [BigInt64Array.of(2n ** 62n), BigInt64Array.of(2n ** 62n + 1n)];
    const result = compare(tensorFrom('int64', [1], left), tensorFrom('int64', [1], right));
    expect(result).toMatchObject({ maxAbs: 1, mismatched: 1, verdict: 'fail' });
  });
});

describe('values that are not finite', () => {
  const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number;

  test.each([
    [inf, 1],
    [minusInf, -3.4e38],
    [nan, 0],
    [1, inf],
    [1, nan],
    [inf, minusInf],
    [nan, inf],
  ])('%s in the reference and %s in the candidate fail', (r, a) => {
    for (const nonFiniteReference of ['invalid', 'expected'] as const) {
      const overrides = { atol: [{ output: '*', value: 1e38 }], rtol: [{ output: '*', value: 1 }] };
      const result = floats([1, r], [1, a], { overrides, nonFiniteReference });
      expect(result).toMatchObject({ verdict: 'fail', mismatched: 1 });
      expect(result.minimumTolerance.flags).toBe('');
    }
  });

  test('equal ones make a comparison inconclusive, as the data are bad', () => {
    const result = floats([1, nan, inf], [1, nan, inf]);
    expect(result.verdict).toBe('inconclusive');
    expect(result.reasons).toEqual([expect.stringContaining('1 NaN, 1 Inf')]);
    expect(result.nonFinite).toEqual({
      reference: { nan: 1, posInf: 1, negInf: 0 },
      candidate: { nan: 1, posInf: 1, negInf: 0 },
      equalNonFinite: 2,
    });
  });

  test('equal ones pass where they were recorded, and are told', () => {
    const result = floats([1, nan, minusInf], [1, nan, minusInf], {
      nonFiniteReference: 'expected',
    });
    expect(result).toMatchObject({ verdict: 'pass', maxAbs: 0 });
    expect(result.warnings).toEqual([expect.stringContaining('2 values')]);
  });

  test('a tolerance that fails elsewhere still fails', () => {
    expect(floats([1, nan], [2, nan]).verdict).toBe('fail');
  });
});

describe('the tolerance', () => {
  test('is max(atol, kappa·greatest) + rtol·|r|, each side of its edge', () => {
    const element = { rtol: 1e-4, atol: 1e-6, kappa: 1e-5, allowedOutside: 0 };
    const settings = { profile: { ...profiles.fp32, element } };
    // kappa 1e-5 of 1000 is 0.01, and rtol 1e-4 of 100 is 0.01.
    expect(floats([1000, 100], [1000, 100.0199], settings).mismatched).toBe(0);
    expect(floats([1000, 100], [1000, 100.0201], settings).mismatched).toBe(1);
    // Without the floor of the great value, 1e-6 + 0.01 is left.
    expect(floats([100, 100], [100, 100.0115], settings).mismatched).toBe(1);
  });

  test('with atol given has no scale-aware floor', () => {
    const overrides = { atol: [{ output: 'y', value: 0.005 }] };
    expect(floats([1000, 100], [1000, 100.014], { overrides }).mismatched).toBe(0);
    expect(floats([1000, 100], [1000, 100.016], { overrides }).mismatched).toBe(1);
  });

  test('of bfloat16 outputs is at least two of their steps', () => {
    const dims = [2];
    const pair = (value: number): OutputParity =>
      compare(tensor('bfloat16', dims, [1, 8]), tensor('bfloat16', dims, [1, value]));
    expect(pair(8.125).verdict).toBe('pass');
    expect(pair(8.25).verdict).toBe('fail');
  });

  test('of integers, booleans and text is none', () => {
    for (const dtype of ['int32', 'uint8', 'bool', 'int64'] as const) {
      const result = compare(tensor(dtype, [3], [0, 1, 1]), tensor(dtype, [3], [0, 1, 0]), {
        profile: 'int8',
      });
      expect([dtype, result.verdict, result.mismatched]).toEqual([dtype, 'fail', 1]);
    }
    const text = compare(stringTensor([2], ['a', 'b']), stringTensor([2], ['a', 'c']));
    expect(text).toMatchObject({ verdict: 'fail', mismatched: 1, total: 2, maxAbs: null });
    expect(text.reasons).toEqual(['1 of 2 elements differ (first at [1] of sample 0)']);
  });

  test('exact tells zeros apart by their sign, other profiles do not', () => {
    expect(floats([0, 1], [-0, 1], { profile: 'exact' })).toMatchObject({
      verdict: 'fail',
      mismatched: 1,
      minimumTolerance: { flags: '--atol y:0 --rtol y:0' },
    });
    expect(floats([0, 1], [-0, 1]).verdict).toBe('pass');
  });

  test('lets the share of elements lie outside that the profile allows', () => {
    const reference = Array.from({ length: 20_000 }, () => 1);
    const off = (count: number): number[] => reference.map((r, i) => (i < count ? r + 0.1 : r));
    expect(floats(reference, off(2), { profile: 'fp16' })).toMatchObject({
      verdict: 'pass',
      mismatched: 2,
    });
    expect(floats(reference, off(3), { profile: 'fp16' }).verdict).toBe('fail');
  });

  test('a vanished or overflowing signal passes no SQNR gate', () => {
    expect(floats([0, 0], [0, 1e-9]).reasons).toContainEqual(expect.stringContaining('SQNR'));
    const dims = [2];
    const result = compare(
      tensor('float64', dims, [1e300, 1]),
      tensor('float64', dims, [-1e300, 1]),
    );
    expect(result.sqnrDb).toBeNull();
    expect(result.reasons).toContainEqual(expect.stringContaining('not defined'));
  });
});

describe('type and shape', () => {
  test('must be the same, whatever the values', () => {
    const r = tensor('float32', [2], [1, 2]);
    expect(compare(r, tensor('float64', [2], [1, 2]))).toMatchObject({
      verdict: 'fail',
      reasons: ['its type is float64 instead of float32'],
    });
    expect(compare(r, tensor('float32', [2, 1], [1, 2]))).toMatchObject({
      verdict: 'fail',
      reasons: ['its shape is [2, 1] instead of [2]'],
    });
    expect(compare(r, tensor('float32', [2, 1], [1, 2])).minimumTolerance.flags).toBe('');
  });

  test('another float type is compared by value with castIo', () => {
    const r = tensor('float32', [2], [1, 2]);
    const result = compare(r, tensor('float16', [2], [1, 2.002]), {
      castIo: true,
      profile: 'fp16',
    });
    expect(result).toMatchObject({ verdict: 'pass', ulpP99: null });
    expect(compare(r, tensor('int32', [2], [1, 2]), { castIo: true }).verdict).toBe('fail');
  });
});

describe('a comparison that shows nothing', () => {
  test('says so', () => {
    expect(floats([0, 0], [0, 0]).warnings).toEqual([
      expect.stringMatching(/^proves little.* is 0$/),
    ]);
    expect(floats([3, 3], [3, 3]).warnings).toEqual([
      expect.stringMatching(/^proves little.* is 3$/),
    ]);
    expect(floats([0, 1], [0, 1]).warnings).toEqual([]);
    expect(floats([], []).warnings).toEqual([
      expect.stringMatching(/^proves little.*no elements$/),
    ]);
  });

  test('has no size where the samples have different ones', () => {
    const accumulator = new OutputAccumulator({ name: 'y', profile: 'fp32' });
    for (const dims of [
      [2, 0, 1],
      [2, 3, 1],
      [2, 1, 1],
    ]) {
      const values = Array.from({ length: (dims[0] ?? 0) * (dims[1] ?? 0) }, (_, at) => at);
      accumulator.add(tensor('float32', dims, values), tensor('float32', dims, values));
    }
    expect(accumulator.finish()).toMatchObject({ shape: [2, null, 1], total: 8, verdict: 'pass' });
  });

  test('without any sample is inconclusive', () => {
    const result = new OutputAccumulator({ name: 'y', profile: 'fp32' }).finish();
    expect(result).toMatchObject({ verdict: 'inconclusive', dtype: null, total: 0, maxAbs: null });
  });

  test('of random numbers is inconclusive where it differs, and passes where it does not', () => {
    const settings = { nondeterministic: 'it is drawn by chance' };
    expect(floats([1, 2], [2, 1], settings).verdict).toBe('inconclusive');
    expect(floats([1, 2], [1, 2], settings).verdict).toBe('pass');
  });
});

describe('class scores', () => {
  const dims = [4, 3];
  const logits = [2, 1, 0, 0, 3, 1, 1, 0, 5, 0, 0.1, 0];

  test('are gated by top-1 and KL where the name or the rows say what they are', () => {
    const flipped = [...logits];
    flipped[10] = -0.2;
    const settings = {
      profile: 'int8',
      overrides: { minSqnrDb: [{ output: '*', value: 1 }] },
    } as const;
    const [r, a] = [tensor('float32', dims, logits), tensor('float32', dims, flipped)];
    const named = compare(r, a, { ...settings, name: 'logits' });
    expect(named.verdict).toBe('fail');
    expect(named.top1Agreement).toBe(0.75);
    expect(named.reasons).toContainEqual(expect.stringContaining('top-1 agreement is 75.00% of 4'));
    const other = compare(r, a, { ...settings, name: 'embedding' });
    expect(other.verdict).toBe('pass');
    expect(other.warnings).toContainEqual(expect.stringContaining('--min-top1'));
  });

  test('that are probabilities already are not softmaxed again', () => {
    const p = [0.5, 0.25, 0.25];
    const q = [0.25, 0.5, 0.25];
    const result = compare(tensor('float32', [1, 3], p), tensor('float32', [1, 3], q), {
      profile: 'int8',
    });
    // 0.5·ln 2 + 0.25·ln 0.5
    expect(result.klMean).toBeCloseTo(0.25 * Math.LN2, 12);
    expect(result.reasons).toContainEqual(expect.stringContaining('KL divergence'));
  });

  test('a class that the candidate never gives does not make the divergence infinite', () => {
    const result = compare(
      tensor('float32', [1, 2], [0.5, 0.5]),
      tensor('float32', [1, 2], [1, 0]),
    );
    // 0.5·ln 0.5 + 0.5·ln(0.5·2^23)
    expect(result.klMean).toBeCloseTo(0.5 * Math.log(0.5) + 0.5 * Math.log(2 ** 22), 9);
  });
});

test('a class that neither gives to speak of adds nothing to the divergence', () => {
  const tiny = 2 ** -30;
  const [p, q] = [
    [0.5, 0.5 - tiny, tiny],
    [0.25, 0.75, 0],
  ];
  const dims = [1, 3];
  const { klMean } = compare(tensor('float64', dims, p), tensor('float64', dims, q));
  const expected = 0.5 * Math.log(2) + (0.5 - tiny) * Math.log((0.5 - tiny) / 0.75);
  expect(klMean).toBeCloseTo(expected, 12);
});

describe('the suggested flags', () => {
  test('are rounded to the side that passes', () => {
    expect([0.01234, 0.0123, 9.999, 1e-9, 0].map((value) => roundedUp(value))).toEqual([
      '0.0124',
      '0.0123',
      '10',
      '1e-9',
      '0',
    ]);
    expect([29.77, 29.7, -0.55].map((value) => roundedDown(value, 1))).toEqual([
      '29.7',
      '29.7',
      '-0.6',
    ]);
    expect(roundedUp(Number.POSITIVE_INFINITY)).toBeNull();
  });

  /** What the command line would make of them. */
  function parsed(flags: string): AccumulatorSettings['overrides'] {
    const names: Record<string, string> = {
      '--atol': 'atol',
      '--rtol': 'rtol',
      '--min-sqnr': 'minSqnrDb',
      '--min-cosine': 'minCosine',
      '--min-top1': 'minTop1',
      '--max-kl': 'maxKl',
    };
    const words = flags.split(' ').filter((word) => word !== '');
    const result: Record<string, { output: string; value: number }[]> = {};
    for (let i = 0; i < words.length; i += 2) {
      const [output = '', value = ''] = (words[i + 1] ?? '').split(':');
      result[names[words[i] ?? ''] ?? '?'] = [{ output, value: Number(value) }];
    }
    return result;
  }

  const profiles = ['exact', 'fp32', 'tf32', 'fp16', 'bf16', 'int8', 'int4'] as const;

  test.each(profiles)(
    'make an output that fails %s pass, and one step tighter does not',
    (profile) => {
      let state = 12345;
      const random = (): number => {
        state = (state * 1103515245 + 12345) % 2 ** 31;
        return state / 2 ** 31 - 0.5;
      };
      for (const noise of [1e-7, 1e-3, 0.05, 0.5]) {
        const r = Array.from({ length: 60 }, () => 10 * random());
        const a = r.map((value) => value + noise * random());
        const [left, right] = [tensor('float32', [12, 5], r), tensor('float32', [12, 5], a)];
        const settings = { name: 'logits', profile } as const;
        const before = compare(left, right, settings);
        const overrides = parsed(before.minimumTolerance.flags) ?? {};
        const after = compare(left, right, { ...settings, overrides });
        expect([noise, after.verdict, after.reasons]).toEqual([noise, 'pass', []]);
        const [atol] = overrides.atol ?? [];
        if (atol !== undefined && atol.value > 0) {
          const tighter = { ...overrides, atol: [{ output: 'logits', value: atol.value * 0.98 }] };
          expect(compare(left, right, { ...settings, overrides: tighter }).verdict).toBe('fail');
        }
      }
    },
  );

  test('quote names that a shell would take apart', () => {
    const { flags } = floats([1], [2], { name: "it's a name" }).minimumTolerance;
    expect(flags).toContain(`--atol 'it'\\''s a name:`);
  });
});
