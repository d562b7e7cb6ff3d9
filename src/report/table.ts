import CliTable from 'cli-table3';
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
import { fitTable, keyValueWidths } from './fit-table.ts';
import { cutLines, layRecords } from './records.ts';
import { wrapText } from './text-width.ts';
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
    // Its numbers are in the tables.
    case 'chart':
      return '';
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
  const room =
    style.width === null || note.isPasted === true
      ? null
      : Math.max(style.width - indent.length, 20);
  const text = visibleText(note.text);
  const lines = room === null ? [text] : wrapText(text, room);
  return `${style.color(tone, `${word}:`)} ${lines.join(`\n${indent}`)}`;
}

function renderKeyValues(block: KeyValues, style: TextStyle): string {
  const rows = block.entries.map(([key, value]): Cell[] => [{ text: key, tone: 'dim' }, value]);
  const columns = [{ header: '' }, { header: '' }];
  const widths = keyValueWidths({ columns, rows }, style.width);
  return layRows(rows, columns, widths, style).join('\n');
}

function renderTable(table: Table, style: TextStyle): string {
  const { columns, rows, widths, isCramped } = fitTable(table, style.width);
  if (isCramped && style.width !== null && columns.length > 2) {
    return layRecords({ columns, rows }, style.width, mostCellLines, {
      label: (text) => style.color('dim', text),
      value: (cell, text) => inTone(cell, text, style),
      title: (cell, text) => style.color(cellTone(cell) ?? 'strong', text),
    }).join('\n');
  }
  const header = columns.map((column): Cell => ({ text: column.header, tone: 'dim' }));
  const rule = widths.map((width) => '─'.repeat(width)).join(gap);
  return [
    ...layRows([header], columns, widths, style),
    style.color('dim', rule),
    ...layRows(rows, columns, widths, style),
  ].join('\n');
}

function inTone(cell: Cell, text: string, style: TextStyle): string {
  const tone = cellTone(cell);
  return tone === undefined ? text : style.color(tone, text);
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
  const wrapped = wrapText(visibleText(cellText(cell)), width);
  const lines = style.width === null ? wrapped : cutLines(wrapped, mostCellLines);
  // Each line is coloured by itself: a colour that runs over a line's end would colour the padding.
  return lines.map((line) => inTone(cell, line, style));
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
