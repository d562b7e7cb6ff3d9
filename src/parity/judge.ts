import { formatInteger, formatNumber, formatPercent, type Verdict } from '../report/index.ts';
import { type DataType, dataTypes } from '../tensor/index.ts';
import { agreementAtLeast, agreementClaim, rowsNeeded } from './agreement-claim.ts';
import type { ClassAgreement } from './class-agreement.ts';
import { detailsOf } from './details.ts';
import type { ElementStats } from './element-stats.ts';
import { checkGates, type GateResult } from './gates.ts';
import { looksLikeClasses } from './looks-like-classes.ts';
import { type Metrics, metricsOf } from './metrics.ts';
import type { MinimumTolerance, OutputParity } from './parity.ts';
import type { OutputTolerance } from './tolerance.ts';

/** Everything known of an output when the verdict is due. */
export interface JudgedOutput {
  readonly name: string;
  /** Null: there was no sample. */
  readonly dtype: DataType | null;
  /** Null where the samples differ. */
  readonly dims: readonly (number | null)[];
  /** Failures that no tolerance mends: a missing output, another type or shape. */
  readonly failures: readonly string[];
  readonly stats: ElementStats;
  readonly isText: boolean;
  /** Null where the output cannot be scores of classes. */
  readonly agreement: ClassAgreement | null;
  readonly tolerance: OutputTolerance;
  readonly expectsNonFinite: boolean;
  readonly nondeterministic: string | null;
  /** What to say where there was no sample. */
  readonly incomparable: string;
}

/** Turns the sums over an output into its metrics, its verdict and what to say about it. */
export function judge(output: JudgedOutput): OutputParity {
  const { stats, dtype } = output;
  const metrics = metricsOf(output);
  const { neededAtol: _, ...shown } = metrics;
  const gates = dtype === null ? [] : checkGates(output, metrics);
  const failed = gates.filter((gate) => !gate.passes);
  const classReasons = [...classMismatchReasons(stats), ...strictNanReasons(output)];
  const doubts = output.failures.length > 0 ? [] : doubtsOf(output);
  const differs = [...classReasons, ...failed.map((gate) => gate.reason)];
  const excuse = output.nondeterministic;
  const isExcused = excuse !== null && output.failures.length === 0 && differs.length > 0;
  const isFailed = output.failures.length > 0 || (differs.length > 0 && !isExcused);
  const verdict: Verdict = isFailed
    ? 'fail'
    : isExcused || doubts.length > 0
      ? 'inconclusive'
      : 'pass';
  const reasons = [...output.failures, ...differs, ...(isExcused ? [excuse] : []), ...doubts];
  return {
    name: output.name,
    dtype,
    shape: output.dims,
    ...shown,
    mismatched: stats.mismatched + (output.tolerance.strictNan ? stats.equalNan : 0),
    total: stats.total,
    nonFinite: {
      reference: { ...stats.reference },
      candidate: { ...stats.candidate },
      equalNonFinite: stats.equalNonFinite,
    },
    details: detailsOf(output),
    verdict,
    minimumTolerance: minimumTolerance(output, metrics, gates, classReasons.length === 0),
    reasons,
    warnings: warningsOf(output, metrics),
  };
}

/** A finite number for NaN or Inf, or one of these for another: never within any tolerance. */
function classMismatchReasons({ classMismatches, firstClassMismatch }: ElementStats): string[] {
  if (firstClassMismatch === null) return [];
  const { sample, at, reference, candidate } = firstClassMismatch;
  const where = `[${at.join(', ')}] of sample ${sample}`;
  return [
    `${classMismatches} ${classMismatches === 1 ? 'element is' : 'elements are'} finite in one and not in the other, or differ in kind (first at ${where}: ${candidate} instead of ${reference})`,
  ];
}

function strictNanReasons({ stats, tolerance }: JudgedOutput): string[] {
  if (!tolerance.strictNan || stats.equalNan === 0) return [];
  const { equalNan } = stats;
  return [`${equalNan} ${equalNan === 1 ? 'element is' : 'elements are'} NaN in both`];
}

/** Why the data cannot decide. */
function doubtsOf({ dtype, stats, expectsNonFinite, incomparable }: JudgedOutput): string[] {
  if (dtype === null) return [incomparable];
  const { nan, posInf, negInf } = stats.reference;
  if (expectsNonFinite || nan + posInf + negInf === 0) return [];
  const kinds = [
    [nan, 'NaN'],
    [posInf, 'Inf'],
    [negInf, '-Inf'],
  ] as const;
  const found = kinds.filter(([count]) => count > 0).map(([count, kind]) => `${count} ${kind}`);
  return [
    `the reference itself gives ${found.join(', ')}: with these inputs the comparison decides nothing`,
  ];
}

function minimumTolerance(
  output: JudgedOutput,
  metrics: Metrics,
  gates: readonly GateResult[],
  isComparable: boolean,
): MinimumTolerance {
  const { tolerance, stats, isText } = output;
  const hasNumbers = !isText && stats.finitePairs > 0;
  const atol = hasNumbers ? metrics.neededAtol : null;
  const rtol = hasNumbers ? (tolerance.element?.rtol ?? 0) : null;
  const failed = gates.filter((gate) => !gate.passes);
  // Of an output that passes, how tight the gates could be; of one that fails, what would help.
  const flags = (failed.length > 0 ? failed : gates).map((gate) => gate.flags);
  const isHopeless = !isComparable || output.failures.length > 0 || flags.includes(null);
  return { atol, rtol, flags: isHopeless ? '' : flags.filter((each) => each !== '').join(' ') };
}

function warningsOf(output: JudgedOutput, metrics: Metrics): string[] {
  const { dtype, stats, isText } = output;
  if (dtype === null || output.failures.length > 0) return [];
  const warnings: string[] = [];
  const vacuous = isText ? null : vacuity(dtype, stats);
  if (vacuous !== null) warnings.push(`proves little: ${vacuous}`);
  if (stats.equalNonFinite > 0 && output.expectsNonFinite) {
    warnings.push(`${stats.equalNonFinite} values are NaN or Inf in both`);
  }
  warnings.push(...classWarnings(output, dtype, metrics));
  return warnings;
}

/** What the gate of top-1 agreement leaves unsaid: that it does not apply, or has too few rows. */
function classWarnings(output: JudgedOutput, dtype: DataType, metrics: Metrics): string[] {
  const { name, dims, agreement } = output;
  const { minTop1, explicit, own } = output.tolerance;
  const { top1Agreement } = metrics;
  if (minTop1 === null) return [];
  if (agreement === null || top1Agreement === null) {
    return own.has('minTop1') && isFloat(dtype)
      ? ['a minimum of top-1 agreement is given, but this output has no rows of classes']
      : [];
  }
  if (explicit.has('minTop1') || looksLikeClasses(name, dims, agreement)) {
    return fewRowsWarning(minTop1, agreement);
  }
  return top1Agreement >= minTop1
    ? []
    : [
        `the greatest value of a row is in the same place in ${formatPercent(top1Agreement)} of ${agreement.rows} rows; not a gate, as the output does not look like class scores (--min-top1 makes it one)`,
      ];
}

/** Even without a flip, so few rows would not show that the limit is kept. */
function fewRowsWarning(limit: number, { agreeing, rows }: ClassAgreement): string[] {
  const needed = rowsNeeded(limit);
  const isShort = rows < needed && Number.isFinite(needed);
  if (!isShort || agreeing / rows < limit || agreementAtLeast(agreeing, rows) >= limit) return [];
  return [
    `${agreementClaim(agreeing, rows)}; to claim the limit of ${formatPercent(limit, 2)} takes ${formatInteger(needed)} rows without a flip`,
  ];
}

function isFloat(dtype: DataType): boolean {
  return dataTypes[dtype].kind === 'float';
}

/** Why a comparison with this reference would pass many a wrong model, or null. */
function vacuity(dtype: DataType, stats: ElementStats): string | null {
  if (stats.total === 0) return 'the output has no elements';
  if (stats.finitePairs === 0 || stats.least !== stats.greatest) return null;
  if (stats.least === 0 && (isFloat(dtype) || stats.finitePairs > 1)) {
    return 'every value of the reference is 0';
  }
  return stats.finitePairs > 1
    ? `every value of the reference is ${formatNumber(stats.least)}`
    : null;
}
