import { createHash } from 'node:crypto';
import type { Block, Document, KeyValues, Note, NoteLevel, TextBlock } from './document.ts';
import type { Finding } from './finding.ts';
import { chartHtml, type DrawChart } from './html-chart.ts';
import { Anchors, escapeHtml, escapeHtmlLines } from './html-escape.ts';
import { findingCounts, findingsHtml, withoutFindings } from './html-findings.ts';
import { htmlScript } from './html-script.ts';
import { htmlStyle } from './html-style.ts';
import { tableHtml, toneHtml } from './html-table.ts';
import { reportToJson } from './json.ts';
import type { ReportBase, Verdict } from './report.ts';

/** An entry of the table of contents. */
interface Entry {
  readonly anchor: string;
  readonly title: string;
  readonly isInner: boolean;
}

/** Contents are listed from so many entries. */
const fewestEntries = 3;

/** Text of more lines than this has a height of its own. */
const longText = 40;

/**
 * A report as one page that needs nothing else: no network, no font, and no script to be read. Its
 * policy allows its own style and script, by their hashes, and nothing more. What the report comes to
 * stands first, and all findings are listed, however many the terminal shows.
 *
 * @param draw Draws charts; null where there are none: their captions are left.
 */
export function renderHtml(
  report: ReportBase,
  document: Document,
  draw: DrawChart | null = null,
): string {
  const { tool, kind, findings = [] } = report;
  const { conclusions, rest } = concluded(withoutFindings(document, findings));
  const { body, entries } = bodyHtml(rest, findings, draw);
  const hasContents = entries.length >= fewestEntries;
  const title = document.title.replace(/^# /, '');
  const generator = escapeHtml(`${tool.name} ${tool.version}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="${generator}">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)} · ${escapeHtml(`${tool.name} ${kind}`)}</title>
<style>${htmlStyle}</style>
</head>
<body>
<a class="skip" href="#report">Skip to the report</a>
<header>
<p class="brand">${mark}<span><b>${escapeHtml(tool.name)}</b> ${escapeHtml(kind)}</span></p>
<h1>${titleHtml(title, report)}</h1>
</header>
<div class="page${hasContents ? ' has-nav' : ''}">
${hasContents ? contentsHtml(entries) : ''}<main id="report">
${conclusionHtml(report, conclusions)}${body}
<section><details><summary>Settings of this run</summary><pre>${escapeHtmlLines(reportToJson(report.config))}</pre></details></section>
</main>
</div>
<footer>Made by ${generator}. This file is complete: it loads nothing.</footer>
<script>${htmlScript}</script>
</body>
</html>
`;
}

/** Only what has these hashes may style the page or run in it, and nothing may be loaded. */
function policy(): string {
  const hash = (text: string): string => createHash('sha256').update(text).digest('base64');
  return [
    "default-src 'none'",
    `style-src 'sha256-${hash(htmlStyle)}'`,
    `script-src 'sha256-${hash(htmlScript)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** A graph of three nodes. */
const mark =
  '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true"><path d="M8 7.5 15.5 11M8 16.5l7.5-3.5"/><circle cx="5.5" cy="6.5" r="2.7"/><circle cx="5.5" cy="17.5" r="2.7"/><circle cx="18.3" cy="12" r="2.9" fill="currentColor"/></svg>';

/** Of a path, the file's name stands out. */
function titleHtml(title: string, { model }: ReportBase): string {
  const at = Math.max(title.lastIndexOf('/'), title.lastIndexOf('\\')) + 1;
  if (title !== model?.path || at === 0) return escapeHtml(title);
  return `<span class="folder">${escapeHtml(title.slice(0, at))}</span>${escapeHtml(title.slice(at))}`;
}

/** The notes at the end, which say what it comes to, and what is before them. */
function concluded(blocks: readonly Block[]): { conclusions: Note[]; rest: readonly Block[] } {
  const end = blocks.findLastIndex((block) => block.kind !== 'note') + 1;
  const conclusions = blocks.slice(end).filter((block) => block.kind === 'note');
  return { conclusions, rest: blocks.slice(0, end) };
}

const verdictWords: Readonly<Record<Verdict, string>> = {
  pass: 'Pass',
  fail: 'Fail',
  inconclusive: 'Inconclusive',
};

const verdictMarks: Readonly<Record<Verdict, string>> = {
  pass: 'm13 20.5 5 5 9.5-11',
  fail: 'm14 14 12 12m0-12L14 26',
  inconclusive: 'M15.5 16.5a4.5 4.5 0 1 1 6.2 4.2c-1.1.5-1.7 1.2-1.7 2.3v.5m0 4v.1',
};

function conclusionHtml({ verdict, findings = [] }: ReportBase, notes: readonly Note[]): string {
  if (verdict === undefined) {
    return notes.length === 0 ? '' : `<div class="notes">${notes.map(noteHtml).join('\n')}</div>\n`;
  }
  const counts = findingCounts(findings);
  const items = notes.map((each) => `<li>${conclusionText(each)}</li>`);
  return [
    `<section class="verdict ${verdict}" aria-label="Verdict">`,
    `<svg viewBox="0 0 40 40" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="20" cy="20" r="18" stroke-width="2"/><path d="${verdictMarks[verdict]}"/></svg>`,
    `<div><strong>${verdictWords[verdict]}${counts === '' ? '' : `<span class="counts">${counts}</span>`}</strong>`,
    items.length === 0 ? '' : `<ul>${items.join('')}</ul>`,
    '</div></section>\n',
  ].join('');
}

/** In the banner, that a note is good or bad news is seen already. */
function conclusionText({ level, text }: Note): string {
  const shown = escapeHtml(text.replace(/^(?:PASS|FAIL|INCONCLUSIVE): /, ''));
  return level === 'warning' ? `<b>${noteWords.warning}:</b> ${shown}` : shown;
}

function contentsHtml(entries: readonly Entry[]): string {
  const items = entries.map(
    ({ anchor, title, isInner }) =>
      `<li${isInner ? ' class="inner"' : ''}><a href="#${anchor}">${escapeHtml(title)}</a></li>`,
  );
  return `<nav aria-labelledby="contents"><h2 id="contents">Contents</h2><ol>${items.join('\n')}</ol></nav>\n`;
}

function bodyHtml(
  blocks: readonly Block[],
  findings: readonly Finding[],
  draw: DrawChart | null,
): { body: string; entries: readonly Entry[] } {
  const anchors = new Anchors();
  // These are in the page already.
  for (const taken of ['report', 'contents']) anchors.of(taken);
  const entries: Entry[] = [];
  let isInner = false;
  let charts = 0;

  const section = (title: string | null, content: string): string => {
    if (title === null) return `<section>${content}</section>`;
    const anchor = anchors.of(withoutCount(title));
    entries.push({ anchor, title: withoutCount(title), isInner });
    return `<section id="${anchor}">${headingHtml(isInner ? 'h3' : 'h2', title, anchor)}${content}</section>`;
  };

  const blockHtml = (block: Block): string => {
    switch (block.kind) {
      case 'heading': {
        isInner = false;
        const anchor = anchors.of(block.text);
        entries.push({ anchor, title: block.text, isInner });
        isInner = true;
        return headingHtml('h2', block.text, anchor, ` id="${anchor}"`);
      }
      case 'keyValues':
        return section(block.title ?? null, keyValuesHtml(block));
      case 'table': {
        const title = block.title ?? block.pageTitle ?? null;
        const label = withoutCount(title ?? block.columns[0]?.header ?? '') || 'Table';
        const content =
          block.rows.length === 0
            ? '<div class="table"><p class="empty">none</p></div>'
            : tableHtml(block, label);
        return section(title, content);
      }
      case 'chart':
        charts += 1;
        return section(block.title, chartHtml(block, draw, `chart-${charts}`));
      case 'note':
        return noteHtml(block);
      case 'text':
        return textHtml(block);
    }
  };

  // What is wrong comes first; what is only remarkable, after what the model is.
  const isBad = findings.some(({ severity }) => severity === 'error');
  const before = isBad || blocks[0]?.kind !== 'keyValues' ? 0 : 1;
  const parts = blocks.slice(0, before).map(blockHtml);
  if (findings.length > 0) {
    parts.push(section(`Findings (${findings.length})`, findingsHtml(findings)));
  }
  parts.push(...blocks.slice(before).map(blockHtml));
  return { body: parts.join('\n'), entries };
}

function headingHtml(tag: 'h2' | 'h3', title: string, anchor: string, attributes = ''): string {
  const [, words = title, count] = counted.exec(title) ?? [];
  const small = count === undefined ? '' : `<small>${escapeHtml(count)}</small>`;
  return `<${tag}${attributes}>${escapeHtml(words)}${small}<a class="anchor" href="#${anchor}" aria-label="Link to this section">#</a></${tag}>\n`;
}

/** `Nodes (12)` */
const counted = /^(.*\S)\s*\(([\d,]+)\)$/s;

function withoutCount(title: string): string {
  return counted.exec(title)?.[1] ?? title;
}

function keyValuesHtml({ entries }: KeyValues): string {
  const rows = entries.map(
    ([key, value]) => `<div><dt>${escapeHtml(key)}</dt><dd>${toneHtml(value)}</dd></div>`,
  );
  return `<dl>${rows.join('\n')}</dl>`;
}

const noteWords: Readonly<Record<NoteLevel, string>> = {
  info: 'Note',
  success: 'OK',
  warning: 'Warning',
  error: 'Error',
};

function noteHtml({ level, text }: Note): string {
  return `<p class="note ${level}"><b>${noteWords[level]}</b> ${escapeHtml(text)}</p>`;
}

function textHtml({ text }: TextBlock): string {
  const shown = escapeHtmlLines(text).replace(/\n+$/, '');
  const isLong = shown.split('\n', longText + 1).length > longText;
  return `<section><pre tabindex="0"${isLong ? ' class="long"' : ''}>${shown}</pre></section>`;
}
