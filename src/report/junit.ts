import type { ReportBase, TestOutcome } from './report.ts';
import type { TestCase } from './test-case.ts';
import { visibleLines, visibleText } from './visible.ts';

/** What is declared of each suite, in this order. */
interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
  /** Absent where no test says how long it took. */
  readonly time?: string;
}

/**
 * Tests as JUnit's XML, in the form that Jenkins and GitLab read. Two runs with the same outcome give
 * the same bytes: there are no timestamps and no names of machines.
 *
 * Source: https://github.com/jenkinsci/xunit-plugin (junit-10.xsd)
 */
export function renderJunit(report: ReportBase, cases: readonly TestCase[]): string {
  const suites = new Map<string, TestCase[]>();
  for (const each of cases) {
    const suite = suites.get(each.suite);
    if (suite === undefined) suites.set(each.suite, [each]);
    else suite.push(each);
  }
  // `skipped` is not among the attributes of the outermost element.
  const { skipped: _, ...totals } = countsOf(cases);
  const name = `${report.tool.name} ${report.kind}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name, ...totals })}>`,
    ...[...suites].flatMap(([suite, members]) => suiteLines(report, suite, members)),
    '</testsuites>\n',
  ].join('\n');
}

function countsOf(cases: readonly TestCase[]): Counts {
  const count = (wanted: TestOutcome): number =>
    cases.filter(({ outcome }) => outcome === wanted).length;
  const times = cases.flatMap(({ timeSeconds }) => timeSeconds ?? []);
  const total = times.reduce((sum, each) => sum + each, 0);
  return {
    tests: cases.length,
    failures: count('failed'),
    errors: count('error'),
    skipped: count('skipped'),
    ...(times.length > 0 && { time: seconds(total) }),
  };
}

function suiteLines(report: ReportBase, suite: string, cases: readonly TestCase[]): string[] {
  // Readers split at dots: what is before the last is a package.
  const classname = `${report.tool.name}.${report.kind}.${suite.replaceAll('.', '_')}`;
  return [
    `  <testsuite${attributes({ name: suite, ...countsOf(cases) })}>`,
    ...cases.flatMap((each) => caseLines(each, classname)),
    '  </testsuite>',
  ];
}

/** Elements that say why a test has not passed. */
const outcomeElements: Readonly<Record<Exclude<TestOutcome, 'passed'>, string>> = {
  failed: 'failure',
  error: 'error',
  skipped: 'skipped',
};

function caseLines(each: TestCase, classname: string): string[] {
  const { name, outcome, timeSeconds, output } = each;
  const open = `    <testcase${attributes({
    classname,
    name,
    ...(timeSeconds !== undefined && { time: seconds(timeSeconds) }),
  })}`;
  const inside = [
    ...(outcome === 'passed' ? [] : [outcomeLine(outcomeElements[outcome], each)]),
    ...(output === undefined ? [] : [`      <system-out>${content(output)}</system-out>`]),
  ];
  return inside.length === 0 ? [`${open}/>`] : [`${open}>`, ...inside, '    </testcase>'];
}

function outcomeLine(element: string, { message, details }: TestCase): string {
  const attribute = message === undefined ? '' : attributes({ message });
  if (element === 'skipped' || details === undefined) return `      <${element}${attribute}/>`;
  return `      <${element}${attribute}>${content(details)}</${element}>`;
}

/** To the nanosecond, as small models take microseconds. */
function seconds(time: number): string {
  return time.toFixed(9);
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(visibleText(String(value)))}"`)
    .join('');
}

function content(text: string): string {
  return escapeXml(visibleLines(text));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** What XML 1.0 has no character for, even escaped, and `visibleText` lets through. */
const illegal = /\p{Surrogate}|[\ufffe\uffff]/gu;

function escapeXml(text: string): string {
  return text
    .replace(illegal, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
    .replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
