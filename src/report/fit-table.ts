import { type ColumnNeed, columnWidths } from './column-widths.ts';
import { type Cell, cellText, type Table } from './document.ts';
import { textWidth } from './text-width.ts';
import { visibleText } from './visible.ts';

export interface FittedTable extends Pick<Table, 'columns' | 'rows'> {
  readonly widths: number[];
  /** Numbers are broken over lines, names into small pieces, or rows take many lines. */
  readonly isCramped: boolean;
}

/** Blanks between columns. */
const gapWidth = 2;

/**
 * Where there is no terminal, cells are wrapped at this width all the same: every cell of a column is
 * padded to the widest, and a file may hold a name of a megabyte.
 */
const widestCell = 400;

/** A column that is narrower than this, and than what is in it, is hard to read. */
const readableWidth = 14;

/** So are rows that take more lines than this on average. */
const readableLines = 3;

/**
 * The widths of a table's columns. If there is no room for all, columns that are empty from top to
 * bottom are left out first.
 *
 * @param width Cells across; null is no limit.
 */
export function fitTable(
  table: Pick<Table, 'columns' | 'rows'>,
  width: number | null,
): FittedTable {
  const needs = columnNeeds(table);
  if (width === null || totalWidth(needs) <= width || table.rows.length === 0) {
    return { ...table, widths: columnWidths(needs, roomFor(needs, width)), isCramped: false };
  }
  const kept = table.columns.map((_, i) => table.rows.some((row) => textOf(row[i]) !== ''));
  const columns = table.columns.filter((_, i) => kept[i]);
  const rows = kept.includes(false)
    ? table.rows.map((row) => row.filter((_, i) => kept[i]))
    : table.rows;
  const keptNeeds = needs.filter((_, i) => kept[i]);
  const widths = columnWidths(keptNeeds, roomFor(keptNeeds, width));
  return { columns, rows, widths, isCramped: isCramped(keptNeeds, rows, widths) };
}

/** The widths of the two columns of a list, none of which may be left out. */
export function keyValueWidths(
  table: Pick<Table, 'columns' | 'rows'>,
  width: number | null,
): number[] {
  const needs = columnNeeds(table);
  return columnWidths(needs, roomFor(needs, width));
}

function columnNeeds({ columns, rows }: Pick<Table, 'columns' | 'rows'>): ColumnNeed[] {
  return columns.map((column, i): ColumnNeed => {
    let natural = textWidth(visibleText(column.header));
    for (const row of rows) natural = Math.max(natural, textWidth(textOf(row[i])));
    return {
      natural: Math.min(Math.max(natural, 1), widestCell),
      flexible: column.align !== 'right',
    };
  });
}

function totalWidth(needs: readonly ColumnNeed[]): number {
  return needs.reduce((sum, { natural }) => sum + natural + gapWidth, -gapWidth);
}

function roomFor(needs: readonly ColumnNeed[], width: number | null): number | null {
  return width === null ? null : width - gapWidth * (needs.length - 1);
}

function isCramped(
  needs: readonly ColumnNeed[],
  rows: readonly (readonly Cell[])[],
  widths: readonly number[],
): boolean {
  const isBroken = needs.some(({ natural, flexible }, i) => {
    const width = widths[i] ?? 0;
    return width < natural && (!flexible || width < readableWidth);
  });
  if (isBroken) return true;
  const lines = rows.reduce((sum, row) => {
    const heights = widths.map((width, i) => Math.ceil(textWidth(textOf(row[i])) / width));
    return sum + Math.max(...heights, 1);
  }, 0);
  return lines > rows.length * readableLines;
}

function textOf(cell: Cell = ''): string {
  return visibleText(cellText(cell));
}
