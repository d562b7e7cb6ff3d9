import { formatType, type Value } from '../graph/index.ts';
import type { ValueReport } from './report.ts';

/** What the file says of a value: its declared type, or else that of its constant. */
export function describeValue(value: Value): ValueReport {
  const { name, type, initializer } = value;
  if (type === null && initializer !== null) {
    return { name, type: initializer.elementType, shape: initializer.dims };
  }
  if (type === null || type.kind === 'unknown') return { name, type: null, shape: null };
  if (type.kind === 'tensor') return { name, type: type.elementType, shape: type.shape };
  if (type.kind === 'sparse-tensor') {
    return { name, type: `sparse ${type.elementType ?? '?'}`, shape: type.shape };
  }
  return { name, type: formatType(type), shape: null };
}
