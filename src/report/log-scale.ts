/** Powers of ten are spaced so that an axis has at most about so many. */
const mostTicks = 12;

const steps = [1, 2, 3, 5, 10, 20, 50, 100] as const;

/** An axis in powers of ten. All places on it are exponents. */
export interface LogScale {
  readonly min: number;
  /** The least power of ten; `min`, if zero has no place. */
  readonly first: number;
  readonly max: number;
  /** Between ticks, of which there is one at `min`. */
  readonly step: number;
  /** The place of a value; of zero, the lower edge, where `hasZero`. */
  readonly place: (value: number) => number;
  /** `10⁻³` */
  readonly tick: (place: number) => string;
}

/** A scale on which all values lie; zeros are apart from the others, one step below them. */
export function logScale(values: readonly number[]): LogScale {
  let least = Infinity;
  let greatest = -Infinity;
  for (const value of values) {
    if (value <= 0) continue;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  const hasZero = values.some((value) => value <= 0);
  // Nothing but zeros.
  if (least > greatest) [least, greatest] = [0.1, 1];
  const low = Math.floor(exponent(least));
  const high = Math.max(Math.ceil(exponent(greatest)), low + 1);
  const step = steps.find((each) => (high - low) / each <= mostTicks) ?? 100;
  const first = Math.floor(low / step) * step;
  const min = hasZero ? first - step : first;
  return {
    min,
    first,
    max: Math.ceil(high / step) * step,
    step,
    place: (value) => (value > 0 ? exponent(value) : min),
    tick: (place) => (hasZero && place === min ? '0' : powerText(place)),
  };
}

/** log₁₀, with powers of ten on the spot: 10⁻⁶ is not a little more than itself. */
export function exponent(value: number): number {
  const found = Math.log10(value);
  const whole = Math.round(found);
  return Math.abs(found - whole) < 1e-9 ? whole : found;
}

function powerText(power: number): string {
  if (power === 0) return '1';
  if (power === 1) return '10';
  return `10${String(power).replace(/./g, (digit) => superscripts[digit] ?? digit)}`;
}

const superscripts: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};
