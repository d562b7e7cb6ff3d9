import { verificationCases } from '../parity/index.ts';
import type { TestCase } from '../report/index.ts';
import type { QuantizeReport } from './report.ts';

/** A test for each output of the quantized model. */
export function quantizationCases({ model, verification }: QuantizeReport): TestCase[] {
  return verificationCases(`${model.path.replaceAll('\\', '/')}: quantized`, verification);
}
