import { type Finding, findingText } from './finding.ts';
import { outcomeOf, type ReportBase, type TestOutcome } from './report.ts';

/** One thing that a command has tested, as systems of continuous integration count and list them. */
export interface TestCase {
  /** What it belongs to, such as `mlp.onnx: outputs`. */
  readonly suite: string;
  /** The same in every run, and unique in its suite: it is how a history of runs is kept. */
  readonly name: string;
  readonly outcome: TestOutcome;
  /** One line: why it is not `passed`. */
  readonly message?: string;
  /** All there is to say about that; lines. */
  readonly details?: string;
  /** What is worth telling of one that has passed, too; lines. */
  readonly output?: string;
  readonly timeSeconds?: number;
}

/** A code that the findings of a report may have: what was looked for. */
export interface CheckedCode {
  readonly code: string;
  /** One line. */
  readonly summary: string;
  readonly help?: string;
}

/** The model that a report is about, in a form that is the same on every system. */
export function subjectOf({ model, kind }: ReportBase): string {
  return (model?.path ?? kind).replaceAll('\\', '/');
}

/**
 * A test for each code: failed where it has findings of error level. Of a report whose checks are not
 * listed, one for each code that was found.
 */
export function findingCases(
  report: ReportBase,
  checked: readonly CheckedCode[] = [],
): readonly TestCase[] {
  const byCode = new Map<string, Finding[]>(checked.map(({ code }) => [code, []]));
  for (const finding of report.findings ?? []) {
    const same = byCode.get(finding.code);
    if (same === undefined) byCode.set(finding.code, [finding]);
    else same.push(finding);
  }
  const suite = `${subjectOf(report)}: checks`;
  return [...byCode].map(([code, findings]) => caseOf(suite, code, findings));
}

function caseOf(suite: string, name: string, findings: readonly Finding[]): TestCase {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const others = findings.filter(({ severity }) => severity !== 'error');
  const output =
    others.length === 0
      ? {}
      : { output: others.map((each) => `${each.severity}: ${findingText(each)}`).join('\n') };
  const [first] = errors;
  if (first === undefined) return { suite, name, outcome: 'passed', ...output };
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
  return {
    suite,
    name,
    outcome: 'failed',
    message: `${first.message}${more}`,
    details: errors.map(findingText).join('\n'),
    ...output,
  };
}

/** The report's verdict as a test; without one, that the command was done. */
export function verdictCase(report: ReportBase): TestCase {
  const { verdict, kind } = report;
  const suite = `${subjectOf(report)}: ${kind}`;
  if (verdict === undefined) return { suite, name: kind, outcome: 'passed' };
  const outcome = outcomeOf(verdict);
  if (outcome === 'passed') return { suite, name: 'verdict', outcome };
  return { suite, name: 'verdict', outcome, message: `the verdict is ${verdict}` };
}
