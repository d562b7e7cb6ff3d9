import { outcomeOf, type TestCase, type Verdict } from '../report/index.ts';
import type { OutputParity } from './parity.ts';
import { worstVerdict } from './worst-verdict.ts';

/** A test for each output: whether it is within its limits. */
export function outputCases(suite: string, outputs: readonly OutputParity[]): TestCase[] {
  return outputs.map((output): TestCase => {
    const { name, verdict, reasons, warnings, minimumTolerance } = output;
    const [message] = reasons;
    const wayOut =
      verdict === 'fail' && minimumTolerance.flags !== ''
        ? [`what would pass: ${minimumTolerance.flags}`]
        : [];
    return {
      suite,
      name: `output ${name}`,
      outcome: outcomeOf(verdict),
      ...(message !== undefined && { message, details: [...reasons, ...wayOut].join('\n') }),
      ...(warnings.length > 0 && {
        output: warnings.map((warning) => `warning: ${warning}`).join('\n'),
      }),
    };
  });
}

/** What is known of a verification; no verdict is one that was not tried. */
export interface VerificationOutcome {
  readonly verdict: Verdict | null;
  readonly reason: string;
  readonly outputs?: readonly OutputParity[];
}

/** A test for each output, and one for the whole where the outputs do not explain its verdict. */
export function verificationCases(suite: string, verification: VerificationOutcome): TestCase[] {
  const { verdict, reason, outputs = [] } = verification;
  const cases = outputCases(suite, outputs);
  const isExplained =
    outputs.length > 0 && verdict === worstVerdict(outputs.map((output) => output.verdict));
  if (isExplained) return cases;
  const outcome = outcomeOf(verdict);
  const whole = { suite, name: 'verification', outcome };
  return [...cases, outcome === 'passed' ? whole : { ...whole, message: reason }];
}
