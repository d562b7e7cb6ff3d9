import { describe, expect, test } from 'vitest';
import { OutputAccumulator } from '../../src/parity/accumulator.ts';
import type { ParityResult } from '../../src/parity/index.ts';
import { aboveNoise, mayBeRounding } from '../../src/parity/noise-floor.ts';
import { float32 } from './models.ts';

const reference = [1, -2, 3, -4];

/** The result of comparing the reference with itself plus these differences. */
function compared(differences: readonly number[], fails: string | null = null): ParityResult {
  const accumulator = new OutputAccumulator({ name: 'y', profile: 'fp32' });
  const values = reference.map((value, at) => value + (differences[at] ?? 0));
  accumulator.add(float32([4], reference), float32([4], values));
  if (fails !== null) accumulator.fail(fails);
  const output = accumulator.finish();
  return {
    verdict: output.verdict,
    profile: 'fp32',
    profileReason: '',
    samples: 1,
    isComplete: true,
    reasons: [],
    outputs: [output],
    warnings: [],
  };
}

describe('aboveNoise', () => {
  const floor = compared([0.01, -0.01, 0.01, -0.01]);

  test('what is as far away as the reference from itself passes, and is told', () => {
    const result = aboveNoise(compared([-0.03, 0.03, 0.01, 0.02]), floor);
    expect(result.verdict).toBe('pass');
    // The differences of float32 values, so not 0.01 to the last digit.
    expect(result.outputs[0]?.noiseFloor?.rmse).toBeCloseTo(0.01, 6);
    expect(result.outputs[0]?.warnings.join()).toContain('within the rounding of the model itself');
  });

  test('what is several times as far fails still', () => {
    expect(aboveNoise(compared([0.05, -0.05, 0.05, -0.05]), floor).verdict).toBe('fail');
  });

  test('one element that is far off fails, however small the mean is', () => {
    const quiet = compared([0.1, 0, 0, 0]);
    expect(aboveNoise(compared([0, 0, 0, 0.3]), quiet).verdict).toBe('pass');
    const loud = compared([0.02, 0.02, 0.02, 0.02]);
    expect(aboveNoise(compared([0, 0, 0, 0.21]), loud).verdict).toBe('fail');
  });

  test('a reference that repeats itself forgives nothing', () => {
    expect(aboveNoise(compared([0.01]), compared([])).verdict).toBe('fail');
  });

  test('what passes stays as it is', () => {
    const result = compared([]);
    expect(aboveNoise(result, floor).outputs).toEqual(result.outputs);
  });
});

test('only numbers that differ may be rounding', () => {
  expect(mayBeRounding(compared([0.1]))).toBe(true);
  expect(mayBeRounding(compared([]))).toBe(false);
  expect(mayBeRounding(compared([Number.NaN]))).toBe(false);
  expect(mayBeRounding(compared([0.1], 'its shape is [2] instead of [4]'))).toBe(false);
  expect(mayBeRounding({ ...compared([0.1]), isComplete: false })).toBe(false);
});
