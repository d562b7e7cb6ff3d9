import { completenessCase, outputCases } from '../parity/index.ts';
import { formatNumber, formatPercent, outcomeOf, type TestCase } from '../report/index.ts';
import { judgeLabelled } from './accuracy/label-scoring.ts';
import type { LabelledResult, MaxDrop } from './accuracy/report.ts';
import { matrixCases } from './matrix/test-cases.ts';
import type { ValidateReport } from './report.ts';

/**
 * A test for each output (of each setting of a matrix), one for the accuracy, and one for a model that
 * does not run, of those that decide; accuracy alone is told.
 */
export function validationCases(report: ValidateReport): TestCase[] {
  const { model, candidate, golden, decidedBy, outputs = [], matrix } = report;
  const against = candidate?.path ?? golden?.path;
  const subject = against === undefined ? model.path : `${model.path} and ${against}`;
  const suite = subject.replaceAll('\\', '/');
  if (matrix !== undefined) return matrixCases(suite, matrix);
  const cases = decidedBy.includes('outputs') ? outputCases(suite, outputs) : [];
  return [...cases, ...runCases(report, suite), ...accuracyCases(report, suite)];
}

function runCases(report: ValidateReport, suite: string): TestCase[] {
  const { candidate, golden, isComplete, failure, reasons } = report;
  if (candidate === undefined && golden === undefined) return [];
  const isWhole = isComplete !== false && failure === undefined;
  const found = completenessCase(suite, {
    isComplete: isWhole,
    reasons,
    ...(failure !== undefined && { failure }),
  });
  return [golden === undefined ? found : { ...found, name: 'runs on all sets' }];
}

function accuracyCases(report: ValidateReport, suite: string): TestCase[] {
  const { accuracy, decidedBy, config, isComplete } = report;
  if (accuracy === undefined) return [];
  const base = { suite, name: 'accuracy', output: lossText(accuracy) };
  if (isComplete === false) {
    const [message = ''] = report.reasons;
    return [{ ...base, outcome: 'skipped', message }];
  }
  const limit = config['maxDrop'] as MaxDrop | null;
  if (!decidedBy.includes('accuracy') || limit === null) {
    return [{ ...base, outcome: 'passed' }];
  }
  const { verdict, reasons } = judgeLabelled(accuracy, limit);
  const [message] = reasons;
  return [{ ...base, outcome: outcomeOf(verdict), ...(message !== undefined && { message }) }];
}

function lossText(result: LabelledResult): string {
  const { rows } = result;
  if (result.task === 'regression') {
    const errors = [result.reference, ...(result.candidate === null ? [] : [result.candidate])];
    const rise = result.risePct === null ? '' : `, a rise of ${formatNumber(result.risePct, 3)}%`;
    return `RMSE ${errors.map(({ rmse }) => formatNumber(rmse, 4)).join(' to ')} on ${rows} rows${rise}`;
  }
  const shares = [result.reference, result.candidate].flatMap((share) =>
    share === null ? [] : formatPercent(share, 2),
  );
  const { dropPct } = result;
  const drop = dropPct === null ? '' : `, a drop of ${formatNumber(dropPct, 3)} points`;
  return `${shares.join(' to ')} of ${rows} rows${drop}`;
}
