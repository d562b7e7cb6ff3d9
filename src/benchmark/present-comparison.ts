import {
  type Block,
  formatMs,
  formatPercent,
  formatRatio,
  keyValues,
  type NoteLevel,
  note,
  type Tone,
  table,
  toned,
  type Verdict,
} from '../report/index.ts';
import { configurationText } from './config.ts';
import type { BenchmarkReport, Comparison, GateResult } from './report.ts';

/** What the comparison with a baseline, or of the model with itself, came to. */
export function comparisonBlocks({ results, calibration }: BenchmarkReport): Block[] {
  if (calibration !== undefined) return calibrationBlocks(calibration);
  const comparisons = results.flatMap(({ comparison }) => comparison ?? []);
  const [only] = comparisons;
  if (only === undefined) return [];
  const summary =
    comparisons.length === 1
      ? keyValues([['against', `${only.baseline}: ${comparisonText(only)}`]])
      : comparisonTable(comparisons);
  return [summary, ...comparisons.flatMap((each) => gateNotes(each, comparisons.length > 1))];
}

function comparisonText(comparison: Comparison): string {
  const { ratio, beforeP50Ms, afterP50Ms, change, detectable } = comparison;
  const words = { faster: 'faster', slower: 'slower', unclear: 'no clear difference' };
  const parts = [
    `p50 ${formatMs(beforeP50Ms)} → ${formatMs(afterP50Ms)}`,
    `${formatRatio(ratio)} ${intervalText(comparison)}`,
    words[change],
  ];
  if (detectable !== null) parts.push(`could detect ${formatPercent(detectable)}`);
  return parts.join(' · ');
}

function intervalText({
  low,
  high,
  confidence,
}: Pick<Comparison, 'low' | 'high' | 'confidence'>): string {
  if (low === null || high === null) return '(too few processes for an interval)';
  return `[${low.toFixed(3)}, ${high.toFixed(3)}] at ${formatPercent(confidence, confidence === 0.95 ? 0 : 1)}`;
}

const verdictTones: Readonly<Record<Verdict, Tone>> = {
  pass: 'good',
  fail: 'bad',
  inconclusive: 'warn',
};

function comparisonTable(comparisons: readonly Comparison[]): Block {
  const right = (header: string) => ({ header, align: 'right' }) as const;
  const hasGates = comparisons.some(({ verdict }) => verdict !== null);
  const columns = [
    'configuration',
    right('before'),
    right('after'),
    right('ratio'),
    'interval',
    'change',
    ...(hasGates ? ['verdict'] : []),
  ];
  const rows = comparisons.map((each) => [
    configurationText(each.configuration),
    formatMs(each.beforeP50Ms),
    formatMs(each.afterP50Ms),
    formatRatio(each.ratio),
    intervalText(each),
    each.change,
    ...(each.verdict === null ? [] : [toned(each.verdict, verdictTones[each.verdict])]),
  ]);
  return table(columns, rows, `p50 against ${comparisons[0]?.baseline ?? ''}`);
}

const verdictLevels: Readonly<Record<Verdict, NoteLevel>> = {
  pass: 'success',
  fail: 'error',
  inconclusive: 'warning',
};

function gateNotes(comparison: Comparison, isOneOfSeveral: boolean): Block[] {
  const { gates, configuration, environmentDifferences } = comparison;
  const where = isOneOfSeveral ? ` (${configurationText(configuration)})` : '';
  const notes: Block[] = gates.map((gate) =>
    note(verdictLevels[gate.verdict], `${gateText(gate)}${where}`),
  );
  if (gates.length > 0) return notes;
  return environmentDifferences.map((text) =>
    note('warning', `the baseline is of another environment: ${text}`),
  );
}

/** A gate's limit, what was found, and whether that keeps it. */
export function gateText(gate: GateResult): string {
  const { metric, limit, ratio, low, high, verdict, reason } = gate;
  const limitText = `${metric} limit ${formatRatio(limit)}`;
  const found =
    ratio === null || low === null || high === null
      ? ''
      : `, found ${formatRatio(ratio)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
  if (verdict === 'pass') return `${limitText}${found}: kept`;
  if (verdict === 'fail') return `${limitText}${found}: broken, the model is too slow`;
  return `${limitText}${found}: cannot be decided, ${reason ?? ''} (more --processes or --max-time, a quieter machine)`;
}

function calibrationBlocks(calibration: NonNullable<BenchmarkReport['calibration']>): Block[] {
  const { ratio, detectable, rounds, suggestedLimit } = calibration;
  const limit = `p50:+${formatPercent(suggestedLimit - 1, 0)}`;
  return [
    keyValues([
      [
        'against itself',
        `${formatRatio(ratio)} ${intervalText(calibration)}, ${rounds} processes each`,
      ],
      [
        'resolves',
        detectable === null ? 'n/a' : `changes of ${formatPercent(detectable)} and more`,
      ],
      ['smallest limit', `--fail-on ${limit} with --processes ${rounds}`],
    ]),
  ];
}
