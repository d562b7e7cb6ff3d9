import {
  type Block,
  type Cell,
  cellText,
  cellTone,
  type Document,
  type NoteLevel,
  type Table,
} from './document.ts';
import { visibleLines, visibleText } from './visible.ts';

/**
 * A document as GitHub-flavoured Markdown. Nothing in its texts is taken for markup.
 *
 * @param mostBytes In UTF-8. Blocks that do not fit are left out whole, and said to be.
 */
export function renderMarkdown(document: Document, mostBytes: number = Infinity): string {
  const title = `# ${escapeMarkdown(document.title)}`;
  const blocks = document.blocks.map(renderBlock).filter((text) => text !== '');
  return `${[title, ...fitting(blocks, mostBytes - Buffer.byteLength(title))].join('\n\n')}\n`;
}

const leftOut = '**Note:** A part of the report was left out here, as it is too long.';

/** Blocks in their order, each while there is room for it; runs of others become one remark. */
function fitting(blocks: readonly string[], mostBytes: number): string[] {
  const kept: string[] = [];
  let room = mostBytes - 1;
  for (const block of blocks) {
    const isShort = Buffer.byteLength(block) + 2 <= room - Buffer.byteLength(leftOut) - 2;
    if (!isShort && kept.at(-1) === leftOut) continue;
    const text = isShort ? block : leftOut;
    kept.push(text);
    room -= Buffer.byteLength(text) + 2;
  }
  return kept;
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `## ${escapeMarkdown(block.text)}`;
    case 'keyValues': {
      const lines = block.entries.map(([key, value]) =>
        `- **${escapeMarkdown(key)}:** ${renderCell(value)}`.trimEnd(),
      );
      return withTitle(block.title, lines.join('\n'));
    }
    case 'table':
      return withTitle(block.title, renderTable(block));
    case 'note':
      return `**${noteWords[block.level]}:** ${escapeMarkdown(block.text)}`;
    case 'text':
      return fenced(visibleLines(block.text).replace(/\n+$/, ''));
    // Its numbers are in the tables, and Markdown has no drawings.
    case 'chart':
      return '';
  }
}

function withTitle(title: string | undefined, body: string): string {
  return title === undefined ? body : `### ${escapeMarkdown(title)}\n\n${body}`;
}

const noteWords: Readonly<Record<NoteLevel, string>> = {
  info: 'Note',
  success: 'OK',
  warning: 'Warning',
  error: 'Error',
};

function renderTable({ columns, rows }: Table): string {
  const header = columns.map((column) => escapeMarkdown(column.header));
  const rule = columns.map((column) => (column.align === 'right' ? '--:' : '---'));
  const body = rows.map((row) => columns.map((_, i) => renderCell(row[i] ?? '')));
  return [header, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function renderCell(cell: Cell): string {
  const text = escapeMarkdown(cellText(cell));
  const tone = cellTone(cell);
  return text !== '' && (tone === 'strong' || tone === 'bad') ? `**${text}**` : text;
}

/** Escapes what Markdown would read as markup, and shows control characters as `\\x1b`. */
export function escapeMarkdown(text: string): string {
  return visibleText(text)
    .trim()
    .replace(/[\\`*[\]|~$]/g, '\\$&')
    .replace(/&(?=[#\w])/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_');
}

/** A code block whose fence is longer than any run of backticks in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
