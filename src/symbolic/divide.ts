import { add, greatestCommonDivisor, multiply, negate, subtract } from './arithmetic.ts';
import { isNonNegative } from './bounds.ts';
import {
  type Atom,
  type Expression,
  type Factor,
  type FloorAtom,
  formatKey,
  fromAtom,
  fromTerms,
  loneAtom,
  type Size,
  type Term,
  term,
  termsOf,
} from './expression.ts';

/** Steps that the division of polynomials may take. */
const mostSteps = 50;

/**
 * The largest integer that is not above a / b. Symbols in b are taken for sizes that make it not 0.
 *
 * @throws RangeError if b is 0.
 */
export function floorDivide(a: Size, b: Size): Size {
  if (b === 0) throw new RangeError(`${formatKey(a)} is divided by zero`);
  if (typeof b !== 'number') return byExpression(a, b, false);
  return typeof a === 'number' ? Math.floor(a / b) + 0 : byInteger(a, b);
}

/**
 * The smallest integer that is not below a / b.
 *
 * @throws RangeError if b is 0.
 */
export function ceilDivide(a: Size, b: Size): Size {
  if (typeof b === 'number' && b > 0) return floorDivide(add(a, b - 1), b);
  return negate(floorDivide(negate(a), b));
}

/**
 * What is left of a after the division by b, rounded down: of the sign of b, as in Python.
 *
 * @throws RangeError if b is 0.
 */
export function modulo(a: Size, b: Size): Size {
  if (typeof a === 'number' && typeof b === 'number' && b !== 0) {
    const rest = a % b;
    return (rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest) + 0;
  }
  return subtract(a, multiply(b, floorDivide(a, b)));
}

/**
 * The expression that gives a when multiplied by b: 24*batch*seq and 2*seq give 12*batch. Null where
 * there is none, or b is 0; symbols in b are taken for sizes that make it not 0.
 */
export function divideExactly(a: Size, b: Size): Size | null {
  if (b === 0) return null;
  if (typeof a === 'number' && typeof b === 'number') return a % b === 0 ? a / b + 0 : null;
  const { quotient, rest } = dividePolynomials(a, b);
  return rest === 0 ? quotient : null;
}

function byInteger(a: Size, divisor: number): Size {
  if (divisor < 0) return byInteger(negate(a), -divisor);
  if (typeof a === 'number') return Math.floor(a / divisor) + 0;
  if (divisor === 1) return a;
  // Multiples of the divisor come out of the rounding: floor((2*h + 3)/2) = h + 1.
  const parts = a.terms.map(({ coefficient, factors, key }) => {
    const left = coefficient % divisor;
    const rest = factors.length === 0 && left < 0 ? left + divisor : left;
    return { factors, key, whole: (coefficient - rest) / divisor, rest };
  });
  const whole = parts.map((part) => ({ ...part, coefficient: part.whole }));
  const rest = parts.map((part) => ({ ...part, coefficient: part.rest }));
  return add(fromParts(whole), byLargerInteger(fromParts(rest), divisor));
}

function fromParts(parts: readonly Term[]): Size {
  return fromTerms(parts.map(({ coefficient, factors, key }) => ({ coefficient, factors, key })));
}

/** The same for what has no multiples of the divisor in it. */
function byLargerInteger(a: Size, divisor: number): Size {
  if (typeof a === 'number') return byInteger(a, divisor);
  const variable = a.terms.filter(({ factors }) => factors.length > 0);
  const common = greatestCommonDivisor([divisor, ...variable.map((each) => each.coefficient)]);
  if (common > 1) {
    // What is less than the common divisor does not matter: floor((4*h + 3)/6) = floor((2*h + 1)/3).
    const reduced = a.terms.map(({ coefficient, factors }) =>
      term(Math.floor(coefficient / common), factors),
    );
    return byInteger(fromTerms(reduced), divisor / common);
  }
  if ((a.terms[0]?.coefficient ?? 0) < 0) {
    return negate(byInteger(subtract(divisor - 1, a), divisor));
  }
  const nested = mergeNested(a);
  if (nested !== null && Number.isSafeInteger(nested.divisor * divisor)) {
    return byInteger(nested.numerator, nested.divisor * divisor);
  }
  return isWithin(a, divisor) ? 0 : floorOf(a, divisor);
}

/** Where one rounded quotient is inside: floor((floor(x/a) + y)/b) = floor((x + a*y)/(a*b)). */
function mergeNested(a: Expression): { numerator: Size; divisor: number } | null {
  const nested = a.terms.flatMap((each) => {
    const atom = loneAtom(fromTerms([{ ...each, coefficient: 1 }]), 'floor');
    const isOnce = Math.abs(each.coefficient) === 1;
    return atom !== null && isOnce && typeof atom.denominator === 'number' ? [{ each, atom }] : [];
  });
  const [only] = nested;
  if (only === undefined || nested.length > 1) return null;
  const { numerator, denominator } = only.atom;
  const divisor = Number(denominator);
  // Minus a quotient rounded down is a quotient rounded up.
  const inner = only.each.coefficient > 0 ? numerator : subtract(divisor - 1, numerator);
  const others = fromTerms(a.terms.filter((each) => each !== only.each));
  return { numerator: add(inner, multiply(others, divisor)), divisor };
}

function byExpression(a: Size, divisor: Expression, isFlipped: boolean): Size {
  if ((divisor.terms[0]?.coefficient ?? 0) < 0) return floorDivide(negate(a), negate(divisor));
  const [numerator, denominator] = cancelCommon(a, divisor);
  if (typeof denominator === 'number') return floorDivide(numerator, denominator);
  const { quotient, rest } = dividePolynomials(numerator, denominator);
  if (rest === 0) return quotient;
  if (quotient !== 0) return add(quotient, byExpression(rest, denominator, isFlipped));
  if (!isNonNegative(denominator)) return floorOf(numerator, denominator);
  if (isWithin(numerator, denominator)) return 0;
  const leading = termsOf(numerator)[0]?.coefficient ?? 0;
  if (leading < 0 && !isFlipped) {
    const flipped = subtract(subtract(denominator, 1), numerator);
    return negate(byExpression(flipped, denominator, true));
  }
  const nested = loneAtom(numerator, 'floor');
  if (nested !== null) {
    return floorDivide(nested.numerator, multiply(nested.denominator, denominator));
  }
  return floorOf(numerator, denominator);
}

/** Whether a is certainly at least 0 and less than the limit. */
function isWithin(a: Size, limit: Size): boolean {
  return isNonNegative(subtract(subtract(limit, 1), a)) && isNonNegative(a);
}

/** The two without the integers and atoms that divide both. */
function cancelCommon(a: Size, b: Expression): [Size, Size] {
  const all = [...termsOf(a), ...b.terms];
  if (a === 0) return [0, 1];
  const divisor = greatestCommonDivisor(all.map(({ coefficient }) => coefficient));
  const [first] = all;
  const factors = (first?.factors ?? []).flatMap(({ atom, exponent }): Factor[] => {
    const least = Math.min(exponent, ...all.map((each) => exponentIn(each, atom)));
    return least === 0 ? [] : [{ atom, exponent: least }];
  });
  const common = term(divisor, factors);
  const cancelled = (each: Term): Term => divideTerms(each, common) ?? each;
  return [fromTerms(termsOf(a).map(cancelled)), fromTerms(b.terms.map(cancelled))];
}

function exponentIn({ factors }: Term, atom: Atom): number {
  return factors.find((factor) => factor.atom.key === atom.key)?.exponent ?? 0;
}

/** The quotient of two terms, its coefficient rounded towards 0; null where b has more of an atom. */
function divideTerms(a: Term, b: Term): Term | null {
  if (b.factors.some(({ atom, exponent }) => exponentIn(a, atom) < exponent)) return null;
  const factors = a.factors.flatMap(({ atom, exponent }): Factor[] => {
    const left = exponent - exponentIn(b, atom);
    return left === 0 ? [] : [{ atom, exponent: left }];
  });
  return term(Math.trunc(a.coefficient / b.coefficient) + 0, factors);
}

/** a = quotient * b + rest, where no term of the rest can be reduced by the leading term of b. */
function dividePolynomials(a: Size, b: Size): { quotient: Size; rest: Size } {
  const [leading] = termsOf(b);
  const quotient: Term[] = [];
  let rest = a;
  if (leading === undefined) return { quotient: 0, rest };
  for (let step = 0; step < mostSteps; step += 1) {
    const next = firstQuotient(termsOf(rest), leading);
    if (next === null) return { quotient: fromTerms(quotient), rest };
    quotient.push(next);
    rest = subtract(rest, multiply(fromTerms([next]), b));
  }
  return { quotient: 0, rest: a };
}

function firstQuotient(terms: readonly Term[], divisor: Term): Term | null {
  for (const each of terms) {
    const quotient = divideTerms(each, divisor);
    if (quotient !== null && quotient.coefficient !== 0) return quotient;
  }
  return null;
}

/** The atom itself. */
function floorOf(numerator: Size, denominator: Size): Size {
  const above = formatKey(numerator);
  const below = formatKey(denominator);
  const isSum = termsOf(numerator).length > 1;
  const isOne = typeof denominator === 'number' || isLone(denominator);
  const key = `floor(${isSum ? `(${above})` : above}/${isOne ? below : `(${below})`})`;
  const atom: FloorAtom = { kind: 'floor', numerator, denominator, key };
  return fromAtom(atom);
}

function isLone(size: Expression): boolean {
  return (['symbol', 'floor', 'max', 'min'] as const).some((kind) => loneAtom(size, kind) !== null);
}
