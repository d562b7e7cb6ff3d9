/** The names mlkit uses for the element types that ONNX's `TensorProto.DataType` defines. */
export type DataType =
  | 'float32'
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'string'
  | 'bool'
  | 'float16'
  | 'float64'
  | 'uint32'
  | 'uint64'
  | 'complex64'
  | 'complex128'
  | 'bfloat16'
  | 'float8e4m3fn'
  | 'float8e4m3fnuz'
  | 'float8e5m2'
  | 'float8e5m2fnuz'
  | 'uint4'
  | 'int4'
  | 'float4e2m1'
  | 'float8e8m0'
  | 'uint2'
  | 'int2'
  | 'float6e2m3'
  | 'float6e3m2';

/** The typed arrays that hold tensor elements in memory. */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** The constructors of {@link NumericArray}. */
export type NumericArrayConstructor =
  | Float32ArrayConstructor
  | Float64ArrayConstructor
  | Int8ArrayConstructor
  | Uint8ArrayConstructor
  | Int16ArrayConstructor
  | Uint16ArrayConstructor
  | Int32ArrayConstructor
  | Uint32ArrayConstructor
  | BigInt64ArrayConstructor
  | BigUint64ArrayConstructor;

/** What one element type is: its ONNX code, how it is stored, and the finite values it can hold. */
export interface DataTypeInfo {
  readonly name: DataType;
  /** The value of `TensorProto.DataType`. */
  readonly code: number;
  /** Bits that one element takes in `raw_data`, where 2-, 4- and 6-bit elements are packed; 0 for string. */
  readonly bits: number;
  readonly kind: 'float' | 'int' | 'uint' | 'bool' | 'string' | 'complex';
  /**
   * The least finite value: a bigint for int64 and uint64, the smallest positive power of two for
   * float8e8m0 (it has neither sign nor zero), null for string and complex.
   */
  readonly min: number | bigint | null;
  /** The greatest finite value; null for string and complex. */
  readonly max: number | bigint | null;
  /** The first ONNX IR version in which a tensor may have this type. */
  readonly minIrVersion: number;
  /**
   * The array that holds the elements once unpacked, one entry an element: bit patterns for the
   * floats JavaScript has no array of (16 bits and below), sign-extended values for int2 and int4,
   * 0 and 1 for bool. Complex types take two entries an element (real, imaginary). For string, the
   * UTF-8 bytes of one element.
   */
  readonly arrayType: NumericArrayConstructor;
}

type Row = Omit<DataTypeInfo, 'name'>;

const float32Max = (2 - 2 ** -23) * 2 ** 127;
const bfloat16Max = (2 - 2 ** -7) * 2 ** 127;
const int64Max = 2n ** 63n - 1n;

function float(
  code: number,
  bits: number,
  max: number,
  arrayType: NumericArrayConstructor,
  minIrVersion = 1,
): Row {
  return { code, bits, kind: 'float', min: -max, max, minIrVersion, arrayType };
}

function int(
  code: number,
  bits: number,
  arrayType: NumericArrayConstructor,
  minIrVersion = 1,
): Row {
  const half = 2 ** (bits - 1);
  return { code, bits, kind: 'int', min: -half, max: half - 1, minIrVersion, arrayType };
}

function uint(
  code: number,
  bits: number,
  arrayType: NumericArrayConstructor,
  minIrVersion = 1,
): Row {
  return { code, bits, kind: 'uint', min: 0, max: 2 ** bits - 1, minIrVersion, arrayType };
}

function unbounded(
  code: number,
  bits: number,
  kind: 'string' | 'complex',
  arrayType: NumericArrayConstructor,
): Row {
  return { code, bits, kind, min: null, max: null, minIrVersion: 1, arrayType };
}

/*
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (TensorProto.DataType, and the
 * comments of enum Version for the IR version that added a type);
 * https://onnx.ai/onnx/technical/float8.html, float4.html and the OCP MX specification v1.0 for the ranges.
 */
const rows = {
  float32: float(1, 32, float32Max, Float32Array),
  uint8: uint(2, 8, Uint8Array),
  int8: int(3, 8, Int8Array),
  uint16: uint(4, 16, Uint16Array),
  int16: int(5, 16, Int16Array),
  int32: int(6, 32, Int32Array),
  int64: { ...int(7, 64, BigInt64Array), min: -int64Max - 1n, max: int64Max },
  string: unbounded(8, 0, 'string', Uint8Array),
  bool: { ...uint(9, 8, Uint8Array), kind: 'bool', max: 1 },
  float16: float(10, 16, 65504, Uint16Array),
  float64: float(11, 64, Number.MAX_VALUE, Float64Array),
  uint32: uint(12, 32, Uint32Array),
  uint64: { ...uint(13, 64, BigUint64Array), min: 0n, max: 2n * int64Max + 1n },
  complex64: unbounded(14, 64, 'complex', Float32Array),
  complex128: unbounded(15, 128, 'complex', Float64Array),
  bfloat16: float(16, 16, bfloat16Max, Uint16Array, 4),
  float8e4m3fn: float(17, 8, 448, Uint8Array, 9),
  float8e4m3fnuz: float(18, 8, 240, Uint8Array, 9),
  float8e5m2: float(19, 8, 57344, Uint8Array, 9),
  float8e5m2fnuz: float(20, 8, 57344, Uint8Array, 9),
  uint4: uint(21, 4, Uint8Array, 10),
  int4: int(22, 4, Int8Array, 10),
  float4e2m1: float(23, 4, 6, Uint8Array, 11),
  float8e8m0: { ...float(24, 8, 2 ** 127, Uint8Array, 12), min: 2 ** -127 },
  uint2: uint(25, 2, Uint8Array, 13),
  int2: int(26, 2, Int8Array, 13),
  float6e2m3: float(27, 6, 7.5, Uint8Array, 14),
  float6e3m2: float(28, 6, 28, Uint8Array, 14),
} as const satisfies Record<DataType, Row>;

/** Every element type by its name, in the order of the ONNX codes. */
export const dataTypes: Readonly<Record<DataType, DataTypeInfo>> = Object.freeze(
  Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [name, Object.freeze({ name, ...row })]),
  ),
) as Readonly<Record<DataType, DataTypeInfo>>;

const byCode: ReadonlyMap<number, DataTypeInfo> = new Map(
  Object.values(dataTypes).map((info) => [info.code, info]),
);

/**
 * The element type of an ONNX `TensorProto.DataType` value; undefined for 0 (UNDEFINED) and for
 * codes that this version does not know.
 */
export function dataTypeFromCode(code: number): DataTypeInfo | undefined {
  return byCode.get(code);
}

/**
 * Bytes that `elementCount` elements take in `raw_data`: 2-, 4- and 6-bit elements are packed
 * across byte borders and the last byte is padded with zero bits.
 *
 * The result is exact up to 2^53 bytes and rounded beyond, which is still far more than any file
 * holds.
 *
 * @throws RangeError for string, whose elements have no fixed size, and for a count that is not a
 * non-negative safe integer.
 */
export function byteLengthOf(dtype: DataType, elementCount: number): number {
  if (!Number.isSafeInteger(elementCount) || elementCount < 0) {
    throw new RangeError(`An element count is a non-negative integer, not ${elementCount}.`);
  }
  const { bits } = dataTypes[dtype];
  if (bits === 0) {
    throw new RangeError(`The elements of a ${dtype} tensor have no fixed size.`);
  }
  // Whole groups of 8 elements fill `bits` bytes; done apart so that count × bits stays exact.
  const rest = elementCount % 8;
  return ((elementCount - rest) / 8) * bits + Math.ceil((rest * bits) / 8);
}
