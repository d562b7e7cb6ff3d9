import { describe, expect, test } from 'vitest';
import { measureTensor, type TensorStats } from '../../../src/checks/values/stats.ts';
import {
  byteLengthOf,
  type DataType,
  memoryStorage,
  sliceBytes,
  Tensor,
  type TensorStorage,
} from '../../../src/tensor/index.ts';

/** The stats of a constant, and the bytes that it said it had read. */
function measure(tensor: Tensor): { stats: TensorStats | null; bytes: number } {
  const steps = measureTensor(tensor);
  let bytes = 0;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { stats: step.value, bytes };
    bytes += step.value;
  }
}

function stats(
  dtype: DataType,
  dims: readonly number[],
  storage: TensorStorage,
): TensorStats | null {
  return measure(new Tensor({ name: 't', dtype, dims, storage })).stats;
}

function ofBytes(dtype: DataType, count: number, bytes: ArrayBufferView): TensorStats | null {
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return stats(dtype, [count], memoryStorage(view));
}

describe('values that are not finite are counted and left out of the rest', () => {
  const expected = { min: -2, max: 3, mean: 1 / 4, zeros: 2, nan: 1, infinite: 2 };

  test('float32', () => {
    const values = Float32Array.of(Number.NaN, Infinity, 0, -0, 3, -2, -Infinity);
    expect(ofBytes('float32', 7, values)).toEqual(expected);
  });

  test('float64', () => {
    const values = Float64Array.of(Number.NaN, Infinity, 0, -0, 3, -2, -Infinity);
    expect(ofBytes('float64', 7, values)).toEqual(expected);
  });

  test('float16, by its bit patterns', () => {
    const patterns = Uint16Array.of(0x7e01, 0x7c00, 0x0000, 0x8000, 0x4200, 0xc000, 0xfc00);
    expect(ofBytes('float16', 7, patterns)).toEqual(expected);
  });

  test('bfloat16, by its bit patterns', () => {
    const patterns = Uint16Array.of(0x7fc1, 0x7f80, 0x0000, 0x8000, 0x4040, 0xc000, 0xff80);
    expect(ofBytes('bfloat16', 7, patterns)).toEqual(expected);
  });

  test('float8e5m2, by its bit patterns', () => {
    // Sign, five bits of exponent with bias 15, two of fraction.
    const patterns = Uint8Array.of(0x7d, 0x7c, 0x00, 0x80, 0x42, 0xc0, 0xfc);
    expect(ofBytes('float8e5m2', 7, patterns)).toEqual(expected);
  });

  test('float8e4m3fn has no infinities, and NaN at both ends', () => {
    // Sign, four bits of exponent with bias 7, three of fraction: 0x38 is 1.
    const patterns = Uint8Array.of(0x7f, 0xff, 0x38, 0x7e, 0xfe);
    const expectedHere = { min: -448, max: 448, mean: 1 / 3, zeros: 0, nan: 2, infinite: 0 };
    expect(ofBytes('float8e4m3fn', 5, patterns)).toEqual(expectedHere);
  });

  test('float8e8m0 has no zero', () => {
    const patterns = Uint8Array.of(0x00, 0x7f, 0xff);
    const { min, max, zeros, nan } = ofBytes('float8e8m0', 3, patterns) ?? {};
    expect({ min, max, zeros, nan }).toEqual({ min: 2 ** -127, max: 1, zeros: 0, nan: 1 });
  });

  test('nothing but NaN has no least, greatest or mean value', () => {
    expect(ofBytes('float32', 2, Float32Array.of(Number.NaN, Number.NaN))).toEqual({
      min: null,
      max: null,
      mean: null,
      zeros: 0,
      nan: 2,
      infinite: 0,
    });
  });
});

describe('integers', () => {
  test('of 64 bits are exact, whatever their size', () => {
    const values = BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n);
    expect(ofBytes('int64', 4, values)).toMatchObject({
      min: -(2n ** 63n),
      max: 2n ** 63n - 1n,
      zeros: 1,
    });
    expect(ofBytes('uint64', 2, BigUint64Array.of(2n ** 64n - 1n, 2n ** 53n + 1n))).toMatchObject({
      min: 2n ** 53n + 1n,
      max: 2n ** 64n - 1n,
      zeros: 0,
    });
    expect(ofBytes('int64', 3, BigInt64Array.of(-5n, 7n, 1n))).toMatchObject({
      min: -5n,
      max: 7n,
      mean: 1,
    });
  });

  test('of eight bits and less keep their sign', () => {
    const none = { nan: 0, infinite: 0 };
    expect(ofBytes('int8', 3, Int8Array.of(-128, 127, 0))).toEqual({
      ...none,
      min: -128,
      max: 127,
      mean: -1 / 3,
      zeros: 1,
    });
    expect(ofBytes('uint8', 2, Uint8Array.of(255, 1))).toMatchObject({
      min: 1,
      max: 255,
      mean: 128,
    });
    // int4: -8, 7, -1 from the lowest bits on; the last half byte is padding.
    expect(ofBytes('int4', 3, Uint8Array.of(0x78, 0xff))).toMatchObject({
      min: -8,
      max: 7,
      mean: -2 / 3,
      zeros: 0,
    });
    expect(ofBytes('uint4', 3, Uint8Array.of(0x70, 0x0f))).toMatchObject({
      min: 0,
      max: 15,
      zeros: 1,
    });
    // int2: 1, -2, -1, 0, 1
    expect(ofBytes('int2', 5, Uint8Array.of(0b00_11_10_01, 0b01))).toMatchObject({
      min: -2,
      max: 1,
      zeros: 1,
    });
    expect(ofBytes('bool', 3, Uint8Array.of(1, 0, 1))).toMatchObject({ min: 0, max: 1, zeros: 1 });
    expect(ofBytes('int16', 2, Int16Array.of(-32_768, 5))).toMatchObject({ min: -32_768, max: 5 });
  });

  test('of 32 bits', () => {
    const values = Int32Array.of(-(2 ** 31), 2 ** 31 - 1);
    expect(ofBytes('int32', 2, values)).toMatchObject({
      min: -(2 ** 31),
      max: 2 ** 31 - 1,
      mean: -0.5,
    });
    expect(ofBytes('uint32', 1, Uint32Array.of(2 ** 32 - 1))).toMatchObject({ max: 2 ** 32 - 1 });
  });
});

describe('floats of six and four bits', () => {
  test('run across the borders of bytes', () => {
    // float6e2m3 1, -1, 7.5, 0: patterns 001000, 101000, 011111, 000000 from the lowest bit on.
    const bits = 0b001000 | (0b101000 << 6) | (0b011111 << 12);
    const bytes = Uint8Array.of(bits & 255, (bits >> 8) & 255, bits >> 16);
    expect(ofBytes('float6e2m3', 4, bytes)).toEqual({
      min: -1,
      max: 7.5,
      mean: 7.5 / 4,
      zeros: 1,
      nan: 0,
      infinite: 0,
    });
  });

  test('float4e2m1', () => {
    // 0.5 is 0001, -6 is 1111.
    expect(ofBytes('float4e2m1', 2, Uint8Array.of(0xf1))).toMatchObject({ min: -6, max: 0.5 });
  });
});

describe('reading', () => {
  /** Storage that remembers how it was read and holds only zeros, but for the last byte. */
  function counted(byteLength: number): { storage: TensorStorage; largest: () => number } {
    let largest = 0;
    const storage: TensorStorage = {
      kind: 'external',
      byteLength,
      bytes: () => {
        throw new Error('all bytes were asked for at once');
      },
      *chunks(maxBytes) {
        largest = Math.max(largest, maxBytes);
        for (let at = 0; at < byteLength; at += maxBytes) {
          const chunk = new Uint8Array(Math.min(maxBytes, byteLength - at));
          if (at + chunk.length === byteLength) chunk[chunk.length - 1] = 0x40;
          yield chunk;
        }
      },
    };
    return { storage, largest: () => largest };
  }

  test('is piece by piece, at most a megabyte at a time', () => {
    const byteLength = 16 * 1024 * 1024;
    const { storage, largest } = counted(byteLength);
    const result = measure(
      new Tensor({ name: 'w', dtype: 'float32', dims: [1024, 4096], storage }),
    );
    // The last float is 0x40000000, which is 2.
    expect(result.stats).toMatchObject({ min: 0, max: 2, zeros: 1024 * 4096 - 1 });
    expect(result.bytes).toBe(byteLength);
    expect(largest()).toBeLessThanOrEqual(1024 * 1024);
  });

  test.each<[DataType, number]>([
    ['float32', 7],
    ['complex128', 3],
    ['float6e2m3', 4],
    ['int64', 5],
  ])('%s survives pieces that end within an element', (dtype, count) => {
    const bytes = Uint8Array.from(
      { length: byteLengthOf(dtype, count) },
      (_, at) => (at * 37) % 64,
    );
    const whole = ofBytes(dtype, count, bytes);
    for (const size of [1, 2, 5]) {
      const storage: TensorStorage = {
        kind: 'external',
        byteLength: bytes.length,
        bytes: () => bytes,
        chunks: () => sliceBytes(bytes, size),
      };
      expect(stats(dtype, [count], storage)).toEqual(whole);
    }
  });

  test('says nothing of text, or of bytes that do not fit the shape', () => {
    const four = memoryStorage(new Uint8Array(4));
    expect(stats('string', [1], four)).toBeNull();
    expect(stats('float32', [2], four)).toBeNull();
    expect(stats('float32', [-1], four)).toBeNull();
    expect(measure(new Tensor({ dtype: null, dims: [1], storage: four })).stats).toBeNull();
  });

  test('an empty constant has no values', () => {
    expect(stats('float32', [0, 3], memoryStorage(new Uint8Array(0)))).toEqual({
      min: null,
      max: null,
      mean: null,
      zeros: 0,
      nan: 0,
      infinite: 0,
    });
    expect(stats('int64', [0], memoryStorage(new Uint8Array(0)))).toMatchObject({ min: null });
    expect(stats('int8', [0], memoryStorage(new Uint8Array(0)))).toMatchObject({ mean: null });
  });
});
