import { describe, expect, test } from 'vitest';
import { ulpDistance } from '../../src/parity/ulp.ts';
import type { DataType, NumericArray } from '../../src/tensor/index.ts';

function distance(dtype: DataType, a: NumericArray, b: NumericArray): number | undefined {
  return ulpDistance(dtype, a, b)?.(0);
}

describe('the distance in units of the last place', () => {
  const step32 = 2 ** -23;

  test.each([
    [1, 1 + step32, 1],
    [1, 1 - step32 / 2, 1],
    [1, 2, 2 ** 23],
    [0, 2 ** -149, 1],
    [-(2 ** -149), 2 ** -149, 2],
    [0, -0, 0],
    [3.4028234663852886e38, -3.4028234663852886e38, 2 * 0x7f7fffff],
  ])('of float32 %f and %f is %d', (a, b, expected) => {
    expect(distance('float32', Float32Array.of(a), Float32Array.of(b))).toBe(expected);
    expect(distance('float32', Float32Array.of(b), Float32Array.of(a))).toBe(expected);
  });

  test.each([
    [1, 1 + 2 ** -52, 1],
    [-1, -1 - 2 ** -52, 1],
    [2 ** -1074, -(2 ** -1074), 2],
    // The lower half of the bits wraps from all ones to zero here.
    [1 + (2 ** 32 - 1) * 2 ** -52, 1 + 2 ** 32 * 2 ** -52, 1],
  ])('of float64 %f and %f is %d', (a, b, expected) => {
    expect(distance('float64', Float64Array.of(a), Float64Array.of(b))).toBe(expected);
  });

  test('of the narrow floats counts their own patterns', () => {
    // float16 1.0 is 0x3c00, bfloat16 1.0 is 0x3f80; the top bit is the sign.
    expect(distance('float16', Uint16Array.of(0x3c00), Uint16Array.of(0x3c03))).toBe(3);
    expect(distance('float16', Uint16Array.of(0x8001), Uint16Array.of(0x0001))).toBe(2);
    expect(distance('bfloat16', Uint16Array.of(0x3f80), Uint16Array.of(0xbf80))).toBe(2 * 0x3f80);
    expect(distance('float8e4m3fn', Uint8Array.of(0x81), Uint8Array.of(0x01))).toBe(2);
    expect(distance('float4e2m1', Uint8Array.of(0x9), Uint8Array.of(0x1))).toBe(2);
    expect(distance('float8e8m0', Uint8Array.of(0x81), Uint8Array.of(0x01))).toBe(0x80);
  });

  test('of integers is not defined', () => {
    expect(ulpDistance('int32', Int32Array.of(1), Int32Array.of(2))).toBeNull();
  });
});
