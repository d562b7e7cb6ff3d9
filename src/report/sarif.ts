import { createHash } from 'node:crypto';
import { artifactUri, type PathRoots } from './artifact-path.ts';
import type { Finding, FindingLocation, Severity } from './finding.ts';
import { reportToJson } from './json.ts';
import { type ReportBase, type TestOutcome, toolHomepage } from './report.ts';
import type { CheckedCode, TestCase } from './test-case.ts';
import { visibleText } from './visible.ts';

/**
 * A report as SARIF 2.1.0, which code scanning reads: a result for each finding. What has no finding
 * behind it, such as a gate that was not kept, is a notification.
 *
 * @param checked What was looked for; codes that were found and are not in it are added.
 * @param cases Tests other than of findings.
 *
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function renderSarif(
  report: ReportBase,
  checked: readonly CheckedCode[],
  cases: readonly TestCase[],
  roots: PathRoots,
): string {
  const findings = report.findings ?? [];
  const rules = rulesOf(checked, findings);
  const artifact =
    report.model === undefined ? undefined : { uri: artifactUri(report.model.path, roots) };
  const homepage = toolHomepage();
  const { verdict, kind, tool } = report;
  return reportToJson({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: tool.name,
            version: tool.version,
            semanticVersion: tool.version,
            ...(homepage !== undefined && { informationUri: homepage }),
            rules: [...rules.values()].map(({ rule }) => rule),
          },
        },
        invocations: [
          { executionSuccessful: true, toolExecutionNotifications: notificationsOf(cases) },
        ],
        ...(artifact !== undefined && {
          artifacts: [
            { location: artifact, length: report.model?.sizeBytes, roles: ['analysisTarget'] },
          ],
        }),
        results: resultsOf(findings, rules, artifact),
        properties: { command: kind, ...(verdict !== undefined && { verdict }) },
      },
    ],
  });
}

interface Rule {
  readonly id: string;
  /** As viewers show it; absent where it would be the id again. */
  readonly name?: string;
  readonly shortDescription: Message;
  /** Not the same as `shortDescription` to code scanning, which asks for all three. */
  readonly fullDescription: Message;
  readonly help: Message;
  readonly helpUri?: string;
}

interface Message {
  readonly text: string;
}

type Rules = ReadonlyMap<string, { readonly index: number; readonly rule: Rule }>;

function rulesOf(checked: readonly CheckedCode[], findings: readonly Finding[]): Rules {
  const rules = new Map<string, { index: number; rule: Rule }>();
  const add = (id: string, summary: string, help: string | undefined): void => {
    if (rules.has(id)) return;
    const uri = help === undefined ? undefined : helpUriOf(help);
    const rule = {
      id,
      ...(id.includes('-') && { name: pascalCase(id) }),
      shortDescription: message(summary),
      fullDescription: message(summary),
      help: message(help === undefined ? summary : `${summary} (${help})`),
      ...(uri !== undefined && { helpUri: uri }),
    };
    rules.set(id, { index: rules.size, rule });
  };
  const helpOf = new Map(findings.map(({ code, help }) => [code, help]));
  for (const { code, summary, help } of checked) add(code, summary, help ?? helpOf.get(code));
  for (const { code, help } of findings) add(code, wordsOf(code), help);
  return rules;
}

/** A helpUri must be absolute: of a page within the documentation, only if that is published. */
function helpUriOf(help: string): string | undefined {
  const homepage = toolHomepage();
  const base = homepage === undefined ? undefined : `${homepage.replace(/[#?].*$/, '')}/`;
  if (/^https?:/.test(help)) return URL.canParse(help) ? new URL(help).href : undefined;
  return base !== undefined && URL.canParse(help, base) ? new URL(help, base).href : undefined;
}

/** `node-output-duplicate` is `Node output duplicate`. */
function wordsOf(code: string): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function pascalCase(code: string): string {
  return wordsOf(code).replace(/ (.)/g, (_, letter: string) => letter.toUpperCase());
}

const levels: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};

function resultsOf(
  findings: readonly Finding[],
  rules: Rules,
  artifact: { readonly uri: string } | undefined,
): object[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const { code, severity, at, fix, spec, runtime } = finding;
    const end = fix === undefined || /[.!?]$/.test(finding.message) ? '' : '.';
    const text = `${finding.message}${end}${fix === undefined ? '' : ` ${fix}`}`;
    const logical = logicalLocationOf(at);
    const place = {
      ...(artifact !== undefined && {
        // Code scanning takes no result without a line, which a model does not have.
        physicalLocation: { artifactLocation: { ...artifact, index: 0 }, region: { startLine: 1 } },
      }),
      ...(logical !== null && { logicalLocations: [logical] }),
    };
    return {
      ruleId: code,
      ruleIndex: rules.get(code)?.index ?? -1,
      level: levels[severity],
      message: message(text),
      ...(Object.keys(place).length > 0 && { locations: [place] }),
      partialFingerprints: { 'mlkitFinding/v1': fingerprint(finding, seen) },
      properties: {
        ...(spec !== undefined && { spec }),
        ...(runtime !== undefined && { runtime }),
        ...(fix !== undefined && { fix }),
      },
    };
  });
}

function logicalLocationOf({ graph = '', node, value }: FindingLocation): object | null {
  if (graph === '' && node === undefined && value === undefined) return null;
  const parts = [graph === '' ? 'main' : graph, node, value].flatMap((part) => part ?? []);
  const kind = value !== undefined ? 'value' : node !== undefined ? 'node' : 'graph';
  return {
    name: visibleText(value ?? node ?? graph),
    fullyQualifiedName: visibleText(parts.join('/')),
    kind,
  };
}

/**
 * The same for the same finding as long as the names stay, whatever else is in the model: of code and
 * place, and not of the message, which may hold counts.
 */
function fingerprint({ code, at }: Finding, seen: Map<string, number>): string {
  const key = JSON.stringify([code, at.graph ?? '', at.node ?? null, at.value ?? null]);
  const before = seen.get(key) ?? 0;
  seen.set(key, before + 1);
  return createHash('sha256').update(`${key}#${before}`).digest('hex').slice(0, 32);
}

const notificationLevels: Readonly<Record<TestOutcome, string>> = {
  failed: 'error',
  error: 'error',
  skipped: 'warning',
  passed: 'note',
};

function notificationsOf(cases: readonly TestCase[]): object[] {
  return cases.map(({ suite, name, outcome, message: why }) => {
    const answer = why === undefined ? outcome : `${outcome}: ${why}`;
    return {
      level: notificationLevels[outcome],
      message: message(`${suite}: ${name}: ${answer}`),
    };
  });
}

/** Plain text, in which `[text](…)` would be a link. */
function message(text: string): Message {
  const shown = visibleText(text);
  return { text: shown.includes('](') ? shown.replace(/[\\[\]]/g, '\\$&') : shown };
}
