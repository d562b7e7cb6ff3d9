import { MlkitError } from '../../errors.ts';
import { formatInteger, formatNumber } from '../../report/index.ts';
import type { DropVerdict } from './accuracy.ts';
import { limitText } from './application-class.ts';
import type { RegressionScorer } from './regression-scorer.ts';
import type { MaxDrop, Regression, RegressionErrors } from './report.ts';
import { type RmseRise, rmseRise, rowsToDecideRise } from './rmse-rise.ts';

/** Targets that are listed one by one. */
const mostTargets = 32;

/**
 * What two scorers, or one, come to.
 *
 * @throws MlkitError INPUT_DATA when there were no rows.
 */
export function regressionOf(
  reference: RegressionScorer,
  candidate: RegressionScorer | null,
): Regression {
  if (reference.rows === 0) {
    throw new MlkitError('INPUT_DATA', 'there are no rows to hold against the labels', {
      hint: 'Give data with at least one row.',
    });
  }
  const { targets } = reference.labels;
  const [first, second] = [reference.finish(), candidate?.finish() ?? null];
  return {
    task: 'regression',
    reference: first,
    candidate: second,
    ...riseFields(candidate === null ? null : riseOf(reference, candidate)),
    rows: reference.rows,
    targets,
    byTarget: byTarget(reference, candidate),
    output: (candidate ?? reference).output ?? '',
    notes:
      targets === 1 ? [] : [`the errors of ${targets} numbers a row are taken together, unscaled`],
    warnings: warningsOf(candidate ?? reference, second ?? first),
  };
}

function riseFields(
  rise: RmseRise | null,
): Pick<Regression, 'risePct' | 'riseLowPct' | 'riseHighPct'> {
  if (rise === null) return { risePct: null, riseLowPct: null, riseHighPct: null };
  return { risePct: rise.value, riseLowPct: rise.low, riseHighPct: rise.high };
}

function byTarget(
  reference: RegressionScorer,
  candidate: RegressionScorer | null,
): Regression['byTarget'] {
  const others = candidate?.byTarget();
  return reference
    .byTarget()
    .slice(0, mostTargets)
    .map((rmse, at) => ({ reference: rmse, candidate: others?.[at] ?? null }));
}

/** Over the rows that are finite in both; null where there are none. */
function riseOf(reference: RegressionScorer, candidate: RegressionScorer): RmseRise | null {
  const [first, second] = [reference.squares(), candidate.squares()];
  const isInBoth = (_: number, row: number): boolean =>
    !Number.isNaN(first[row]) && !Number.isNaN(second[row]);
  const [a, b] = [first.filter(isInBoth), second.filter(isInBoth)];
  return a.length === 0 ? null : rmseRise(a, b);
}

function warningsOf(scorer: RegressionScorer, { r2, nonFiniteRows }: RegressionErrors): string[] {
  const warnings: string[] = [];
  if (nonFiniteRows > 0) {
    warnings.push(`${nonFiniteRows} of ${scorer.rows} rows are NaN or Inf, and left out`);
  }
  if (scorer.isConstant) warnings.push('every row is given the same number, whatever the label');
  else if (r2 !== null && r2 < 0) {
    warnings.push(
      `R² is ${formatNumber(r2, 3)}: the mean of the labels would be nearer to them than the model. Are they the labels of these rows, in the units of the output?`,
    );
  }
  return warnings;
}

/** Holds the rise of the RMSE against the most that is allowed, as `judgeDrop` does. */
export function judgeRise(regression: Regression, maxDrop: MaxDrop): DropVerdict {
  const { reference, candidate, risePct, riseHighPct: high, rows } = regression;
  const { limitPct, application } = maxDrop;
  const limit = limitText(maxDrop, 'percent');
  const summary = riseText(regression, limit);
  const judged = (
    verdict: DropVerdict['verdict'],
    reasons: string[],
    warnings: string[] = [],
  ): DropVerdict => ({ verdict, summary, reasons, warnings });
  if (reference.nonFiniteRows > 0) {
    return judged('inconclusive', [
      `the reference itself gives NaN or Inf in ${reference.nonFiniteRows} of ${rows} rows`,
    ]);
  }
  if (candidate !== null && candidate.nonFiniteRows > 0) {
    return judged('fail', [`NaN or Inf in ${candidate.nonFiniteRows} of ${rows} rows`]);
  }
  if (risePct === null) return judged('inconclusive', ['there is no row to compare the two on']);
  if (risePct > limitPct) return judged('fail', [summary]);
  const doubt =
    high === null
      ? `${rows} rows are too few to tell how much the RMSE may rise`
      : `${rows} rows cannot exclude that the RMSE rises by up to ${formatNumber(high, 2)}% (95%), more than the ${limit} allowed`;
  const isWithin = high !== null && high <= limitPct;
  const targets = targetWarnings(regression, limitPct);
  if (application === null) return judged('pass', [], isWithin ? targets : [doubt, ...targets]);
  if (isWithin) return judged('pass', [], targets);
  return judged('inconclusive', [`${doubt}${needed(regression, limitPct)}`], targets);
}

function riseText({ reference, candidate, risePct, rows }: Regression, limit: string): string {
  const [from, to] = [formatNumber(reference.rmse), formatNumber(candidate?.rmse ?? 0)];
  if (reference.rmse === 0) {
    return candidate?.rmse === 0
      ? `neither has any error in ${rows} rows`
      : `the reference has no error in ${rows} rows and the candidate an RMSE of ${to}: no percentage allows that`;
  }
  const change = risePct ?? 0;
  const word = change < 0 ? 'falls' : 'rises';
  return `the RMSE ${word} by ${formatNumber(Math.abs(change), 3)}% (${from} to ${to} over ${rows} rows), and may rise by ${limit}`;
}

function needed({ risePct, riseLowPct, riseHighPct, rows }: Regression, limitPct: number): string {
  if (riseHighPct === null) return '; it takes at least 10';
  const rise = { value: risePct ?? 0, low: riseLowPct, high: riseHighPct };
  const count = rowsToDecideRise(rise, rows, limitPct);
  return Number.isFinite(count)
    ? `; about ${formatInteger(count)} rows would decide, if errors go on to be as they were`
    : '; no number of rows would decide while the rise is at the limit';
}

/** A target of small numbers is lost among those of great ones. */
function targetWarnings({ byTarget }: Regression, limitPct: number): string[] {
  if (byTarget.length < 2) return [];
  return byTarget.flatMap(({ reference, candidate }, target) => {
    if (candidate === null || !(candidate > reference * (1 + limitPct / 100))) return [];
    const change =
      reference === 0 ? 'from 0' : `by ${formatNumber(100 * (candidate / reference - 1), 3)}%`;
    return [`the RMSE of target ${target} alone rises ${change}`];
  });
}
