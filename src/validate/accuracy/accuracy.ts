import { MlkitError } from '../../errors.ts';
import { wilsonInterval } from '../../parity/index.ts';
import { formatInteger, formatNumber, formatPercent, type Verdict } from '../../report/index.ts';
import { limitText } from './application-class.ts';
import { byClass, confusionsOf } from './by-class.ts';
import { dropInterval, rowsToDecide } from './drop-interval.ts';
import type { Accuracy, MaxDrop } from './report.ts';
import type { ScoredRows, Scorer } from './score.ts';

/** Below this share of right rows, and above the next one step away, labels look shifted. */
const shiftedBelow = 0.25;
const shiftedAbove = 0.5;

/**
 * What two scorers, or one, come to.
 *
 * @throws MlkitError INPUT_DATA when there were no rows.
 */
export function accuracyOf(reference: Scorer, candidate: Scorer | null): Accuracy {
  const rows = reference.rows;
  if (rows === 0) {
    throw new MlkitError('INPUT_DATA', 'there are no rows to count what is right', {
      hint: 'Give data with at least one row.',
    });
  }
  const first = reference.finish();
  // One threshold for both: a change that moves all numbers across it is what shall be found.
  const second = candidate?.finish(first.threshold ?? undefined) ?? null;
  const scored = second ?? first;
  const tested = candidate ?? reference;
  const { low, high } = wilsonInterval(hitsOf(scored.right), rows);
  const recall = byClass(reference.labels.names, first.right, second?.right ?? null);
  return {
    task: 'classification',
    reference: hitsOf(first.right) / rows,
    candidate: second === null ? null : hitsOf(second.right) / rows,
    ...dropOf(first, second),
    rows,
    low,
    high,
    output: tested.output ?? '',
    topK: topKOf(reference.topK, first, second),
    threshold: first.threshold,
    ...recall,
    confusions: confusionsOf(reference.labels.names, scored.predicted),
    notes: notesOf(tested, scored),
    warnings: warningsOf(tested, scored, recall.classCount),
  };
}

type Drop = Pick<Accuracy, 'dropPct' | 'dropLowPct' | 'dropHighPct' | 'lost' | 'gained'>;

function dropOf(first: ScoredRows, second: ScoredRows | null): Drop {
  if (second === null) {
    return { dropPct: null, dropLowPct: null, dropHighPct: null, lost: null, gained: null };
  }
  const { value, low, high, lost, gained } = dropInterval(first.right, second.right);
  return { dropPct: value, dropLowPct: low, dropHighPct: high, lost, gained };
}

function hitsOf(right: readonly boolean[]): number {
  return right.filter(Boolean).length;
}

function topKOf(k: number | null, first: ScoredRows, second: ScoredRows | null): Accuracy['topK'] {
  if (k === null || first.inTopK === null || second?.inTopK === null) return null;
  const share = (inTopK: readonly boolean[]): number => hitsOf(inTopK) / inTopK.length;
  return {
    k,
    reference: share(first.inTopK),
    candidate: second === null ? null : share(second.inTopK),
  };
}

function notesOf(
  { output, form, topK, classes, unknownLabels }: Scorer,
  scored: ScoredRows,
): string[] {
  const notes: string[] = [];
  if (scored.threshold !== null) {
    const why = scored.threshold === 0 ? 'some are no probabilities' : 'all are probabilities';
    notes.push(
      `output "${output ?? ''}" has one number a row: above ${scored.threshold} is class 1, as ${why}`,
    );
  }
  if (topK !== null && scored.inTopK === null) {
    const why = form === 'scores' ? `has ${classes} classes` : 'gives one class a row';
    notes.push(`top-${topK} is not counted: output "${output ?? ''}" ${why}`);
  }
  if (unknownLabels > 0) {
    notes.push(
      `${unknownLabels} rows have labels that are no class of the model, and count as wrong`,
    );
  }
  return notes;
}

function warningsOf(
  { labels }: Scorer,
  { right, predicted }: ScoredRows,
  classes: number,
): string[] {
  const warnings: string[] = [];
  const rows = right.length;
  const withNaN = predicted.filter((name) => name === null).length;
  if (withNaN > 0)
    warnings.push(`${withNaN} of ${rows} rows have NaN among their scores, and count as wrong`);
  const [only] = predicted;
  if (classes === 1 && rows > 1) {
    warnings.push(`every label is "${labels.names[0] ?? ''}": accuracy proves little`);
  } else if (classes > 1 && only !== null && predicted.every((name) => name === only)) {
    warnings.push(`every row is given the class "${only ?? ''}", whatever the label`);
  }
  for (const step of [1, -1]) {
    const shifted = predicted.filter(
      (name, row) => name !== null && Number(name) === Number(labels.names[row]) + step,
    ).length;
    if (hitsOf(right) / rows < shiftedBelow && shifted / rows > shiftedAbove) {
      const change = step === 1 ? 'one more' : 'one less';
      warnings.push(
        `${formatPercent(shifted / rows, 2)} of the rows are given ${change} than their label: the numbers of the classes look shifted`,
      );
    }
  }
  return warnings;
}

export interface DropVerdict {
  readonly verdict: Verdict;
  /** The drop in words, whatever the verdict. */
  readonly summary: string;
  /** Why the verdict is not `pass`. */
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Holds a drop against the most that is allowed. A percentage is a limit for the drop itself. An
 * application's name is a claim, for which its interval has to lie within the limit.
 */
export function judgeDrop(accuracy: Accuracy, maxDrop: MaxDrop): DropVerdict {
  const { dropPct, dropHighPct, rows } = accuracy;
  const { limitPct, application } = maxDrop;
  const drop = dropPct ?? 0;
  const high = dropHighPct ?? 0;
  const limit = limitText(maxDrop, 'points');
  const summary = `accuracy drops by ${formatNumber(drop)} percentage points (${formatPercent(accuracy.reference, 2)} to ${formatPercent(accuracy.candidate ?? 0, 2)} of ${rows} rows), and may by ${limit}`;
  const verdict = (name: Verdict, reasons: string[], warnings: string[] = []): DropVerdict => ({
    verdict: name,
    summary,
    reasons,
    warnings,
  });
  if (drop > limitPct) return verdict('fail', [summary]);
  const doubt = `${rows} rows cannot exclude a drop of up to ${formatNumber(high, 2)} points (95%), more than the ${limit} allowed`;
  if (application !== null) {
    return high <= limitPct
      ? verdict('pass', [])
      : verdict('inconclusive', [`${doubt}; ${neededRows(accuracy, limitPct)}`]);
  }
  const step = 100 / rows;
  if (limitPct > 0 && step > limitPct) {
    return verdict('inconclusive', [
      `${rows} rows resolve steps of ${formatNumber(step)} points; a limit of ${limit} takes at least ${Math.ceil(100 / limitPct)} rows`,
    ]);
  }
  return verdict('pass', [], high > limitPct ? [doubt] : []);
}

function neededRows({ lost, gained, rows }: Accuracy, limitPct: number): string {
  const differing = (lost ?? 0) + (gained ?? 0);
  const needed = rowsToDecide({ lost: lost ?? 0, gained: gained ?? 0 }, rows, limitPct);
  if (!Number.isFinite(needed))
    return 'no number of rows would decide while the drop is at the limit';
  const rowsText = `${formatInteger(needed)} rows would decide`;
  return differing === 0
    ? `${rowsText}, if the two go on to be right on the same rows`
    : `${rowsText}, if the two go on to differ as often`;
}
