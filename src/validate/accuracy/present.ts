import { basename } from 'node:path';
import {
  type Block,
  type Cell,
  formatInteger,
  formatNumber,
  formatPercent,
  keyValues,
  table,
} from '../../report/index.ts';
import type { Accuracy, LabelledResult, Regression, RegressionErrors } from './report.ts';

/** More classes than this are counted and not listed. */
const mostClasses = 5;

/** What the labels say, for a person. */
export function presentAccuracy(result: LabelledResult, paths: readonly string[]): Block[] {
  const names = paths.map((path) => basename(path));
  return result.task === 'classification'
    ? ofClasses(result, names)
    : [regressionTable(result, names), ...notesOf(result)];
}

function ofClasses(accuracy: Accuracy, names: readonly string[]): Block[] {
  const blocks: Block[] = [accuracyTable(accuracy, names)];
  if (accuracy.confusions.length > 0) {
    const mistakes = accuracy.confusions.map(
      ({ label, predicted, rows }) => `${label} as ${predicted} (${rows})`,
    );
    blocks.push(keyValues([['most frequent mistakes', mistakes.join(', ')]]));
  }
  return [...blocks, ...classTable(accuracy, names), ...notesOf(accuracy)];
}

function accuracyTable(accuracy: Accuracy, names: readonly string[]): Block {
  const { rows, low, high, dropPct, topK, candidate } = accuracy;
  const interval = `${percent(low)} to ${percent(high)}`;
  const k = topK === null ? [] : [topK];
  const top = (share: (topK: NonNullable<Accuracy['topK']>) => number | null): string[] =>
    k.map((each) => percentOrDash(share(each)));
  const lines: Cell[][] = [
    [
      names[0] ?? '',
      percent(accuracy.reference),
      candidate === null ? interval : '',
      ...top(({ reference }) => reference),
    ],
  ];
  if (candidate !== null) {
    lines.push([names[1] ?? '', percent(candidate), interval, ...top((each) => each.candidate)]);
    lines.push([
      'drop, in percentage points',
      formatNumber(dropPct ?? 0, 3),
      `${formatNumber(accuracy.dropLowPct ?? 0, 2)} to ${formatNumber(accuracy.dropHighPct ?? 0, 2)}`,
      ...top((each) => (each.candidate === null ? null : each.reference - each.candidate)),
    ]);
  }
  return table(
    [
      '',
      { header: 'top-1', align: 'right' },
      '95% interval',
      ...k.map(({ k: count }) => ({ header: `top-${count}`, align: 'right' }) as const),
    ],
    lines,
    `accuracy on ${formatInteger(rows)} labelled rows (output "${accuracy.output}")`,
  );
}

/** The classes that fare worst, where some fare worse than others. */
function classTable({ classes, classCount }: Accuracy, names: readonly string[]): Block[] {
  const shares = classes.map(({ reference, candidate }) => candidate ?? reference);
  if (classCount < 2 || new Set(shares).size < 2) return [];
  const shown = classes.slice(0, mostClasses);
  const hasCandidate = shown.some(({ candidate }) => candidate !== null);
  const right = (header: string): { header: string; align: 'right' } => ({
    header,
    align: 'right',
  });
  return [
    table(
      ['class', right('rows'), ...names.slice(0, hasCandidate ? 2 : 1).map(right)],
      shown.map(({ label, rows, reference, candidate }): Cell[] => [
        label,
        formatInteger(rows),
        percent(reference),
        ...(hasCandidate ? [percentOrDash(candidate)] : []),
      ]),
      `share of rows that are right, of ${shown.length} of ${classCount} classes, the worst first`,
    ),
  ];
}

function regressionTable(regression: Regression, names: readonly string[]): Block {
  const { reference, candidate, risePct, riseLowPct, riseHighPct } = regression;
  const row = (name: string, errors: RegressionErrors): Cell[] => [
    name,
    formatNumber(errors.rmse, 4),
    formatNumber(errors.mae, 4),
    errors.r2 === null ? '-' : formatNumber(errors.r2, 4),
    formatNumber(errors.maxError, 4),
  ];
  const lines = [row(names[0] ?? '', reference)];
  if (candidate !== null) lines.push(row(names[1] ?? '', candidate));
  if (risePct !== null) {
    const interval =
      riseLowPct === null || riseHighPct === null
        ? ''
        : `95%: ${formatNumber(riseLowPct, 3)}% to ${formatNumber(riseHighPct, 3)}%`;
    lines.push(['rise of the RMSE', `${formatNumber(risePct, 3)}%`, interval, '', '']);
  }
  const right = (header: string): { header: string; align: 'right' } => ({
    header,
    align: 'right',
  });
  const { rows, targets, output } = regression;
  const each = targets === 1 ? '' : ` of ${targets} numbers`;
  return table(
    ['', right('RMSE'), right('MAE'), right('R²'), right('max error')],
    lines,
    `errors on ${formatInteger(rows)} labelled rows${each} (output "${output}")`,
  );
}

function notesOf({ notes }: LabelledResult): Block[] {
  return notes.map((text) => ({ kind: 'note', level: 'info', text }) as const);
}

function percent(share: number): string {
  return formatPercent(share, 2);
}

function percentOrDash(share: number | null): string {
  return share === null ? '-' : percent(share);
}
