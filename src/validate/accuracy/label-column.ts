import { MlkitError } from '../../errors.ts';
import { readWholeFile } from '../../feeds/index.ts';

/** Names that a column of labels usually bears; one of them in the first line only is a header. */
const usualHeaders = new Set(['label', 'labels', 'class', 'classes', 'target', 'targets', 'y']);

const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A text file with one label a line. */
export interface LabelColumn {
  readonly texts: readonly string[];
  /** Whether all of them are decimal numbers. */
  readonly areNumbers: boolean;
  /** The line of the first label, counted from 1: 2 where there is a header. */
  readonly firstLine: number;
}

/**
 * Reads a `.csv` or `.txt` file of one column. A first line that is no number where all others are is
 * a header, and so is one that says `label` or the like and comes up nowhere else.
 *
 * @throws MlkitError INPUT_DATA when it is empty, has several columns or an empty line between
 *   labels, and whatever reading the file runs into.
 */
export function readLabelColumn(file: string): LabelColumn {
  const bytes = readWholeFile(file, 'cannot read the labels');
  const lines = decode(bytes, file).split(/\r\n|\n|\r/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  const isCsv = file.toLowerCase().endsWith('.csv');
  const texts = lines.map((line, at) => labelOf(line, { file, line: at + 1, isCsv }));
  const [first = '', ...others] = texts;
  const othersAreNumbers = others.length > 0 && others.every((text) => isNumber.test(text));
  const isHeader = othersAreNumbers
    ? !isNumber.test(first)
    : others.length > 0 && usualHeaders.has(first.toLowerCase()) && !others.includes(first);
  const labels = isHeader ? others : texts;
  if (labels.length === 0) throw new MlkitError('INPUT_DATA', `there are no labels in ${file}`);
  return {
    texts: labels,
    areNumbers: labels.every((text) => isNumber.test(text)),
    firstLine: isHeader ? 2 : 1,
  };
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new MlkitError('INPUT_DATA', `the labels ${file} are no text in UTF-8`, {
      hint: 'Save them as UTF-8, one label a line, or as a .npy array.',
      cause,
    });
  }
}

function labelOf(
  text: string,
  { file, line, isCsv }: { file: string; line: number; isCsv: boolean },
): string {
  const trimmed = text.trim();
  const refuse = (what: string): MlkitError =>
    new MlkitError('INPUT_DATA', `line ${line} of ${file} ${what}`, {
      hint: 'One label a line is needed, and no other column.',
    });
  if (trimmed === '') throw refuse('is empty');
  const [, quoted] = /^"((?:[^"]|"")*)"$/.exec(trimmed) ?? [];
  if (isCsv && quoted !== undefined) return quoted.replaceAll('""', '"');
  const separator = isCsv ? /[,;\t]/ : /\t/;
  if (separator.test(trimmed)) throw refuse(`has several columns: ${trimmed.slice(0, 60)}`);
  return trimmed;
}
