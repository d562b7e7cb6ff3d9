import { type DataType, dataTypes } from '../tensor/index.ts';
import { agreementAtLeast } from './agreement-claim.ts';
import type { ClassAgreement } from './class-agreement.ts';
import type { ElementStats } from './element-stats.ts';
import type { ErrorBin } from './error-by-magnitude.ts';
import { decimalDigits, unitInLastPlace } from './float-precision.ts';
import type { JudgedOutput } from './judge.ts';

/** How many elements are off by so many steps. */
export interface StepCount {
  readonly step: number;
  readonly count: number;
}

/** What more is known of an output read as class scores. */
export interface ClassDetails {
  /** Rows with another greatest class. */
  readonly flips: number;
  /**
   * Those of them in which the reference prefers its class by no more than the RMSE of the output:
   * a toss-up at the candidate's precision.
   */
  readonly tieFlips: number;
  /** The share of all rows that surely agrees: one-sided, 95%, Clopper and Pearson. */
  readonly agreementAtLeast: number;
  /** Share of rows with the same five greatest classes; null with five classes or fewer. */
  readonly top5Agreement: number | null;
  /** KL(r ‖ a) of a row in nats. */
  readonly klP99: number;
  readonly klMax: number;
  /** Rows where the candidate gives nothing to a class that the reference has: their KL is infinite. */
  readonly klUnboundedRows: number;
  /** Mean Jensen-Shannon divergence of those rows in nats, 0 to ln 2; null without such rows. */
  readonly jsMean: number | null;
}

/** Metrics beside those that verdicts and tables use. Null: not defined. */
export interface OutputDetails {
  /** Quantiles of |a − r| by nearest rank; beyond 65,536 differing values at most 0.8% too high. */
  readonly abs: { readonly p50: number; readonly p90: number; readonly p99: number } | null;
  /** ‖a − r‖ / ‖r‖. */
  readonly relL2: number | null;
  /** 20·log10((greatest − least value of the reference) / RMSE) in dB; Infinity when identical. */
  readonly psnrDb: number | null;
  /**
   * Correct decimal digits, −log10(|a − r| / |r|), or −log10|a| where r is 0; from 0 to what the
   * type of the output can hold. The median is over a sample of the elements beyond a million.
   */
  readonly digitsMin: number | null;
  readonly digitsMedian: number | null;
  /** |a − r| in units of the last place of the greatest |r|, in the type of the output. */
  readonly ulpAtScaleP99: number | null;
  readonly ulpAtScaleMax: number | null;
  /** The κ at which, with the rtol of the profile, no element would lie outside; null for no floats. */
  readonly kappaNeeded: number | null;
  /** Places where both are NaN. */
  readonly equalNan: number;
  /** Of 8-bit integers: elements by distance from the reference, those that are equal left out. */
  readonly steps: readonly StepCount[] | null;
  readonly classes: ClassDetails | null;
  /**
   * How many elements of which size are off by how much; of floats, else empty. Over all of the
   * first million elements and a quarter of the rest.
   */
  readonly errorByMagnitude: readonly ErrorBin[];
}

/** Null: there was no sample, or it is text. */
export function detailsOf(output: JudgedOutput): OutputDetails | null {
  const { stats, dtype, isText, agreement } = output;
  if (dtype === null || isText) return null;
  const { kind, bits } = dataTypes[dtype];
  const isFloat = kind === 'float';
  const hasPairs = stats.finitePairs > 0;
  return {
    abs: hasPairs ? absQuantiles(stats) : null,
    relL2: hasPairs ? relL2(stats) : null,
    psnrDb: hasPairs ? psnrDb(stats) : null,
    ...(isFloat && hasPairs ? ofFloats(stats, dtype) : noFloats),
    equalNan: stats.equalNan,
    steps: kind !== 'float' && kind !== 'bool' && bits <= 8 ? stepsOf(stats) : null,
    classes: agreement === null || agreement.rows === 0 ? null : classesOf(agreement, stats),
    errorByMagnitude: isFloat ? stats.byMagnitude.bins() : [],
  };
}

const noFloats = {
  digitsMin: null,
  digitsMedian: null,
  ulpAtScaleP99: null,
  ulpAtScaleMax: null,
  kappaNeeded: null,
} as const;

function ofFloats(
  stats: ElementStats,
  dtype: DataType,
): { [Key in keyof typeof noFloats]: number | null } {
  const { absolute, relative, worstRelative, least, greatest, neededKappa } = stats;
  const most = decimalDigits(dtype) ?? 0;
  const unit = unitInLastPlace(dtype, Math.max(Math.abs(least), Math.abs(greatest)));
  return {
    digitsMin: correctDigits(worstRelative, most),
    digitsMedian: correctDigits(relative.quantile(0.5) ?? 0, most),
    ulpAtScaleP99: unit === null ? null : (absolute.quantile(0.99) ?? 0) / unit,
    ulpAtScaleMax: unit === null ? null : absolute.max / unit,
    kappaNeeded: Number.isFinite(neededKappa) ? neededKappa : null,
  };
}

/**
 * The logarithm of the relative error, as NIST's reference data sets use it.
 *
 * Source: https://www.itl.nist.gov/div898/strd/
 */
function correctDigits(relativeError: number, most: number): number {
  return relativeError === 0 ? most : Math.min(Math.max(-Math.log10(relativeError), 0), most);
}

function absQuantiles({ absolute }: ElementStats): OutputDetails['abs'] {
  const at = (p: number): number => absolute.quantile(p) ?? 0;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

function relL2({ sumSquares, referenceSquares }: ElementStats): number | null {
  if (sumSquares === 0) return 0;
  const ratio = Math.sqrt(sumSquares) / Math.sqrt(referenceSquares);
  // Infinity over infinity, where the squares overflowed.
  return Number.isNaN(ratio) ? null : ratio;
}

function psnrDb(stats: ElementStats): number | null {
  const range = stats.greatest - stats.least;
  if (stats.sumSquares === 0) return Number.POSITIVE_INFINITY;
  const decibels = 20 * Math.log10(range / rmseOf(stats));
  return range > 0 && Number.isFinite(decibels) ? decibels : null;
}

function rmseOf({ sumSquares, finitePairs }: ElementStats): number {
  return Math.sqrt(sumSquares / finitePairs);
}

/** Whole numbers this small have a bucket of their own in the sketch. */
function stepsOf({ absolute }: ElementStats): StepCount[] {
  return [...absolute.counts()].map(({ least, count }) => ({ step: least, count }));
}

function classesOf(agreement: ClassAgreement, stats: ElementStats): ClassDetails {
  const { rows, agreeing, kl } = agreement;
  return {
    flips: rows - agreeing,
    tieFlips: tieFlips(agreement, stats),
    agreementAtLeast: agreementAtLeast(agreeing, rows),
    top5Agreement: agreement.top5Agreement,
    klP99: kl.quantile(0.99) ?? 0,
    klMax: kl.max,
    klUnboundedRows: agreement.unboundedRows,
    jsMean: agreement.jsMean,
  };
}

/** Rows in which the candidate's choice was within its own error. */
export function tieFlips({ flipMargins }: ClassAgreement, stats: ElementStats): number {
  return flipMargins.total === 0 ? 0 : flipMargins.countUpTo(rmseOf(stats));
}
