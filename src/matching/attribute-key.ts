import { type Attribute, formatType } from '../graph/index.ts';
import type { SchemaAttribute } from '../schemas/index.ts';
import { byteLengthOf, type Tensor } from '../tensor/index.ts';

/** Tensors of up to so many bytes are told apart by their content, larger ones by type and shape. */
const mostBytes = 1024;

const decoder = new TextDecoder();

/** Whether an attribute says what would hold without it. */
export function isDefault(attribute: Attribute, schema: SchemaAttribute | undefined): boolean {
  if (schema?.default === undefined || schema.type !== attribute.type) return false;
  const normal = schema.default;
  switch (attribute.type) {
    case 'int':
    case 'float':
      return Number(attribute.value) === normal;
    case 'string':
      return decoder.decode(attribute.value) === normal;
    case 'ints':
    case 'floats':
      return Array.isArray(normal) && sameList(Array.from(attribute.value, Number), normal);
    case 'strings':
      return (
        Array.isArray(normal) &&
        sameList(
          attribute.value.map((each) => decoder.decode(each)),
          normal,
        )
      );
    default:
      return false;
  }
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, at) => each === b[at]);
}

/**
 * A text that two attributes share if and only if they hold the same; large tensors share it if type
 * and shape are the same, and subgraphs always.
 */
export function attributeKey(attribute: Attribute): string {
  switch (attribute.type) {
    case 'int':
      return `i${attribute.value}`;
    case 'float':
      return `f${numberKey(attribute.value)}`;
    case 'string':
      return `s${bytesKey(attribute.value)}`;
    case 'ints':
      return `I${attribute.value.join()}`;
    case 'floats':
      return `F${attribute.value.map(numberKey).join()}`;
    case 'strings':
      return `S${attribute.value.map(bytesKey).join()}`;
    case 'tensor':
      return `t${tensorKey(attribute.value)}`;
    case 'tensors':
      return `T${attribute.value.map(tensorKey).join(' ')}`;
    case 'sparse-tensor':
      return `p${sparseKey(attribute.value)}`;
    case 'sparse-tensors':
      return `P${attribute.value.map(sparseKey).join(' ')}`;
    case 'type':
      return `y${formatType(attribute.value)}`;
    case 'types':
      return `Y${attribute.value.map(formatType).join(' ')}`;
    case 'graph':
      return 'g';
    case 'graphs':
      return `G${attribute.value.length}`;
    case 'reference':
      return `r${attribute.referenceName}`;
    case 'undefined':
      return 'u';
  }
}

/** Minus zero is another value than zero. */
function numberKey(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function bytesKey(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function sparseKey(sparse: { values: Tensor; indices: Tensor; dims: readonly number[] }): string {
  return `${sparse.dims.join('x')} ${tensorKey(sparse.values)} ${tensorKey(sparse.indices)}`;
}

/** Type and shape, and for small tensors the content. */
export function tensorKey(tensor: Tensor, most: number = mostBytes): string {
  const head = `${tensor.elementType ?? '?'}[${tensor.dims.join()}]`;
  return head + (isSmall(tensor, most) ? contentKey(tensor) : '');
}

function contentKey({ storage }: Tensor): string {
  try {
    if (storage.strings !== undefined) return storage.strings.map(bytesKey).join();
    return bytesKey(storage.bytes());
  } catch {
    // What cannot be read is found out, and reported, where weights are compared.
    return '';
  }
}

/** Whether a tensor takes at most so many bytes, as far as type and shape say. */
export function isSmall(tensor: Tensor, most: number = mostBytes): boolean {
  const { elementType, dims, storage } = tensor;
  if (storage.strings !== undefined) return storage.byteLength <= most;
  const elements = dims.reduce((product, size) => product * size, 1);
  if (elementType === null || elementType === 'string') return false;
  return elements >= 0 && elements <= most * 8 && byteLengthOf(elementType, elements) <= most;
}
