import { multiply, product, sum } from './arithmetic.ts';
import { floorDivide } from './divide.ts';
import { type Atom, formatKey, fromAtom, loneAtom, opaque, type Size } from './expression.ts';
import { maximum, minimum } from './extremum.ts';

/**
 * The number that a size is when its symbols have the given sizes.
 *
 * @returns Null where a symbol has none, a divisor is 0, or the number is beyond the range of doubles.
 *   Above 2^53 the result is rounded.
 */
export function evaluate(size: Size, sizeOf: (name: string) => number | undefined): number | null {
  if (typeof size === 'number') return size;
  const result = valueOf(size, sizeOf);
  return Number.isFinite(result) ? result + 0 : null;
}

/** NaN for what has no value. */
function valueOf(size: Size, sizeOf: (name: string) => number | undefined): number {
  if (typeof size === 'number') return size;
  let total = 0;
  for (const { coefficient, factors } of size.terms) {
    let value = coefficient;
    for (const { atom, exponent } of factors) value *= atomValue(atom, sizeOf) ** exponent;
    total += value;
  }
  return total;
}

function atomValue(atom: Atom, sizeOf: (name: string) => number | undefined): number {
  if (atom.kind === 'symbol') return sizeOf(atom.name) ?? Number.NaN;
  if (atom.kind === 'floor') {
    const divisor = valueOf(atom.denominator, sizeOf);
    return divisor === 0 ? Number.NaN : Math.floor(valueOf(atom.numerator, sizeOf) / divisor);
  }
  const values = atom.operands.map((operand) => valueOf(operand, sizeOf));
  return atom.kind === 'max' ? Math.max(...values) : Math.min(...values);
}

/**
 * The size with symbols replaced, all at once; those that `by` has nothing for stay. Where that makes
 * a divisor 0, an anonymous symbol without a value stands for the quotient.
 */
export function substitute(size: Size, by: (name: string) => Size | undefined): Size {
  if (typeof size === 'number') return size;
  const terms = size.terms.map(({ coefficient, factors }) => {
    const powers = factors.map(({ atom, exponent }) => power(substituteAtom(atom, by), exponent));
    return multiply(coefficient, product(powers));
  });
  return sum(terms);
}

function substituteAtom(atom: Atom, by: (name: string) => Size | undefined): Size {
  if (atom.kind === 'symbol') return by(atom.name) ?? fromAtom(atom);
  if (atom.kind === 'floor') {
    const numerator = substitute(atom.numerator, by);
    const denominator = substitute(atom.denominator, by);
    return denominator === 0
      ? opaque(`(${formatKey(numerator)})/0`)
      : floorDivide(numerator, denominator);
  }
  const operands = atom.operands.map((operand) => substitute(operand, by));
  return operands.reduce(atom.kind === 'max' ? maximum : minimum);
}

/** The size multiplied by itself, `exponent` ≥ 1 times in all. */
function power(base: Size, exponent: number): Size {
  let [result, square]: [Size, Size] = [1, base];
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = multiply(result, square);
    if (left > 1) square = multiply(square, square);
  }
  return result;
}

/** The names of all symbols in a size, anonymous ones too. */
export function symbolsOf(size: Size): ReadonlySet<string> {
  const names = new Set<string>();
  collect(size, names);
  return names;
}

function collect(size: Size, names: Set<string>): void {
  if (typeof size === 'number') return;
  for (const { factors } of size.terms) {
    for (const { atom } of factors) {
      if (atom.kind === 'symbol') names.add(atom.name);
      else if (atom.kind === 'floor') {
        collect(atom.numerator, names);
        collect(atom.denominator, names);
      } else for (const operand of atom.operands) collect(operand, names);
    }
  }
}

/** Whether the size is a single anonymous symbol: unknown, with an identity. */
export function isAnonymous(size: Size): boolean {
  return loneAtom(size, 'symbol')?.name.startsWith('?') === true;
}

/** Whether an anonymous symbol is anywhere in the size. */
export function hasAnonymous(size: Size): boolean {
  if (typeof size === 'number') return false;
  return [...symbolsOf(size)].some((name) => name.startsWith('?'));
}
