import { describe, expect, test } from 'vitest';
import { matchesPattern } from '../../src/graph/index.ts';
import type {
  AccumulatorSettings,
  ProfileName,
  ToleranceOverrides,
} from '../../src/parity/index.ts';
import { flagFor } from '../../src/parity/suggest.ts';
import { type DataType, dataTypes, stringTensor, type Tensor } from '../../src/tensor/index.ts';
import { compareTensors, seeded, tensorOf } from './comparing.ts';

type Limit = 'atol' | 'rtol' | 'minSqnrDb' | 'minCosine' | 'minTop1' | 'maxKl';
const limits: Readonly<Record<string, Limit>> = {
  '--atol': 'atol',
  '--rtol': 'rtol',
  '--min-sqnr': 'minSqnrDb',
  '--min-cosine': 'minCosine',
  '--min-top1': 'minTop1',
  '--max-kl': 'maxKl',
};

type Given = { readonly [Key in Limit]?: { output: string; value: number }[] };

/** What the command line makes of the flags. */
function parsed(flags: string): Given {
  const result: { [Key in Limit]?: { output: string; value: number }[] } = {};
  const pattern = /(--[\w-]+) (\S+):(\S+)/g;
  for (const [, flag = '', output = '', value = ''] of flags.matchAll(pattern)) {
    const limit = limits[flag];
    if (limit === undefined) throw new Error(`unknown flag ${flag}`);
    result[limit] = [{ output, value: Number(value) }];
  }
  return result;
}

/** One limit a little tighter than given; null where it can be no tighter. */
function tightened(given: Given, limit: Limit): ToleranceOverrides | null {
  const [entry] = given[limit] ?? [];
  if (entry === undefined) return null;
  // Each is rounded in its last place: 3 digits, or 1, 4 or 6 decimals.
  const steps = { minSqnrDb: 0.1001, minCosine: 1.001e-6, minTop1: 1.001e-4 } as const;
  const { value } = entry;
  const isLeast = limit === 'minSqnrDb' || limit === 'minCosine' || limit === 'minTop1';
  if (isLeast) return { ...given, [limit]: [{ ...entry, value: value + steps[limit] }] };
  return value === 0 ? null : { ...given, [limit]: [{ ...entry, value: value * 0.989 }] };
}

const dims = [24, 7];
const count = 24 * 7;

/** Two tensors of a type that differ by noise of some size in some of their elements. */
function pair(dtype: DataType, seed: number): [Tensor, Tensor] {
  const random = seeded(seed);
  const noise = 10 ** (-7 * random());
  const share = random() < 0.3 ? 0.05 : 1;
  const { kind, max } = dataTypes[dtype];
  const isFloat = kind === 'float';
  const scale = isFloat ? 10 : Math.min(Number(max ?? 1), 100);
  const least = kind === 'int' || isFloat ? -0.5 : 0;
  const r = Array.from({ length: count }, () => scale * (random() + least));
  const a = r.map((value) => (random() < share ? value + scale * noise * (random() - 0.5) : value));
  const made = (values: readonly number[]): number[] =>
    isFloat
      ? [...values]
      : values.map((value) => Math.min(Math.max(Math.round(value), least * scale), scale));
  if (dtype === 'string') {
    const words = (values: readonly number[]): string[] => values.map((value) => value.toFixed(1));
    return [stringTensor(dims, words(r)), stringTensor(dims, words(a))];
  }
  return [tensorOf(dtype, dims, made(r)), tensorOf(dtype, dims, made(a))];
}

const profileNames = ['exact', 'fp32', 'tf32', 'fp16', 'bf16', 'int8', 'int4'] as const;
const types = [
  'float32',
  'float64',
  'float16',
  'bfloat16',
  'int32',
  'uint8',
  'int64',
  'bool',
  'string',
] as const;

describe.each(types)('of %s, the flags that are suggested', (dtype) => {
  test.each(profileNames)(
    'let an output pass under %s, and tighter ones do not',
    (profile: ProfileName) => {
      const found = { pass: 0, fail: 0, tightened: 0 };
      for (let seed = 1; seed <= 8; seed += 1) {
        const [r, a] = pair(dtype, seed);
        const settings: Partial<AccumulatorSettings> = { name: 'logits', profile };
        const before = compareTensors(r, a, settings);
        found[before.verdict === 'pass' ? 'pass' : 'fail'] += 1;
        const given = parsed(before.minimumTolerance.flags);
        const after = compareTensors(r, a, { ...settings, overrides: given });
        expect([seed, before.minimumTolerance.flags, after.verdict, after.reasons]).toEqual([
          seed,
          before.minimumTolerance.flags,
          'pass',
          [],
        ]);
        for (const limit of Object.values(limits)) {
          const tighter = limit === 'rtol' ? null : tightened(given, limit);
          if (tighter === null) continue;
          found.tightened += 1;
          const { verdict } = compareTensors(r, a, { ...settings, overrides: tighter });
          expect([seed, limit, given[limit], verdict]).toEqual([seed, limit, given[limit], 'fail']);
        }
      }
      expect(found.tightened).toBeGreaterThan(0);
    },
  );
});

test('a name that cannot be typed is given as a pattern', () => {
  const flags = flagFor('--atol', 'a\u001b[31m\n\u202eb', '0.1');
  expect(flags).toBe("--atol 'a*[31m**b:0.1'");
  expect(matchesPattern('a\u001b[31m\n\u202eb', 'a*[31m**b')).toBe(true);
  expect(flagFor('--atol', 'logits', '0.1')).toBe('--atol logits:0.1');
});
