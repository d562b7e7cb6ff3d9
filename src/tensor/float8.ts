import type { DataType } from './dtype.ts';
import { encodeFloat8e8m0, type RoundMode } from './float8e8m0.ts';
import { arrayToFloat32Bits } from './float32-bits.ts';

/** The float types of 4, 6 and 8 bits. */
export type SmallFloatType =
  | 'float8e4m3fn'
  | 'float8e4m3fnuz'
  | 'float8e5m2'
  | 'float8e5m2fnuz'
  | 'float4e2m1'
  | 'float8e8m0'
  | 'float6e2m3'
  | 'float6e3m2';

export interface SmallFloatOptions {
  /**
   * Whether a float8 value out of range becomes the nearest finite one (true, the default) or the
   * type's infinity or NaN. The 4- and 6-bit types have neither and always saturate.
   */
  readonly saturate?: boolean;
  /** How float8e8m0 rounds between powers of two; 'up' when not given. Other types ignore it. */
  readonly roundMode?: RoundMode;
}

/** How a float with a sign bit is laid out: sign, exponent, fraction, from the highest bit. */
interface Format {
  readonly exponentBits: number;
  readonly fractionBits: number;
  readonly bias: number;
  /**
   * What lies outside the finite values. `ieee`: the top exponent holds infinity and NaNs. `fn`:
   * the one pattern with all exponent and fraction bits set is NaN. `fnuz`: the pattern of negative
   * zero is the only NaN. `none`: every pattern is a finite value.
   */
  readonly specials: 'ieee' | 'fn' | 'fnuz' | 'none';
}

/*
 * Source: https://onnx.ai/onnx/technical/float8.html, https://onnx.ai/onnx/technical/float4.html
 * and the OCP Microscaling Formats (MX) specification v1.0.
 */
const formats: Readonly<Record<Exclude<SmallFloatType, 'float8e8m0'>, Format>> = {
  float8e4m3fn: { exponentBits: 4, fractionBits: 3, bias: 7, specials: 'fn' },
  float8e4m3fnuz: { exponentBits: 4, fractionBits: 3, bias: 8, specials: 'fnuz' },
  float8e5m2: { exponentBits: 5, fractionBits: 2, bias: 15, specials: 'ieee' },
  float8e5m2fnuz: { exponentBits: 5, fractionBits: 2, bias: 16, specials: 'fnuz' },
  float4e2m1: { exponentBits: 2, fractionBits: 1, bias: 1, specials: 'none' },
  float6e2m3: { exponentBits: 2, fractionBits: 3, bias: 1, specials: 'none' },
  float6e3m2: { exponentBits: 3, fractionBits: 2, bias: 3, specials: 'none' },
};

/** Whether {@link decodeSmallFloat} and {@link encodeSmallFloat} handle this type. */
export function isSmallFloatType(dtype: DataType): dtype is SmallFloatType {
  return dtype === 'float8e8m0' || dtype in formats;
}

/**
 * The values of bit patterns, exactly. One pattern a byte, 4- and 6-bit ones in its low bits (the
 * bits above are ignored). NaNs keep their sign and payload.
 */
export function decodeSmallFloat(dtype: SmallFloatType, bits: Uint8Array): Float32Array {
  const table = decodeTable(dtype);
  const result = new Uint32Array(bits.length);
  for (let i = 0; i < result.length; i++) result[i] = table[bits[i] ?? 0] ?? 0;
  return new Float32Array(result.buffer);
}

/**
 * The bit pattern for each value, one a byte, rounded to nearest with ties to even (float8e8m0: by
 * `roundMode`) from the value given, also when it is a float64. Follows the tables of ONNX's Cast:
 * what rounds beyond the greatest finite value, infinity included, becomes that value, or with
 * `saturate: false` the type's infinity (float8e5m2) or NaN. In the fnuz types every zero is
 * positive. The 4- and 6-bit types have no NaN: it becomes their greatest value, with a plus sign.
 *
 * Source: https://onnx.ai/onnx/operators/onnx__Cast.html
 */
export function encodeSmallFloat(
  dtype: SmallFloatType,
  values: Float32Array | Float64Array,
  options: SmallFloatOptions = {},
): Uint8Array {
  const source = arrayToFloat32Bits(values);
  const saturate = options.saturate ?? true;
  if (dtype === 'float8e8m0') {
    return encodeFloat8e8m0(source, saturate, options.roundMode ?? 'up');
  }
  return encodeFormat(formats[dtype], source, saturate);
}

function encodeFormat(format: Format, source: Uint32Array, saturate: boolean): Uint8Array {
  const { exponentBits, fractionBits, bias, specials } = format;
  const signBit = 1 << (exponentBits + fractionBits);
  const greatest = greatestFinite(format);
  const overflow = saturate || specials === 'none' ? greatest : greatest + 1;
  const drop = 23 - fractionBits;
  const halfLess1 = (1 << (drop - 1)) - 1;
  const rebias = (127 - bias) << fractionBits;
  /** The float32 exponent field of the least normal value. */
  const leastNormal = 128 - bias;

  const result = new Uint8Array(source.length);
  for (let i = 0; i < result.length; i++) {
    const bits = source[i] ?? 0;
    const sign = bits >>> 31 === 0 ? 0 : signBit;
    const magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      result[i] = encodeNan(format, sign, magnitude >>> drop);
      continue;
    }
    const exponent = magnitude >>> 23;
    let code: number;
    if (exponent >= leastNormal) {
      const odd = (magnitude >>> drop) & 1;
      code = ((magnitude + halfLess1 + odd) >>> drop) - rebias;
      if (code > greatest) code = overflow;
    } else {
      const shift = drop + leastNormal - exponent;
      // Beyond 24 even the largest fraction is below half of the least subnormal.
      if (shift > 24) {
        code = 0;
      } else {
        const fraction = (magnitude & 0x7fffff) | 0x800000;
        const odd = (fraction >>> shift) & 1;
        code = (fraction + (1 << (shift - 1)) - 1 + odd) >>> shift;
      }
    }
    // In fnuz the sign bit alone is NaN, so zero loses its sign; the overflow code is that NaN.
    result[i] = code === 0 && specials === 'fnuz' ? 0 : sign | code;
  }
  return result;
}

/** The pattern of the greatest finite value, without the sign. */
function greatestFinite({ exponentBits, fractionBits, specials }: Format): number {
  const all = (1 << (exponentBits + fractionBits)) - 1;
  if (specials === 'ieee') return all - (1 << fractionBits);
  return specials === 'fn' ? all - 1 : all;
}

/** `payload` is the float32 NaN's upper bits; those that lie in the fraction field are kept. */
function encodeNan(format: Format, sign: number, payload: number): number {
  const { exponentBits, fractionBits, specials } = format;
  const greatest = greatestFinite(format);
  switch (specials) {
    case 'ieee': {
      const quiet = 1 << (fractionBits - 1);
      return sign | (greatest + 1) | (payload & ((1 << fractionBits) - 1) || quiet);
    }
    case 'fn':
      return sign | (greatest + 1);
    case 'fnuz':
      return 1 << (exponentBits + fractionBits);
    case 'none':
      return greatest;
  }
}

const decodeTables = new Map<SmallFloatType, Uint32Array>();

/** Float32 bit patterns for all 256 bytes; made at the first use of a type. */
function decodeTable(dtype: SmallFloatType): Uint32Array {
  let table = decodeTables.get(dtype);
  if (table === undefined) {
    table = arrayToFloat32Bits(new Float32Array(256));
    for (let code = 0; code < 256; code++) table[code] = decodeToFloat32Bits(dtype, code);
    decodeTables.set(dtype, table);
  }
  return table;
}

function decodeToFloat32Bits(dtype: SmallFloatType, code: number): number {
  // 2^(code − 127): code 0 is 2^-127, a subnormal of float32; code 255 is NaN.
  if (dtype === 'float8e8m0') return code === 0 ? 0x400000 : code === 255 ? 0x7fc00000 : code << 23;

  const format = formats[dtype];
  const { exponentBits, fractionBits, bias, specials } = format;
  const signBit = 1 << (exponentBits + fractionBits);
  const sign = (code & signBit) === 0 ? 0 : 0x80000000;
  const magnitude = code & (signBit - 1);
  const fraction = magnitude & ((1 << fractionBits) - 1);
  const exponent = magnitude >>> fractionBits;

  if (specials === 'fnuz' && magnitude === 0 && sign !== 0) return 0x7fc00000;
  if (magnitude > greatestFinite(format)) {
    if (specials === 'ieee') return sign | 0x7f800000 | (fraction << (23 - fractionBits));
    return sign | 0x7fc00000;
  }
  const value =
    exponent === 0
      ? fraction * 2 ** (1 - bias - fractionBits)
      : (1 + fraction / 2 ** fractionBits) * 2 ** (exponent - bias);
  const [bits = 0] = arrayToFloat32Bits(Float32Array.of(value));
  return sign | bits;
}
