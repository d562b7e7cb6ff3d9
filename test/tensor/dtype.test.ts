import { describe, expect, test } from 'vitest';
import {
  byteLengthOf,
  type DataType,
  dataTypeFromCode,
  dataTypes,
} from '../../src/tensor/dtype.ts';
import { golden } from './dtype-golden.ts';

const names = Object.keys(dataTypes) as DataType[];

describe('dataTypes', () => {
  test('lists the types that onnx knows, with its codes', () => {
    const codes = Object.fromEntries(names.map((name) => [name, dataTypes[name].code]));
    const expected = Object.entries(golden.types).map(([name, { code }]) => [name, code]);
    expect(codes).toEqual(Object.fromEntries(expected));
  });

  test.each(Object.entries(golden.types))('%s has the range that numpy states', (name, row) => {
    const { min, max, kind } = dataTypes[name as DataType];
    if (kind === 'bool') {
      expect([min, max]).toEqual([0, 1]);
    } else if (row.min === undefined || row.max === undefined) {
      expect([min, max]).toEqual([null, null]);
    } else if (typeof min === 'bigint') {
      expect([min, max]).toEqual([BigInt(row.min), BigInt(row.max)]);
    } else {
      expect([min, max]).toEqual([Number(row.min), Number(row.max)]);
    }
  });

  test('every row carries its own name and cannot be changed', () => {
    for (const name of names) {
      expect(dataTypes[name].name).toBe(name);
      expect(Object.isFrozen(dataTypes[name])).toBe(true);
    }
  });

  test('types came with the IR versions that onnx.proto records', () => {
    const since: Record<number, DataType[]> = {};
    for (const { name, minIrVersion } of Object.values(dataTypes)) {
      since[minIrVersion] = [...(since[minIrVersion] ?? []), name];
    }
    expect({ ...since, 1: since[1]?.length }).toEqual({
      1: 15,
      4: ['bfloat16'],
      9: ['float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz'],
      10: ['uint4', 'int4'],
      11: ['float4e2m1'],
      12: ['float8e8m0'],
      13: ['uint2', 'int2'],
      14: ['float6e2m3', 'float6e3m2'],
    });
  });

  test('the array of a type of whole bytes has entries of its width', () => {
    for (const { name, bits, kind, arrayType } of Object.values(dataTypes)) {
      const entriesPerElement = kind === 'complex' ? 2 : 1;
      const expected = Math.max(8, bits / entriesPerElement);
      expect([name, arrayType.BYTES_PER_ELEMENT * 8]).toEqual([name, expected]);
    }
  });

  test('the array of an integer type holds both ends of the range', () => {
    for (const { name, kind, min, max, arrayType } of Object.values(dataTypes)) {
      if (kind !== 'int' && kind !== 'uint') continue;
      const array = new arrayType(2);
      for (const [i, end] of [min, max].entries()) array[i] = end as never;
      expect([name, ...array]).toEqual([name, min, max]);
    }
  });
});

describe('dataTypeFromCode', () => {
  test('finds each type by its code', () => {
    for (const name of names) expect(dataTypeFromCode(dataTypes[name].code)?.name).toBe(name);
  });

  test.each([0, 29, -1, 1.5, Number.NaN])('knows no type of code %d', (code) => {
    expect(dataTypeFromCode(code)).toBeUndefined();
  });
});

describe('byteLengthOf', () => {
  test.each<[DataType, number[]]>([
    ['uint2', [0, 1, 1, 1, 1, 2, 2, 2, 2, 3]],
    ['int4', [0, 1, 1, 2, 2, 3, 3, 4, 4, 5]],
    ['float4e2m1', [0, 1, 1, 2, 2, 3, 3, 4, 4, 5]],
    ['float6e3m2', [0, 1, 2, 3, 3, 4, 5, 6, 6, 7]],
    ['bool', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['bfloat16', [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]],
    ['complex64', [0, 8, 16, 24, 32, 40, 48, 56, 64, 72]],
    ['complex128', [0, 16, 32, 48, 64, 80, 96, 112, 128, 144]],
  ])('%s, 0 to 9 elements', (dtype, expected) => {
    expect(expected.map((_, count) => byteLengthOf(dtype, count))).toEqual(expected);
  });

  test('is exact where count times bits is beyond 2^53', () => {
    expect(byteLengthOf('float6e2m3', 2 ** 52 + 2)).toBe(3 * 2 ** 50 + 2);
    expect(byteLengthOf('int4', Number.MAX_SAFE_INTEGER)).toBe(2 ** 52);
    expect(byteLengthOf('uint8', Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
    expect(byteLengthOf('float64', 2 ** 52)).toBe(2 ** 55);
  });

  test.each([-1, 0.5, 2 ** 53, Number.NaN, Infinity])('refuses a count of %d', (count) => {
    expect(() => byteLengthOf('float32', count)).toThrow(RangeError);
  });

  test('refuses string', () => {
    expect(() => byteLengthOf('string', 1)).toThrow(RangeError);
  });
});
