import { describe, expect, test } from 'vitest';
import { halvesAgree, SettleDetector } from '../../src/runtime/warm-up.ts';

/** Feeds times until the detector is satisfied; gives the number of runs and the verdict. */
function warmUp(
  time: (run: number) => number,
  limit = 100_000,
): { runs: number; settled: boolean } {
  const detector = new SettleDetector();
  let elapsed = 0;
  for (let run = 0; run < limit; run++) {
    elapsed += time(run);
    if (detector.add(time(run), elapsed)) return { runs: run + 1, settled: detector.settled };
  }
  return { runs: limit, settled: detector.settled };
}

describe('SettleDetector', () => {
  test('steady times: two windows of 250 ms', () => {
    expect(warmUp(() => 1)).toEqual({ runs: 500, settled: true });
  });

  test('a window has 10 runs at least', () => {
    expect(warmUp(() => 100)).toEqual({ runs: 20, settled: true });
  });

  test('a step is waited out', () => {
    // 125 slow runs fill the first window; the two after it, of 250 runs each, are the first that agree.
    expect(warmUp((run) => (run < 125 ? 2 : 1))).toEqual({ runs: 125 + 500, settled: true });
  });

  test('medians less than 2 % apart agree, 3 % do not', () => {
    const stepBy = (ratio: number) => (run: number) => (run < 250 ? 1 : ratio);
    expect(warmUp(stepBy(1.019)).runs).toBeLessThan(510);
    expect(warmUp(stepBy(1.03)).runs).toBeGreaterThan(510);
  });

  test('an outlier does not matter, since medians are compared', () => {
    expect(warmUp((run) => (run === 300 ? 50 : 1)).settled).toBe(true);
  });

  test('what never settles ends at 10 s and says so', () => {
    const growing = warmUp((run) => 1.001 ** run);
    expect(growing.settled).toBe(false);
    const sum = (1.001 ** growing.runs - 1) / 0.001;
    expect(sum).toBeGreaterThanOrEqual(10_000);
    expect(sum).toBeLessThan(10_100);
  });

  test('slow models: at least 3 runs, and the halves are compared where no two windows fit', () => {
    expect(warmUp(() => 6000)).toEqual({ runs: 3, settled: false });
    expect(warmUp(() => 1000)).toEqual({ runs: 10, settled: true });
    expect(warmUp(() => 1500)).toEqual({ runs: 7, settled: true });
    expect(warmUp((run) => 2000 - run * 100)).toMatchObject({ settled: false });
  });
});

test('halvesAgree', () => {
  expect(halvesAgree([])).toBe(false);
  expect(halvesAgree([1, 1, 1, 1])).toBe(false);
  expect(halvesAgree([1, 1, 9, 1, 1, 1])).toBe(true);
  expect(halvesAgree([2, 2, 2, 1, 1, 1])).toBe(false);
  // The middle one of seven belongs to neither half.
  expect(halvesAgree([1, 1, 1, 5, 1, 1, 1])).toBe(true);
});
