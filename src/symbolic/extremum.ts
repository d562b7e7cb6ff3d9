import { subtract } from './arithmetic.ts';
import { isNonNegative } from './bounds.ts';
import {
  compareText,
  type ExtremumAtom,
  formatKey,
  fromAtom,
  loneAtom,
  opaque,
  type Size,
} from './expression.ts';

/** Each operand is compared with each; no shape needs as many. */
const mostOperands = 16;

/** The larger of two sizes. */
export function maximum(a: Size, b: Size): Size {
  if (typeof a === 'number' && typeof b === 'number') return Math.max(a, b);
  return extremum('max', a, b);
}

/** The smaller of two sizes. */
export function minimum(a: Size, b: Size): Size {
  if (typeof a === 'number' && typeof b === 'number') return Math.min(a, b);
  return extremum('min', a, b);
}

function extremum(kind: ExtremumAtom['kind'], a: Size, b: Size): Size {
  const operands = new Map<string, Size>();
  for (const size of [a, b]) {
    for (const operand of loneAtom(size, kind)?.operands ?? [size]) {
      operands.set(formatKey(operand), operand);
    }
  }
  const sorted = [...operands.values()].toSorted(compareOperands);
  if (sorted.length > mostOperands) return opaque(formatExtremum(kind, sorted));
  const kept = withoutBeaten(kind, sorted);
  const [first] = kept;
  if (first !== undefined && kept.length === 1) return first;
  return fromAtom({ kind, operands: kept, key: formatExtremum(kind, kept) });
}

/** Numbers first. */
function compareOperands(a: Size, b: Size): number {
  const byKind = Number(typeof b === 'number') - Number(typeof a === 'number');
  return byKind || compareText(formatKey(a), formatKey(b));
}

/** Without the operands than which another is certainly as good. */
function withoutBeaten(kind: ExtremumAtom['kind'], operands: readonly Size[]): Size[] {
  const kept: Size[] = [];
  for (const candidate of operands) {
    if (kept.some((other) => beats(kind, other, candidate))) continue;
    const remaining = kept.filter((other) => !beats(kind, candidate, other));
    kept.splice(0, kept.length, ...remaining, candidate);
  }
  return kept;
}

function beats(kind: ExtremumAtom['kind'], a: Size, b: Size): boolean {
  return isNonNegative(kind === 'max' ? subtract(a, b) : subtract(b, a));
}

function formatExtremum(kind: ExtremumAtom['kind'], operands: readonly Size[]): string {
  return `${kind}(${operands.map(formatKey).join(', ')})`;
}
