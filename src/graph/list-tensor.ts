import { memoryStorage, stringStorage, Tensor, type TensorStorage } from '../tensor/index.ts';
import type { Attribute } from './attribute.ts';

/**
 * The tensor that a Constant node's `value_float`, `value_ints` and so on stand for; null for other
 * attributes.
 */
export function listTensor(attribute: Attribute): Tensor | null {
  switch (attribute.type) {
    case 'float':
      return new Tensor({ dtype: 'float32', dims: [], storage: bytesOf([attribute.value]) });
    case 'floats': {
      const { value } = attribute;
      return new Tensor({ dtype: 'float32', dims: [value.length], storage: bytesOf(value) });
    }
    case 'int':
      return new Tensor({ dtype: 'int64', dims: [], storage: int64Bytes([attribute.value]) });
    case 'ints': {
      const { value } = attribute;
      return new Tensor({ dtype: 'int64', dims: [value.length], storage: int64Bytes(value) });
    }
    case 'string':
      return new Tensor({ dtype: 'string', dims: [], storage: stringStorage([attribute.value]) });
    case 'strings': {
      const { value } = attribute;
      return new Tensor({ dtype: 'string', dims: [value.length], storage: stringStorage(value) });
    }
    default:
      return null;
  }
}

function bytesOf(values: readonly number[]): TensorStorage {
  return memoryStorage(new Uint8Array(Float32Array.from(values).buffer));
}

function int64Bytes(values: readonly bigint[]): TensorStorage {
  return memoryStorage(new Uint8Array(BigInt64Array.from(values).buffer));
}
