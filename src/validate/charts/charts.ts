import type { ErrorBin } from '../../parity/index.ts';
import {
  type Bar,
  type ChartBlock,
  chart,
  formatInteger,
  formatNumber,
  mostPoints,
  type ReferenceLine,
} from '../../report/index.ts';
import type { DataType } from '../../tensor/index.ts';
import type { FloatGains, TracedValue } from '../../trace/index.ts';
import { type Range, spacingLine, toleranceLine } from './error-lines.ts';

/** What an element may differ by: at most `atol` + `rtol`·|r|. */
export interface ErrorLimits {
  /** With the scale-aware floor: the greater of the two. */
  readonly atol: number;
  readonly rtol: number;
}

/** More bars than this are more than a page is long. */
const mostLayers = 40;
const mostGains = 20;

/**
 * The elements of an output as points, error over magnitude, with the tolerance and one unit in the
 * last place (ULP) of the output's type as lines. Null where there is nothing to see: no elements, or
 * none that differ.
 *
 * @param limits Null: no limit for single elements.
 */
export function errorChart(
  name: string,
  dtype: DataType,
  bins: readonly ErrorBin[],
  limits: ErrorLimits | null,
): ChartBlock | null {
  const all = bins.filter(({ count }) => count > 0);
  if (!all.some(({ error }) => error > 0)) return null;
  const points = fewer(all);
  const magnitudes = all.map(({ magnitude }) => magnitude).filter((each) => each > 0);
  const range = magnitudes.length === 0 ? null : wholeDecades(magnitudes);
  const tolerance = limits === null || range === null ? null : toleranceLine(limits, range);
  const ulp = range === null ? null : spacingLine(dtype, range);
  const lines: ReferenceLine[] = [
    ...(tolerance === null ? [] : [{ name: 'tolerance', tone: 'bad' as const, points: tolerance }]),
    ...(ulp === null
      ? []
      : [{ name: '1 ULP', tone: 'strong' as const, isDashed: true, points: ulp }]),
  ];
  return chart(`Error of ${name}`, errorSummary(name, dtype, all, points.length, lines), {
    kind: 'scatter',
    x: { label: 'magnitude of the reference, |r|' },
    y: { label: 'error, |a − r|' },
    series: [
      {
        name: 'elements',
        points: points.map(({ magnitude, error, count }) => ({
          x: magnitude,
          y: error,
          weight: count,
        })),
      },
    ],
    lines,
  });
}

/** Lines reach from edge to edge of a chart, whose edges are powers of ten. */
function wholeDecades(magnitudes: readonly number[]): Range {
  const [low, high] = [least(magnitudes), most(magnitudes)];
  const first = Math.floor(Math.log10(low));
  return {
    low: 10 ** first || low,
    high: Math.min(10 ** Math.max(Math.ceil(Math.log10(high)), first + 1), Number.MAX_VALUE),
  };
}

function errorSummary(
  name: string,
  dtype: DataType,
  bins: readonly ErrorBin[],
  shown: number,
  lines: readonly ReferenceLine[],
): string {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const equal = bins.reduce((sum, { error, count }) => sum + (error === 0 ? count : 0), 0);
  const named = (wanted: string): boolean => lines.some((line) => line.name === wanted);
  return [
    `How far ${elements(total)} of "${name}" (${dtype}) ${total === 1 ? 'lies' : 'lie'} from the reference, by how large the reference is.`,
    'A point stands for all elements about there, and its area for their number.',
    ...(shown < bins.length
      ? [`Of ${formatInteger(bins.length)} points, close ones are one.`]
      : []),
    equal === 0
      ? 'No element is equal.'
      : `${capitalized(elements(equal))} ${equal === 1 ? 'is' : 'are'} equal.`,
    ...(named('tolerance') ? ['Errors above the tolerance are too large.'] : []),
    ...(named('1 ULP') ? [`1 ULP is one step of ${dtype}.`] : []),
  ].join(' ');
}

function elements(count: number): string {
  return count === 1 ? 'one element' : `${formatInteger(count)} elements`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Bins in coarser ones, until they can be drawn; each stands where its farthest one does. */
function fewer(bins: readonly ErrorBin[]): readonly ErrorBin[] {
  let kept = bins;
  for (let perDecade = 16; kept.length > mostPoints; perDecade /= 2) {
    const cell = (value: number): number =>
      value > 0 ? Math.floor(Math.log10(value) * perDecade) : -Infinity;
    const cells = new Map<string, ErrorBin>();
    for (const bin of bins) {
      const key = `${cell(bin.magnitude)} ${cell(bin.error)}`;
      const before = cells.get(key);
      const count = bin.count + (before?.count ?? 0);
      const farthest = before === undefined || bin.error > before.error ? bin : before;
      cells.set(key, { ...farthest, count });
    }
    kept = [...cells.values()];
  }
  return kept;
}

/**
 * SQNR by layer, in topological order: of all values that differ, the worst. Null where none does.
 *
 * @param minSqnrDb The gate; null: there is none.
 */
export function layerChart(
  values: readonly TracedValue[],
  minSqnrDb: number | null,
): ChartBlock | null {
  const compared = values.filter(({ sqnrDb }) => sqnrDb !== null && !Number.isNaN(sqnrDb));
  const differing = compared.filter(({ sqnrDb }) => sqnrDb !== Infinity);
  if (differing.length === 0) return null;
  const worst = differing.toSorted(bySqnr).slice(0, mostLayers);
  const chosen = new Set(worst);
  const shown = differing.filter((value) => chosen.has(value));
  const makers = shown.map(({ node }) => node);
  const isTwice = (node: string): boolean => makers.indexOf(node) !== makers.lastIndexOf(node);
  const bars = shown.map(({ node, name, sqnrDb, isDiverged }): Bar => {
    const label = isTwice(node) ? `${node} → ${name}` : node;
    return { label, ...measured(sqnrDb ?? 0), ...(isDiverged && { tone: 'bad' }) };
  });
  const count = formatInteger(differing.length);
  const same = compared.length - differing.length;
  const undefinedOnes = values.length - compared.length;
  const summary = [
    'How much larger than its error each intermediate value is (SQNR, in dB), from the inputs down to the outputs: the longer the bar, the better.',
    ...(shown.length < differing.length
      ? [`The worst ${shown.length} of ${count}, in that order.`]
      : []),
    ...(same > 0 ? [`${valuesAre(same)} identical, and left out.`] : []),
    ...(undefinedOnes > 0 ? [`${valuesAre(undefinedOnes)} without an SQNR.`] : []),
  ].join(' ');
  return chart('SQNR by layer', summary, {
    kind: 'bars',
    label: 'SQNR',
    unit: 'dB',
    bars,
    tones: { plain: 'within the limits', bad: 'diverged' },
    ...(minSqnrDb !== null && {
      limit: { value: minSqnrDb, name: `limit ${formatNumber(minSqnrDb, 3)} dB` },
    }),
  });
}

function valuesAre(count: number): string {
  return count === 1 ? 'One value is' : `${formatInteger(count)} values are`;
}

function bySqnr(a: TracedValue, b: TracedValue): number {
  const [left, right] = [a.sqnrDb ?? 0, b.sqnrDb ?? 0];
  return left === right ? 0 : left < right ? -1 : 1;
}

/** An infinite one is told in words: no bar is long enough. */
function measured(db: number, cap = 0): { value: number; text?: string } {
  if (Number.isFinite(db)) return { value: db };
  return { value: cap, text: db > 0 ? '∞' : '-∞' };
}

/** The dB that the outputs of a quantized model win where one node stays in float; null: none was tried. */
export function gainChart(gains: FloatGains): ChartBlock | null {
  const { output, sqnrDb, nodes, suggestion } = gains;
  const shown = nodes.filter(({ gainDb }) => !Number.isNaN(gainDb)).slice(0, mostGains);
  if (shown.length === 0) return null;
  const proposed = new Set(suggestion?.nodes);
  const greatest = most([0, ...shown.map(({ gainDb }) => gainDb).filter(Number.isFinite)]);
  const bars = shown.map(
    ({ node, gainDb }): Bar => ({
      label: node,
      ...measured(gainDb, gainDb > 0 ? greatest : 0),
      ...(proposed.has(node) && { tone: 'good' }),
    }),
  );
  const rest = nodes.length - shown.length;
  const summary = [
    `What "${output}" wins when one node alone stays in float; with none of them, its SQNR is ${decibels(sqnrDb)}.`,
    ...(suggestion === null
      ? []
      : [`With all that are worth it, it is ${decibels(suggestion.sqnrDb)}.`]),
    ...(rest > 0 ? [`The ${formatInteger(rest)} nodes that win least are left out.`] : []),
  ].join(' ');
  return chart('Gain by node', summary, {
    kind: 'bars',
    label: 'SQNR won',
    unit: 'dB',
    bars,
    tones: { good: 'worth to keep in float', plain: 'not worth it' },
  });
}

function decibels(value: number): string {
  return Number.isFinite(value) ? `${formatNumber(value, 3)} dB` : value > 0 ? 'infinite' : '-∞ dB';
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b));
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b));
}
