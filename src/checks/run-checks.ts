import type { Finding } from '../report/index.ts';
import type { ModelFacts } from './model-facts.ts';
import { checks } from './rules/index.ts';

/** What checks come to. `unknown` where nothing was tried. */
export interface CheckReport {
  readonly spec: 'valid' | 'invalid';
  readonly runtime: 'loads' | 'rejects' | 'unknown';
  readonly run: 'runs' | 'fails' | 'unknown';
}

/**
 * Everything that is known to be wrong with a model or remarkable about it, without running it and
 * without reading its weights; in the order of the checks, and of the file. Linear in the size of
 * the structure.
 */
export function runChecks(facts: ModelFacts): Finding[] {
  return checks.flatMap((check) =>
    check
      .run(facts)
      .map(({ code, ...rest }): Finding => ({ code, severity: check.severity, ...rest })),
  );
}

/**
 * What findings say of a model by the ONNX specification. Errors are violations of it, but for those
 * that say otherwise, as what only onnxruntime objects to does.
 */
export function specVerdict(findings: readonly Finding[]): CheckReport['spec'] {
  const isViolated = findings.some((each) => each.severity === 'error' && each.spec !== 'ok');
  return isViolated ? 'invalid' : 'valid';
}
