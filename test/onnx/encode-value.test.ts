import { describe, expect, test } from 'vitest';
import { tensorType, type ValueType } from '../../src/graph/index.ts';
import type { TypedValue } from '../../src/onnx/index.ts';
import { encodeValue } from '../../src/onnx/index.ts';
import type { MessageName } from '../../src/onnx/schema.ts';
import {
  memoryStorage,
  stringTensor,
  Tensor,
  type TensorValue,
  tensorFrom,
} from '../../src/tensor/index.ts';
import { foreignType } from '../support/protobuf.ts';

async function decoded(message: MessageName, value: TypedValue): Promise<object> {
  const bytes = (await encodeValue(value)).toBytes();
  const type = foreignType(message);
  return type.toObject(type.decode(bytes), { longs: Number, bytes: Array });
}

const f32 = (values: readonly number[], dims: readonly number[] = [values.length]): Tensor =>
  tensorFrom('float32', dims, Float32Array.from(values), 'inner');
const rawOf = (values: readonly number[]): number[] => [
  ...new Uint8Array(Float32Array.from(values).buffer),
];
const tensor: ValueType = tensorType('float32', null);
const sequence: ValueType = { kind: 'sequence', element: tensor };
const optional = (element: ValueType): ValueType => ({ kind: 'optional', element });
const map = (keyType: 'int64' | 'string'): ValueType => ({
  kind: 'map',
  keyType,
  value: tensorType('float32', []),
});

describe('a file with one value', () => {
  test('a tensor, by its new name and without what its old file said', async () => {
    const value = f32([1, -2], [2, 1]).with({ docString: 'old', metadata: [['k', 'v']] });
    expect(await decoded('TensorProto', { name: 'y', value, type: tensor })).toEqual({
      name: 'y',
      dims: [2, 1],
      data_type: 1,
      raw_data: rawOf([1, -2]),
    });
  });

  test('text, 4-bit numbers, nothing', async () => {
    const text = stringTensor([2], ['é', '']);
    expect(await decoded('TensorProto', { name: 't', value: text, type: null })).toEqual({
      name: 't',
      dims: [2],
      data_type: 8,
      string_data: [[0xc3, 0xa9], []],
    });
    const storage = memoryStorage(Uint8Array.of(0xf1, 0x02));
    const packed = new Tensor({ dtype: 'int4', dims: [3], storage });
    expect(await decoded('TensorProto', { name: 'p', value: packed, type: null })).toMatchObject({
      data_type: 22,
      dims: [3],
      raw_data: [0xf1, 0x02],
    });
    expect(await decoded('TensorProto', { name: 'e', value: f32([], [0, 2]), type: null })).toEqual(
      {
        name: 'e',
        dims: [0, 2],
        data_type: 1,
      },
    );
  });

  test.each([
    ['declared', sequence],
    ['not declared', null],
  ])('a sequence, %s', async (_, type) => {
    const value = [f32([1]), f32([2, 3])];
    expect(await decoded('SequenceProto', { name: 's', value, type })).toEqual({
      name: 's',
      elem_type: 1,
      tensor_values: [
        { dims: [1], data_type: 1, raw_data: rawOf([1]) },
        { dims: [2], data_type: 1, raw_data: rawOf([2, 3]) },
      ],
    });
    expect(await decoded('SequenceProto', { name: 's', value: [], type })).toEqual({
      name: 's',
      elem_type: 1,
    });
  });

  test('an optional with a tensor, with a sequence, and without a value', async () => {
    const of = (value: TensorValue, element: ValueType): TypedValue => ({
      name: 'o',
      value,
      type: optional(element),
    });
    expect(await decoded('OptionalProto', of(f32([5]), tensor))).toEqual({
      name: 'o',
      elem_type: 1,
      tensor_value: { dims: [1], data_type: 1, raw_data: rawOf([5]) },
    });
    expect(await decoded('OptionalProto', of([f32([5])], sequence))).toEqual({
      name: 'o',
      elem_type: 3,
      sequence_value: {
        elem_type: 1,
        tensor_values: [{ dims: [1], data_type: 1, raw_data: rawOf([5]) }],
      },
    });
    // As in ONNX's own test_optional_has_element_empty_optional_input.
    const absent = await encodeValue({ ...of(null, tensor), name: 'optional_input' });
    expect(Buffer.from(absent.toBytes()).toString('latin1')).toBe('\n\x0eoptional_input\x10\x00');
    const undeclared = await encodeValue({ name: 'o', value: null, type: null });
    expect([...undeclared.toBytes()]).toEqual([0x0a, 1, 0x6f, 0x10, 0]);
  });

  test('maps, which travel as a matrix', async () => {
    const scalar = (value: number): object => ({ data_type: 1, raw_data: rawOf([value]) });
    const value = f32([1, 2, 3, 4], [2, 2]);
    const list: ValueType = { kind: 'sequence', element: map('int64') };
    expect(
      await decoded('SequenceProto', { name: 'm', value, type: list, keys: ['7', '-9'] }),
    ).toEqual({
      name: 'm',
      elem_type: 4,
      map_values: [
        {
          key_type: 7,
          keys: [7, -9],
          values: { elem_type: 1, tensor_values: [scalar(1), scalar(2)] },
        },
        {
          key_type: 7,
          keys: [7, -9],
          values: { elem_type: 1, tensor_values: [scalar(3), scalar(4)] },
        },
      ],
    });
    expect(
      await decoded('MapProto', {
        name: 'm',
        value: f32([1, 2], [1, 2]),
        type: map('string'),
        keys: ['a', 'b'],
      }),
    ).toMatchObject({ name: 'm', key_type: 8, string_keys: [[97], [98]] });
    expect(await decoded('TensorProto', { name: 'm', value, type: list })).toMatchObject({
      dims: [2, 2],
    });
    await expect(
      encodeValue({ name: 'm', value: f32([1, 2, 3]), type: list, keys: ['1', '2'] }),
    ).rejects.toThrow(TypeError);
  });

  test('of 2 GiB or more is refused: protobuf ends there', async () => {
    const storage = {
      kind: 'inline',
      byteLength: 2 ** 31,
      bytes: () => new Uint8Array(),
      *chunks() {},
    } as const;
    const value = new Tensor({ dtype: 'uint8', dims: [2 ** 31], storage });
    await expect(encodeValue({ name: 'y', value, type: null })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
  });
});
