import { arrayToFloat32Bits, float32BitsToNumber, numberToFloat32Bits } from './float32-bits.ts';

/*
 * float16 (IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits) and bfloat16 (the upper half of
 * a float32). All conversions go through float32 bit patterns. Narrowing rounds to nearest, ties to
 * even, from the value given (no double rounding from float64), overflows to infinity and keeps
 * subnormals. The bulk forms keep the sign and the leading payload bits of a NaN, so decoding and
 * encoding again changes no bit pattern at all.
 */

/** The number that a float16 bit pattern (the low 16 bits of `bits`) stands for. */
export function float16ToNumber(bits: number): number {
  return float32BitsToNumber(widenFloat16(bits));
}

/** The float16 bit pattern nearest to `value`, ties to even; NaN gives 0x7e00. */
export function numberToFloat16(value: number): number {
  return narrowToFloat16(numberToFloat32Bits(value));
}

/** The values of float16 bit patterns, exactly. */
export function decodeFloat16(bits: Uint16Array): Float32Array {
  const result = new Uint32Array(bits.length);
  for (let i = 0; i < result.length; i++) result[i] = widenFloat16(bits[i] ?? 0);
  return new Float32Array(result.buffer);
}

/** The float16 bit pattern nearest to each value, ties to even. */
export function encodeFloat16(values: Float32Array | Float64Array): Uint16Array {
  const source = arrayToFloat32Bits(values);
  const result = new Uint16Array(source.length);
  for (let i = 0; i < result.length; i++) result[i] = narrowToFloat16(source[i] ?? 0);
  return result;
}

/** The number that a bfloat16 bit pattern (the low 16 bits of `bits`) stands for. */
export function bfloat16ToNumber(bits: number): number {
  return float32BitsToNumber(bits << 16);
}

/** The bfloat16 bit pattern nearest to `value`, ties to even; NaN gives 0x7fc0. */
export function numberToBfloat16(value: number): number {
  return narrowToBfloat16(numberToFloat32Bits(value));
}

/** The values of bfloat16 bit patterns, exactly. */
export function decodeBfloat16(bits: Uint16Array): Float32Array {
  const result = new Uint32Array(bits.length);
  for (let i = 0; i < result.length; i++) result[i] = (bits[i] ?? 0) << 16;
  return new Float32Array(result.buffer);
}

/** The bfloat16 bit pattern nearest to each value, ties to even. */
export function encodeBfloat16(values: Float32Array | Float64Array): Uint16Array {
  const source = arrayToFloat32Bits(values);
  const result = new Uint16Array(source.length);
  for (let i = 0; i < result.length; i++) result[i] = narrowToBfloat16(source[i] ?? 0);
  return result;
}

function widenFloat16(bits: number): number {
  const sign = (bits & 0x8000) << 16;
  const magnitude = bits & 0x7fff;
  if (magnitude >= 0x7c00) return sign | 0x7f800000 | ((magnitude & 0x3ff) << 13);
  // The exponent bias grows by 127 − 15 = 112.
  if (magnitude >= 0x400) return sign | ((magnitude << 13) + (112 << 23));
  if (magnitude === 0) return sign;
  // A subnormal: shift its leading one up to where float32 leaves it out.
  const shift = Math.clz32(magnitude) - 21;
  return sign | ((113 - shift) << 23) | ((magnitude << (shift + 13)) & 0x7fffff);
}

function narrowToFloat16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7c00 | ((magnitude >>> 13) & 0x3ff || 0x200);
  // 65520 is halfway to the value after 65504, and its even neighbour is infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    // Adding just under half a unit, plus the unit's own bit, rounds to nearest even; a carry out
    // of the fraction lands in the exponent, where it belongs.
    return sign | ((magnitude - (112 << 23) + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  const exponent = magnitude >>> 23;
  if (exponent < 102) return sign; // Less than half of the least subnormal, 2^-25.
  const shift = 126 - exponent;
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  const odd = (fraction >>> shift) & 1;
  return sign | ((fraction + (1 << (shift - 1)) - 1 + odd) >>> shift);
}

function narrowToBfloat16(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) {
    return (bits >>> 16) | ((bits & 0x7f0000) === 0 ? 0x40 : 0);
  }
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}
