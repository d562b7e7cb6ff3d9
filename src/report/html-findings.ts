import type { Block, Document } from './document.ts';
import { countBySeverity, type Finding, locationText, type Severity } from './finding.ts';
import { escapeHtml } from './html-escape.ts';
import { breakable } from './html-table.ts';

const severities: readonly Severity[] = ['error', 'warning', 'info'];

/** Beyond this many findings there is a box to filter them, and further on they have a height of their own. */
const many = 8;
const veryMany = 30;

const runtimeWords: Readonly<Record<NonNullable<Finding['runtime']>, string>> = {
  accepts: 'accepts it',
  rejects: 'does not load it',
  fails: 'fails when it runs',
};

/** All findings, worst first, as a table that can be sorted and filtered. */
export function findingsHtml(findings: readonly Finding[]): string {
  const rows = severities.flatMap((severity, rank) =>
    findings
      .filter((each) => each.severity === severity)
      .map(
        (each) =>
          `<tr><td data-value="${rank}"><span class="badge ${severity}">${severity}</span></td>` +
          `<th scope="row" class="wrap finding">${bodyHtml(each)}</th>` +
          `<td class="wrap where">${breakable(escapeHtml(locationText(each.at)))}</td></tr>`,
      ),
  );
  const isLong = findings.length > veryMany;
  return [
    `<div class="table${isLong ? ' long' : ''}" role="region" aria-label="Findings" tabindex="0">`,
    `<table data-sortable class="findings"${findings.length > many ? ' data-filter' : ''}>`,
    '<thead><tr><th scope="col" data-numeric data-ascending>severity</th>',
    '<th scope="col" class="wrap">finding</th><th scope="col" class="wrap">where</th></tr></thead>',
    `<tbody>${rows.join('\n')}</tbody>`,
    '</table></div>',
  ].join('\n');
}

function bodyHtml({ code, message, fix, help, spec, runtime }: Finding): string {
  const isLink = help !== undefined && /^https?:\/\//.test(help);
  const shown = `<code>${escapeHtml(code)}</code>`;
  const facts = [
    isLink ? `<a href="${escapeHtml(help)}" rel="noreferrer">${shown}</a>` : shown,
    ...(spec === undefined
      ? []
      : [`specification: ${spec === 'error' ? 'violated' : 'fine with it'}`]),
    ...(runtime === undefined ? [] : [`onnxruntime: ${runtimeWords[runtime]}`]),
    ...(help === undefined || isLink ? [] : [`see ${escapeHtml(help)}`]),
  ];
  const mend = fix === undefined ? '' : `<p class="fix">${escapeHtml(fix)}</p>`;
  return `<p>${breakable(escapeHtml(message))}</p>${mend}<p class="facts">${facts.join(' · ')}</p>`;
}

/** `2 errors, 1 warning`; empty if there are none. */
export function findingCounts(findings: readonly Finding[]): string {
  const counts = countBySeverity(findings);
  const words: Readonly<Record<Severity, string>> = {
    error: 'error',
    warning: 'warning',
    info: 'remark',
  };
  return severities
    .filter((severity) => counts[severity] > 0)
    .map((severity) => `${counts[severity]} ${words[severity]}${counts[severity] === 1 ? '' : 's'}`)
    .join(', ');
}

/**
 * The blocks without those that only repeat a finding, as presenters tell findings in notes, and
 * without the remark after them that there are more.
 */
export function withoutFindings(document: Document, findings: readonly Finding[]): Block[] {
  if (findings.length === 0) return [...document.blocks];
  const told = (block: Block): boolean =>
    block.kind === 'note' &&
    findings.some(
      ({ severity, message }) => block.level === severity && block.text.includes(message),
    );
  return document.blocks.filter((block, index) => {
    const before = document.blocks[index - 1];
    const isRest = before !== undefined && told(before) && isMore(block);
    return !told(block) && !isRest;
  });
}

function isMore(block: Block): boolean {
  if (block.kind !== 'note' && block.kind !== 'text') return false;
  return /^(?:and )?[\d,]+ more\b/.test(block.text);
}
