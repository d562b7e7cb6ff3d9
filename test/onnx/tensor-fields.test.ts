import { describe, expect, test } from 'vitest';
import { decodeTensor } from '../../src/onnx/decode-tensor.ts';
import { RawMessage } from '../../src/onnx/message.ts';
import { memorySource } from '../../src/onnx/source.ts';
import type { Tensor } from '../../src/tensor/index.ts';
import { foreignBytes } from '../support/protobuf.ts';

function tensor(content: Record<string, unknown>): Tensor {
  const bytes = foreignBytes('TensorProto', content);
  return decodeTensor(new RawMessage('TensorProto', memorySource(bytes)), null);
}

describe('elements in typed fields', () => {
  // Codes and fields: comments on TensorProto in onnx.proto.
  test.each([
    ['float32', 1, { float_data: [1.5, -2, 0] }, [1.5, -2, 0]],
    ['uint8', 2, { int32_data: [0, 255, 7] }, [0, 255, 7]],
    ['int8', 3, { int32_data: [-128, 127, -1] }, [-128, 127, -1]],
    ['uint16', 4, { int32_data: [0, 65535, 9] }, [0, 65535, 9]],
    ['int16', 5, { int32_data: [-32768, 32767, -2] }, [-32768, 32767, -2]],
    ['int32', 6, { int32_data: [-2147483648, 2147483647, -3] }, [-2147483648, 2147483647, -3]],
    ['bool', 9, { int32_data: [1, 0, 1] }, [1, 0, 1]],
    ['float16', 10, { int32_data: [0x3c00, 0xc000, 0x0001] }, [1, -2, 2 ** -24]],
    ['float64', 11, { double_data: [Math.PI, -0, 1e300] }, [Math.PI, -0, 1e300]],
    ['uint32', 12, { uint64_data: [0, 4294967295, 5] }, [0, 4294967295, 5]],
    ['bfloat16', 16, { int32_data: [0x3f80, 0xc000, 0x4049] }, [1, -2, 3.140625]],
    ['float8e4m3fn', 17, { int32_data: [0x38, 0xb8, 0x7e] }, [1, -1, 448]],
    ['float8e5m2', 19, { int32_data: [0x3c, 0xbc, 0x7b] }, [1, -1, 57344]],
    ['uint4', 21, { int32_data: [0xf1, 0x02] }, [1, 15, 2]],
    ['int4', 22, { int32_data: [0x8f, 0x07] }, [-1, -8, 7]],
    ['uint2', 25, { int32_data: [0b00111001] }, [1, 2, 3]],
    // As helper.make_tensor of onnx 1.23.1 writes them: entries of 4-bit types are bytes of two.
    ['float4e2m1', 23, { int32_data: [66, 5] }, [1, 2, 3]],
    ['float6e2m3', 27, { int32_data: [8, 16, 20] }, [1, 2, 3]],
  ])('%s', (dtype, code, fields, expected) => {
    const decoded = tensor({ dims: [3], data_type: code, name: 't', ...fields });
    expect(decoded.dtype).toBe(dtype);
    expect([...decoded.toFloat64()]).toEqual(expected);
  });

  test('int64 and uint64 keep all their bits', () => {
    const content = { dims: [2], data_type: 7, int64_data: ['-9223372036854775808', '-1'] };
    expect([...tensor(content).data()]).toEqual([-(2n ** 63n), -1n]);
    const unsigned = { dims: [1], data_type: 13, uint64_data: ['18446744073709551615'] };
    expect([...tensor(unsigned).data()]).toEqual([2n ** 64n - 1n]);
  });

  test('complex numbers are pairs', () => {
    const decoded = tensor({ dims: [1], data_type: 14, float_data: [1, -2] });
    expect([...decoded.toFloat64()]).toEqual([1, -2]);
  });

  test('strings are bytes', () => {
    const strings = [Buffer.from('a'), Buffer.from('ü')];
    expect(tensor({ dims: [2], data_type: 8, string_data: strings }).toStrings()).toEqual([
      'a',
      'ü',
    ]);
  });

  test('unpacked numbers, and packed ones in pieces, read like packed ones', () => {
    // int32_data (field 5): 1 and -1 unpacked, then [2, 3] and [4] packed.
    const bytes = Buffer.from('08051006280128ffffffffffffffffff012a0202032a0104', 'hex');
    const decoded = decodeTensor(new RawMessage('TensorProto', memorySource(bytes)), null);
    expect([...decoded.toFloat64()]).toEqual([1, -1, 2, 3, 4]);
  });
});

describe('what does not fit', () => {
  test('too few bytes for the shape', () => {
    const raw_data = Buffer.alloc(4);
    const decoded = tensor({ dims: [2], data_type: 1, name: 'w', raw_data });
    expect(() => decoded.data()).toThrow('tensor "w" (float32[2]) needs 8 bytes and has 4');
  });

  test('a negative or enormous shape', () => {
    expect(() => tensor({ dims: [-1], data_type: 1 }).data()).toThrow(/impossible shape \[-1\]/);
    const dims = ['4611686018427387904', 4];
    expect(() => tensor({ dims, data_type: 1 }).data()).toThrow(/impossible shape/);
  });

  test('an unknown type can be looked at and not read', () => {
    const decoded = tensor({ dims: [1], data_type: 99, name: 'w', raw_data: Buffer.alloc(1) });
    expect(decoded.elementType).toBeNull();
    expect(() => decoded.data()).toThrow('tensor "w" has no data type that we know');
  });
});
