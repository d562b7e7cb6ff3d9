/**
 * Numbers as a person reads them. The same on every machine and in every locale: a point for
 * decimals, a comma for thousands.
 */

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const countUnits = ['', ' k', ' M', ' G', ' T', ' P'] as const;

/** Up to this many, a count is printed digit by digit. */
const exactCountLimit = 10_000_000;

/** From here on, a count is printed with an exponent: no suffix is known widely. */
const scientificCount = 1e21;

/**
 * A size in binary units, to three significant digits: `512 B`, `1.5 KiB`, `97.8 MiB`. One MiB is
 * 1,048,576 bytes; file managers that count in decimal MB show 4.9% more.
 */
export function formatBytes(bytes: number | bigint): string {
  const value = Number(bytes);
  if (!Number.isFinite(value)) return formatNumber(value);
  const { text, unit } = scaled(value, 1024, byteUnits);
  return `${text} ${unit}`;
}

/**
 * A count: `1,234,567` below ten million, then `12.3 M`, `4.09 G`, to three significant digits, and
 * `1.2e22` far above. Suffixes are SI's (G is 10⁹) so that they do not read as bytes.
 */
export function formatCount(count: number | bigint): string {
  const value = Number(count);
  if (!Number.isFinite(value)) return formatNumber(value);
  if (Math.abs(value) < exactCountLimit) return formatInteger(Math.round(value));
  if (Math.abs(value) >= scientificCount) return formatNumber(value);
  const { text, unit } = scaled(value, 1000, countUnits);
  return `${text}${unit}`;
}

/** Every digit of a whole number, in groups of three: `12,345,678`. */
export function formatInteger(value: number | bigint): string {
  const text = typeof value === 'bigint' ? value.toString() : wholeDigits(value);
  return text.replace(/\B(?=(\d{3})+$)/g, ',');
}

function wholeDigits(value: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  return BigInt(Math.round(value)).toString();
}

/** The value in the largest unit that keeps it at 1 or more; a rounding up to the next unit moves on. */
function scaled<Unit extends string>(
  value: number,
  base: number,
  units: readonly [Unit, ...Unit[]],
): { text: string; unit: Unit } {
  let rest = Math.abs(value);
  let step = 0;
  while (step < units.length - 1 && Number(threeDigits(rest)) >= base) {
    rest /= base;
    step += 1;
  }
  // The largest unit has no end, and from 10²¹ on a fixed number of digits has an exponent.
  const isOpenEnded = step === 0 || rest >= fixedBelow;
  const text = isOpenEnded ? formatNumber(rest) : trimZeros(threeDigits(rest));
  return { text: value < 0 ? `-${text}` : text, unit: units[step] ?? units[0] };
}

/** Three significant digits without an exponent; all digits before the point are kept. */
function threeDigits(value: number): string {
  if (value === 0) return '0';
  const leading = Math.floor(Math.log10(Math.abs(value)));
  const text = value.toFixed(Math.min(Math.max(2 - leading, 0), 100));
  // 9.995 rounds to 10.00: one digit more before the point, so one less after it.
  const digits = text.replace(/^-?0*\.?0*/, '').replace('.', '').length;
  return digits > 3 && text.includes('.') ? Number(text).toFixed(Math.max(1 - leading, 0)) : text;
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/**
 * A length of time to three significant digits: `45.6 µs` below 0.1 ms, `12.3 ms`, and `12.3 s`
 * from ten seconds.
 *
 * @param ms Milliseconds.
 */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return formatNumber(ms);
  const size = Math.abs(ms);
  if (size === 0) return '0 ms';
  if (Number(threeDigits(size)) < 0.1) return `${threeDigits(ms * 1000)} µs`;
  if (size < 10_000) return `${threeDigits(ms)} ms`;
  return `${threeDigits(ms / 1000)} s`;
}

/**
 * A fraction as a percentage: 0.9883 is `98.8%`.
 *
 * @param fraction 1 is all of it.
 * @param decimals Digits after the point.
 */
export function formatPercent(fraction: number, decimals = 1): string {
  if (!Number.isFinite(fraction)) return formatNumber(fraction);
  return `${withoutMinusZero((fraction * 100).toFixed(decimals))}%`;
}

/** How many times as much: `0.262x`, `1.75x`, `12.3x`, to three significant digits. */
export function formatRatio(ratio: number): string {
  return Number.isFinite(ratio) ? `${threeDigits(ratio)}x` : formatNumber(ratio);
}

/** Outside these powers of ten, a number is printed with an exponent. */
const fixedFrom = 1e-4;
const fixedBelow = 1e9;

/**
 * Any number to a few significant digits, trailing zeros dropped: `0.1235`, `1234568` (digits before
 * the point are all kept), `1.5e-7`. NaN and the infinities are words.
 */
export function formatNumber(value: number, significantDigits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const [mantissa = '', exponent = '0'] = value.toExponential(significantDigits - 1).split('e');
  const rounded = Math.abs(Number(`${mantissa}e${exponent}`));
  if (rounded < fixedFrom || rounded >= fixedBelow) {
    return `${trimZeros(mantissa)}e${exponent.replace('+', '')}`;
  }
  return trimZeros(value.toFixed(Math.max(significantDigits - 1 - Number(exponent), 0)));
}

function withoutMinusZero(text: string): string {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}
