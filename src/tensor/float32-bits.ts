/*
 * Narrowing a float64 first to float32 and then to fewer bits rounds twice, and the first rounding
 * can create a tie that the second breaks the wrong way. Rounding to odd instead (truncate, and set
 * the last bit if anything was lost) keeps "not quite" visible: with at least two bits more than the
 * target has, rounding the result gives what rounding the original once would have given.
 * Source: S. Boldo, G. Melquiond, "Emulation of a FMA and correctly rounded sums: proved algorithms
 * using rounding to odd", IEEE Transactions on Computers 57(4), 2008.
 */

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

const quietNan = 0x7fc00000;

/**
 * The bits of a float32 from which `value` can be rounded further to 22 or fewer significant bits
 * as if that were the only rounding. Exact for values that are float32 already; NaN gives the
 * positive quiet NaN.
 */
export function numberToFloat32Bits(value: number): number {
  const nearest = Math.fround(value);
  if (nearest !== nearest) return quietNan;
  scratch[0] = nearest;
  const bits = scratchBits[0] ?? 0;
  if (nearest === value) return bits;
  // Magnitudes and bit patterns are in the same order, so one less is the next value towards zero.
  return (Math.abs(nearest) > Math.abs(value) ? bits - 1 : bits) | 1;
}

/** The number that a float32 bit pattern stands for. */
export function float32BitsToNumber(bits: number): number {
  scratchBits[0] = bits;
  return scratch[0] ?? 0;
}

/**
 * The float32 bit patterns to round `values` from, as {@link numberToFloat32Bits} gives for each.
 * For a Float32Array this is a view of the same memory, NaN signs and payloads included; for a
 * Float64Array it is a new array, in which NaNs keep their sign.
 */
export function arrayToFloat32Bits(values: Float32Array | Float64Array): Uint32Array {
  if (values.BYTES_PER_ELEMENT === Float32Array.BYTES_PER_ELEMENT) {
    return new Uint32Array(values.buffer, values.byteOffset, values.length);
  }
  const nearest = new Float32Array(values);
  const result = new Uint32Array(nearest.buffer);
  for (let i = 0; i < result.length; i++) {
    const value = values[i] ?? 0;
    const rounded = nearest[i] ?? 0;
    if (rounded === value) continue;
    const bits = result[i] ?? 0;
    if (value !== value) {
      result[i] = isNegativeNan(values, i) ? (quietNan | 0x80000000) >>> 0 : quietNan;
    } else {
      result[i] = (Math.abs(rounded) > Math.abs(value) ? bits - 1 : bits) | 1;
    }
  }
  return result;
}

/** JavaScript has no operation that tells the sign of a NaN; its bits do. */
function isNegativeNan(values: Float32Array | Float64Array, index: number): boolean {
  const offset = values.byteOffset + index * Float64Array.BYTES_PER_ELEMENT;
  const [bits = 0n] = new BigInt64Array(values.buffer, offset, 1);
  return bits < 0n;
}
