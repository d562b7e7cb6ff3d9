import { type Cell, cellText, type Table } from './document.ts';
import { textWidth, wrapText } from './text-width.ts';
import { visibleText } from './visible.ts';

/** What each column comes to as a part of a record. */
interface Field {
  readonly index: number;
  readonly label: string;
  /** Of label, blank and value, where that is narrow enough to stand beside others. */
  readonly width: number | null;
}

/** How pieces of text are made to look; they are cut and padded before. */
export interface RecordStyle {
  readonly label: (text: string) => string;
  readonly value: (cell: Cell, text: string) => string;
  readonly title: (cell: Cell, text: string) => string;
}

const indent = '  ';
const gap = '  ';

/**
 * Rows as records, for a terminal that is too narrow for the table: the first cell is a line, and the
 * others follow it with their headers, as many on a line as fit, below each other in all records.
 * Values are whole; those that take a line and more are wrapped. Empty cells are left out.
 *
 * @param width Cells across.
 * @param mostLines A value that would take more lines is cut with an ellipsis.
 */
export function layRecords(
  { columns, rows }: Pick<Table, 'columns' | 'rows'>,
  width: number,
  mostLines: number,
  style: RecordStyle,
): string[] {
  const room = Math.max(width - indent.length, 1);
  const fields = fieldsOf({ columns, rows }, room);
  return rows.flatMap((row) => {
    const [first = ''] = row;
    const titles = cutLines(wrapText(textOf(first), Math.max(width, 1)), mostLines);
    return [
      ...titles.map((line) => style.title(first, line)),
      ...fieldLines(row, fields, room, mostLines, style).map((line) => `${indent}${line}`),
    ];
  });
}

function fieldsOf({ columns, rows }: Pick<Table, 'columns' | 'rows'>, room: number): Field[] {
  const fields = columns.slice(1).map(({ header }, position): Field => {
    const index = position + 1;
    const label = visibleText(header);
    const widest = rows.reduce((most, row) => Math.max(most, textWidth(textOf(row[index]))), 0);
    const needed = textWidth(label) + 1 + widest;
    return { index, label, width: needed <= room / 2 ? needed : null };
  });
  const isList = fields.filter(({ width }) => width !== null).length < 2;
  // One short one between long ones would stand out of line.
  const placed = isList ? fields.map((field): Field => ({ ...field, width: null })) : fields;
  const labels = placed.filter(({ width }) => width === null).map(({ label }) => textWidth(label));
  const labelWidth = Math.min(Math.max(...labels, 0), Math.floor(room / 3));
  return placed.map((field) => {
    const missing = field.width === null ? labelWidth - textWidth(field.label) : 0;
    return { ...field, label: field.label + ' '.repeat(Math.max(missing, 0)) };
  });
}

function fieldLines(
  row: readonly Cell[],
  fields: readonly Field[],
  room: number,
  mostLines: number,
  style: RecordStyle,
): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  const finish = (): void => {
    if (line !== '') lines.push(line.trimEnd());
    line = '';
    used = 0;
  };
  for (const field of fields) {
    const cell = row[field.index] ?? '';
    const text = textOf(cell);
    // The place of an empty value stays empty, so that the next ones stand below each other.
    if (field.width !== null) {
      if (used > 0 && used + field.width > room) finish();
      line += shortField(field, field.width, cell, text, style);
      used += field.width + gap.length;
      continue;
    }
    if (text === '') continue;
    finish();
    lines.push(...longField(field, cell, text, room, mostLines, style));
  }
  finish();
  return lines.filter((each) => each.trim() !== '');
}

function shortField(
  { label }: Field,
  width: number,
  cell: Cell,
  text: string,
  style: RecordStyle,
): string {
  if (text === '') return ' '.repeat(width + gap.length);
  const padding = Math.max(width - textWidth(label) - 1 - textWidth(text), 0);
  const start = label === '' ? '' : `${style.label(label)} `;
  return `${start}${style.value(cell, text)}${' '.repeat(padding)}${gap}`;
}

function longField(
  { label }: Field,
  cell: Cell,
  text: string,
  room: number,
  mostLines: number,
  style: RecordStyle,
): string[] {
  const offset = label === '' ? 0 : textWidth(label) + gap.length;
  // A header that leaves no room for its value stands above it.
  const isAbove = offset > room / 2;
  const value = cutLines(wrapText(text, isAbove ? room : room - offset), mostLines);
  const shown = value.map((line) => style.value(cell, line));
  if (isAbove) return [...wrapText(label, room).map(style.label), ...shown];
  return shown.map((line, at) =>
    at > 0 || label === '' ? `${' '.repeat(offset)}${line}` : `${style.label(label)}${gap}${line}`,
  );
}

/** The first lines, the last of them with an ellipsis where there are more. */
export function cutLines(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  const last = (lines[most - 1] ?? '').replace(/.$/u, '');
  return [...lines.slice(0, most - 1), `${last}…`];
}

function textOf(cell: Cell = ''): string {
  return visibleText(cellText(cell));
}
