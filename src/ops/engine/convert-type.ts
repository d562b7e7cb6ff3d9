import type { Dimension, ValueType } from '../../graph/index.ts';
import {
  formatSize,
  hasAnonymous,
  parseSize,
  type Size,
  substitute,
  symbol,
  symbolsOf,
} from '../../symbolic/index.ts';
import type { InferredType } from '../types.ts';

/** What is needed to read the sizes that a file declares. */
export interface SizeReader {
  /** A new anonymous symbol, for a size along this axis that is not declared. */
  unknown(axis: number): Size;
  /** Sizes that are fixed for symbols of the model. */
  readonly sizes: ReadonlyMap<string, number>;
  /** The symbols of the model's inputs. */
  readonly symbols: ReadonlySet<string>;
}

/** A declared type with sizes that can be reckoned with. */
export function inferredType(type: ValueType, reader: SizeReader): InferredType {
  switch (type.kind) {
    case 'tensor':
    case 'sparse-tensor': {
      const shape = type.shape?.map((size, axis) => readDimension(size, axis, reader)) ?? null;
      return { kind: type.kind, elementType: type.elementType, shape };
    }
    case 'sequence':
    case 'optional':
      return { kind: type.kind, element: type.element && inferredType(type.element, reader) };
    case 'map': {
      const value = type.value && inferredType(type.value, reader);
      return { kind: 'map', keyType: type.keyType, value };
    }
    case 'opaque':
    case 'unknown':
      return type;
  }
}

function readDimension(dimension: Dimension, axis: number, reader: SizeReader): Size {
  if (typeof dimension === 'number') return dimension < 0 ? reader.unknown(axis) : dimension;
  // Some exporters name every size that they do not know "?".
  if (dimension === null || dimension === '' || dimension.startsWith('?'))
    return reader.unknown(axis);
  const fixed = reader.sizes.get(dimension);
  if (fixed !== undefined) return fixed;
  const parsed = parseSize(dimension);
  if (parsed === null) return symbol(dimension);
  if (typeof parsed === 'number') return parsed < 0 ? reader.unknown(axis) : symbol(dimension);
  // Names such as "block/Reshape_dim_1" and "batch-size" look like formulas and are none.
  const isMadeOfInputs = [...symbolsOf(parsed)].every((name) => reader.symbols.has(name));
  if (!isMadeOfInputs && /[-/]/.test(dimension)) return symbol(dimension);
  return reader.sizes.size === 0 ? parsed : substitute(parsed, (name) => reader.sizes.get(name));
}

/** The type as files write it: sizes as numbers or texts, null where nothing is known. */
export function declaredType(type: InferredType): ValueType {
  switch (type.kind) {
    case 'tensor':
    case 'sparse-tensor': {
      const shape = type.shape?.map(dimensionOf) ?? null;
      return { kind: type.kind, elementType: type.elementType, shape };
    }
    case 'sequence':
    case 'optional':
      return { kind: type.kind, element: type.element && declaredType(type.element) };
    case 'map':
      return { kind: 'map', keyType: type.keyType, value: type.value && declaredType(type.value) };
    case 'opaque':
    case 'unknown':
      return type;
  }
}

/** A size as a dimension: a number, the text of a symbolic one, null for an unknown one. */
export function dimensionOf(size: Size): Dimension {
  if (typeof size === 'number') return size;
  return hasAnonymous(size) ? null : formatSize(size);
}
