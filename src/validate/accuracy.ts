import { wilsonInterval } from '../parity/index.ts';
import { formatNumber, formatPercent, type Verdict } from '../report/index.ts';
import type { Accuracy } from './report.ts';
import type { Scorer } from './score.ts';

/** The 97.5% quantile of the normal distribution. */
const z95 = 1.959963984540054;

/** What two scorers, or one, come to. */
export function accuracyOf(reference: Scorer, candidate: Scorer | null): Accuracy {
  const rows = reference.right.length;
  const tested = candidate ?? reference;
  const { low, high } = wilsonInterval(tested.hits, rows);
  const drop = candidate === null ? null : dropInterval(reference.right, candidate.right);
  return {
    reference: reference.hits / rows,
    candidate: candidate === null ? null : candidate.hits / rows,
    dropPct: drop?.value ?? null,
    dropLowPct: drop?.low ?? null,
    dropHighPct: drop?.high ?? null,
    rows,
    low,
    high,
    output: tested.output ?? '',
  };
}

/**
 * The loss of accuracy in percentage points and its 95% interval. Both models saw the same rows, so
 * only rows that one got right and the other wrong count; half a row is added to each of the four
 * cases, as otherwise no difference in few rows would look certain.
 *
 * Source: A. Agresti, Y. Min, "Simple improved confidence intervals for comparing matched
 * proportions", Statistics in Medicine 24 (2005)
 */
export function dropInterval(
  reference: readonly boolean[],
  candidate: readonly boolean[],
): { readonly value: number; readonly low: number; readonly high: number } {
  const rows = reference.length;
  let [lost, gained] = [0, 0];
  for (const [at, right] of reference.entries()) {
    if (right && candidate[at] !== true) lost += 1;
    if (!right && candidate[at] === true) gained += 1;
  }
  const difference = (lost - gained) / (rows + 2);
  const variance = (lost + gained + 1 - (lost - gained) ** 2 / (rows + 2)) / (rows + 2) ** 2;
  const half = z95 * Math.sqrt(variance);
  return {
    value: (100 * (lost - gained)) / rows,
    low: 100 * Math.max(difference - half, -1),
    high: 100 * Math.min(difference + half, 1),
  };
}

export interface DropVerdict {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}

/** Holds a drop against the most that is allowed. */
export function judgeDrop(accuracy: Accuracy, maxDropPct: number): DropVerdict {
  const { dropPct, dropHighPct, rows } = accuracy;
  const drop = dropPct ?? 0;
  const limit = `${formatNumber(maxDropPct)} ${maxDropPct === 1 ? 'point' : 'points'}`;
  if (drop > maxDropPct) {
    return {
      verdict: 'fail',
      reasons: [
        `accuracy drops by ${formatNumber(drop)} percentage points (${formatPercent(accuracy.reference, 2)} to ${formatPercent(accuracy.candidate ?? 0, 2)} of ${rows} rows), and may by ${limit}`,
      ],
      warnings: [],
    };
  }
  const step = 100 / rows;
  if (maxDropPct > 0 && step > maxDropPct) {
    return {
      verdict: 'inconclusive',
      reasons: [
        `${rows} rows resolve steps of ${formatNumber(step)} points; a limit of ${limit} takes at least ${Math.ceil(100 / maxDropPct)} rows`,
      ],
      warnings: [],
    };
  }
  const high = dropHighPct ?? 0;
  const doubt = `${rows} rows cannot exclude a drop of up to ${formatNumber(high, 2)} points (95%), more than the ${limit} allowed`;
  return { verdict: 'pass', reasons: [], warnings: high > maxDropPct ? [doubt] : [] };
}
