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
  keyValues,
  type NoteLevel,
  note,
  pasteNote,
  type Verdict,
} from '../report/index.ts';
import { presentAccuracy } from './accuracy/present.ts';
import type { LabelledResult } from './accuracy/report.ts';
import { outputCharts, traceCharts } from './charts/report-charts.ts';
import { presentMatrix } from './matrix/present.ts';
import { outputTable, outputWarnings } from './pair/present-outputs.ts';
import { presentTrace } from './pair/present-trace.ts';
import type { ValidateReport } from './report.ts';

/** More inputs than this are counted and not listed. */
const mostInputs = 4;

/** The report for a person. */
export function presentValidation(report: ValidateReport): Document {
  const blocks: Block[] = [keyValues(facts(report))];
  if (report.matrix !== undefined) return document(title(report), [...blocks, ...matrix(report)]);
  const { model, candidate, outputs = [], accuracy, trace, warnings } = report;
  const paths = [model.path, ...(candidate === undefined ? [] : [candidate.path])];
  if (outputs.length > 0) blocks.push(outputTable(outputs), ...outputCharts(report));
  if (accuracy !== undefined) blocks.push(...presentAccuracy(accuracy, paths));
  if (trace !== undefined) blocks.push(...presentTrace(trace), ...traceCharts(report));
  for (const text of [...warnings, ...outputWarnings(outputs)]) blocks.push(note('warning', text));
  return document(title(report), [...blocks, ...verdictNotes(report)]);
}

function matrix({ matrix: found, warnings }: ValidateReport): Block[] {
  if (found === undefined) return [];
  const own = new Set(found.warnings);
  const others = warnings.filter((text) => !own.has(text));
  return [...others.map((text) => note('warning', text)), ...presentMatrix(found)];
}

function title({ model, candidate, golden, saved, matrix: cells }: ValidateReport): string {
  const name = basename(model.path);
  if (candidate !== undefined) return `validate ${name} against ${basename(candidate.path)}`;
  if (cells !== undefined) return `validate ${name} against itself`;
  if (saved !== undefined) return `record ${name}`;
  return golden === undefined ? `accuracy of ${name}` : `validate ${name} against ${golden.path}`;
}

function facts(report: ValidateReport): [string, Cell][] {
  const { model, candidate, profile, profileReason, inputs, saved } = report;
  const rows: [string, Cell][] = [
    [candidate === undefined ? 'model' : 'reference', modelText(model)],
  ];
  if (candidate !== undefined) rows.push(['candidate', modelText(candidate)]);
  if (profile !== undefined) rows.push(['profile', `${profile} (${profileReason ?? ''})`]);
  rows.push(['samples', samplesText(report)]);
  for (const { name, dtype, shape, source, form } of inputs.slice(0, mostInputs)) {
    rows.push(['input', `${name} ${form ?? `${dtype}[${shape.join(', ')}]`} (${source})`]);
  }
  const more = inputs.length - mostInputs;
  if (more > 0) rows.push(['', `and ${more} more ${more === 1 ? 'input' : 'inputs'}`]);
  const recorded = report.golden?.recorded;
  if (recorded !== undefined) rows.push(['recorded', recorded]);
  if (saved !== undefined)
    rows.push(['recorded in', `${saved.path} (${formatBytes(saved.sizeBytes)})`]);
  return rows;
}

function samplesText({ samples = 0, rows = 0, golden }: ValidateReport): string {
  if (samples === 0) return 'none';
  const word = samples === 1 ? 'sample' : 'samples';
  if (golden !== undefined) return `${samples} recorded ${word}`;
  return rows > 0 ? `${samples} ${word}, ${formatInteger(rows)} rows` : `${samples} random ${word}`;
}

function modelText({ path, sizeBytes }: ValidateReport['model']): string {
  return `${path} (${formatBytes(sizeBytes)})`;
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
    return tightest === '' ? [passed] : [passed, pasteNote(`tightest that passes: ${tightest}`)];
  }
  const word = verdict === 'fail' ? 'FAIL' : 'INCONCLUSIVE';
  const blocks: Block[] = reasons.map((reason) => note(level, `${word}: ${reason}`));
  if (report.failure !== undefined) blocks.push(note('info', report.failure.hint));
  const failed = outputs.filter((output) => output.verdict === 'fail');
  const wayOut = flags((output) => output.verdict === 'fail');
  const isMendable = failed.every((output) => output.minimumTolerance.flags !== '');
  if (wayOut !== '' && isMendable) blocks.push(pasteNote(`what would pass: ${wayOut}`));
  return blocks;
}

function passText(decidedBy: ValidateReport['decidedBy'], accuracy?: LabelledResult): string {
  const drop = `${lossText(accuracy)}, as is allowed`;
  if (!decidedBy.includes('accuracy')) return 'every output is within its limits';
  if (decidedBy.includes('outputs')) return `every output is within its limits, and ${drop}`;
  return `${drop}; outputs decide nothing unless limits are given for them too`;
}

function lossText(accuracy: LabelledResult | undefined): string {
  return accuracy?.task === 'regression'
    ? `the RMSE rises by ${formatNumber(accuracy.risePct ?? 0, 3)}%`
    : `accuracy drops by ${formatNumber(accuracy?.dropPct ?? 0, 3)} points`;
}
