import {
  add,
  evaluate,
  isNonNegative,
  maximum,
  type Size,
  substitute,
  subtract,
  symbol,
} from '../../symbolic/index.ts';

/** Symbols in turn count as each of these, where sizes are put in order. */
const triedSizes = [1, 16, 128, 1024];

/** More than these that may each be the largest are not kept. */
const mostKept = 8;

interface Candidate {
  readonly size: Size;
  readonly tried: readonly number[];
}

/**
 * The largest of some sizes: where it depends on their symbols which it is, the `max` of those that
 * may be when none is 0. Of more than 8 such, the one that is the largest where all are large.
 */
export function largestSize(sizes: Iterable<Size>): Size {
  let number = 0;
  const symbolic = new Map<string, Size>();
  for (const size of sizes) {
    if (typeof size === 'number') number = Math.max(number, size);
    else symbolic.set(size.key, size);
  }
  if (symbolic.size === 0) return number;
  const kept = undominated([...symbolic.values(), ...(number > 0 ? [number] : [])]);
  const [first, ...others] = kept.map(({ size }) => size);
  if (first === undefined) return number;
  return kept.length > mostKept ? first : others.reduce(maximum, first);
}

/** Those that no other is as large as for sure, the one that is the largest at large sizes first. */
function undominated(sizes: readonly Size[]): Candidate[] {
  const candidates = sizes
    .map((size): Candidate => ({ size, tried: triedSizes.map((as) => valueAt(size, as)) }))
    .toSorted((a, b) => (b.tried.at(-1) ?? 0) - (a.tried.at(-1) ?? 0));
  const kept: Candidate[] = [];
  for (const candidate of candidates) {
    if (kept.length > mostKept) break;
    if (!kept.some((other) => isAsLarge(other, candidate))) kept.push(candidate);
  }
  return kept;
}

/** Whether `a` is at least `b` for all symbols of 1 or more. Trying a few first saves most proofs. */
function isAsLarge(a: Candidate, b: Candidate): boolean {
  if (a.tried.some((value, at) => value < (b.tried[at] ?? 0))) return false;
  const difference = subtract(a.size, b.size);
  return isNonNegative(substitute(difference, (name) => add(symbol(name), 1)));
}

function valueAt(size: Size, as: number): number {
  return evaluate(size, () => as) ?? 0;
}
