import type { ChartBlock } from './chart.ts';

/**
 * What a report looks like before a format is chosen: a title and a list of blocks. A feature's
 * `present.ts` makes one from its report; the renderers turn it into a terminal's text, Markdown and
 * so on. Text is plain here: no colour codes, no Markdown, no padding.
 */

/** What a piece of text means; each renderer shows it in its own way, or not at all. */
export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'strong';

export interface TonedText {
  readonly text: string;
  readonly tone?: Tone;
}

/** One cell. A number is printed as it is (`String`), so format it with `units.ts` first. */
export type Cell = string | number | TonedText;

export interface Heading {
  readonly kind: 'heading';
  readonly text: string;
}

/** A list of names and values, in two aligned columns. */
export interface KeyValues {
  readonly kind: 'keyValues';
  readonly title?: string;
  readonly entries: readonly (readonly [string, Cell])[];
}

export interface Column {
  readonly header: string;
  /** Numbers read best `right`; default `left`. */
  readonly align?: 'left' | 'right';
}

export interface Table {
  readonly kind: 'table';
  readonly title?: string;
  /**
   * What it is called in a page, where every part needs a heading; of a table without a title. In a
   * terminal it stands below what it belongs to, and one line more would say nothing.
   */
  readonly pageTitle?: string;
  readonly columns: readonly Column[];
  /** Each row has one cell per column; missing cells are empty. */
  readonly rows: readonly (readonly Cell[])[];
}

export type NoteLevel = 'info' | 'warning' | 'error' | 'success';

/** One sentence that must not be missed. */
export interface Note {
  readonly kind: 'note';
  readonly level: NoteLevel;
  readonly text: string;
  /** Whether it is to be pasted, and so is not broken into lines. */
  readonly isPasted?: boolean;
}

/** Text that is shown verbatim, lines and spaces kept: a graph in textual syntax, a log. */
export interface TextBlock {
  readonly kind: 'text';
  readonly text: string;
}

export type Block = Heading | KeyValues | Table | Note | TextBlock | ChartBlock;

export interface Document {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export function document(title: string, blocks: readonly Block[]): Document {
  return { title, blocks };
}

export function heading(text: string): Heading {
  return { kind: 'heading', text };
}

export function keyValues(
  entries: readonly (readonly [string, Cell])[],
  title?: string,
): KeyValues {
  return title === undefined
    ? { kind: 'keyValues', entries }
    : { kind: 'keyValues', title, entries };
}

/**
 * @param columns A string is short for a left-aligned column with that header.
 */
export function table(
  columns: readonly (Column | string)[],
  rows: readonly (readonly Cell[])[],
  title?: string,
): Table {
  const full = columns.map((column) => (typeof column === 'string' ? { header: column } : column));
  return title === undefined
    ? { kind: 'table', columns: full, rows }
    : { kind: 'table', title, columns: full, rows };
}

/** The table with a name for formats in which every part has a heading. */
export function pageTitled(block: Table, pageTitle: string): Table {
  return { ...block, pageTitle };
}

export function note(level: NoteLevel, text: string): Note {
  return { kind: 'note', level, text };
}

/** Something to paste: a command, or flags of one. */
export function pasteNote(text: string): Note {
  return { kind: 'note', level: 'info', text, isPasted: true };
}

export function textBlock(text: string): TextBlock {
  return { kind: 'text', text };
}

/** A cell with a meaning: `toned('FAIL', 'bad')`. */
export function toned(text: string, tone: Tone): TonedText {
  return { text, tone };
}

/** The text of a cell, without its tone. */
export function cellText(cell: Cell): string {
  if (typeof cell === 'object') return cell.text;
  return String(cell);
}

/** The tone of a cell, if it has one. */
export function cellTone(cell: Cell): Tone | undefined {
  return typeof cell === 'object' ? cell.tone : undefined;
}
