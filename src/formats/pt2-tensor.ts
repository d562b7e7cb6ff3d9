import type { Dimension } from '../graph/index.ts';
import type { DataType } from '../tensor/index.ts';
import { asArray, asObject, asSize, asText, type Json } from './json.ts';
import { storageElements, tensorBytes } from './tensor-bytes.ts';
import { dtypeOfScalarType } from './torch-types.ts';

/** What a `.pt2` file says of a tensor (TensorMeta). */
export interface Pt2Tensor {
  readonly dtype: DataType | null;
  /** Null: the file does not say. */
  readonly dimensions: readonly Dimension[] | null;
  /** Null where a size is not a number. */
  readonly shape: readonly number[] | null;
  /** That its elements take, without gaps. */
  readonly bytes: number | null;
  /** That its storage needs to have; null where that cannot be told. */
  readonly neededBytes: number | null;
  /** The same for tensors that have the same elements of the same storage. */
  readonly place: string;
}

export function pt2TensorOf(value: Json | undefined): Pt2Tensor {
  const meta = asObject(value);
  const code = asSize(meta?.get('dtype'));
  const dtype = code === null ? null : dtypeOfScalarType(code);
  const shape = numbersOf(meta?.get('sizes'));
  const strides = numbersOf(meta?.get('strides'));
  const offset = asSize(asObject(meta?.get('storage_offset'))?.get('as_int')) ?? 0;
  return {
    dtype,
    dimensions: asArray(meta?.get('sizes'))?.map(dimensionOf) ?? null,
    shape,
    bytes: shape === null ? null : tensorBytes(dtype, shape),
    neededBytes: neededBytes(dtype, offset, shape, strides),
    place: JSON.stringify([dtype, offset, shape, strides]),
  };
}

function neededBytes(
  dtype: DataType | null,
  offset: number,
  shape: readonly number[] | null,
  strides: readonly number[] | null,
): number | null {
  if (shape === null || strides === null) return null;
  const elements = storageElements(offset, shape, strides);
  const itemBytes = tensorBytes(dtype, [1]);
  return elements === null || itemBytes === null ? null : elements * itemBytes;
}

/** A number, or an expression of symbols as a person writes it: `s77`, `Mul(2, s0)`. */
function dimensionOf(value: Json): Dimension {
  const size = asObject(value);
  const number = asSize(size?.get('as_int'));
  if (number !== null) return number;
  const expression = asText(asObject(size?.get('as_expr'))?.get('expr_str'));
  if (expression === null) return null;
  return expression
    .replaceAll(/Symbol\('([^']*)'[^)]*\)/g, '$1')
    .replaceAll(/Integer\((-?\d+)\)/g, '$1')
    .slice(0, mostExpressionCharacters);
}

const mostExpressionCharacters = 1000;

function numbersOf(value: Json | undefined): number[] | null {
  const sizes = asArray(value)?.map((size) => asSize(asObject(size)?.get('as_int')));
  return sizes?.every((size) => size !== null) === true ? sizes : null;
}
