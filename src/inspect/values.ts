import { formatType, type Value, type ValueType } from '../graph/index.ts';
import type { ValueReport } from './item-report.ts';

/** What the file says of a value: its declared type, or else that of its constant. */
export function describeValue(value: Value): ValueReport {
  const { name, type, initializer } = value;
  if (type === null && initializer !== null) {
    return { name, type: initializer.elementType, shape: initializer.dims };
  }
  return describeType(name, type);
}

/** A type in the form that reports have. */
export function describeType(name: string, type: ValueType | null): ValueReport {
  if (type === null || type.kind === 'unknown') return { name, type: null, shape: null };
  if (type.kind === 'tensor') return { name, type: type.elementType, shape: type.shape };
  if (type.kind === 'sparse-tensor') {
    return { name, type: `sparse ${type.elementType ?? '?'}`, shape: type.shape };
  }
  return { name, type: formatType(type), shape: null };
}
