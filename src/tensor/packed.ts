import { byteLengthOf, type DataType, dataTypes } from './dtype.ts';

/**
 * The elements of packed `raw_data`, one an entry: values for the integer types (an Int8Array for
 * the signed ones), bit patterns for the float types. The first element is in the lowest bits of the
 * first byte, and 6-bit elements run across byte borders (4 in 3 bytes). Bytes beyond the last
 * element are ignored.
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (TensorProto),
 * https://onnx.ai/onnx/technical/int4.html, https://onnx.ai/onnx/technical/float6.html
 *
 * @throws RangeError when `bytes` holds fewer elements (check the size of file data before), and for
 * a type of whole bytes.
 */
export function unpackElements(
  dtype: DataType,
  bytes: Uint8Array,
  elementCount: number,
): Int8Array | Uint8Array {
  const { bits, isSigned } = packing(dtype);
  const needed = byteLengthOf(dtype, elementCount);
  if (bytes.length < needed) {
    throw new RangeError(
      `${elementCount} elements of ${dtype} take ${needed} bytes, but there are ${bytes.length}.`,
    );
  }
  const mask = (1 << bits) - 1;
  const signShift = isSigned ? 32 - bits : 0;
  const result = isSigned ? new Int8Array(elementCount) : new Uint8Array(elementCount);
  let next = 0;
  let window = 0;
  let windowBits = 0;
  for (let i = 0; i < elementCount; i++) {
    if (windowBits < bits) {
      window |= (bytes[next++] ?? 0) << windowBits;
      windowBits += 8;
    }
    // Shifting a signed element's top bit to bit 31 and back copies it downwards.
    result[i] = ((window & mask) << signShift) >> signShift;
    window >>>= bits;
    windowBits -= bits;
  }
  return result;
}

/**
 * `raw_data` for elements as {@link unpackElements} returns them; unused bits of the last byte are
 * zero.
 *
 * @throws RangeError for an entry that the type cannot hold, one that is no integer, and for a type of
 * whole bytes.
 */
export function packElements(dtype: DataType, values: ArrayLike<number>): Uint8Array {
  const { bits, isSigned } = packing(dtype);
  const mask = (1 << bits) - 1;
  const signShift = isSigned ? 32 - bits : 0;
  const result = new Uint8Array(byteLengthOf(dtype, values.length));
  let next = 0;
  let window = 0;
  let windowBits = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const pattern = value & mask;
    if ((pattern << signShift) >> signShift !== value) {
      throw new RangeError(`Element ${i} is ${value}, which ${dtype} cannot hold.`);
    }
    window |= pattern << windowBits;
    windowBits += bits;
    if (windowBits >= 8) {
      result[next++] = window & 0xff;
      window >>>= 8;
      windowBits -= 8;
    }
  }
  if (windowBits > 0) result[next] = window;
  return result;
}

function packing(dtype: DataType): { bits: number; isSigned: boolean } {
  const { bits, kind } = dataTypes[dtype];
  if (bits === 0 || bits >= 8) throw new RangeError(`Elements of ${dtype} are not packed.`);
  return { bits, isSigned: kind === 'int' };
}
