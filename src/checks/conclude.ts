import type { MlkitError } from '../errors.ts';
import type { Finding } from '../report/index.ts';
import { type CheckReport, verdictsOf } from './run-checks.ts';

/** What the runtime said when it was asked to load the model. */
export interface RuntimeAnswer {
  readonly verdict: 'loads' | 'rejects' | 'crashes' | 'unknown';
  /** Why it does not load. */
  readonly error: MlkitError | null;
}

/** What a check comes to, and all findings. */
export interface Conclusion {
  readonly check: CheckReport;
  readonly findings: readonly Finding[];
}

/** Errors of loading that are the model's own fault, whatever loads it. */
const modelFaults: ReadonlySet<string> = new Set([
  'MODEL_INVALID',
  'MODEL_MALFORMED',
  'EXTERNAL_DATA',
  'EXTERNAL_PATH',
]);

/**
 * Puts together what checks found and what the runtime said. Its answer counts for more than what
 * was foreseen of it; where it was not asked, what was foreseen is the answer.
 *
 * @param answer Null: it was not asked.
 */
export function concludeCheck(known: readonly Finding[], answer: RuntimeAnswer | null): Conclusion {
  const foreseen = verdictsOf(known);
  const said = answer === null ? null : findingOf(answer);
  const findings = said === null ? known : [...known, said];
  return { check: { ...foreseen, runtime: runtimeVerdict(foreseen.runtime, answer) }, findings };
}

function runtimeVerdict(
  foreseen: CheckReport['runtime'],
  answer: RuntimeAnswer | null,
): CheckReport['runtime'] {
  if (answer === null) return foreseen;
  return answer.verdict === 'crashes' ? 'rejects' : answer.verdict;
}

function findingOf({ verdict, error }: RuntimeAnswer): Finding | null {
  if (error === null || verdict === 'loads') return null;
  const base = { at: {}, message: error.message, fix: error.hint };
  if (verdict === 'unknown') return { code: 'runtime-not-asked', severity: 'warning', ...base };
  if (verdict === 'crashes') {
    return { code: 'runtime-crashes', severity: 'error', ...base, runtime: 'rejects' };
  }
  const severity = modelFaults.has(error.code) ? 'error' : 'warning';
  return { code: 'runtime-rejects', severity, ...base, runtime: 'rejects' };
}
