import { MlkitError } from '../errors.ts';
import { nearest } from './nearest.ts';

/**
 * Parsers of option values. Each takes the flag's name for its message and the text that the user
 * gave, and returns the value or throws MlkitError USAGE saying what is allowed.
 */

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A dimension's size can be 0: an empty past of a language model's cache is one. */
const dimensionRange: Range = { min: 0, max: 2 ** 31 - 1 };

function wrong(flag: string, text: string, isNot: string, hint?: string): MlkitError {
  const message = `${flag}: "${text}" is not ${isNot}`;
  return new MlkitError('USAGE', message, hint === undefined ? {} : { hint });
}

/** A whole number in decimal digits, bounds included. */
export function parseWholeNumber(flag: string, text: string, { min, max }: Range): number {
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  // The second test refuses NaN too, and digits beyond what a number can hold exactly.
  if (!(Number.isSafeInteger(value) && value >= min && value <= max)) {
    throw wrong(flag, text, `a whole number from ${min} to ${max}`);
  }
  return value + 0;
}

/** A finite decimal number, bounds included: `0.5`, `1e-3`, `-2`. */
export function parseNumber(flag: string, text: string, range: Partial<Range> = {}): number {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = range;
  const isDecimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  const value = isDecimal ? Number(text) : Number.NaN;
  if (!(Number.isFinite(value) && value >= min && value <= max)) {
    throw wrong(flag, text, `a number${rangeText(min, max)}`);
  }
  return value;
}

function rangeText(min: number, max: number): string {
  const hasMin = Number.isFinite(min);
  const hasMax = Number.isFinite(max);
  if (hasMin && hasMax) return ` from ${min} to ${max}`;
  if (hasMin) return ` of at least ${min}`;
  return hasMax ? ` of at most ${max}` : '';
}

/**
 * A percentage, with or without the sign.
 *
 * @returns Percent: 2 for both `2%` and `2`; never the fraction 0.02.
 */
export function parsePercent(
  flag: string,
  text: string,
  range: Range = { min: 0, max: 100 },
): number {
  try {
    return parseNumber(flag, text.replace(/%$/, ''), range);
  } catch (error) {
    if (!(error instanceof MlkitError)) throw error;
    throw wrong(flag, text, `a percentage from ${range.min}% to ${range.max}%`);
  }
}

/** As GNU tools have it: KB is 1000, KiB and the bare letter K are 1024. */
const byteUnits: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ...['k', 'm', 'g', 't'].flatMap((letter, i): [string, number][] => [
    [letter, 1024 ** (i + 1)],
    [`${letter}ib`, 1024 ** (i + 1)],
    [`${letter}b`, 1000 ** (i + 1)],
  ]),
]);

/**
 * A size in bytes: `4096`, `1KB` (1000), `1KiB` or `1K` (1024), `2GB`, `1.5MiB`.
 *
 * @returns Whole bytes, rounded down.
 */
export function parseByteSize(flag: string, text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text) ?? [];
  const scale = unit === undefined ? undefined : byteUnits.get(unit.toLowerCase());
  // Half a byte is no size; half a mebibyte is one.
  const isWhole = scale !== 1 || !digits?.includes('.');
  const bytes = scale === undefined || !isWhole ? Number.NaN : Math.floor(Number(digits) * scale);
  if (!Number.isSafeInteger(bytes)) throw wrong(flag, text, 'a size, such as 4096, 1KB or 2GiB');
  return bytes;
}

const durationUnits: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1000, m: 60_000 };

/**
 * A length of time above zero with its unit: `500ms`, `10s`, `2m`.
 *
 * @returns Milliseconds.
 */
export function parseDuration(flag: string, text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(us|ms|s|m)$/.exec(text) ?? [];
  const ms = Number(digits) * (durationUnits[unit ?? ''] ?? Number.NaN);
  if (!(ms > 0)) throw wrong(flag, text, 'a duration, such as 500ms, 10s or 2m');
  return ms;
}

/** `a,b,c` as a list without blanks around the entries; an empty entry is refused. */
export function parseList(flag: string, text: string): readonly string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  if (entries.includes('')) throw wrong(flag, text, 'a comma-separated list without empty entries');
  return entries;
}

/** What is given twice is a slip, and would be done and listed twice. */
function withoutRepeats<T extends string | number>(
  flag: string,
  entries: readonly T[],
): readonly T[] {
  const repeated = entries.find((entry, at) => entries.indexOf(entry) !== at);
  if (repeated === undefined) return entries;
  throw new MlkitError('USAGE', `${flag}: ${repeated} is given twice`);
}

/** `1,2,4` as whole numbers; none twice. */
export function parseWholeNumberList(flag: string, text: string, range: Range): readonly number[] {
  const numbers = parseList(flag, text).map((entry) => parseWholeNumber(flag, entry, range));
  return withoutRepeats(flag, numbers);
}

/** One of the given words. */
export function parseChoice<T extends string>(
  flag: string,
  text: string,
  choices: readonly T[],
): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  const close = nearest(text, choices);
  const hint = close === undefined ? undefined : `Did you mean ${close}?`;
  throw wrong(flag, text, `one of ${choices.join(', ')}`, hint);
}

/** `a,b` where each is one of the given words; none twice. */
export function parseChoiceList<T extends string>(
  flag: string,
  text: string,
  choices: readonly T[],
): readonly T[] {
  const words = parseList(flag, text).map((entry) => parseChoice(flag, entry, choices));
  return withoutRepeats(flag, words);
}

/**
 * `NAME=VALUE`, split at the last `=`: names in models may hold `=`, `:` and `/`.
 *
 * @param form What the text should look like, for the message: `NAME=N`.
 */
export function parseAssignment(
  flag: string,
  text: string,
  form: string,
): { readonly name: string; readonly value: string } {
  const at = text.lastIndexOf('=');
  if (at <= 0 || at === text.length - 1) throw wrong(flag, text, `of the form ${form}`);
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}

/** `batch=4`. */
export function parseDim(
  flag: string,
  text: string,
): { readonly name: string; readonly size: number } {
  const { name, value } = parseAssignment(flag, text, 'NAME=N');
  return { name, size: parseWholeNumber(`${flag} ${name}`, value, dimensionRange) };
}

/** `batch=4`, or `batch=dynamic` for a dimension that is to be left open. */
export function parseDimOrDynamic(
  flag: string,
  text: string,
): { readonly name: string; readonly size: number | 'dynamic' } {
  const { name, value } = parseAssignment(flag, text, 'NAME=N or NAME=dynamic');
  if (value === 'dynamic') return { name, size: value };
  return { name, size: parseWholeNumber(`${flag} ${name}`, value, dimensionRange) };
}

/** `images=1x3x224x224`; commas are taken too. */
export function parseShape(
  flag: string,
  text: string,
): { readonly input: string; readonly shape: readonly number[] } {
  const { name, value } = parseAssignment(flag, text, 'INPUT=1x3x224x224');
  const shape = value
    .split(/[x,]/)
    .map((size) => parseWholeNumber(`${flag} ${name}`, size, dimensionRange));
  return { input: name, shape };
}
