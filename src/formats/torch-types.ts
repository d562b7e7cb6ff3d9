import type { DataType } from '../tensor/index.ts';

/** An element type of torch. Quantized ones have the type that they are stored as. */
interface TorchType {
  /** Of torch's ScalarType; -1 where files have none. */
  readonly code: number;
  /** As in `torch.float32`. */
  readonly name: string;
  /** As in `torch.FloatStorage`. */
  readonly storage: string | null;
  readonly dtype: DataType;
}

/**
 * Source: https://github.com/pytorch/pytorch, torch/_export/serde/schema.py (ScalarType) and
 * torch/storage.py; https://docs.pytorch.org/docs/stable/tensor_attributes.html
 */
const rows: readonly TorchType[] = [
  row(1, 'uint8', 'Byte', 'uint8'),
  row(2, 'int8', 'Char', 'int8'),
  row(3, 'int16', 'Short', 'int16'),
  row(4, 'int32', 'Int', 'int32'),
  row(5, 'int64', 'Long', 'int64'),
  row(6, 'float16', 'Half', 'float16'),
  row(7, 'float32', 'Float', 'float32'),
  row(8, 'float64', 'Double', 'float64'),
  row(10, 'complex64', 'ComplexFloat', 'complex64'),
  row(11, 'complex128', 'ComplexDouble', 'complex128'),
  row(12, 'bool', 'Bool', 'bool'),
  row(13, 'bfloat16', 'BFloat16', 'bfloat16'),
  row(28, 'uint16', null, 'uint16'),
  row(29, 'float8_e4m3fn', null, 'float8e4m3fn'),
  row(30, 'float8_e5m2', null, 'float8e5m2'),
  row(31, 'float8_e4m3fnuz', null, 'float8e4m3fnuz'),
  row(32, 'float8_e5m2fnuz', null, 'float8e5m2fnuz'),
  row(33, 'float8_e8m0fnu', null, 'float8e8m0'),
  row(34, 'uint32', null, 'uint32'),
  row(35, 'uint64', null, 'uint64'),
  row(-1, 'qint8', 'QInt8', 'int8'),
  row(-1, 'quint8', 'QUInt8', 'uint8'),
  row(-1, 'qint32', 'QInt32', 'int32'),
];

function row(code: number, name: string, storage: string | null, dtype: DataType): TorchType {
  return { code, name, storage: storage === null ? null : `${storage}Storage`, dtype };
}

const byCode: ReadonlyMap<number, DataType> = new Map(rows.map(({ code, dtype }) => [code, dtype]));
const byName: ReadonlyMap<string, DataType> = new Map(
  rows.flatMap(({ name, storage, dtype }): [string, DataType][] => [
    [`torch.${name}`, dtype],
    ...(storage === null ? [] : ([[`torch.${storage}`, dtype]] as [string, DataType][])),
  ]),
);

/** The element type of a value of torch's ScalarType, as `.pt2` files have it. */
export function dtypeOfScalarType(code: number): DataType | null {
  return byCode.get(code) ?? null;
}

/** The element type that `torch.float32` or `torch.FloatStorage` stands for. */
export function dtypeOfTorchName(name: string): DataType | null {
  return byName.get(name) ?? null;
}

/** Whether a name is one of torch's types, of elements or of storages. */
export function isTorchTypeName(name: string): boolean {
  return byName.has(name) || /^torch\.(storage\.)?(Untyped|Typed)Storage$/.test(name);
}
