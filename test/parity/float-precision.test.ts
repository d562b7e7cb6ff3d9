import { expect, test } from 'vitest';
import {
  decimalDigits,
  relativeSpacing,
  unitInLastPlace,
} from '../../src/parity/float-precision.ts';
import { type DataType, dataTypes, toFloat64 } from '../../src/tensor/index.ts';

/** All values of a type of 16 bits or fewer, ascending. */
function valuesOf(dtype: DataType): number[] {
  const { arrayType, bits } = dataTypes[dtype];
  const patterns = new (arrayType as Uint16ArrayConstructor)(2 ** bits).map((_, i) => i);
  const values = toFloat64(dtype, patterns);
  return [...new Set(values)].filter((value) => Number.isFinite(value)).toSorted((a, b) => a - b);
}

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
  'float8e8m0',
] as const)('%s: the distance to the next value, at every value', (dtype) => {
  const values = valuesOf(dtype);
  const positive = values.filter((value) => value > 0);
  const wrong = positive.slice(0, -1).filter((value, i) => {
    return unitInLastPlace(dtype, value) !== (positive[i + 1] ?? 0) - value;
  });
  expect(positive.length).toBeGreaterThan(2);
  expect(wrong).toEqual([]);
  const one = unitInLastPlace(dtype, 1);
  expect(relativeSpacing(dtype)).toBe(one);
});

test('of float32 and float64, also next to powers of two', () => {
  expect(unitInLastPlace('float32', 1)).toBe(2 ** -23);
  expect(unitInLastPlace('float32', 1 - 2 ** -24)).toBe(2 ** -24);
  expect(unitInLastPlace('float64', 1 - 2 ** -53)).toBe(2 ** -53);
  expect(unitInLastPlace('float64', 2 ** 970)).toBe(2 ** 918);
  expect(unitInLastPlace('float32', 1e-45)).toBe(2 ** -149);
  expect(unitInLastPlace('float32', 0)).toBeNull();
  expect(unitInLastPlace('int8', 1)).toBeNull();
  expect(decimalDigits('float32')).toBeCloseTo(7.2247, 4);
});
