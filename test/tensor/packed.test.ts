import { describe, expect, test } from 'vitest';
import { type DataType, dataTypes } from '../../src/tensor/dtype.ts';
import { packElements, unpackElements } from '../../src/tensor/packed.ts';
import { golden } from './dtype-golden.ts';

const cases = Object.entries(golden.packed).flatMap(([dtype, each]) =>
  each.map(({ elements, raw }) => ({
    dtype: dtype as DataType,
    elements,
    raw,
    count: elements.length,
  })),
);

test('the golden data covers every packed type', () => {
  const packed = Object.values(dataTypes).filter(({ bits }) => bits > 0 && bits < 8);
  expect(Object.keys(golden.packed).toSorted()).toEqual(packed.map(({ name }) => name).toSorted());
});

test.each(cases)('packs $count of $dtype as onnx does', ({ dtype, elements, raw }) => {
  expect(Buffer.from(packElements(dtype, elements)).toString('hex')).toBe(raw);
});

test.each(cases)('unpacks $count of $dtype as onnx does', ({ dtype, elements, raw }) => {
  const result = unpackElements(dtype, Buffer.from(raw, 'hex'), elements.length);
  expect(result).toBeInstanceOf(dataTypes[dtype].arrayType);
  expect([...result]).toEqual(elements);
});

test('the first element is in the lowest bits', () => {
  expect([...unpackElements('uint2', Uint8Array.of(0b11_10_01_00), 4)]).toEqual([0, 1, 2, 3]);
  expect([...unpackElements('int2', Uint8Array.of(0b11_10_01_00), 4)]).toEqual([0, 1, -2, -1]);
  expect([...unpackElements('uint4', Uint8Array.of(0xf7), 2)]).toEqual([7, 15]);
  expect([...unpackElements('int4', Uint8Array.of(0x87), 2)]).toEqual([7, -8]);
  // 6-bit elements 1, 2, 3, 4 as one little-endian number of 24 bits.
  const bytes = Uint8Array.of(0b10_000001, 0b0011_0000, 0b000100_00);
  expect([...unpackElements('float6e2m3', bytes, 4)]).toEqual([1, 2, 3, 4]);
});

describe('unpackElements', () => {
  test('ignores bits and bytes beyond the last element', () => {
    expect([...unpackElements('uint4', Uint8Array.of(0xa1, 0xff), 1)]).toEqual([1]);
  });

  test('reads from the middle of a larger buffer', () => {
    const view = new Uint8Array(Uint8Array.of(9, 9, 0x21, 9).buffer, 2, 1);
    expect([...unpackElements('uint4', view, 2)]).toEqual([1, 2]);
  });

  test('refuses too few bytes', () => {
    expect(() => unpackElements('float6e3m2', new Uint8Array(2), 3)).toThrow(RangeError);
    expect(() => unpackElements('int4', new Uint8Array(1), 3)).toThrow('3 elements of int4 take 2');
  });

  test('refuses a type that is not packed', () => {
    expect(() => unpackElements('int8', new Uint8Array(4), 4)).toThrow(RangeError);
    expect(() => unpackElements('string', new Uint8Array(4), 4)).toThrow(RangeError);
  });
});

describe('packElements', () => {
  test.each<[DataType, number]>([
    ['int4', 8],
    ['int4', -9],
    ['uint4', 16],
    ['uint4', -1],
    ['int2', 2],
    ['uint2', 4],
    ['float4e2m1', 16],
    ['float6e2m3', 64],
    ['int4', 0.5],
    ['int4', Number.NaN],
    ['uint4', 2 ** 32],
  ])('refuses to store in %s the value %d', (dtype, value) => {
    expect(() => packElements(dtype, [0, value])).toThrow(`Element 1 is ${value}`);
  });

  test('refuses a type that is not packed', () => {
    expect(() => packElements('uint8', [1])).toThrow(RangeError);
  });
});
