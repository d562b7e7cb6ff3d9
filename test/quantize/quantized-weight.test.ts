import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { QuantizedWeight, type WeightSettings } from '../../src/quantize/quantized-weight.ts';
import { Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { normalTensor, normalValues } from './random-tensors.ts';

const defaults: WeightSettings = {
  type: 'int8',
  isSymmetric: false,
  granularity: 'column',
  isTransposed: false,
};

/** The real numbers that a quantized weight stands for, in the order of its integers. */
function dequantized(weight: QuantizedWeight): Float64Array {
  const values = weight.values();
  const scales = weight.scale().toFloat64();
  const zeroPoints = weight.zeroPoint().toFloat64();
  const isByRow = weight.scale().dims.length > 1;
  const rowLength = values.elementCount / (values.dims[0] ?? 1);
  return values.toFloat64().map((value, at) => {
    const channel = isByRow ? Math.floor(at / rowLength) : at % scales.length;
    return (scales[channel] ?? 0) * (value - (zeroPoints[channel] ?? 0));
  });
}

/** Greatest distance between two lists, in steps of the largest scale. */
function worstSteps(weight: QuantizedWeight, expected: Float64Array): number {
  const step = Math.max(...weight.scale().toFloat64());
  const actual = dequantized(weight);
  return actual.reduce((worst, value, at) => {
    return Math.max(worst, Math.abs(value - (expected[at] ?? Number.NaN)) / step);
  }, 0);
}

function transposed(source: Tensor): Float64Array {
  const [rows = 0, columns = 0] = source.dims;
  const data = source.toFloat64();
  return Float64Array.from(
    data,
    (_, at) => data[(at % rows) * columns + Math.floor(at / rows)] ?? 0,
  );
}

describe('QuantizedWeight', () => {
  const source = normalTensor([37, 21], 5).with({ name: 'w' });

  test.each<Partial<WeightSettings>>([
    {},
    { isSymmetric: true },
    { granularity: 'tensor' },
    { granularity: 'row' },
    { granularity: 'row', isSymmetric: true },
    { type: 'uint8' },
    { type: 'uint8', isSymmetric: true },
  ])('stands for the float weight to half a step: %j', (settings) => {
    const weight = new QuantizedWeight(source, { ...defaults, ...settings }, 'MatMul "m"');
    expect(weight.values().dims).toEqual([37, 21]);
    expect(weight.values().dtype).toBe(settings.type ?? 'int8');
    expect(weight.zeroPoint().dtype).toBe(settings.type ?? 'int8');
    expect(worstSteps(weight, source.toFloat64())).toBeLessThan(0.5001);
    expect(worstSteps(weight, source.toFloat64())).toBeGreaterThan(0.2);
  });

  test('the transpose of what is stored', () => {
    const weight = new QuantizedWeight(source, { ...defaults, isTransposed: true }, 'Gemm "g"');
    expect(weight.values().dims).toEqual([21, 37]);
    expect(weight.scale().dims).toEqual([37]);
    expect(worstSteps(weight, transposed(source))).toBeLessThan(0.5001);
    const stored = tensorFrom('float32', [21, 37], Float32Array.from(transposed(source)));
    const other = new QuantizedWeight(stored, defaults, 'Gemm "g"');
    expect(weight.values().data()).toEqual(other.values().data());
    expect(weight.scale().data()).toEqual(other.scale().data());
  });

  test('the same bytes in pieces of any size', () => {
    for (const isTransposed of [false, true]) {
      const settings = { ...defaults, isTransposed };
      const whole = new QuantizedWeight(source, settings, '').values().data();
      for (const size of [1, 10, 21, 100, 10_000]) {
        const { storage } = new QuantizedWeight(source, settings, '').values();
        const pieces: number[] = [];
        for (const piece of storage.chunks(size)) {
          expect(piece.length).toBeLessThanOrEqual(size);
          pieces.push(...new Int8Array(piece));
        }
        expect(pieces).toEqual([...whole]);
      }
    }
  });

  test('a factor is multiplied into the scales and changes no integer', () => {
    const weight = new QuantizedWeight(source, defaults, '');
    const scales = [...weight.scale().toFloat64()];
    expect([...weight.scale(-0.5).toFloat64()]).toEqual(scales.map((each) => each * -0.5));
  });

  test('of a stack of matrices, with zero points for each of them', () => {
    const stack = normalTensor([2, 3, 4, 5], 6);
    const weight = new QuantizedWeight(stack, defaults, '');
    expect(weight.scale().dims).toEqual([5]);
    const zeroPoint = weight.zeroPoint([2, 3, 1]);
    expect(zeroPoint.dims).toEqual([2, 3, 1, 5]);
    const once = [...weight.zeroPoint().data()];
    expect([...zeroPoint.data()]).toEqual([...once, ...once, ...once, ...once, ...once, ...once]);
    expect(worstSteps(weight, stack.toFloat64())).toBeLessThan(0.5001);
  });

  test('a table of three axes has its scales in a column', () => {
    const table = normalTensor([6, 2, 4], 7);
    const weight = new QuantizedWeight(table, { ...defaults, granularity: 'row' }, '');
    expect(weight.scale().dims).toEqual([6, 1, 1]);
    expect(worstSteps(weight, table.toFloat64())).toBeLessThan(0.5001);
  });

  test('a column of zeros is zero', () => {
    const data = normalValues(40, 8).map((value, at) => (at % 4 === 1 ? 0 : value));
    const weight = new QuantizedWeight(tensorFrom('float32', [10, 4], data), defaults, '');
    expect(weight.scale().toFloat64()[1]).toBe(1);
    expect([...dequantized(weight)].filter((_, at) => at % 4 === 1)).toEqual(Array(10).fill(0));
  });

  test('zero is exact in every column, whatever its range', () => {
    const data = normalValues(400, 9).map((value, at) => (at % 7 === 0 ? 0 : Math.abs(value) + 3));
    const weight = new QuantizedWeight(tensorFrom('float32', [100, 4], data), defaults, '');
    const zeros = [...dequantized(weight)].filter((_, at) => at % 7 === 0);
    expect(zeros).toEqual(Array(zeros.length).fill(0));
  });

  test.each([
    [Number.NaN, [1, 2], 'NaN'],
    [Number.POSITIVE_INFINITY, [0, 0], 'Infinity'],
    [Number.NEGATIVE_INFINITY, [3, 4], '-Infinity'],
  ])('refuses %d, and says where it is', (bad, [row = 0, column = 0], text) => {
    const index = row * 5 + column;
    const data = normalValues(20, 10).map((value, at) => (at === index ? bad : value));
    const broken = tensorFrom('float32', [4, 5], data, 'fc.weight');
    const weight = new QuantizedWeight(broken, defaults, 'MatMul "/fc/MatMul"');
    let caught: unknown;
    try {
      weight.values().storage.bytes();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(MlkitError);
    const { code, message } = caught as MlkitError;
    expect(code).toBe('MODEL_INVALID');
    expect(message).toContain(
      `weight "fc.weight" of MatMul "/fc/MatMul" is ${text} at index ${index} ([${row}, ${column}] of [4, 5])`,
    );
    expect(() => weight.scale().data()).toThrow(message);
  });

  test('refuses bytes that do not fit the shape', () => {
    const short = source.with({ dims: [37, 22] });
    const weight = new QuantizedWeight(short, defaults, '');
    expect(() => [...weight.values().storage.chunks(100)]).toThrow(/needs 3256 bytes and has 3108/);
  });

  test('reads a weight of any size in pieces and never holds it', () => {
    const columns = 1021;
    const rows = 4200;
    let greatest = 0;
    const all = normalValues(rows * columns, 11);
    const bytes = new Uint8Array(all.buffer);
    const streamed = new Tensor({
      name: 'w',
      dtype: 'float32',
      dims: [rows, columns],
      storage: {
        kind: 'external',
        byteLength: bytes.length,
        bytes: () => {
          throw new Error('it was read as a whole');
        },
        *chunks(maxBytes) {
          greatest = Math.max(greatest, maxBytes);
          // Cut where no element ends: it is what a storage may do.
          for (let at = 0; at < bytes.length; at += maxBytes - 3) {
            yield bytes.slice(at, Math.min(bytes.length, at + maxBytes - 3));
          }
        },
      },
    });
    const whole = tensorFrom('float32', [rows, columns], all);
    for (const isTransposed of [false, true]) {
      const settings = { ...defaults, isTransposed };
      const weight = new QuantizedWeight(streamed, settings, '');
      const expected = new QuantizedWeight(whole, settings, '');
      let done = 0;
      const values = expected.values().data();
      for (const piece of weight.values().storage.chunks(1 << 20)) {
        const wanted = values.subarray(done, done + piece.length);
        expect(
          Buffer.compare(piece, Buffer.from(wanted.buffer, wanted.byteOffset, wanted.length)),
        ).toBe(0);
        done += piece.length;
      }
      expect(done).toBe(rows * columns);
    }
    expect(greatest).toBeLessThan(2 * 1024 * 1024);
  });
});
