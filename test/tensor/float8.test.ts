import { describe, expect, test } from 'vitest';
import { dataTypes } from '../../src/tensor/dtype.ts';
import {
  decodeSmallFloat,
  encodeSmallFloat,
  isSmallFloatType,
  type SmallFloatOptions,
  type SmallFloatType,
} from '../../src/tensor/float8.ts';
import { bytesOf, floatsOf, golden, nextFloat64 } from './dtype-golden.ts';

const allTypes = Object.keys(golden.smallFloats) as SmallFloatType[];
const signedTypes = allTypes.filter((dtype) => dtype !== 'float8e8m0');

function patternsOf(dtype: SmallFloatType): Uint8Array {
  return Uint8Array.from({ length: 2 ** dataTypes[dtype].bits }, (_, i) => i);
}

/** Inputs whose pattern differs, with both patterns: readable when it is not empty. */
function differences(inputs: Float32Array, found: Uint8Array, expected: Uint8Array): string[] {
  expect(found.length).toBe(expected.length);
  const at = [...inputs.keys()].filter((i) => found[i] !== expected[i]);
  return at.map((i) => `${inputs[i]} (#${i}): ${found[i]}, not ${expected[i]}`);
}

test('isSmallFloatType knows exactly the floats below 16 bits', () => {
  const names = Object.values(dataTypes).map(({ name }) => name);
  const expected = names.filter(
    (name) => dataTypes[name].kind === 'float' && dataTypes[name].bits < 16,
  );
  expect(names.filter(isSmallFloatType)).toEqual(expected);
  expect(allTypes.toSorted()).toEqual(expected.toSorted());
});

describe.each(allTypes)('%s, every pattern', (dtype) => {
  const patterns = patternsOf(dtype);

  test('decodes as in ml_dtypes', () => {
    const expected = floatsOf(golden.smallFloats[dtype]['decode']);
    const found = decodeSmallFloat(dtype, patterns);
    const wrong = patterns.filter((code) => !Object.is(found[code], expected[code]));
    expect([...wrong]).toEqual([]);
  });

  test('has the finite range that the table of types states', () => {
    const finite = [...decodeSmallFloat(dtype, patterns)].filter(Number.isFinite);
    expect([Math.min(...finite), Math.max(...finite)]).toEqual([
      dataTypes[dtype].min,
      dataTypes[dtype].max,
    ]);
  });

  test.each<SmallFloatOptions>([{ saturate: false }, { saturate: false, roundMode: 'down' }])(
    'comes back when encoded with %o',
    (options) => {
      expect(encodeSmallFloat(dtype, decodeSmallFloat(dtype, patterns), options)).toEqual(patterns);
    },
  );

  test('comes back with saturation, but for infinity', () => {
    const values = decodeSmallFloat(dtype, patterns);
    const found = encodeSmallFloat(dtype, values);
    const expected = patterns.map((code) =>
      Math.abs(values[code] ?? 0) === Infinity ? code - 1 : code,
    );
    expect(found).toEqual(expected);
  });

  test('decoding ignores the bits above a 4- or 6-bit pattern', () => {
    const high = patterns.map((code) => code | (0xff & ~(patterns.length - 1)));
    expect(decodeSmallFloat(dtype, high)).toEqual(decodeSmallFloat(dtype, patterns));
  });
});

describe.each(signedTypes)('%s, rounding', (dtype) => {
  const rows = golden.smallFloats[dtype];
  const inputs = floatsOf(rows['inputs']);

  test('saturates as onnx does', () => {
    const expected = bytesOf(rows['saturated']);
    expect(differences(inputs, encodeSmallFloat(dtype, inputs), expected)).toEqual([]);
  });

  test('overflows as ml_dtypes does', () => {
    const found = encodeSmallFloat(dtype, inputs, { saturate: false });
    expect(differences(inputs, found, bytesOf(rows['unsaturated']))).toEqual([]);
  });

  test('gives float64 inputs the same patterns', () => {
    const wide = new Float64Array(inputs);
    for (const saturate of [true, false]) {
      const found = encodeSmallFloat(dtype, wide, { saturate });
      const expected = encodeSmallFloat(dtype, inputs, { saturate });
      // Which sign a NaN has after JavaScript copied it is not defined.
      const numbers = inputs.map((value, i) => (Number.isNaN(value) ? 0 : (found[i] ?? 0)));
      const same = inputs.map((value, i) => (Number.isNaN(value) ? 0 : (expected[i] ?? 0)));
      expect(numbers).toEqual(same);
    }
  });

  test('rounds float64 once: at and beside the middle of every two neighbours', () => {
    const bits = dataTypes[dtype].bits;
    const half = 2 ** (bits - 1);
    const positive = [...decodeSmallFloat(dtype, patternsOf(dtype).subarray(0, half))].filter(
      Number.isFinite,
    );
    for (const sign of [1, -1] as const) {
      for (let code = 0; code + 1 < positive.length; code++) {
        const middle = (sign * ((positive[code] ?? 0) + (positive[code + 1] ?? 0))) / 2;
        const beside = Float64Array.of(
          nextFloat64(middle, -sign as 1 | -1),
          middle,
          nextFloat64(middle, sign),
        );
        const signBit = (lower: number): number =>
          sign === 1 || (lower === 0 && dtype.endsWith('fnuz')) ? lower : lower | half;
        const expected = [code, code + (code & 1), code + 1].map(signBit);
        expect([code, ...encodeSmallFloat(dtype, beside)]).toEqual([code, ...expected]);
      }
    }
  });
});

/** The rows of the tables in https://onnx.ai/onnx/operators/onnx__Cast.html, as patterns. */
describe('the tables of Cast', () => {
  const negativeNan = new Float32Array(Uint32Array.of(0xffc00000).buffer);
  const inputs = Float32Array.of(0, -0, Number.NaN, Number.NaN, Infinity, -Infinity, 1e6, -1e6);
  inputs.set(negativeNan, 3);

  test.each<[SmallFloatType, boolean, number[]]>([
    ['float8e4m3fn', true, [0x00, 0x80, 0x7f, 0xff, 0x7e, 0xfe, 0x7e, 0xfe]],
    ['float8e4m3fnuz', true, [0x00, 0x00, 0x80, 0x80, 0x7f, 0xff, 0x7f, 0xff]],
    ['float8e5m2', true, [0x00, 0x80, 0x7e, 0xfe, 0x7b, 0xfb, 0x7b, 0xfb]],
    ['float8e5m2fnuz', true, [0x00, 0x00, 0x80, 0x80, 0x7f, 0xff, 0x7f, 0xff]],
    ['float8e4m3fn', false, [0x00, 0x80, 0x7f, 0xff, 0x7f, 0xff, 0x7f, 0xff]],
    ['float8e4m3fnuz', false, [0x00, 0x00, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80]],
    ['float8e5m2', false, [0x00, 0x80, 0x7e, 0xfe, 0x7c, 0xfc, 0x7c, 0xfc]],
    ['float8e5m2fnuz', false, [0x00, 0x00, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80]],
    ['float4e2m1', true, [0x0, 0x8, 0x7, 0x7, 0x7, 0xf, 0x7, 0xf]],
    ['float4e2m1', false, [0x0, 0x8, 0x7, 0x7, 0x7, 0xf, 0x7, 0xf]],
    ['float6e2m3', true, [0x00, 0x20, 0x1f, 0x1f, 0x1f, 0x3f, 0x1f, 0x3f]],
    ['float6e3m2', false, [0x00, 0x20, 0x1f, 0x1f, 0x1f, 0x3f, 0x1f, 0x3f]],
  ])('%s, saturate %s', (dtype, saturate, expected) => {
    expect([...encodeSmallFloat(dtype, inputs, { saturate })]).toEqual(expected);
    // A float64 NaN written as bits keeps its sign too.
    const wide = new Float64Array(inputs);
    new BigInt64Array(wide.buffer).set([0x7ff8n << 48n, -1n], 2);
    expect([...encodeSmallFloat(dtype, wide, { saturate })]).toEqual(expected);
  });

  test('a NaN whose payload is cut off stays a NaN', () => {
    const signalling = new Float32Array(Uint32Array.of(0x7f800001, 0xff800001).buffer);
    expect([...encodeSmallFloat('float8e5m2', signalling)]).toEqual([0x7e, 0xfe]);
    expect([...encodeSmallFloat('float8e4m3fn', signalling)]).toEqual([0x7f, 0xff]);
  });

  test('out of range is what rounds beyond the greatest value, not what lies beyond it', () => {
    // E4M3FN: 448 is the greatest, 480 would be next; 464 is the middle and rounds to even.
    const found = encodeSmallFloat('float8e4m3fn', Float64Array.of(464, 464.0000001, 479), {
      saturate: false,
    });
    expect([...found]).toEqual([0x7e, 0x7f, 0x7f]);
    // E5M2: 57344 is the greatest, 65536 would be next, and infinity is the even neighbour.
    const wide = encodeSmallFloat('float8e5m2', Float64Array.of(61439.999, 61440), {
      saturate: false,
    });
    expect([...wide]).toEqual([0x7b, 0x7c]);
  });
});

describe('float8e8m0, rounding', () => {
  const rows = golden.smallFloats.float8e8m0;
  const inputs = floatsOf(rows['inputs']);

  test.each([
    ['up', true, 'upSaturated'],
    ['up', false, 'upUnsaturated'],
    ['down', true, 'downSaturated'],
    ['down', false, 'downUnsaturated'],
    ['nearest', true, 'nearestSaturated'],
    ['nearest', false, 'nearestUnsaturated'],
  ] as const)('%s, saturate %s, as in onnxruntime', (roundMode, saturate, row) => {
    const found = encodeSmallFloat('float8e8m0', inputs, { roundMode, saturate });
    expect(differences(inputs, found, bytesOf(rows[row]))).toEqual([]);
  });

  test('rounds up and saturates by default', () => {
    const found = encodeSmallFloat('float8e8m0', inputs);
    expect(found).toEqual(
      encodeSmallFloat('float8e8m0', inputs, { roundMode: 'up', saturate: true }),
    );
  });

  test('the modes differ between powers of two, and agree on them', () => {
    // 2^k is pattern 127 + k.
    const values = Float64Array.of(4, 5, 6, 7, 2 ** -127, 1.5 * 2 ** -127);
    const encode = (roundMode: 'up' | 'down' | 'nearest') => [
      ...encodeSmallFloat('float8e8m0', values, { roundMode }),
    ];
    expect(encode('up')).toEqual([129, 130, 130, 130, 0, 1]);
    expect(encode('down')).toEqual([129, 129, 129, 129, 0, 0]);
    expect(encode('nearest')).toEqual([129, 129, 130, 130, 0, 1]);
  });

  test('rounds float64 once', () => {
    const values = Float64Array.of(nextFloat64(4, 1), nextFloat64(6, -1), nextFloat64(2 ** 127, 1));
    const encode = (roundMode: 'up' | 'nearest', saturate: boolean) => [
      ...encodeSmallFloat('float8e8m0', values, { roundMode, saturate }),
    ];
    expect(encode('up', true)).toEqual([130, 130, 254]);
    expect(encode('nearest', true)).toEqual([129, 129, 254]);
    expect(encode('nearest', false)).toEqual([129, 129, 255]);
  });
});
