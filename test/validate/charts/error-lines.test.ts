import { describe, expect, test } from 'vitest';
import {
  type DataType,
  dataTypes,
  type NumericArray,
  toFloat64,
} from '../../../src/tensor/index.ts';
import { spacingLine, toleranceLine } from '../../../src/validate/charts/error-lines.ts';

/** All finite positive values of a type of 16 bits or less, in order. */
function positiveValues(dtype: DataType): number[] {
  const { bits, arrayType } = dataTypes[dtype];
  const patterns = new arrayType(2 ** (bits - 1)) as Exclude<
    NumericArray,
    BigInt64Array | BigUint64Array
  >;
  for (let at = 0; at < patterns.length; at += 1) patterns[at] = at;
  return [...toFloat64(dtype, patterns)].filter((value) => Number.isFinite(value) && value > 0);
}

/** The distance from a positive float32 or float64 to the next greater one. */
function stepAbove(array: Float32Array | Float64Array, value: number): number {
  array[0] = value;
  const bits =
    array.BYTES_PER_ELEMENT === 4
      ? new Uint32Array(array.buffer)
      : new BigUint64Array(array.buffer);
  if (bits instanceof Uint32Array) bits[0] = (bits[0] ?? 0) + 1;
  else bits[0] = (bits[0] ?? 0n) + 1n;
  return array[0] - value;
}

/** log₂ of the height of a line at x, straight between its places where both axes are logarithms. */
function heightAt(line: readonly { x: number; y: number }[], x: number): number {
  const end = Math.max(
    line.findIndex((place) => place.x >= x),
    1,
  );
  const [a, b] = [line[end - 1], line[end]];
  if (a === undefined || b === undefined) throw new Error('outside of the line');
  const share = (Math.log2(x) - Math.log2(a.x)) / (Math.log2(b.x) - Math.log2(a.x));
  return Math.log2(a.y) + share * (Math.log2(b.y) - Math.log2(a.y));
}

describe('spacingLine', () => {
  test.each([
    'float16',
    'bfloat16',
    'float8e4m3fn',
    'float8e4m3fnuz',
    'float8e5m2',
    'float8e5m2fnuz',
    'float6e2m3',
    'float6e3m2',
    'float4e2m1',
  ] as const)('of %s is the distance of neighbours at powers of two, and not below it', (dtype) => {
    const values = positiveValues(dtype);
    const [low = NaN, high = NaN] = [values[0], values.at(-1)];
    const line = spacingLine(dtype, { low, high }) ?? [];
    const above = values.slice(0, -1).map((value, at) => ({
      isPower: Number.isInteger(Math.log2(value)),
      bits: heightAt(line, value) - Math.log2((values[at + 1] ?? NaN) - value),
    }));
    const all = above.map(({ bits }) => bits);
    const powers = above.filter(({ isPower }) => isPower).map(({ bits }) => Math.abs(bits));
    expect(powers.length).toBeGreaterThan(1);
    expect(Math.max(...powers)).toBeLessThan(1e-9);
    expect(Math.min(...all)).toBeGreaterThan(-1e-9);
    expect(Math.max(...all)).toBeLessThan(1);
  });

  test.each([
    ['float32', new Float32Array(1), -149, 127],
    ['float64', new Float64Array(1), -1074, 1023],
  ] as const)('of %s too', (dtype, array, least, greatest) => {
    const line = spacingLine(dtype, { low: 2 ** least, high: 2 ** greatest }) ?? [];
    expect(line).toHaveLength(3);
    for (let power = least; power < greatest; power += 1) {
      const value = 2 ** power;
      expect(heightAt(line, value)).toBeCloseTo(Math.log2(stepAbove(array, value)), 6);
    }
  });

  test.each(['int8', 'int64', 'bool', 'string', 'complex64', 'float8e8m0'] as const)(
    'of %s is none',
    (dtype) => {
      expect(spacingLine(dtype, { low: 0.1, high: 10 })).toBeNull();
    },
  );
});

describe('toleranceLine', () => {
  test('is atol + rtol·|r| at every place, from end to end', () => {
    const line = toleranceLine({ atol: 1e-6, rtol: 1e-3 }, { low: 1e-5, high: 10 }) ?? [];
    expect(line[0]?.x).toBe(1e-5);
    expect(line.at(-1)?.x).toBe(10);
    expect(line.length).toBeGreaterThan(40);
    for (const { x, y } of line) expect(y).toBe(1e-6 + 1e-3 * x);
    // 1e-6 + 1e-3 · 1e-5 and 1e-6 + 1e-3 · 10
    expect(line[0]?.y).toBeCloseTo(1.01e-6, 12);
    expect(line.at(-1)?.y).toBeCloseTo(0.010001, 12);
  });

  test('has a limited number of places, whatever the range', () => {
    const line = toleranceLine({ atol: 1e-6, rtol: 1e-3 }, { low: 5e-324, high: 1e308 }) ?? [];
    expect(line.length).toBeGreaterThan(100);
    expect(line.length).toBeLessThan(300);
  });

  test('is none where nothing is allowed', () => {
    expect(toleranceLine({ atol: 0, rtol: 0 }, { low: 0.1, high: 10 })).toBeNull();
  });
});
