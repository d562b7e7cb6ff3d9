import type { MlkitError } from '../errors.ts';
import type { Finding } from '../report/index.ts';
import { type CheckReport, helpOf, verdictsOf } from './run-checks.ts';

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
  if (answer === null) return { check: foreseen, findings: known };
  const said = findingOf(answer, known);
  const findings = said === null ? known : [...known, said];
  const runtime = answer.verdict === 'crashes' ? 'rejects' : answer.verdict;
  return { check: { ...foreseen, runtime, run: runVerdict(runtime, known, foreseen) }, findings };
}

/**
 * What does not load does not run; what loads runs unless something is known to fail then. A large
 * model is loaded without optimizations, which is why what is wrong with it may not show before.
 */
function runVerdict(
  runtime: CheckReport['runtime'],
  known: readonly Finding[],
  foreseen: CheckReport,
): CheckReport['run'] {
  if (runtime === 'unknown') return foreseen.run;
  const cannotRun = ({ runtime: foretold, severity }: Finding): boolean =>
    foretold === 'fails' || (foretold === 'rejects' && severity === 'error');
  return runtime === 'rejects' || known.some(cannotRun) ? 'fails' : 'runs';
}

function findingOf({ verdict, error }: RuntimeAnswer, known: readonly Finding[]): Finding | null {
  if (error === null || verdict === 'loads') return null;
  const { message, code } = error;
  if (verdict === 'unknown') {
    const name = 'runtime-not-asked';
    return {
      code: name,
      severity: 'warning',
      at: {},
      message,
      fix: error.hint,
      help: helpOf(name),
    };
  }
  const name = verdict === 'crashes' ? 'runtime-crashes' : 'runtime-rejects';
  const isFault = verdict === 'crashes' || modelFaults.has(code);
  return {
    code: name,
    severity: isFault ? 'error' : 'warning',
    at: {},
    message,
    fix: adviceOn(error, known),
    help: helpOf(name),
    runtime: 'rejects',
  };
}

/** Whoever reads it has checked the model already, so that is no advice. */
function adviceOn({ hint }: MlkitError, known: readonly Finding[]): string {
  const causes = new Set(known.filter(rejects).map((each) => each.code));
  if (causes.size > 0) return `See what is said of ${[...causes].join(', ')}.`;
  if (!hint.includes('inspect --check')) return hint;
  return 'None of the checks foresees this; the message says what onnxruntime minds.';
}

function rejects({ runtime }: Finding): boolean {
  return runtime === 'rejects';
}
