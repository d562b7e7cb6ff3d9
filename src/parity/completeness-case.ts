import type { TestCase } from '../report/index.ts';
import type { ParityResult } from './parity.ts';

/** A test for whether both models ran on all samples. */
export function completenessCase(
  suite: string,
  { isComplete, failure, reasons }: Pick<ParityResult, 'isComplete' | 'failure' | 'reasons'>,
): TestCase {
  const name = 'both models run';
  if (isComplete) return { suite, name, outcome: 'passed' };
  const [message = ''] = reasons;
  const details = { suite, name, message, details: reasons.join('\n') };
  if (failure === undefined) return { ...details, outcome: 'skipped' };
  return { ...details, outcome: failure.verdict === 'fail' ? 'failed' : 'error' };
}
