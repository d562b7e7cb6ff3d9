import { visibleLines, visibleText } from '../report/index.ts';
import { type DataType, dataTypes } from '../tensor/index.ts';

/*
 * Words of the ONNX textual syntax. It has no escapes but `\"` and `\\`, so what must not reach a
 * terminal (control characters) cannot be written faithfully: it is made visible instead.
 *
 * Source: https://onnx.ai/onnx/repo-docs/Syntax.html
 */

/** The syntax's word for an element type. */
export function elementTypeToken(dtype: DataType): string {
  if (dtype === 'float32') return 'float';
  return dtype === 'float64' ? 'double' : dtype;
}

/** Words that start a type where a name could stand, so that such a name needs quotes. */
const typeWords: ReadonlySet<string> = new Set([
  ...Object.values(dataTypes).map(({ name }) => elementTypeToken(name)),
  'seq',
  'map',
  'optional',
  'sparse_tensor',
  'opaque',
]);

/** Words that are read as numbers where a value of an attribute could stand. */
const numberWords = /^(?:inf|infinity|nan)$/i;

/** Whether the syntax takes `text` for an identifier. */
export function isIdentifier(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}

/** Whether `text` is a name even where a type or a number may stand. */
export function isPlainName(text: string): boolean {
  return isIdentifier(text) && !typeWords.has(text) && !numberWords.test(text);
}

/** A name, in quotes where it needs them. */
export function nameToken(name: string): string {
  return isPlainName(name) ? name : quotedToken(name);
}

/** A name in quotes, on one line. */
export function quotedToken(name: string): string {
  return `"${visibleText(escapeQuotes(name))}"`;
}

/** Text in quotes. Lines stay lines; other control characters become visible. */
export function stringToken(text: string): string {
  return `"${visibleLines(escapeQuotes(text))}"`;
}

/** Whether {@link stringToken} cannot write the text as it is. */
export function losesCharacters(text: string): boolean {
  return visibleLines(text) !== text;
}

/** A short decimal that reads back as the same float32. */
export function float32Token(value: number): string {
  if (!Number.isFinite(value) || value === 0) return float64Token(value);
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

/** The shortest decimal that reads back as the same float64. */
export function float64Token(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** One line for a comment, cut where it gets long. */
export function commentText(text: string): string {
  const line = visibleText(text.slice(0, 100));
  return text.length > 100 ? `${line}…` : line;
}

/** `key: value` pairs as one line for a comment; empty text for none. */
export function metadataText(metadata: readonly (readonly [string, string])[]): string {
  return commentText(metadata.map(([key, value]) => `${key}: ${value}`).join(', '));
}

function escapeQuotes(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}
