/**
 * How a value between two powers of two is rounded: to the greater, to the lesser, or to the nearer
 * with ties to the greater.
 */
export type RoundMode = 'up' | 'down' | 'nearest';

const nan = 0xff;
const greatest = 0xfe;

/** The float32 bit patterns of the range's ends, 2^-127 (a subnormal) and 2^127. */
const leastBits = 0x00400000;
const greatestBits = 0x7f000000;

/**
 * The float8e8m0 pattern (a biased exponent: code c is 2^(c−127), 255 is NaN) for each float32 bit
 * pattern. Values outside [2^-127, 2^127] become the nearer end, or NaN without `saturate`; so do
 * zeros and negative values, for the type has neither. What ONNX's Cast leaves unspecified is as
 * onnxruntime does it on CPU.
 *
 * Source: https://onnx.ai/onnx/operators/onnx__Cast.html, OCP MX specification v1.0, section 5.4.1
 */
export function encodeFloat8e8m0(
  source: Uint32Array,
  saturate: boolean,
  roundMode: RoundMode,
): Uint8Array {
  // A fraction from which on the exponent goes up by one.
  const threshold = { up: 1, nearest: 0x400000, down: 0x800000 }[roundMode];
  const result = new Uint8Array(source.length);
  for (let i = 0; i < result.length; i++) {
    const bits = source[i] ?? 0;
    if ((bits & 0x7fffffff) > 0x7f800000) {
      result[i] = nan;
    } else if (bits > 0x7fffffff || bits < leastBits) {
      result[i] = saturate ? 0 : nan;
    } else if (bits > greatestBits) {
      result[i] = saturate ? greatest : nan;
    } else {
      const exponent = bits >>> 23;
      // At exponent 0 the leading one is explicit, one place below where it is usually implied.
      const fraction = exponent === 0 ? (bits << 1) & 0x7fffff : bits & 0x7fffff;
      result[i] = fraction >= threshold ? exponent + 1 : exponent;
    }
  }
  return result;
}
