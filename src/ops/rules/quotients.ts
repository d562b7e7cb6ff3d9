import type { Value } from '../../graph/index.ts';
import { ceilDivide, floorDivide, multiply, type Size } from '../../symbolic/index.ts';
import type { Call } from '../rule.ts';
import type { Element, Elements } from '../types.ts';

/**
 * Sizes divided in floating point, on the way to being rounded: exporters write the half of a size
 * as Cast, Mul by 0.5, Floor, Cast. The element between is no whole number, so that it has no place
 * among the elements.
 */
interface Quotients {
  readonly dims: readonly number[];
  readonly values: readonly { readonly numerator: Element; readonly denominator: number }[];
}

/**
 * Of outputs of Div and Mul. These rules write anew whenever they are asked, and always before the
 * rules that read.
 */
const quotients = new WeakMap<Value, Quotients>();

/** Factors are taken for fractions of powers of two up to this one. */
const largestDenominator = 1024;

/** Notes what Div or Mul of known sizes by one number is, where it may be no whole number. */
export function rememberQuotient(call: Call): void {
  const [output] = call.node.outputs;
  if (!output) return;
  quotients.delete(output);
  const type = call.elementType(0);
  if (type !== 'float32' && type !== 'float64') return;
  const isDivision = call.node.opType === 'Div';
  let [size, by] = [call.elements(0), call.elements(1)];
  // A product may name the factor first.
  if (!isDivision && typeof size?.values[0] === 'number') [size, by] = [by, size];
  if (size === null || by === null || countsDiffer(size, by)) return;
  const values = size.values.map((element, at) => {
    const factor = by.values[by.values.length === 1 ? 0 : at];
    return fraction(element, factor ?? null, isDivision);
  });
  quotients.set(output, { dims: size.dims, values });
}

/** Only what keeps the shape of the first is looked at. */
function countsDiffer(a: Elements, b: Elements): boolean {
  const isOne = b.values.length === 1 && b.dims.length <= a.dims.length;
  const isSame = a.dims.length === b.dims.length && a.dims.every((dim, at) => dim === b.dims[at]);
  return !isOne && !isSame;
}

function fraction(
  element: Element,
  factor: Element,
  isDivision: boolean,
): Quotients['values'][number] {
  const unknown = { numerator: null, denominator: 1 };
  if (element === null || typeof factor !== 'number') return unknown;
  if (typeof element === 'number' || !(factor > 0)) return unknown;
  if (isDivision) {
    return Number.isSafeInteger(factor) ? { numerator: element, denominator: factor } : unknown;
  }
  for (let denominator = 1; denominator <= largestDenominator; denominator *= 2) {
    const times = factor * denominator;
    if (Number.isSafeInteger(times)) return { numerator: multiply(element, times), denominator };
  }
  return unknown;
}

/** A way to round: of a number, and of a quotient. */
export interface Rounding {
  readonly number: (value: number) => number;
  readonly quotient: (numerator: Size, denominator: number) => Size;
}

export const downward: Rounding = { number: Math.floor, quotient: floorDivide };
export const upward: Rounding = { number: Math.ceil, quotient: ceilDivide };
/** As conversions to integers do; sizes are not negative. */
export const towardZero: Rounding = { number: Math.trunc, quotient: floorDivide };

/** Sets the elements of the first output to what the input is, where it is a quotient, rounded. */
export function setRoundedQuotient(call: Call, rounding: Rounding): void {
  const [input] = call.node.inputs;
  const known = input && quotients.get(input);
  if (!known || known.values.every(({ numerator }) => numerator === null)) return;
  const plain = call.elements(0)?.values ?? [];
  const values = known.values.map(({ numerator, denominator }, at) => {
    if (numerator !== null) return rounding.quotient(numerator, denominator);
    const element = plain[at] ?? null;
    return typeof element === 'number' ? rounding.number(element) : element;
  });
  call.setElements(0, known.dims, values);
}
