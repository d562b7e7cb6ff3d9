import {
  compareAtoms,
  compareText,
  type Factor,
  formatKey,
  fromTerms,
  opaque,
  type Size,
  type Term,
  term,
  termsOf,
} from './expression.ts';

/** Products of more terms than this are not worked out: few of them would fit the limit on terms. */
const mostProducts = 1000;

/** a + b. */
export function add(a: Size, b: Size): Size {
  if (typeof a === 'number' && typeof b === 'number') return finite(a + b, a, '+', b);
  if (a === 0) return b;
  if (b === 0) return a;
  return fromTerms([...termsOf(a), ...termsOf(b)]);
}

/** a - b, which may be negative. */
export function subtract(a: Size, b: Size): Size {
  return add(a, negate(b));
}

/** -a. */
export function negate(a: Size): Size {
  return typeof a === 'number' ? 0 - a : multiply(a, -1);
}

/** a * b, multiplied out. */
export function multiply(a: Size, b: Size): Size {
  // Adding 0 makes a 0 of -0.
  if (typeof a === 'number' && typeof b === 'number') return finite(a * b + 0, a, '*', b);
  if (a === 1) return b;
  if (b === 1) return a;
  const [left, right] = [termsOf(a), termsOf(b)];
  if (left.length * right.length > mostProducts) return tooLarge(a, '*', b);
  return fromTerms(left.flatMap((one) => right.map((other) => multiplyTerms(one, other))));
}

/** The sum of all; 0 for none. */
export function sum(list: Iterable<Size>): Size {
  // All at once, so that a sum of many is not put into order for each of them.
  let total = 0;
  const terms: Term[] = [];
  for (const size of list) {
    if (typeof size === 'number') total += size;
    else terms.push(...size.terms);
  }
  if (terms.length === 0 && Number.isFinite(total)) return total;
  return fromTerms([...terms, term(total, [])]);
}

/** The product of all; 1 for none. */
export function product(list: Iterable<Size>): Size {
  let total: Size = 1;
  for (const size of list) total = multiply(total, size);
  return total;
}

/** The product of two terms. */
export function multiplyTerms(a: Term, b: Term): Term {
  const coefficient = a.coefficient * b.coefficient;
  if (a.factors.length === 0) return { ...b, coefficient };
  if (b.factors.length === 0) return { ...a, coefficient };
  const factors = new Map<string, Factor>();
  for (const { atom, exponent } of [...a.factors, ...b.factors]) {
    const before = factors.get(atom.key)?.exponent ?? 0;
    factors.set(atom.key, { atom, exponent: before + exponent });
  }
  const ordered = [...factors.values()].toSorted((x, y) => compareAtoms(x.atom, y.atom));
  return term(coefficient, ordered);
}

/** The greatest common divisor of integers; 1 where one is beyond what doubles hold exactly. */
export function greatestCommonDivisor(values: Iterable<number>): number {
  let result = 0;
  for (const value of values) {
    if (!Number.isSafeInteger(value)) return 1;
    let [a, b] = [result, Math.abs(value)];
    while (b !== 0) [a, b] = [b, a % b];
    result = a;
  }
  return result;
}

function finite(result: number, a: Size, operator: string, b: Size): Size {
  return Number.isFinite(result) ? result : tooLarge(a, operator, b);
}

/** Stands for the result of an operation whose order of operands does not matter. */
function tooLarge(a: Size, operator: string, b: Size): Size {
  const [first, second] = [formatKey(a), formatKey(b)].toSorted(compareText);
  return opaque(`(${first})${operator}(${second})`);
}
