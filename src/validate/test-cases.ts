import { outputCases } from '../parity/index.ts';
import { formatNumber, formatPercent, outcomeOf, type TestCase } from '../report/index.ts';
import { judgeDrop } from './accuracy.ts';
import type { ValidateReport } from './report.ts';

/** A test for each output and one for the accuracy, of those that decide; accuracy alone is told. */
export function validationCases(report: ValidateReport): TestCase[] {
  const { model, candidate, golden, decidedBy, outputs = [] } = report;
  const against = candidate?.path ?? golden?.path;
  const subject = against === undefined ? model.path : `${model.path} and ${against}`;
  const suite = subject.replaceAll('\\', '/');
  const cases = decidedBy.includes('outputs') ? outputCases(suite, outputs) : [];
  return [...cases, ...accuracyCases(report, suite)];
}

function accuracyCases({ accuracy, decidedBy, config }: ValidateReport, suite: string): TestCase[] {
  if (accuracy === undefined) return [];
  const { reference, candidate, dropPct, rows } = accuracy;
  const shares = [reference, candidate].flatMap((share) =>
    share === null ? [] : formatPercent(share, 2),
  );
  const drop = dropPct === null ? '' : `, a drop of ${formatNumber(dropPct, 3)} points`;
  const base = { suite, name: 'accuracy', output: `${shares.join(' to ')} of ${rows} rows${drop}` };
  const limit = config['maxDropPct'];
  if (!decidedBy.includes('accuracy') || typeof limit !== 'number') {
    return [{ ...base, outcome: 'passed' }];
  }
  const { verdict, reasons } = judgeDrop(accuracy, limit);
  const [message] = reasons;
  return [{ ...base, outcome: outcomeOf(verdict), ...(message !== undefined && { message }) }];
}
