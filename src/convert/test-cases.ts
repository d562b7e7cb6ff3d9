import { verificationCases } from '../parity/index.ts';
import type { TestCase } from '../report/index.ts';
import type { ConvertReport } from './report.ts';

/** A test for each output that was compared, or one for whether the result computes the same. */
export function conversionCases({ model, verification }: ConvertReport): TestCase[] {
  return verificationCases(`${model.path.replaceAll('\\', '/')}: converted`, verification);
}
