import { describe, expect, test } from 'vitest';
import { convertElements } from '../../src/feeds/convert-elements.ts';
import {
  type DataType,
  type NumericArray,
  stringTensor,
  tensorFrom,
} from '../../src/tensor/index.ts';

function convert(from: DataType, data: NumericArray, to: DataType): string {
  const result = convertElements(tensorFrom(from, [data.length], data), to);
  if ('reason' in result) return `refused: ${result.reason}`;
  return `${[...result.tensor.data()].join(' ')} ${result.tensor.dtype}: ${result.note}`;
}

describe('convertElements', () => {
  test('leaves equal types alone', () => {
    const tensor = tensorFrom('float32', [1], Float32Array.of(1));
    expect(convertElements(tensor, 'float32')).toEqual({ tensor, note: null });
  });

  test.each<[DataType, NumericArray, DataType, string]>([
    ['float64', Float64Array.of(0.5), 'float32', '0.5 float32: float64 as float32, exact'],
    [
      'float64',
      Float64Array.of(0.1),
      'float32',
      `${Math.fround(0.1)} float32: float64 as float32, rounded`,
    ],
    [
      'float32',
      Float32Array.of(0.1),
      'float64',
      `${Math.fround(0.1)} float64: float32 as float64, exact`,
    ],
    [
      'float32',
      Float32Array.of(1, -2),
      'float16',
      '15360 49152 float16: float32 as float16, exact',
    ],
    [
      'float32',
      Float32Array.of(Number.NaN, Infinity),
      'float16',
      '32256 31744 float16: float32 as float16, exact',
    ],
    ['int64', BigInt64Array.of(-5n, 7n), 'int32', '-5 7 int32: int64 as int32, exact'],
    [
      'int64',
      BigInt64Array.of(2n ** 53n),
      'float32',
      '9007199254740992 float32: int64 as float32, exact',
    ],
    ['uint8', Uint8Array.of(0, 255), 'float32', '0 255 float32: uint8 as float32, exact'],
    ['int32', Int32Array.of(0, 1), 'bool', '0 1 bool: int32 as bool, exact'],
    ['bool', Uint8Array.of(1), 'int64', '1 int64: bool as int64, exact'],
    ['float64', Float64Array.of(3), 'int64', '3 int64: float64 as int64, exact'],
    [
      'int64',
      BigInt64Array.of(2n ** 60n + 1n),
      'uint64',
      '1152921504606846977 uint64: int64 as uint64, exact',
    ],
    ['int32', Int32Array.of(-8, 7), 'int4', '-8 7 int4: int32 as int4, exact'],
  ])('%s %o becomes %s', (from, data, to, result) => {
    expect(convert(from, data, to)).toBe(result);
  });

  test.each<[DataType, NumericArray, DataType, string]>([
    ['int64', BigInt64Array.of(2n ** 31n), 'int32', 'its value 2147483648 does not fit int32'],
    ['int64', BigInt64Array.of(-1n), 'uint64', 'its value -1 does not fit uint64'],
    ['int64', BigInt64Array.of(2n ** 53n + 1n), 'float64', 'it has int64 values'],
    ['int32', Int32Array.of(16777217), 'float32', 'its value 16777217 does not fit float32'],
    ['int32', Int32Array.of(2), 'bool', 'its value 2 does not fit bool'],
    ['float64', Float64Array.of(0.5), 'int32', 'its value 0.5 does not fit int32'],
    ['float64', Float64Array.of(1e300), 'float32', 'its value 1e+300 does not fit float32'],
    ['float32', Float32Array.of(70000), 'float16', 'its value 70000 does not fit float16'],
    ['float32', Float32Array.of(100), 'float4e2m1', 'its value 100 does not fit float4e2m1'],
    ['float32', Float32Array.of(Number.NaN), 'int8', 'its value NaN does not fit int8'],
    ['complex64', Float32Array.of(1, 0), 'float32', 'complex64 does not convert to float32'],
  ])('%s %o does not become %s', (from, data, to, reason) => {
    const count = from === 'complex64' ? 1 : data.length;
    const result = convertElements(tensorFrom(from, [count], data), to);
    expect('reason' in result ? result.reason : 'converted').toContain(reason);
  });

  test('text stays text', () => {
    expect(convertElements(stringTensor([1], ['1']), 'int64')).toHaveProperty('reason');
  });
});
