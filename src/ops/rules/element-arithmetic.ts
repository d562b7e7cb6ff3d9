import {
  add,
  differ,
  divideExactly,
  floorDivide,
  isNonNegative,
  maximum,
  minimum,
  modulo,
  multiply,
  negate,
  type Size,
  sameSize,
  subtract,
} from '../../symbolic/index.ts';
import { type DataType, dataTypes } from '../../tensor/index.ts';
import type { Element } from '../types.ts';

/**
 * Arithmetic on known elements as the operators define it. A result that the type cannot hold
 * exactly as reckoned here (an overflow, a rounding of a 16-bit float) is not known.
 */
export type Arithmetic = (a: Size, b: Size, type: DataType) => Element;

/** How far consecutive integers are exact in the narrow floats. */
const exactUpTo: Partial<Record<DataType, number>> = { float16: 2 ** 11, bfloat16: 2 ** 8 };

/** A number as an element of a type: rounded as float32 is, null where it does not fit. */
export function elementOf(value: number, type: DataType): Element {
  const info = dataTypes[type];
  if (info.kind === 'float') {
    if (type === 'float64') return value;
    if (type === 'float32') return Math.fround(value);
    const limit = exactUpTo[type] ?? 0;
    return Number.isInteger(value) && Math.abs(value) <= limit ? value : null;
  }
  if (info.kind === 'bool') return value === 0 ? 0 : 1;
  if (info.kind !== 'int' && info.kind !== 'uint') return null;
  const fits =
    Number.isSafeInteger(value) && value >= Number(info.min) && value <= Number(info.max);
  // Of the zeros only the positive one is an integer.
  return fits ? value + 0 : null;
}

/** Whether elements of a type are integers. */
export function isInteger(type: DataType): boolean {
  const { kind } = dataTypes[type];
  return kind === 'int' || kind === 'uint';
}

/** Applies one function to plain numbers and another to what has a symbolic size in it. */
function arithmetic(
  numbers: (a: number, b: number) => number | null,
  sizes: (a: Size, b: Size) => Element,
): Arithmetic {
  return (a, b, type) => {
    if (typeof a === 'number' && typeof b === 'number') {
      const result = numbers(a, b);
      return result === null ? null : elementOf(result, type);
    }
    // A fraction cannot be reckoned with symbols.
    return isWhole(a) && isWhole(b) ? sizes(a, b) : null;
  };
}

function isWhole(size: Size): boolean {
  return typeof size !== 'number' || Number.isSafeInteger(size);
}

export const addElements: Arithmetic = arithmetic((a, b) => a + b, add);
export const subtractElements: Arithmetic = arithmetic((a, b) => a - b, subtract);
export const multiplyElements: Arithmetic = arithmetic((a, b) => a * b, multiply);

/** Integers are divided toward zero; of symbolic sizes, only what is exact or whole is known. */
export const divideElements: Arithmetic = (a, b, type) => {
  if (typeof a === 'number' && typeof b === 'number') {
    if (!isInteger(type)) return elementOf(a / b, type);
    return b === 0 ? null : elementOf(Math.trunc(a / b), type);
  }
  if (!isWhole(a) || !isWhole(b) || b === 0) return null;
  const exact = divideExactly(a, b);
  if (exact !== null) return exact;
  if (!isInteger(type) || !isNonNegative(b)) return null;
  // What may be negative only for sizes that are too small for the model is rounded downward too.
  return isNonNegative(negate(a)) ? negate(floorDivide(negate(a), b)) : floorDivide(a, b);
};

/** The remainder of Mod: of the divisor's sign, or, with `fmod`, of the dividend's. */
export function remainder(isFmod: boolean): Arithmetic {
  return (a, b, type) => {
    if (typeof a === 'number' && typeof b === 'number') {
      if (b === 0) return null;
      return elementOf(isFmod ? a % b : a - b * Math.floor(a / b), type);
    }
    if (!isInteger(type) || !isWhole(a) || !isWhole(b) || b === 0) return null;
    const isSameSign = isNonNegative(a) && isNonNegative(b);
    return isSameSign || !isFmod ? modulo(a, b) : null;
  };
}

export const smallerElement: Arithmetic = arithmetic(Math.min, (a, b) => {
  // The clamped "to the end" is above every size.
  if (a === Number.MAX_SAFE_INTEGER) return b;
  return b === Number.MAX_SAFE_INTEGER ? a : minimum(a, b);
});

export const largerElement: Arithmetic = arithmetic(Math.max, (a, b) => {
  if (a === Number.MIN_SAFE_INTEGER) return b;
  return b === Number.MIN_SAFE_INTEGER ? a : maximum(a, b);
});

/** Powers of integers, and square roots, which are exact in floating point. */
export const powerOfElements: Arithmetic = arithmetic(
  (a, b) => {
    if (b === 0.5) return Math.sqrt(a);
    return Number.isInteger(a) && Number.isInteger(b) && Number.isSafeInteger(a ** b)
      ? a ** b
      : null;
  },
  (a, b) => {
    if (b === 1) return a;
    return b === 2 ? multiply(a, a) : null;
  },
);

/** What a comparison says: 0 or 1 where it is certain. */
export type Comparison = (a: Size, b: Size) => Element;

export const isEqual: Comparison = (a, b) => {
  if (typeof a === 'number' && typeof b === 'number') return a === b ? 1 : 0;
  if (!isWhole(a) || !isWhole(b)) return null;
  if (sameSize(a, b)) return 1;
  return differ(a, b) ? 0 : null;
};

export const isLess: Comparison = (a, b) => {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? 1 : 0;
  if (!isWhole(a) || !isWhole(b)) return null;
  if (isNonNegative(subtract(a, b))) return 0;
  return isNonNegative(subtract(subtract(b, a), 1)) ? 1 : null;
};

export const isGreater: Comparison = (a, b) => isLess(b, a);
export const isLessOrEqual: Comparison = (a, b) => orEqual(isLess(b, a), a, b);
export const isGreaterOrEqual: Comparison = (a, b) => orEqual(isLess(a, b), a, b);

/** The contrary of a comparison, except of what compares with nothing. */
function orEqual(contrary: Element, a: Size, b: Size): Element {
  if (Number.isNaN(a) || Number.isNaN(b)) return 0;
  return typeof contrary === 'number' ? 1 - contrary : null;
}

/** To the nearest integer, halves to the even one. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
