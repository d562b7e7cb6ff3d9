import type { Finding } from '../report/index.ts';
import type { Issue } from './check.ts';
import { mendedCodes } from './mended-codes.ts';
import type { ModelFacts } from './model-facts.ts';
import { checks } from './rules/index.ts';

/** What checks come to. `unknown` where nothing was tried. */
export interface CheckReport {
  readonly spec: 'valid' | 'invalid';
  readonly runtime: 'loads' | 'rejects' | 'unknown';
  readonly run: 'runs' | 'fails' | 'unknown';
}

/** What findings alone say of a model. */
export interface Verdicts extends CheckReport {
  readonly runtime: 'loads' | 'rejects';
  readonly run: 'runs' | 'fails';
}

/**
 * Everything that is known to be wrong with a model or remarkable about it, without running it,
 * without reading its weights and without looking into its operators; in the order of the checks,
 * and of the file. Linear in the size of the structure.
 */
export function runChecks(facts: ModelFacts): Finding[] {
  return checks.flatMap((check) => check.run(facts).map((issue) => findingOf(issue, check)));
}

/** The finding that an issue is, once it is known how much it matters. */
export function findingOf(
  { code, ...rest }: Issue,
  { severity }: Pick<Finding, 'severity'>,
): Finding {
  return { code, severity, ...rest, ...fixOf(code, rest.fix), help: helpOf(code) };
}

function fixOf(code: string, fix = ''): Pick<Finding, 'fix'> {
  if (!mendedCodes.has(code) || fix.includes('--fix')) return {};
  return { fix: `${fix} mlkit convert --fix does it where it can.`.trimStart() };
}

/** Where a code is explained. */
export function helpOf(code: string): string {
  return `docs/findings.md#${code}`;
}

/**
 * What findings say of a model: by the ONNX specification, as onnx's full check holds it, and of
 * what onnxruntime will do with it. What does not load does not run either.
 */
export function verdictsOf(findings: readonly Finding[]): Verdicts {
  const isInvalid = findings.some((each) => each.spec === 'error');
  const isRejected = findings.some((each) => each.runtime === 'rejects');
  const fails = isRejected || findings.some((each) => each.runtime === 'fails');
  return {
    spec: isInvalid ? 'invalid' : 'valid',
    runtime: isRejected ? 'rejects' : 'loads',
    run: fails ? 'fails' : 'runs',
  };
}
