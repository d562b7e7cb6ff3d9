import type { OutputParity } from '../parity/index.ts';
import {
  type Block,
  type Cell,
  type Document,
  document,
  formatBytes,
  formatMs,
  formatNumber,
  formatPercent,
  formatRatio,
  keyValues,
  note,
  pageTitled,
  table,
  toned,
} from '../report/index.ts';
import type {
  KeptReport,
  LatencyReport,
  PlanReport,
  QuantizeReport,
  SizeReport,
  VerificationReport,
} from './report.ts';

/** Rows of a table beyond this many are counted and not listed; JSON has them all. */
const listedRows = 30;

/** Above this, a person may have hoped for more. */
const littleSaved = 0.9;

/** A quantization for a person to read. */
export function presentQuantization(report: QuantizeReport): Document {
  const { model, output, config, plan } = report;
  const title = output === null ? model.path : `${model.path} → ${output.path}`;
  if (plan.quantized.length === 0) return document(title, nothingBlocks(plan));
  return document(title, [
    keyValues(outcomeEntries(report)),
    ...outputTable(report.verification.outputs),
    ...(config.dryRun ? [quantizedTable(plan)] : []),
    ...keptBlocks(plan, config.dryRun),
    ...noteBlocks(report),
  ]);
}

function nothingBlocks(plan: PlanReport): Block[] {
  return [
    ...keptBlocks(plan, true),
    note('error', 'There is nothing to quantize: nothing was written.'),
  ];
}

function outcomeEntries({
  plan,
  size,
  verification,
  latency,
  config,
}: QuantizeReport): [string, Cell][] {
  const entries: [string, Cell][] = [
    ['mode', `${plan.form}, ${config.weights} (${plan.reason})`],
    ['quantized', quantizedText(plan)],
  ];
  if (size !== null) entries.push(['size', sizeText(size)]);
  if (verification.outputs.length > 0) entries.push(['accuracy', accuracyCell(verification)]);
  else entries.push(['verified', verificationCell(verification)]);
  if (latency !== null) entries.push(['speed', speedCell(latency)]);
  return entries;
}

function quantizedText({ quantized, kept }: PlanReport): string {
  const isProduct = ({ op }: { op: string }): boolean => op === 'MatMul' || op === 'Gemm';
  const products = quantized.filter(isProduct).length;
  const tables = quantized.length - products;
  const all = products + kept.filter(isProduct).length;
  const lookups = tables === 0 ? '' : `, ${tables} ${tables === 1 ? 'table' : 'tables'}`;
  return `${products} of ${all} MatMul and Gemm${lookups}`;
}

function sizeText({ beforeBytes, afterBytes, ratio }: SizeReport): string {
  return `${formatBytes(beforeBytes)} → ${formatBytes(afterBytes)} (${formatRatio(ratio)})`;
}

function accuracyCell(verification: VerificationReport): Cell {
  const worst = worstOutput(verification.outputs);
  const what = worst === null ? '' : `${metricsText(worst)}: `;
  const { verdict, reason } = verification;
  if (verdict === 'pass') return toned(`${what}${reason}`, 'good');
  return toned(`${what}${reason}`, verdict === 'fail' ? 'bad' : 'warn');
}

function worstOutput(outputs: readonly OutputParity[]): OutputParity | null {
  const [first, ...rest] = outputs.filter((each) => each.sqnrDb !== null);
  return rest.reduce(
    (worst, each) => ((each.sqnrDb ?? 0) < (worst?.sqnrDb ?? 0) ? each : worst),
    first ?? null,
  );
}

function metricsText({ sqnrDb, cosine }: OutputParity): string {
  return `SQNR ${decibels(sqnrDb)}, cosine ${cosineText(cosine)}`;
}

function decibels(value: number | null): string {
  if (value === null) return '-';
  return Number.isFinite(value) ? `${value.toFixed(1)} dB` : 'identical';
}

function cosineText(cosine: number | null): string {
  return cosine === null ? '-' : formatNumber(cosine, 6);
}

function speedCell({ beforeP50Ms, afterP50Ms, ratio, low, high }: LatencyReport): Cell {
  const interval =
    low === null || high === null
      ? ''
      : `, 95%: ${formatNumber(low, 2)} to ${formatNumber(high, 2)}`;
  const text = `p50 ${formatMs(beforeP50Ms)} → ${formatMs(afterP50Ms)} (${formatRatio(ratio)} the time${interval})`;
  if (high !== null && high < 1) return toned(text, 'good');
  return low !== null && low > 1 ? toned(text, 'bad') : text;
}

function verificationCell({ verdict, reason }: VerificationReport): Cell {
  if (verdict === null) return toned(`no: ${reason}`, 'dim');
  if (verdict === 'fail') return toned(`FAIL: ${reason}`, 'bad');
  return toned(`could not be decided: ${reason}`, 'warn');
}

/** Only where there is more than the summary says. */
function outputTable(outputs: readonly OutputParity[]): Block[] {
  if (outputs.length < 2) return [];
  const rows = outputs
    .slice(0, listedRows)
    .map((each): Cell[] => [
      each.name,
      `${each.dtype ?? '?'}[${each.shape.join(', ')}]`,
      decibels(each.sqnrDb),
      cosineText(each.cosine),
      each.maxAbs === null ? '-' : formatNumber(each.maxAbs),
      toned(
        each.verdict,
        each.verdict === 'pass' ? 'good' : each.verdict === 'fail' ? 'bad' : 'warn',
      ),
    ]);
  const columns = [
    'output',
    'type',
    rightAligned('SQNR'),
    rightAligned('cosine'),
    rightAligned('max abs'),
    '',
  ];
  return [pageTitled(table(columns, rows), 'Outputs'), ...moreNote(outputs.length)];
}

function rightAligned(header: string): { header: string; align: 'right' } {
  return { header, align: 'right' };
}

function quantizedTable({ quantized }: PlanReport): Block {
  const rows = quantized.map((each): Cell[] => [
    each.node,
    each.op,
    `[${each.shape.join(', ')}]`,
    `${each.form}, ${each.type} per ${each.granularity}`,
    each.notes.join('; '),
  ]);
  return table(['node', 'operator', 'weight', 'becomes', 'note'], rows, 'Quantized');
}

/** Node by node, or by reason where the details were not asked for. */
function keptBlocks({ kept }: PlanReport, inDetail: boolean): Block[] {
  if (kept.length === 0) return [];
  if (inDetail) {
    const rows = kept.map((each): Cell[] => [
      each.node,
      each.op,
      each.weightBytes === 0 ? '-' : formatBytes(each.weightBytes),
      each.reason,
    ]);
    return [table(['node', 'operator', rightAligned('weights'), 'why'], rows, 'Kept in float')];
  }
  const groups = new Map<string, KeptReport[]>();
  for (const each of kept) {
    const key = `${each.op}\n${each.reason}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const rows = [...groups.values()].slice(0, listedRows).map((group): Cell[] => {
    const [first] = group;
    const bytes = group.reduce((sum, each) => sum + each.weightBytes, 0);
    return [
      `${group.length} ${first?.op ?? ''}`,
      bytes === 0 ? '-' : formatBytes(bytes),
      first?.reason ?? '',
    ];
  });
  const keptTable = table(['kept in float', rightAligned('weights'), 'why'], rows);
  return [pageTitled(keptTable, 'Kept in float'), ...moreNote(groups.size)];
}

function moreNote(count: number): Block[] {
  return count > listedRows
    ? [note('info', `${count - listedRows} more; --json has them all.`)]
    : [];
}

function noteBlocks(report: QuantizeReport): Block[] {
  const { plan, verification, attempts, config, notes, latency, size } = report;
  const texts: string[] = attempts.map(
    ({ form, verification: tried }) => `${form} was tried first and did not pass: ${tried.reason}.`,
  );
  texts.push(...notes, ...verification.notes);
  if (latency !== null && latency.low !== null && latency.low > 1) {
    texts.push('The result is slower than the original on this machine.');
  }
  if (size !== null && size.ratio > littleSaved) {
    const share = formatPercent(1 - size.ratio);
    texts.push(
      `The file is only ${share} smaller: most of it cannot be quantized in this version.`,
    );
  }
  return [
    ...(config.dryRun ? [] : planNotes(plan)),
    ...texts.map((text) => note('warning', text)),
    ...failureNotes(report),
  ];
}

function planNotes(plan: PlanReport): Block[] {
  return [...notesByText(plan)].map(([text, nodes]) => {
    const where = nodes.length === 1 ? (nodes[0] ?? '') : `${nodes.length} nodes`;
    return note('info', `${where}: ${text}.`);
  });
}

function failureNotes({ verification, output }: QuantizeReport): Block[] {
  if (verification.verdict !== 'fail') return [];
  return [
    output === null
      ? note(
          'error',
          'Nothing was written, since the result does not pass; --force writes it all the same.',
        )
      : note('warning', 'The result does not pass, and was written all the same (--force).'),
  ];
}

function notesByText({ quantized }: PlanReport): Map<string, string[]> {
  const nodes = new Map<string, string[]>();
  for (const { node, notes } of quantized) {
    for (const text of notes) nodes.set(text, [...(nodes.get(text) ?? []), node]);
  }
  return nodes;
}
