import { MlkitError } from '../../errors.ts';
import type { Value } from '../../graph/index.ts';
import { dataTypes, elementCountOf, type Tensor, toFloat64 } from '../../tensor/index.ts';
import { type Elements, mostElements } from '../types.ts';

/**
 * The constant that a value always has, or null. Before IR 4 every initializer had to be an input
 * too, which did not make it one that callers override.
 */
export function constantOf(value: Value): Tensor | null {
  if (value.initializer !== null && value.graph.model.irVersion < 4) return value.initializer;
  return value.constant;
}

/** The elements of a small constant; null for what is large, has no numbers or cannot be read. */
export function readElements(tensor: Tensor): Elements | null {
  const { elementType, dims } = tensor;
  if (elementType === null || elementType === 'string') return null;
  if (dataTypes[elementType].kind === 'complex') return null;
  const count = elementCountOf(dims);
  if (count === null || count > mostElements) return null;
  try {
    const data = toFloat64(elementType, tensor.data());
    const isLong = elementType === 'int64' || elementType === 'uint64';
    return { dims, values: isLong ? Array.from(data, clamp) : [...data] };
  } catch (error) {
    // What cannot be read is for the checks of constants to report.
    if (error instanceof MlkitError) return null;
    throw error;
  }
}

function clamp(value: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));
}
