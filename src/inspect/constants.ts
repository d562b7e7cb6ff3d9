import { type Constant, type ConstantRole, compareText, placeOfConstant } from '../checks/index.ts';
import type { TensorStorage } from '../tensor/index.ts';
import type { ConstantTotal, InspectReport } from './report.ts';

/** Roles by what counts when constants of different roles share their bytes. */
const rolesInOrder: readonly ConstantRole[] = [
  'parameter',
  'quantization',
  'index',
  'text',
  'unused',
];

/** The numbers of a report that are about constants; each piece of storage counts once. */
export function totalConstants(
  constants: readonly Constant[],
): Pick<InspectReport, 'constants' | 'dtypes' | 'parameters' | 'parameterBytes'> {
  const counted = new Set<TensorStorage | string>();
  const dtypes = new Map<string, number>();
  const all = { tensors: 0, elements: 0, bytes: 0 };
  const byRole = new Map<ConstantRole, ConstantTotal>();
  for (const role of rolesInOrder) {
    const total = { tensors: 0, elements: 0, bytes: 0 };
    for (const each of constants) {
      const place = placeOfConstant(each);
      if (each.role !== role || counted.has(place)) continue;
      counted.add(place);
      const { bytes } = each;
      for (const sum of [total, all]) {
        sum.tensors += 1;
        sum.elements += each.elements ?? 0;
        sum.bytes += bytes;
      }
      const dtype = each.tensor.elementType ?? 'unknown';
      dtypes.set(dtype, (dtypes.get(dtype) ?? 0) + bytes);
    }
    byRole.set(role, total);
  }
  const { elements, bytes } = byRole.get('parameter') ?? all;
  return {
    parameters: elements,
    parameterBytes: bytes,
    dtypes: Object.fromEntries(
      [...dtypes].toSorted((a, b) => b[1] - a[1] || compareText(a[0], b[0])),
    ),
    constants: {
      ...all,
      byRole: Object.fromEntries(byRole) as Record<ConstantRole, ConstantTotal>,
    },
  };
}
