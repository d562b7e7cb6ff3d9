import type { DataType } from '../tensor/index.ts';

/** Bits of the significand, the implicit one included, and the exponent of the least normal value. */
const formats: Partial<
  Record<DataType, readonly [significandBits: number, leastExponent: number]>
> = {
  float64: [53, -1022],
  float32: [24, -126],
  float16: [11, -14],
  bfloat16: [8, -126],
  float8e4m3fn: [4, -6],
  float8e4m3fnuz: [4, -7],
  float8e5m2: [3, -14],
  float8e5m2fnuz: [3, -15],
  float6e2m3: [4, 0],
  float6e3m2: [3, -2],
  float4e2m1: [2, 0],
  float8e8m0: [1, -127],
};

/** The relative distance of neighbouring values just above a power of two; null for no floats. */
export function relativeSpacing(dtype: DataType): number | null {
  const format = formats[dtype];
  return format === undefined ? null : 2 ** (1 - format[0]);
}

/** The distance of neighbouring values of a type at a magnitude; null for no floats, and at zero. */
export function unitInLastPlace(dtype: DataType, magnitude: number): number | null {
  const format = formats[dtype];
  if (format === undefined || magnitude === 0 || !Number.isFinite(magnitude)) return null;
  const [bits, leastExponent] = format;
  return 2 ** (Math.max(exponentOf(magnitude), leastExponent) - bits + 1);
}

/** Decimal digits that a type can hold: 7.2 of float32. */
export function decimalDigits(dtype: DataType): number | null {
  const format = formats[dtype];
  return format === undefined ? null : format[0] * Math.log10(2);
}

/** The greatest power of two that a number reaches. */
function exponentOf(magnitude: number): number {
  const guess = Math.floor(Math.log2(magnitude));
  // The logarithm is rounded, so next to a power of two it may be one off.
  if (2 ** guess > magnitude) return guess - 1;
  return 2 ** (guess + 1) <= magnitude ? guess + 1 : guess;
}
