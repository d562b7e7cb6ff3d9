import {
  add,
  greatestCommonDivisor,
  multiply,
  negate,
  product,
  subtract,
  sum,
} from './arithmetic.ts';
import {
  type Atom,
  type Expression,
  fromTerms,
  isSigned,
  loneAtom,
  type Size,
  type Term,
  term,
  termsOf,
} from './expression.ts';

/** Between which numbers a size certainly is, both included. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** How many steps a proof may take; those that shapes need take a few. */
const mostSteps = 16;

/** Whether the size is certainly ≥ 0, where symbols are ≥ 0 and divisors are not 0. */
export function isNonNegative(a: Size): boolean {
  if (typeof a === 'number') return a >= 0;
  return new Proof().isNonNegative(a);
}

/** Whether the two are certainly equal, whatever their symbols are. */
export function sameSize(a: Size, b: Size): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  return a.key === b.key;
}

/**
 * Whether the two are certainly different, whatever their symbols are: `n` and `n + 1`, `2*n` and 7.
 * False where it depends, or nobody knows.
 */
export function differ(a: Size, b: Size): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a !== b;
  const difference = subtract(a, b);
  if (typeof difference === 'number') return difference !== 0;
  const constant = difference.terms.find(({ factors }) => factors.length === 0)?.coefficient ?? 0;
  const divisor = greatestCommonDivisor(
    difference.terms.filter(({ factors }) => factors.length > 0).map((each) => each.coefficient),
  );
  if (Number.isSafeInteger(constant) && constant % divisor !== 0) return true;
  return isNonNegative(subtract(difference, 1)) || isNonNegative(subtract(negate(difference), 1));
}

/** Looks for a reason why an expression is not negative. */
class Proof {
  #steps = 0;

  isNonNegative(a: Size): boolean {
    if (typeof a === 'number') return a >= 0;
    this.#steps += 1;
    if (this.#steps > mostSteps) return false;
    if (rangeOf(a).low >= 0) return true;
    // Not each term is, but the sum may be: h - floor(h/2). Replace what is computed by its bounds.
    for (const each of a.terms) {
      const found = computedFactor(each);
      if (found !== null) return this.#byBounds(a, each, found);
    }
    return false;
  }

  /** Shows it of a bound of `a`, with that of the atom in one term, `each`, instead of the atom. */
  #byBounds(a: Expression, each: Term, { atom, others }: Computed): boolean {
    const rest = fromTerms(a.terms.filter((other) => other !== each));
    const scale = fromTerms([others]);
    const isPositive = each.coefficient > 0;
    if (atom.kind === 'floor') {
      const { numerator, denominator } = atom;
      if (!this.isNonNegative(denominator)) return false;
      // denominator * a is at least `lowest`; a is an integer, so > -1 is enough.
      const slack = subtract(denominator, 1);
      const bound = isPositive ? subtract(numerator, slack) : numerator;
      const lowest = add(multiply(denominator, rest), multiply(scale, bound));
      return this.isNonNegative(fromOne(add(lowest, slack), denominator));
    }
    const withOperand = (operand: Size): boolean =>
      this.isNonNegative(add(rest, multiply(scale, operand)));
    // A maximum is at least any operand, and at most the one operand that it is.
    return isPositive === (atom.kind === 'max')
      ? atom.operands.some(withOperand)
      : atom.operands.every(withOperand);
  }
}

/**
 * What has to be shown of a size that has a divisor in it, which is ≥ 1: where the divisor is a
 * symbol, n, the size with n + 1 in its place. The size itself where that does not work.
 */
function fromOne(size: Size, divisor: Size): Size {
  const divisorAtom = loneAtom(divisor, 'symbol');
  if (divisorAtom === null || isSigned(divisorAtom)) return size;
  const parts: Size[] = [];
  for (const { coefficient, factors } of termsOf(size)) {
    if (factors.some(({ atom }) => atom.kind !== 'symbol')) return size;
    const count = factors.find(({ atom }) => atom.key === divisorAtom.key)?.exponent ?? 0;
    if (count > 4) return size;
    const others = factors.filter(({ atom }) => atom.key !== divisorAtom.key);
    const powers = Array.from({ length: count }, () => add(divisor, 1));
    parts.push(product([fromTerms([term(coefficient, others)]), ...powers]));
  }
  return sum(parts);
}

/** A factor that is no symbol, in a term whose other factors are not negative. */
interface Computed {
  readonly atom: Exclude<Atom, { kind: 'symbol' }>;
  /** The term without that factor. */
  readonly others: Term;
}

function computedFactor(each: Term): Computed | null {
  for (const { atom, exponent } of each.factors) {
    if (atom.kind === 'symbol' || exponent !== 1) continue;
    const others = each.factors.filter((factor) => factor.atom !== atom);
    if (rangeOfTerm(term(1, others)).low < 0) continue;
    return { atom, others: term(each.coefficient, others) };
  }
  return null;
}

/** The bounds that follow from those of the parts, each taken for itself. */
export function rangeOf(size: Size): Range {
  if (typeof size === 'number') return { low: size, high: size };
  let [low, high] = [0, 0];
  for (const each of size.terms) {
    const range = rangeOfTerm(each);
    low += range.low;
    high += range.high;
  }
  return { low, high };
}

function rangeOfTerm({ coefficient, factors }: Term): Range {
  let range: Range = { low: coefficient, high: coefficient };
  for (const { atom, exponent } of factors) {
    const one = rangeOfAtom(atom);
    // An even power of something negative would still be taken for negative, which is only less sharp.
    for (let count = 0; count < Math.min(exponent, 8); count += 1)
      range = multiplyRanges(range, one);
    if (exponent > 8) range = unboundedLike(range, one);
  }
  return range;
}

/** Powers that are too high to multiply out: only whether something is negative is kept. */
function unboundedLike(range: Range, factor: Range): Range {
  const isSure = factor.low >= 0;
  return {
    low: isSure && range.low >= 0 ? 0 : Number.NEGATIVE_INFINITY,
    high: isSure && range.high <= 0 ? 0 : Number.POSITIVE_INFINITY,
  };
}

function rangeOfAtom(atom: Atom): Range {
  if (atom.kind === 'symbol') {
    return { low: isSigned(atom) ? Number.NEGATIVE_INFINITY : 0, high: Number.POSITIVE_INFINITY };
  }
  if (atom.kind === 'floor')
    return rangeOfFloor(rangeOf(atom.numerator), rangeOf(atom.denominator));
  const ranges = atom.operands.map(rangeOf);
  const choose = atom.kind === 'max' ? Math.max : Math.min;
  return {
    low: choose(...ranges.map(({ low }) => low)),
    high: choose(...ranges.map(({ high }) => high)),
  };
}

function rangeOfFloor(numerator: Range, denominator: Range): Range {
  if (denominator.low < 0) {
    return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  }
  const least = Math.max(1, denominator.low);
  const most = Math.max(least, denominator.high);
  return {
    low: quotient(numerator.low, numerator.low < 0 ? least : most),
    high: quotient(numerator.high, numerator.high < 0 ? most : least),
  };
}

/** floor(a / b) for b ≥ 1, where both may be infinite. */
function quotient(a: number, b: number): number {
  if (b === Number.POSITIVE_INFINITY) return a < 0 ? -1 : 0;
  return Math.floor(a / b);
}

function multiplyRanges(a: Range, b: Range): Range {
  const corners = [
    times(a.low, b.low),
    times(a.low, b.high),
    times(a.high, b.low),
    times(a.high, b.high),
  ];
  return { low: Math.min(...corners), high: Math.max(...corners) };
}

/** Nothing of something unbounded is nothing. */
function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}
