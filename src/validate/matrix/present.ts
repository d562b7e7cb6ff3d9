import type { OutputParity } from '../../parity/index.ts';
import {
  type Block,
  type Cell,
  formatInteger,
  formatNumber,
  keyValues,
  note,
  type Tone,
  table,
  toned,
  type Verdict,
} from '../../report/index.ts';
import { pointText } from './axes.ts';
import { cellReasons } from './reasons.ts';
import type { MatrixCell, MatrixReport } from './report.ts';

const tones: Readonly<Record<Verdict, Tone>> = {
  pass: 'good',
  fail: 'bad',
  inconclusive: 'warn',
};

const headers = {
  precision: 'weights',
  provider: 'provider',
  optimization: 'optimization',
  threads: 'threads',
} as const;

/** The matrix for a person: a row a cell. What is the same in all of them is told once. */
export function presentMatrix(report: MatrixReport): Block[] {
  const { base, samples, cells, verdict, reasons, warnings, unrepeatable, failure } = report;
  const repeats = unrepeatable.length === 0 ? 'yes, bit for bit' : toned('no', 'warn');
  const blocks: Block[] = [
    keyValues([
      ['base', pointText(base)],
      ['samples', formatInteger(samples)],
      ...(failure === undefined ? [['base repeats itself', repeats] as const] : []),
    ]),
  ];
  if (cells.length > 0) blocks.push(cellTable(report));
  for (const text of warnings) blocks.push(note('warning', text));
  if (verdict === 'pass') {
    const count = cells.filter((cell) => cell.bitIdentical === true).length;
    const all = `${cells.length} ${cells.length === 1 ? 'combination passes' : 'combinations pass'}`;
    blocks.push(note('success', `PASS: ${all}, ${count} of them bit for bit`));
  }
  const ofCells = cellReasons(cells);
  const texts = new Set(ofCells.map((each) => each.text));
  const ofAll = reasons.filter((text) => !texts.has(text)).map((text) => ({ verdict, text }));
  for (const each of [...ofAll, ...ofCells]) {
    const level = each.verdict === 'fail' ? 'error' : 'warning';
    blocks.push(note(level, `${each.verdict.toUpperCase()}: ${each.text}`));
  }
  return blocks;
}

function cellTable({ cells, varied }: MatrixReport): Block {
  const right = (header: string): { header: string; align: 'right' } => ({
    header,
    align: 'right',
  });
  const columns = [
    ...varied.map((name) => (name === 'threads' ? right(headers[name]) : headers[name])),
    'same bits',
    right('SQNR dB'),
    right('max abs'),
    'profile',
    'verdict',
  ];
  const rows = cells.map((cell): Cell[] => [
    ...varied.map((name) => cell.settings[name]),
    cell.bitIdentical === null ? '-' : cell.bitIdentical ? 'yes' : 'no',
    leastSqnr(cell.outputs),
    greatestDifference(cell.outputs),
    cell.profile,
    toned(verdictText(cell), tones[cell.verdict]),
  ]);
  return table(columns, rows, 'compared with the base');
}

function verdictText({ verdict, isAvailable }: MatrixCell): string {
  return isAvailable ? verdict : 'not available';
}

function leastSqnr(outputs: readonly OutputParity[]): string {
  const values = outputs.flatMap(({ sqnrDb }) => (sqnrDb === null ? [] : [sqnrDb]));
  if (values.length === 0) return '-';
  const least = Math.min(...values);
  return least === Number.POSITIVE_INFINITY ? 'inf' : formatNumber(least, 3);
}

function greatestDifference(outputs: readonly OutputParity[]): string {
  const values = outputs.flatMap(({ maxAbs }) => (maxAbs === null ? [] : [maxAbs]));
  return values.length === 0 ? '-' : formatNumber(Math.max(...values), 3);
}
