/**
 * 1.5 · 2^52: a float64 of this size has no room for a fraction, so that adding it rounds to the
 * nearest integer, ties to even, in the way that IEEE 754 rounds every sum.
 */
export const roundingBias: number = 1.5 * 2 ** 52;

/**
 * The nearest integer, ties to the even one, as ONNX rounds (`Math.round` takes ties upwards).
 *
 * @param value Of a magnitude below 2^51; NaN stays NaN.
 */
export function rint(value: number): number {
  return value + roundingBias - roundingBias;
}
