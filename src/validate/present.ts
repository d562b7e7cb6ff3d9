import { basename } from 'node:path';
import type { OutputParity } from '../parity/index.ts';
import {
  type Block,
  type Cell,
  type Document,
  document,
  formatBytes,
  formatInteger,
  formatNumber,
  formatPercent,
  keyValues,
  type NoteLevel,
  note,
  type Tone,
  table,
  toned,
  type Verdict,
} from '../report/index.ts';
import type { Accuracy, ValidateReport } from './report.ts';

/** More inputs than this are counted and not listed. */
const mostInputs = 4;

/** The report for a person. */
export function presentValidation(report: ValidateReport): Document {
  const { outputs = [], accuracy, warnings } = report;
  const blocks: Block[] = [keyValues(facts(report))];
  if (outputs.length > 0) blocks.push(outputTable(outputs));
  if (accuracy !== undefined) blocks.push(accuracyTable(report, accuracy));
  for (const text of [...warnings, ...outputWarnings(outputs)]) blocks.push(note('warning', text));
  blocks.push(...verdictNotes(report));
  return document(title(report), blocks);
}

function title({ model, candidate, golden }: ValidateReport): string {
  const name = basename(model.path);
  if (candidate !== undefined) return `validate ${name} against ${basename(candidate.path)}`;
  return golden === undefined ? `accuracy of ${name}` : `validate ${name} against ${golden.path}`;
}

function facts(report: ValidateReport): [string, Cell][] {
  const { model, candidate, profile, profileReason, inputs } = report;
  const rows: [string, Cell][] = [
    [candidate === undefined ? 'model' : 'reference', modelText(model)],
  ];
  if (candidate !== undefined) rows.push(['candidate', modelText(candidate)]);
  if (profile !== undefined) rows.push(['profile', `${profile} (${profileReason ?? ''})`]);
  rows.push(['samples', samplesText(report)]);
  for (const { name, dtype, shape, source } of inputs.slice(0, mostInputs)) {
    rows.push(['input', `${name} ${dtype}[${shape.join(', ')}] (${source})`]);
  }
  const more = inputs.length - mostInputs;
  if (more > 0) rows.push(['', `and ${more} more ${more === 1 ? 'input' : 'inputs'}`]);
  return rows;
}

function samplesText({ samples = 0, rows = 0, golden }: ValidateReport): string {
  const word = samples === 1 ? 'sample' : 'samples';
  if (golden !== undefined) return `${samples} recorded ${word}`;
  return rows > 0 ? `${samples} ${word}, ${formatInteger(rows)} rows` : `${samples} random ${word}`;
}

function modelText({ path, sizeBytes }: ValidateReport['model']): string {
  return `${path} (${formatBytes(sizeBytes)})`;
}

const verdictTones: Readonly<Record<Verdict, Tone>> = {
  pass: 'good',
  fail: 'bad',
  inconclusive: 'warn',
};

function outputTable(outputs: readonly OutputParity[]): Block {
  const right = (header: string): { header: string; align: 'right' } => ({
    header,
    align: 'right',
  });
  const hasTop1 = outputs.some((output) => output.top1Agreement !== null);
  const columns = [
    'output',
    'type',
    right('max abs'),
    right('max rel'),
    right('SQNR dB'),
    right('cosine'),
    ...(hasTop1 ? [right('top-1')] : []),
    right('outside'),
    'verdict',
  ];
  const rows = outputs.map((output): Cell[] => [
    output.name,
    output.dtype === null
      ? '-'
      : `${output.dtype}[${output.shape.map((size) => size ?? '?').join(', ')}]`,
    number(output.maxAbs, 3),
    number(output.maxRel, 3),
    output.sqnrDb === null ? '-' : decibels(output.sqnrDb),
    number(output.cosine, 7),
    ...(hasTop1 ? [output.top1Agreement === null ? '-' : percent(output.top1Agreement)] : []),
    `${formatInteger(output.mismatched)}/${formatInteger(output.total)}`,
    toned(output.verdict, verdictTones[output.verdict]),
  ]);
  return table(columns, rows);
}

function accuracyTable({ model, candidate }: ValidateReport, accuracy: Accuracy): Block {
  const { rows, low, high, dropPct, dropLowPct, dropHighPct } = accuracy;
  const interval = `${percent(low)} to ${percent(high)}`;
  const lines: Cell[][] = [
    [basename(model.path), percent(accuracy.reference), candidate === undefined ? interval : ''],
  ];
  if (candidate !== undefined && accuracy.candidate !== null) {
    lines.push([basename(candidate.path), percent(accuracy.candidate), interval]);
    lines.push([
      'drop, in percentage points',
      formatNumber(dropPct ?? 0, 3),
      `${formatNumber(dropLowPct ?? 0, 2)} to ${formatNumber(dropHighPct ?? 0, 2)}`,
    ]);
  }
  return table(
    ['', { header: 'top-1', align: 'right' }, '95% interval'],
    lines,
    `accuracy on ${formatInteger(rows)} labelled rows (output "${accuracy.output}")`,
  );
}

function outputWarnings(outputs: readonly OutputParity[]): string[] {
  return outputs.flatMap(({ name, warnings }) =>
    warnings.map((warning) => `output "${name}": ${warning}`),
  );
}

const verdictLevels: Readonly<Record<Verdict, NoteLevel>> = {
  pass: 'success',
  fail: 'error',
  inconclusive: 'warning',
};

function verdictNotes({ verdict, reasons, decidedBy, ...report }: ValidateReport): Block[] {
  if (verdict === undefined) return [];
  const outputs = decidedBy.includes('outputs') ? (report.outputs ?? []) : [];
  const level = verdictLevels[verdict];
  const flags = (wanted: (output: OutputParity) => boolean): string =>
    outputs
      .filter(wanted)
      .map((output) => output.minimumTolerance.flags)
      .filter((text) => text !== '')
      .join(' ');
  if (verdict === 'pass') {
    // Where all is the same to the bit, that says everything.
    const tightest = flags(({ maxAbs }) => maxAbs !== 0);
    const passed = note(level, `PASS: ${passText(decidedBy, report.accuracy)}`);
    return tightest === '' ? [passed] : [passed, note('info', `tightest that passes: ${tightest}`)];
  }
  const word = verdict === 'fail' ? 'FAIL' : 'INCONCLUSIVE';
  const blocks: Block[] = reasons.map((reason) => note(level, `${word}: ${reason}`));
  const failed = outputs.filter((output) => output.verdict === 'fail');
  const wayOut = flags((output) => output.verdict === 'fail');
  const isMendable = failed.every((output) => output.minimumTolerance.flags !== '');
  if (wayOut !== '' && isMendable) blocks.push(note('info', `what would pass: ${wayOut}`));
  return blocks;
}

function passText(decidedBy: ValidateReport['decidedBy'], accuracy?: Accuracy): string {
  const drop = `accuracy drops by ${formatNumber(accuracy?.dropPct ?? 0, 3)} points, as is allowed`;
  if (!decidedBy.includes('accuracy')) return 'every output is within its limits';
  if (decidedBy.includes('outputs')) return `every output is within its limits, and ${drop}`;
  return `${drop}; outputs decide nothing unless limits are given for them too`;
}

function number(value: number | null, digits: number): string {
  return value === null ? '-' : formatNumber(value, digits);
}

function decibels(value: number): string {
  return Number.isFinite(value) ? formatNumber(value, 3) : value > 0 ? 'inf' : '-inf';
}

function percent(share: number): string {
  return formatPercent(share, 2);
}
