import { describe, expect, test } from 'vitest';
import { QuantileSketch } from '../../src/parity/quantile-sketch.ts';

describe('the quantile sketch', () => {
  test('gives nearest ranks, zeros counted', () => {
    const sketch = new QuantileSketch();
    expect(sketch.quantile(0.5)).toBeNull();
    sketch.addZeros(5);
    for (const value of [4, 1, 3, 2, 0]) sketch.add(value);
    // 0 0 0 0 0 0 1 2 3 4
    expect([0, 0.6, 0.61, 0.7, 0.9, 0.99, 1].map((p) => sketch.quantile(p))).toEqual([
      0, 0, 1, 1, 3, 4, 4,
    ]);
  });

  test('beyond what it keeps exactly is at most 1/128 above, and never below', () => {
    const sketch = new QuantileSketch();
    const values = Array.from({ length: 100_000 }, (_, i) => (((i * 7919) % 100_000) + 1) * 1e-9);
    for (const value of values) sketch.add(value);
    values.sort((a, b) => a - b);
    for (const p of [0.001, 0.25, 0.5, 0.9, 0.99, 0.99999, 1]) {
      const exact = values[Math.ceil(p * values.length) - 1]!;
      const found = sketch.quantile(p)!;
      expect(found, String(p)).toBeGreaterThanOrEqual(exact);
      expect(found, String(p)).toBeLessThanOrEqual(exact * (1 + 1 / 128));
    }
    expect(sketch.quantile(1)).toBe(sketch.max);
  });

  test('takes infinity and the smallest numbers', () => {
    const sketch = new QuantileSketch();
    for (let i = 0; i < 70_000; i += 1) sketch.add(5e-324);
    sketch.add(Number.POSITIVE_INFINITY);
    expect(sketch.quantile(0.5)).toBeLessThan(1e-300);
    expect(sketch.quantile(1)).toBe(Number.POSITIVE_INFINITY);
  });
});
