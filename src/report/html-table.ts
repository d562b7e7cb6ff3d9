import { type Cell, type Column, cellText, cellTone, type Table } from './document.ts';
import { escapeHtml } from './html-escape.ts';
import { isBlank, sortValue } from './sort-value.ts';

/** Beyond this many rows, a table has a box to filter it, and a height of its own. */
const longTable = 15;

/** Text beyond this many characters may be broken over lines. */
const longText = 28;

/** Words such as `pass` are shown as a mark, sentences are not. */
const badge = /^[\p{L}-]{1,14}$/u;

interface ColumnFacts {
  readonly header: string;
  readonly classes: readonly string[];
  /** Whether every cell with a value is a number. */
  readonly isNumeric: boolean;
  /** Whether they are shares of a whole, which are drawn too. */
  readonly isShare: boolean;
}

/**
 * A table that a reader can sort and filter where scripts run, and read where they do not. What its
 * numbers are sorted by is worked out here, from their texts.
 *
 * @param label What it is called by those who cannot see it.
 */
export function tableHtml({ columns, rows }: Table, label: string): string {
  const facts = columns.map((column, index) => factsOf(column, index, rows));
  const isLong = rows.length > longTable;
  const head = facts.map(
    ({ header, classes, isNumeric }) =>
      `<th scope="col"${classAttribute(classes)}${isNumeric ? ' data-numeric' : ''}>${escapeHtml(header)}</th>`,
  );
  const body = rows.map((row) => rowHtml(row, facts));
  return [
    `<div class="table${isLong ? ' long' : ''}" role="region" aria-label="${escapeHtml(label)}" tabindex="0">`,
    `<table data-sortable${isLong ? ' data-filter' : ''}>`,
    `<thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>${body.join('\n')}</tbody>`,
    '</table></div>',
  ].join('\n');
}

function factsOf(
  { header, align }: Column,
  index: number,
  rows: readonly (readonly Cell[])[],
): ColumnFacts {
  const texts = rows.map((row) => cellText(row[index] ?? '')).filter((text) => !isBlank(text));
  const isNumeric = texts.length > 0 && texts.every((text) => sortValue(text) !== null);
  const isShare = isNumeric && align === 'right' && texts.every(isPercentage);
  const isLong = align !== 'right' && texts.some((text) => text.length > longText);
  return {
    header,
    isNumeric,
    isShare,
    classes: [...(align === 'right' ? ['num'] : []), ...(isLong ? ['wrap'] : [])],
  };
}

function isPercentage(text: string): boolean {
  const value = sortValue(text) ?? -1;
  return text.endsWith('%') && value >= 0 && value <= 100;
}

function rowHtml(row: readonly Cell[], facts: readonly ColumnFacts[]): string {
  // `and 3 more` stands for rows that are not there; it stays at the end.
  const isRest = row.length < facts.length;
  const cells = facts.map((column, index) => cellHtml(row[index] ?? '', column, index === 0));
  return `<tr${isRest ? ' data-rest' : ''}>${cells.join('')}</tr>`;
}

function cellHtml(cell: Cell, column: ColumnFacts, isFirst: boolean): string {
  const text = cellText(cell);
  const value = column.isNumeric ? sortValue(text) : null;
  const attributes =
    classAttribute(column.classes) +
    (value === null || Number.isNaN(value) ? '' : ` data-value="${value}"`);
  const plain = toneHtml(cell);
  const shown = column.classes.includes('wrap') ? breakable(plain) : plain;
  const content =
    column.isShare && value !== null
      ? `${shareBar(value)}<span class="share">${shown}</span>`
      : shown;
  return isFirst
    ? `<th scope="row"${attributes}>${content}</th>`
    : `<td${attributes}>${content}</td>`;
}

/** The text of a cell in its tone. */
export function toneHtml(cell: Cell): string {
  const text = cellText(cell);
  const tone = cellTone(cell);
  if (tone === undefined || text === '') return escapeHtml(text);
  const isBadge = tone !== 'dim' && tone !== 'strong' && badge.test(text);
  return `<span class="${tone}${isBadge ? ' badge' : ''}">${escapeHtml(text)}</span>`;
}

/** Names break after their separators; those in tags and entities (`&#39;`) are no such characters. */
export function breakable(html: string): string {
  return html.replace(
    /(<[^>]*>)|([/_:](?=[^\s/_:<])|\.(?=[^\s\d.<]))/g,
    (match, tag: string | undefined) => (tag === undefined ? `${match}<wbr>` : match),
  );
}

/** Sizes are attributes, since the page's policy allows no style but its own sheet. */
function shareBar(percent: number): string {
  return `<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${percent}" height="1"/></svg>`;
}

function classAttribute(classes: readonly string[]): string {
  return classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
}
