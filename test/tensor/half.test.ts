import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  bfloat16ToNumber,
  decodeBfloat16,
  decodeFloat16,
  encodeBfloat16,
  encodeFloat16,
  float16ToNumber,
  numberToBfloat16,
  numberToFloat16,
} from '../../src/tensor/half.ts';
import { golden, nextFloat64 } from './dtype-golden.ts';

const allPatterns = Uint16Array.from({ length: 0x10000 }, (_, i) => i);

/** The value of a bit pattern by the definition of IEEE 754. */
function valueByDefinition(bits: number, fractionBits: number, bias: number): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = (bits & 0x7fff) >> fractionBits;
  const fraction = (bits & ((1 << fractionBits) - 1)) / 2 ** fractionBits;
  if (exponent === 0x7fff >> fractionBits) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0
    ? sign * fraction * 2 ** (1 - bias)
    : sign * (1 + fraction) * 2 ** (exponent - bias);
}

const formats = [
  {
    name: 'float16',
    fractionBits: 10,
    bias: 15,
    infinity: 0x7c00,
    nan: 0x7e00,
    toNumber: float16ToNumber,
    fromNumber: numberToFloat16,
    decode: decodeFloat16,
    encode: encodeFloat16,
    golden: golden.halves.float16,
  },
  {
    name: 'bfloat16',
    fractionBits: 7,
    bias: 127,
    infinity: 0x7f80,
    nan: 0x7fc0,
    toNumber: bfloat16ToNumber,
    fromNumber: numberToBfloat16,
    decode: decodeBfloat16,
    encode: encodeBfloat16,
    golden: golden.halves.bfloat16,
  },
] as const;

/** Little-endian bytes, so that the hash is the same on every platform. */
function sha256(values: Uint16Array | Uint32Array): string {
  const bytes = Buffer.alloc(values.byteLength);
  const width = values.BYTES_PER_ELEMENT;
  for (let i = 0; i < values.length; i++) bytes.writeUIntLE(values[i] ?? 0, i * width, width);
  return createHash('sha256').update(bytes).digest('hex');
}

describe.each(formats)('$name', ({ fractionBits, bias, infinity, nan, toNumber, ...format }) => {
  const { fromNumber, decode, encode } = format;
  const decoded = decode(allPatterns);

  test('decodes all 65536 patterns as defined', () => {
    const wrong = allPatterns.filter((bits) => {
      const expected = valueByDefinition(bits, fractionBits, bias);
      return !Object.is(toNumber(bits), expected) || !Object.is(decoded[bits], expected);
    });
    expect([...wrong]).toEqual([]);
  });

  test('encoding what was decoded changes no pattern, NaN payloads included', () => {
    expect(encode(decoded)).toEqual(allPatterns);
  });

  test('one at a time gives the same, but for the one NaN', () => {
    const wrong = allPatterns.filter((bits) => {
      const expected = (bits & 0x7fff) > infinity ? nan : bits;
      return fromNumber(toNumber(bits)) !== expected;
    });
    expect([...wrong]).toEqual([]);
  });

  test('comes back through float64 too, but for NaN payloads', () => {
    // Which sign a NaN has after JavaScript copied it is not defined; numbers only, therefore.
    const numbers = allPatterns.filter((bits) => (bits & 0x7fff) <= infinity);
    expect(encode(new Float64Array(decode(numbers)))).toEqual(numbers);
  });

  test('keeps the sign of a float64 NaN', () => {
    const nans = new Float64Array(BigInt64Array.of(0x7ff8n << 48n, -1n).buffer);
    expect([...encode(nans)]).toEqual([nan, nan | 0x8000]);
  });

  test('agrees with the golden hashes', () => {
    const decodedBits = new Uint32Array(decoded.buffer.slice(0)).map((bits) =>
      (bits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : bits,
    );
    expect(sha256(decodedBits)).toBe(format.golden.decodeSha256);

    const { inputStep } = golden.halves;
    const bits = new Uint32Array(Math.floor(2 ** 32 / inputStep));
    for (let i = 0; i < bits.length; i++) bits[i] = i * inputStep;
    const encoded = encode(new Float32Array(bits.buffer));
    for (let i = 0; i < encoded.length; i++) {
      if (((encoded[i] ?? 0) & 0x7fff) > infinity) encoded[i] = nan;
    }
    expect(sha256(encoded)).toBe(format.golden.encodeSha256);
  });

  test('rounds to nearest even at and beside the middle of every two neighbours', () => {
    // Beside: one float64 step, which a detour over float32 would round away.
    const inputs: number[] = [];
    const expected: number[] = [];
    for (let bits = 0; bits < infinity; bits++) {
      const value = toNumber(bits);
      // The neighbour of the greatest value would be the next power of two, were there one.
      const next = bits + 1 === infinity ? 2 * value - toNumber(bits - 1) : toNumber(bits + 1);
      const middle = value / 2 + next / 2;
      for (const [sign, direction] of [
        [0, 1],
        [0x8000, -1],
      ] as const) {
        const signed = direction * middle;
        inputs.push(
          nextFloat64(signed, -direction as 1 | -1),
          signed,
          nextFloat64(signed, direction),
        );
        expected.push(sign | bits, sign | (bits + (bits & 1)), sign | (bits + 1));
      }
    }
    const bulk = encode(Float64Array.from(inputs));
    const wrong = inputs.filter(
      (input, i) => bulk[i] !== expected[i] || fromNumber(input) !== expected[i],
    );
    expect(wrong).toEqual([]);
    expect(inputs.length).toBe(infinity * 6);
  });

  test('keeps the sign of zero and of what vanishes', () => {
    const tiny = 2 ** (1 - bias - fractionBits - 1);
    const inputs = [0, -0, tiny, -tiny, Number.MIN_VALUE, -Number.MIN_VALUE];
    expect(inputs.map(fromNumber)).toEqual([0, 0x8000, 0, 0x8000, 0, 0x8000]);
    expect([...encode(Float64Array.from(inputs))]).toEqual([0, 0x8000, 0, 0x8000, 0, 0x8000]);
    expect([...encode(Float32Array.from(inputs))]).toEqual([0, 0x8000, 0, 0x8000, 0, 0x8000]);
  });

  test('a NaN whose payload is cut off stays a NaN', () => {
    const signalling = new Float32Array(Uint32Array.of(0x7f800001, 0xff800001).buffer);
    expect([...encode(signalling)]).toEqual([nan, nan | 0x8000]);
  });

  test('overflows to infinity', () => {
    const inputs = [Infinity, -Infinity, Number.MAX_VALUE, -Number.MAX_VALUE];
    const expected = [infinity, 0x8000 | infinity, infinity, 0x8000 | infinity];
    expect(inputs.map(fromNumber)).toEqual(expected);
    expect([...encode(Float64Array.from(inputs))]).toEqual(expected);
    expect([...encode(Float32Array.from(inputs))]).toEqual(expected);
  });

  test('empty in, empty out', () => {
    expect(encode(new Float32Array(0))).toEqual(new Uint16Array(0));
    expect(decode(new Uint16Array(0))).toEqual(new Float32Array(0));
  });

  test('reads a view that does not start at its buffer', () => {
    const floats = Float32Array.of(7, 1, 2).subarray(1);
    expect([...decode(encode(floats))]).toEqual([1, 2]);
    expect([...decode(encode(floats).subarray(1))]).toEqual([2]);
  });
});

test('known float16 patterns', () => {
  expect([1, -2, 65504, 2 ** -14, 2 ** -24, 1 / 3].map(numberToFloat16)).toEqual([
    0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x3555,
  ]);
  // 65520 is the middle between 65504 and 65536.
  expect([65519.999, 65520].map(numberToFloat16)).toEqual([0x7bff, 0x7c00]);
});

test('a float64 just above a tie does not fall back to the tie', () => {
  const aboveTie = 1 + 2 ** -11 + 2 ** -40;
  expect(numberToFloat16(Math.fround(aboveTie))).toBe(0x3c00);
  expect(numberToFloat16(aboveTie)).toBe(0x3c01);
  expect(numberToBfloat16(1 + 2 ** -8 + 2 ** -40)).toBe(0x3f81);
});
