import { formatNumber, formatPercent } from '../report/index.ts';
import { type DataType, dataTypes } from '../tensor/index.ts';
import type { ClassAgreement } from './class-agreement.ts';
import { tieFlips } from './details.ts';
import type { JudgedOutput } from './judge.ts';
import { looksLikeClasses } from './looks-like-classes.ts';
import type { Metrics } from './metrics.ts';
import { flagFor, roundedDown, roundedUp } from './suggest.ts';

export interface GateResult {
  readonly passes: boolean;
  /** Why it does not pass. */
  readonly reason: string;
  /** The flags with which it would only just pass; null where there are none. */
  readonly flags: string | null;
}

/** Every gate that applies to the output. A metric that is not defined passes no gate. */
export function checkGates(output: JudgedOutput, metrics: Metrics): GateResult[] {
  const { dtype, name } = output;
  if (dtype === null || output.stats.total === 0) return [];
  const results: (GateResult | null)[] = [elementGate(output, dtype, metrics)];
  if (output.stats.finitePairs > 0 && !output.isText) {
    const limits = tensorLimits(output);
    results.push(
      atLeast(limits.minSqnrDb, metrics.sqnrDb, (limit, value) => ({
        reason: `SQNR is ${decibels(value)} and must be at least ${decibels(limit)}`,
        flags: flag('--min-sqnr', name, value === null ? null : roundedDown(value, 1)),
      })),
      atLeast(limits.minCosine, metrics.cosine, (limit, value) => ({
        reason: `the cosine is ${number(value, 7)} and must be at least ${number(limit, 6)}`,
        flags: flag('--min-cosine', name, value === null ? null : roundedDown(value, 6)),
      })),
      ...classGates(output, metrics),
    );
  }
  return results.filter((each) => each !== null);
}

/** However small an output is, its errors must be no more than half of it. */
const leastSqnrDb = 6;

/**
 * The limits on SQNR and cosine. Errors up to the profile's atol are no errors, so an output that is
 * itself not much larger, such as scores of which all are near 0, cannot be held to more than the
 * ratio of the two. Limits that were given are as given.
 */
function tensorLimits({ stats, tolerance }: JudgedOutput): {
  minSqnrDb: number | null;
  minCosine: number | null;
} {
  const { element, explicit, minSqnrDb, minCosine } = tolerance;
  if (element === null || element.atol === 0 || explicit.has('atol')) {
    return { minSqnrDb, minCosine };
  }
  const rms = Math.sqrt(stats.referenceSquares / stats.finitePairs);
  const most = Math.max(20 * Math.log10(rms / element.atol), leastSqnrDb);
  // The cosine that such noise leaves, if it is at right angles to the signal.
  const mostCosine = 1 - 10 ** (-most / 10) / 2;
  return {
    minSqnrDb:
      minSqnrDb === null || explicit.has('minSqnrDb') ? minSqnrDb : Math.min(minSqnrDb, most),
    minCosine:
      minCosine === null || explicit.has('minCosine') ? minCosine : Math.min(minCosine, mostCosine),
  };
}

function elementGate(output: JudgedOutput, dtype: DataType, metrics: Metrics): GateResult | null {
  const { stats, tolerance, name, isText } = output;
  const { element, minTop1 } = tolerance;
  if (element === null) return null;
  const outside = stats.mismatched - stats.classMismatches;
  const share = (stats.total - outside) / stats.total;
  const isExact = dataTypes[dtype].kind !== 'float';
  if (isExact && minTop1 !== null && tolerance.explicit.has('minTop1')) {
    return {
      passes: share >= minTop1,
      reason: `${formatPercent(share, 2)} of the elements are equal, and ${formatPercent(minTop1, 2)} must be`,
      flags: flag('--min-top1', name, roundedDown(share, 4)),
    };
  }
  const slack = element.rtol > 0 ? 1 + Number.EPSILON * 4 : 1;
  const atol = roundedUp(metrics.neededAtol * slack);
  const byTolerance =
    atol === null
      ? null
      : `${flagFor('--atol', name, atol)} ${flagFor('--rtol', name, String(element.rtol))}`;
  return {
    passes: outside <= Math.floor(element.allowedOutside * stats.total),
    reason: outsideReason(output, outside),
    flags:
      isText || tolerance.integers === 'chosen'
        ? flag('--min-top1', name, roundedDown(share, 4))
        : byTolerance,
  };
}

function outsideReason({ stats, tolerance, isText }: JudgedOutput, outside: number): string {
  const { element, bitwise, integers } = tolerance;
  const mustEqual = element !== null && element.atol === 0 && element.rtol === 0;
  const what = isText || mustEqual ? 'differ' : 'lie outside of the tolerance';
  const share = `${outside} of ${stats.total} elements ${what}`;
  if (stats.worst === null) return bitwise ? `${share} (zeros of another sign)` : share;
  const { sample, at, reference, candidate } = stats.worst;
  const where = `[${at.join(', ')}] of sample ${sample}`;
  if (isText) return `${share} (first at ${where})`;
  if (integers === 'chosen') {
    const equal = formatPercent((stats.total - outside) / stats.total, 2);
    return `${share}, so ${equal} are equal (worst at ${where}: ${number(candidate, 9)} instead of ${number(reference, 9)})`;
  }
  return `${share} (worst at ${where}: ${number(candidate, 9)} instead of ${number(reference, 9)})`;
}

function classGates(output: JudgedOutput, metrics: Metrics): (GateResult | null)[] {
  const { agreement, tolerance, name, dims } = output;
  if (agreement === null || agreement.rows === 0) return [];
  const isClasses = looksLikeClasses(name, dims, agreement);
  const { explicit, minTop1, maxKl } = tolerance;
  const { top1Low, top1High, klMean } = metrics;
  const interval = `${formatPercent(top1Low ?? 0)} to ${formatPercent(top1High ?? 1)}`;
  const results: (GateResult | null)[] = [];
  if (isClasses || explicit.has('minTop1')) {
    results.push(
      atLeast(minTop1, metrics.top1Agreement, (limit, value) => ({
        reason: `top-1 agreement is ${formatPercent(value ?? 0, 2)} of ${agreement.rows} rows (95%: ${interval}${tiesText(output, agreement)}) and must be at least ${formatPercent(limit, 2)}`,
        flags: flag('--min-top1', name, value === null ? null : roundedDown(value, 4)),
      })),
    );
  }
  if ((isClasses || explicit.has('maxKl')) && maxKl !== null) {
    results.push({
      passes: klMean !== null && klMean <= maxKl,
      reason: `KL divergence is ${number(klMean, 4)} nats and must be at most ${maxKl}`,
      flags: flag('--max-kl', name, klMean === null ? null : roundedUp(klMean)),
    });
  }
  return results;
}

/** Flips that the candidate's own error explains, where there are any. */
function tiesText({ stats }: JudgedOutput, agreement: ClassAgreement): string {
  const ties = tieFlips(agreement, stats);
  if (ties === 0) return '';
  return `; near ties in the reference: ${ties} of ${agreement.rows - agreement.agreeing} flips`;
}

function atLeast(
  limit: number | null,
  value: number | null,
  words: (limit: number, value: number | null) => Pick<GateResult, 'reason' | 'flags'>,
): GateResult | null {
  if (limit === null) return null;
  const result = { passes: value !== null && value >= limit, ...words(limit, value) };
  // What is identical needs no flag, and there is none for infinity.
  return value === Number.POSITIVE_INFINITY ? { ...result, flags: '' } : result;
}

function flag(name: string, output: string, value: string | null): string | null {
  return value === null ? null : flagFor(name, output, value);
}

function decibels(value: number | null): string {
  return value === null ? 'not defined' : `${number(value, 4)} dB`;
}

function number(value: number | null, digits: number): string {
  return value === null ? 'not defined' : formatNumber(value, digits);
}
