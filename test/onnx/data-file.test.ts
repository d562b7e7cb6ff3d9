import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { type DataMessage, type DataValue, openDataFile } from '../../src/onnx/index.ts';
import { temporaryFolder } from '../support/files.ts';

/*
 * The bytes are made by hand, from https://protobuf.dev/programming-guides/encoding and the field
 * numbers of https://github.com/onnx/onnx/blob/main/onnx/onnx-data.proto.
 */

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];
}

/** A field of bytes: a text, a message, packed numbers. */
function bytes(field: number, content: readonly number[] | string): number[] {
  const own = typeof content === 'string' ? [...new TextEncoder().encode(content)] : content;
  return [...varint(field * 8 + 2), ...varint(own.length), ...own];
}

/** An integer field. */
function integer(field: number, value: number): number[] {
  return [...varint(field * 8), ...varint(value)];
}

/** TensorProto: dims 1, data_type 2 (6 is int32, 8 string), int32_data 5, string_data 6, name 8. */
const int32Tensor = (...values: number[]): number[] => [
  ...integer(1, values.length),
  ...integer(2, 6),
  ...bytes(5, values.flatMap(varint)),
];
const textTensor = (text: string): number[] => [...integer(2, 8), ...bytes(6, text)];

function read(content: readonly number[], message: DataMessage): DataValue {
  const file = path.join(temporaryFolder(), 'input_0.pb');
  fs.writeFileSync(file, Uint8Array.from(content));
  return openDataFile(file, message);
}

/** The values in plain lists and objects. */
function plain(value: DataValue | null): unknown {
  if (value === null) return null;
  switch (value.kind) {
    case 'tensor': {
      const { tensor } = value;
      return tensor.dtype === 'string' ? tensor.toStrings() : [...tensor.toFloat64()];
    }
    case 'sequence':
      return value.elements.map(plain);
    case 'map':
      return Object.fromEntries(
        value.keys.map((key, at) => [key, plain(value.values[at] ?? null)]),
      );
    case 'optional':
      return { optional: plain(value.value) };
    case 'sparse-tensor':
      return 'sparse';
  }
}

describe('recorded values', () => {
  test('are sequences of tensors, of sequences, of maps, or empty', () => {
    const two = [
      ...bytes(1, 'seq'),
      ...integer(2, 1),
      ...bytes(3, int32Tensor(1, 2)),
      ...bytes(3, int32Tensor(300)),
    ];
    expect(read(two, 'SequenceProto')).toMatchObject({ kind: 'sequence', name: 'seq' });
    expect(plain(read(two, 'SequenceProto'))).toEqual([[1, 2], [300]]);
    const nested = [...integer(2, 3), ...bytes(5, two), ...bytes(5, integer(2, 1))];
    expect(plain(read(nested, 'SequenceProto'))).toEqual([[[1, 2], [300]], []]);
    expect(plain(read([...bytes(1, 'e'), ...integer(2, 1)], 'SequenceProto'))).toEqual([]);
    expect(plain(read([], 'SequenceProto'))).toEqual([]);
  });

  test('are optionals with a tensor, with a sequence, or with nothing', () => {
    const tensor = [...bytes(1, 'o'), ...integer(2, 1), ...bytes(3, int32Tensor(7))];
    expect(plain(read(tensor, 'OptionalProto'))).toEqual({ optional: [7] });
    const inner = [...integer(2, 1), ...bytes(3, textTensor('ü'))];
    expect(plain(read([...integer(2, 3), ...bytes(5, inner)], 'OptionalProto'))).toEqual({
      optional: [['ü']],
    });
    expect(plain(read(integer(2, 0), 'OptionalProto'))).toEqual({ optional: null });
  });

  test('are maps with keys of integers or text', () => {
    const values = [...integer(2, 1), ...bytes(3, int32Tensor(1)), ...bytes(3, int32Tensor(2))];
    const integers = [
      ...integer(2, 7),
      ...bytes(3, [...varint(5), ...varint(9)]),
      ...bytes(5, values),
    ];
    expect(plain(read(integers, 'MapProto'))).toEqual({ 5: [1], 9: [2] });
    const texts = [...integer(2, 8), ...bytes(4, 'x'), ...bytes(4, 'é'), ...bytes(5, values)];
    expect(plain(read(texts, 'MapProto'))).toEqual({ x: [1], é: [2] });
    const list = [...integer(2, 4), ...bytes(6, texts)];
    expect(plain(read(list, 'SequenceProto'))).toEqual([{ x: [1], é: [2] }]);
  });
});

describe('hostile files', () => {
  const values = [...integer(2, 1), ...bytes(3, int32Tensor(1))];
  const deep = (field: number): number[] => {
    let content: number[] = [];
    for (let depth = 0; depth < 200; depth += 1) content = bytes(field, content);
    return content;
  };
  test.each([
    ['an element that claims more than there is', 'SequenceProto', [0x1a, 0x7f, 1]],
    ['a length of five bytes', 'SequenceProto', [0x1a, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['field 0', 'OptionalProto', [0x00, 0x00]],
    ['an impossible wire type', 'MapProto', [0x0f]],
    ['sequences in sequences without end', 'SequenceProto', deep(5)],
    ['optionals in optionals without end', 'OptionalProto', deep(7)],
    ['elements of two kinds', 'SequenceProto', [...bytes(3, int32Tensor(1)), ...bytes(5, [])]],
    ['two values', 'OptionalProto', [...bytes(3, int32Tensor(1)), ...bytes(5, [])]],
    ['more keys than values', 'MapProto', [...bytes(3, [1, 2]), ...bytes(5, values)]],
    ['values without keys', 'MapProto', bytes(5, values)],
    ['an element without a type', 'SequenceProto', bytes(3, integer(1, 1))],
    // raw_data is field 9 of a tensor; neither of the two has one.
    ['a tensor for a sequence', 'SequenceProto', [...integer(2, 1), ...bytes(9, [0, 0, 0, 0])]],
    ['a tensor for an optional', 'OptionalProto', [...integer(2, 1), ...bytes(9, [0, 0, 0, 0])]],
    ['nothing for a tensor', 'TensorProto', []],
    ['a varint without an end', 'MapProto', bytes(3, [0xff, 0xff])],
  ] as const)('%s: an error of the file', (_what, message, content) => {
    expect(() => plain(read(content, message))).toThrow(MlkitError);
  });

  test('any cut of a good file reads or is an error of the file', () => {
    const good = [...bytes(1, 'seq'), ...integer(2, 1), ...bytes(3, int32Tensor(1, 2, 300))];
    for (let length = 0; length < good.length; length += 1) {
      try {
        read(good.slice(0, length), 'SequenceProto');
      } catch (error) {
        expect(error).toBeInstanceOf(MlkitError);
      }
    }
  });
});
