import type { ClassAgreement } from './class-agreement.ts';
import type { ElementStats } from './element-stats.ts';
import type { JudgedOutput } from './judge.ts';
import { wilsonInterval } from './wilson.ts';

/** The numbers of an output; null: not defined. */
export interface Metrics {
  readonly maxAbs: number | null;
  readonly maxRel: number | null;
  readonly relExcluded: number;
  readonly meanAbs: number | null;
  readonly rmse: number | null;
  readonly sqnrDb: number | null;
  readonly cosine: number | null;
  readonly ulpP99: number | null;
  readonly ulpMax: number | null;
  readonly top1Agreement: number | null;
  readonly top1Rows: number;
  readonly top1Low: number | null;
  readonly top1High: number | null;
  readonly klMean: number | null;
  /** The atol that, with the gate's rtol, leaves no more elements outside than the gate allows. */
  readonly neededAtol: number;
}

export function metricsOf(output: JudgedOutput): Metrics {
  const { stats, isText, agreement } = output;
  const pairs = isText ? 0 : stats.finitePairs;
  return {
    ...(pairs === 0 ? noNumbers : numbersOf(stats)),
    relExcluded: isText ? 0 : stats.relExcluded,
    ...top1Of(agreement),
    klMean: agreement?.klMean ?? null,
    neededAtol: neededAtol(output),
  };
}

const noNumbers = {
  maxAbs: null,
  maxRel: null,
  meanAbs: null,
  rmse: null,
  sqnrDb: null,
  cosine: null,
  ulpP99: null,
  ulpMax: null,
} as const;

function numbersOf(stats: ElementStats): { [Key in keyof typeof noNumbers]: number | null } {
  const { finitePairs } = stats;
  return {
    maxAbs: stats.maxAbs,
    maxRel: stats.maxRel,
    meanAbs: stats.sumAbs / finitePairs,
    rmse: Math.sqrt(stats.sumSquares / finitePairs),
    sqnrDb: unlessNan(sqnrDb(stats.referenceSquares, stats.sumSquares)),
    cosine: unlessNan(cosine(stats)),
    ulpP99: stats.hasUlp ? wholeUnits(stats.ulp.quantile(0.99)) : null,
    ulpMax: stats.hasUlp ? stats.ulp.max : null,
  };
}

function top1Of(
  agreement: ClassAgreement | null,
): Pick<Metrics, 'top1Agreement' | 'top1Rows' | 'top1Low' | 'top1High'> {
  if (agreement === null || agreement.rows === 0) {
    return { top1Agreement: null, top1Rows: 0, top1Low: null, top1High: null };
  }
  const { agreeing, rows } = agreement;
  const { low, high } = wilsonInterval(agreeing, rows);
  return { top1Agreement: agreeing / rows, top1Rows: rows, top1Low: low, top1High: high };
}

function neededAtol({ stats, tolerance }: JudgedOutput): number {
  const allowed = Math.floor((tolerance.element?.allowedOutside ?? 0) * stats.total);
  return stats.neededAtol(allowed);
}

/** Distances are whole; what the sketch reads off the edge of a bucket need not be. */
function wholeUnits(value: number | null): number | null {
  return value === null ? null : Math.floor(value);
}

/** Sums that overflowed leave nothing that could be quoted. */
function unlessNan(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** 20·log10(‖r‖ / ‖a − r‖), from the squares of the norms. */
function sqnrDb(signal: number, noise: number): number {
  if (noise === 0) return Number.POSITIVE_INFINITY;
  // Infinity over infinity, where the squares overflowed, is NaN.
  return 10 * Math.log10(signal / noise);
}

/** ⟨r, a⟩ / (‖r‖·‖a‖); 1 where both are zero or they are equal, 0 where one is zero. */
function cosine(stats: ElementStats): number {
  if (stats.sumSquares === 0) return 1;
  const norms = Math.sqrt(stats.referenceSquares) * Math.sqrt(stats.candidateSquares);
  if (norms === 0) return 0;
  return Math.min(Math.max(stats.products / norms, -1), 1);
}
