import { type PathRoots, pathInRoot } from './artifact-path.ts';
import { type Finding, findingText, type Severity } from './finding.ts';
import type { ReportBase } from './report.ts';
import type { TestCase } from './test-case.ts';
import { visibleLines } from './visible.ts';

type Command = 'error' | 'warning' | 'notice';

interface Annotation {
  readonly command: Command;
  readonly title: string;
  readonly message: string;
}

const ofSeverity: Readonly<Record<Severity, Command>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
};

/** Worst first: of each kind, GitHub shows the first ten of a step. */
const order: readonly Command[] = ['error', 'warning', 'notice'];

/**
 * A report as annotations of GitHub Actions, one line each. There is nothing else in it on purpose:
 * the runner obeys every line that begins with `::`, and a model could hold a name that does.
 *
 * @param cases Tests other than of findings.
 *
 * Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
export function renderGithub(
  report: ReportBase,
  cases: readonly TestCase[],
  roots: PathRoots,
): string {
  const name = `${report.tool.name} ${report.kind}`;
  const annotations = [
    ...(report.findings ?? []).map((finding) => ofFinding(finding, name)),
    ...cases.flatMap((each) => ofCase(each, name)),
  ];
  const [passed] = cases.filter(({ outcome }) => outcome === 'passed');
  if (annotations.length === 0 && passed !== undefined) {
    annotations.push({ command: 'notice', title: name, message: `${passed.suite}: passed` });
  }
  const file = report.model === undefined ? undefined : fileOf(report.model.path, roots);
  return order
    .flatMap((command) => annotations.filter((each) => each.command === command))
    .map((each) => `${line(each, file)}\n`)
    .join('');
}

function ofFinding(finding: Finding, name: string): Annotation {
  return {
    command: ofSeverity[finding.severity],
    title: `${name}: ${finding.code}`,
    message: findingText(finding),
  };
}

function ofCase({ suite, name, outcome, message, details }: TestCase, tool: string): Annotation[] {
  if (outcome === 'passed') return [];
  const command = outcome === 'skipped' ? 'warning' : 'error';
  const why = details ?? message ?? outcome;
  return [{ command, title: `${tool}: ${name}`, message: `${suite}: ${name}\n${why}` }];
}

function fileOf(path: string, roots: PathRoots): string {
  return pathInRoot(path, roots) ?? path.replaceAll('\\', '/');
}

function line({ command, title, message }: Annotation, file: string | undefined): string {
  const properties = [
    ...(file === undefined ? [] : [`file=${escapeProperty(file)}`]),
    `title=${escapeProperty(title)}`,
  ];
  return `::${command} ${properties.join(',')}::${escapeData(message)}`;
}

/** For what follows the second `::`. */
function escapeData(text: string): string {
  return visibleLines(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** A failed command as an annotation. */
export function githubFailure(tool: string, message: string, hint: string): string {
  return `${line({ command: 'error', title: tool, message: `${message}\n${hint}` }, undefined)}\n`;
}
