import type { DataType } from '../tensor/index.ts';

/** One dimension: known size, symbolic name, or unknown. */
export type Dimension = number | string | null;

/** Dimensions, outermost first. Empty for a scalar. */
export type Shape = readonly Dimension[];

/** The type of a value. `elementType` null: the file does not say, or names a code we do not know. */
export type ValueType =
  | {
      readonly kind: 'tensor' | 'sparse-tensor';
      readonly elementType: DataType | null;
      /** Null: the rank is unknown. */
      readonly shape: Shape | null;
    }
  | { readonly kind: 'sequence' | 'optional'; readonly element: ValueType | null }
  | { readonly kind: 'map'; readonly keyType: DataType | null; readonly value: ValueType | null }
  | { readonly kind: 'opaque'; readonly domain: string; readonly name: string }
  | { readonly kind: 'unknown' };

/** Shorthand for the usual case. */
export function tensorType(elementType: DataType | null, shape: Shape | null): ValueType {
  return { kind: 'tensor', elementType, shape };
}

/** Whether two types are the same, dimension by dimension. */
export function sameType(a: ValueType | null, b: ValueType | null): boolean {
  if (a === b) return true;
  if (a === null || b === null || a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'tensor':
    case 'sparse-tensor': {
      const other = b as typeof a;
      return a.elementType === other.elementType && sameShape(a.shape, other.shape);
    }
    case 'sequence':
    case 'optional':
      return sameType(a.element, (b as typeof a).element);
    case 'map': {
      const other = b as typeof a;
      return a.keyType === other.keyType && sameType(a.value, other.value);
    }
    case 'opaque': {
      const other = b as typeof a;
      return a.domain === other.domain && a.name === other.name;
    }
    case 'unknown':
      return true;
  }
}

/** Whether two shapes are the same; symbols compare by name. */
export function sameShape(a: Shape | null, b: Shape | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((dimension, at) => dimension === b[at]);
}

/** `float32[1, seq, ?]`, `seq(float32[])`, `map(int64, float32)`, as in messages and tables. */
export function formatType(type: ValueType | null): string {
  if (type === null) return '?';
  switch (type.kind) {
    case 'tensor':
      return `${type.elementType ?? '?'}${formatShape(type.shape)}`;
    case 'sparse-tensor':
      return `sparse ${type.elementType ?? '?'}${formatShape(type.shape)}`;
    case 'sequence':
      return `seq(${formatType(type.element)})`;
    case 'optional':
      return `optional(${formatType(type.element)})`;
    case 'map':
      return `map(${type.keyType ?? '?'}, ${formatType(type.value)})`;
    case 'opaque':
      return `opaque(${type.domain}.${type.name})`;
    case 'unknown':
      return '?';
  }
}

/** `[1, seq, ?]`; empty text for an unknown rank, `[]` for a scalar. */
export function formatShape(shape: Shape | null): string {
  return shape === null ? '' : `[${shape.map((dimension) => dimension ?? '?').join(', ')}]`;
}
