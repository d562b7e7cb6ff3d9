import type { InferredType } from '../../ops/index.ts';

/**
 * A type as schemas spell it: `float32`, `seq(float32)`, `map(int64, float32)`; null where a part of
 * it is not known.
 */
export function typeText(type: InferredType | null): string | null {
  switch (type?.kind) {
    case 'tensor':
      return type.elementType;
    case 'sparse-tensor':
      return type.elementType === null ? null : `sparse(${type.elementType})`;
    case 'sequence':
    case 'optional': {
      const element = typeText(type.element);
      return element === null
        ? null
        : `${type.kind === 'sequence' ? 'seq' : 'optional'}(${element})`;
    }
    case 'map': {
      const value = typeText(type.value);
      return type.keyType === null || value === null ? null : `map(${type.keyType}, ${value})`;
    }
    default:
      return null;
  }
}
