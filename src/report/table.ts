import CliTable from 'cli-table3';
import { type ColumnNeed, columnWidths } from './column-widths.ts';
import {
  type Block,
  type Cell,
  cellText,
  cellTone,
  type Document,
  type KeyValues,
  type Note,
  type NoteLevel,
  type Table,
  type Tone,
} from './document.ts';
import { fitWidth, textWidth, wrapText } from './text-width.ts';
import { visibleLines, visibleText } from './visible.ts';

/** What the terminal can do; colours come from outside. */
export interface TextStyle {
  /** Returns the text with the tone's colour codes around it, or as it is. */
  readonly color: (tone: Tone, text: string) => string;
  /** Cells across; null where there is no terminal, and then nothing is cut. */
  readonly width: number | null;
}

/** Text without colours or a limit of width, as in a file or a pipe. */
export const plainStyle: TextStyle = { color: (_tone, text) => text, width: null };

const gap = '  ';

/** A cell that would take more lines than this on a terminal is cut with an ellipsis. */
const mostCellLines = 6;

/**
 * Where there is no terminal, cells are wrapped at this width all the same: every cell of a column is
 * padded to the widest, and a file may hold a name of a megabyte.
 */
const widestCell = 400;

/** The layout library costs more per row the more rows a table has, so it gets them in parts. */
const rowsAtATime = 20;

/** A document as text for a terminal: light tables, one blank line between blocks. */
export function renderText(document: Document, style: TextStyle): string {
  const title = style.color('strong', visibleText(document.title));
  const blocks = document.blocks.map((block) => ({ block, text: renderBlock(block, style) }));
  let out = title;
  let before: Block | undefined;
  for (const { block, text } of blocks) {
    if (text === '') continue;
    // Notes in a row belong together, and a heading belongs to what follows it.
    const isJoined =
      before?.kind === 'heading' || (before?.kind === 'note' && block.kind === 'note');
    out += `${isJoined ? '\n' : '\n\n'}${text}`;
    before = block;
  }
  return `${out}\n`;
}

function renderBlock(block: Block, style: TextStyle): string {
  switch (block.kind) {
    case 'heading':
      return style.color('strong', visibleText(block.text));
    case 'keyValues':
      return withTitle(block.title, renderKeyValues(block, style), style);
    case 'table':
      return withTitle(block.title, renderTable(block, style), style);
    case 'note':
      return renderNote(block, style);
    case 'text':
      return visibleLines(block.text).replace(/\n+$/, '');
  }
}

function withTitle(title: string | undefined, body: string, style: TextStyle): string {
  return title === undefined ? body : `${style.color('strong', visibleText(title))}\n${body}`;
}

const noteWords: Readonly<Record<NoteLevel, readonly [word: string, tone: Tone]>> = {
  info: ['note', 'dim'],
  success: ['ok', 'good'],
  warning: ['warning', 'warn'],
  error: ['error', 'bad'],
};

function renderNote(note: Note, style: TextStyle): string {
  const [word, tone] = noteWords[note.level];
  const indent = ' '.repeat(word.length + 2);
  const room = style.width === null ? null : Math.max(style.width - indent.length, 20);
  const text = visibleText(note.text);
  const lines = room === null ? [text] : wrapText(text, room);
  return `${style.color(tone, `${word}:`)} ${lines.join(`\n${indent}`)}`;
}

function renderKeyValues(block: KeyValues, style: TextStyle): string {
  const rows = block.entries.map(([key, value]): Cell[] => [{ text: key, tone: 'dim' }, value]);
  const columns = [{ header: '' }, { header: '' }];
  const widths = fitColumns(columns, rows, style);
  return layRows(rows, columns, widths, style).join('\n');
}

function renderTable(table: Table, style: TextStyle): string {
  const { columns, rows } = table;
  const widths = fitColumns(columns, rows, style);
  const header = columns.map((column): Cell => ({ text: column.header, tone: 'dim' }));
  const rule = widths.map((width) => '─'.repeat(width)).join(gap);
  return [
    ...layRows([header], columns, widths, style),
    style.color('dim', rule),
    ...layRows(rows, columns, widths, style),
  ].join('\n');
}

function fitColumns(
  columns: Table['columns'],
  rows: readonly (readonly Cell[])[],
  style: TextStyle,
): number[] {
  const needs = columns.map((column, i): ColumnNeed => {
    let natural = textWidth(visibleText(column.header));
    for (const row of rows) {
      natural = Math.max(natural, textWidth(visibleText(cellText(row[i] ?? ''))));
    }
    return {
      natural: Math.min(Math.max(natural, 1), widestCell),
      flexible: column.align !== 'right',
    };
  });
  const room = style.width === null ? null : style.width - gap.length * (columns.length - 1);
  return columnWidths(needs, room);
}

/** The lines of the rows; a row takes more than one where a cell is wrapped. */
function layRows(
  rows: readonly (readonly Cell[])[],
  columns: Table['columns'],
  widths: number[],
  style: TextStyle,
): string[] {
  const colAligns = columns.map((column) => column.align ?? 'left');
  const flat = rows.flatMap((row) => physicalRows(row, widths, style));
  const lines: string[] = [];
  for (let start = 0; start < flat.length; start += rowsAtATime) {
    const grid = new CliTable({
      chars: borderless,
      style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
      colWidths: widths,
      colAligns,
    });
    grid.push(...flat.slice(start, start + rowsAtATime));
    for (const line of grid.toString().split('\n')) lines.push(line.trimEnd());
  }
  return lines;
}

/** A row as rows of one line each: on cells of several lines the layout library is very slow. */
function physicalRows(row: readonly Cell[], widths: number[], style: TextStyle): string[][] {
  const cells = widths.map((width, i) => layCell(row[i] ?? '', width, style));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => cells.map((lines) => lines[line] ?? ''));
}

/** The lines of one cell, coloured but not yet padded. */
function layCell(cell: Cell, width: number, style: TextStyle): string[] {
  const text = visibleText(cellText(cell));
  const tone = cellTone(cell);
  let lines = wrapText(text, width);
  if (style.width !== null && lines.length > mostCellLines) {
    const last = lines[mostCellLines - 1] ?? '';
    lines = [...lines.slice(0, mostCellLines - 1), `${fitWidth(last, width - 1)}…`];
  }
  // Each line is coloured by itself: a colour that runs over a line's end would colour the padding.
  return lines.map((line) => (tone === undefined ? line : style.color(tone, line)));
}

const borderless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: gap,
};
