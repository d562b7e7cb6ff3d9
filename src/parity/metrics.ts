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

export function metricsOf({ stats, isText, agreement, tolerance }: JudgedOutput): Metrics {
  const pairs = isText ? 0 : stats.finitePairs;
  const ofPairs = (value: number): number | null => (pairs === 0 ? null : value);
  const { total } = stats;
  const allowed = Math.floor((tolerance.element?.allowedOutside ?? 0) * total);
  const rows = agreement?.rows ?? 0;
  const agreeing = agreement?.agreeing ?? 0;
  const top1 = rows === 0 ? null : wilsonInterval(agreeing, rows);
  return {
    maxAbs: ofPairs(stats.maxAbs),
    maxRel: ofPairs(stats.maxRel ?? 0) === null ? null : stats.maxRel,
    relExcluded: isText ? 0 : stats.relExcluded,
    meanAbs: ofPairs(stats.sumAbs / pairs),
    rmse: ofPairs(Math.sqrt(stats.sumSquares / pairs)),
    sqnrDb: finiteOrInfinite(ofPairs(sqnrDb(stats.referenceSquares, stats.sumSquares))),
    cosine: finiteOrInfinite(ofPairs(cosine(stats))),
    ulpP99: stats.hasUlp ? stats.ulp.quantile(0.99) : null,
    ulpMax: stats.hasUlp && pairs > 0 ? stats.ulp.max : null,
    top1Agreement: rows === 0 ? null : agreeing / rows,
    top1Rows: rows,
    top1Low: top1?.low ?? null,
    top1High: top1?.high ?? null,
    klMean: agreement?.klMean ?? null,
    neededAtol: stats.neededAtol.atRank(stats.finitePairs - allowed),
  };
}

/** Sums that overflowed leave nothing that could be quoted. */
function finiteOrInfinite(value: number | null): number | null {
  return value === null || Number.isNaN(value) ? null : value;
}

/** 20·log10(‖r‖ / ‖a − r‖), from the squares of the norms. */
function sqnrDb(signal: number, noise: number): number {
  if (noise === 0) return Number.POSITIVE_INFINITY;
  return noise === Number.POSITIVE_INFINITY && signal === noise
    ? Number.NaN
    : 10 * Math.log10(signal / noise);
}

/** ⟨r, a⟩ / (‖r‖·‖a‖); 1 where both are zero or they are equal, 0 where one is zero. */
function cosine(stats: {
  readonly sumSquares: number;
  readonly referenceSquares: number;
  readonly candidateSquares: number;
  readonly products: number;
}): number {
  if (stats.sumSquares === 0) return 1;
  const norms = Math.sqrt(stats.referenceSquares) * Math.sqrt(stats.candidateSquares);
  if (norms === 0) return 0;
  return Math.min(Math.max(stats.products / norms, -1), 1);
}
