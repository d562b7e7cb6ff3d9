import { describe, expect, test } from 'vitest';
import { logScale } from '../../src/report/log-scale.ts';

function ticks(values: readonly number[]): string[] {
  const { min, max, step, tick } = logScale(values);
  return Array.from({ length: Math.round((max - min) / step) + 1 }, (_, at) =>
    tick(min + at * step),
  );
}

describe('logScale', () => {
  test('ends at powers of ten', () => {
    expect(ticks([0.02, 30])).toEqual(['10⁻²', '10⁻¹', '1', '10', '10²']);
  });

  test('a power of ten is an end of its own', () => {
    expect(ticks([1e-6, 1e-4])).toEqual(['10⁻⁶', '10⁻⁵', '10⁻⁴']);
    for (let power = -300; power <= 300; power += 1) {
      expect(logScale([Number(`1e${power}`)]).min).toBe(power);
    }
  });

  test('one value has a decade', () => {
    expect(ticks([5])).toEqual(['1', '10']);
    expect(ticks([1])).toEqual(['1', '10']);
  });

  test('zero has a place of its own below', () => {
    expect(ticks([0, 0.02, 3])).toEqual(['0', '10⁻²', '10⁻¹', '1', '10']);
    const { place, min, first } = logScale([0, 0.02, 3]);
    expect([place(0), place(0.01), min, first]).toEqual([-3, -2, -3, -2]);
  });

  test('nothing but zeros has a scale too', () => {
    expect(ticks([0])).toEqual(['0', '10⁻¹', '1']);
  });

  test.each([
    [1e-20, 1e20],
    [5e-324, Number.MAX_VALUE],
    [0, 1e-300, 1e300],
    [1e-7, 1e6],
  ])('there are never many ticks: %d to %d', (...values) => {
    const found = ticks(values);
    expect(found.length).toBeGreaterThan(4);
    expect(found.length).toBeLessThanOrEqual(15);
    const { place, min, max } = logScale(values);
    for (const value of values) {
      expect(place(value)).toBeGreaterThanOrEqual(min);
      expect(place(value)).toBeLessThanOrEqual(max);
    }
  });
});
