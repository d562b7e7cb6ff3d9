import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Finding, type ReportBase, renderReport } from '../../src/report/index.ts';
import { plainStyle } from '../../src/report/table.ts';
import { hostile } from './hostile-text.ts';

interface Sarif {
  readonly version: string;
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly Record<string, unknown>[] } };
      readonly invocations: readonly [{ readonly toolExecutionNotifications: readonly object[] }];
      readonly artifacts: readonly [{ readonly location: { readonly uri: string } }];
      readonly results: readonly Readonly<Record<string, unknown>>[];
      readonly properties: object;
    },
  ];
}

const root = resolve('repository');
const report: ReportBase = {
  schema: 1,
  kind: 'demo',
  tool: { name: 'mlkit', version: '1.2.3' },
  model: { path: join('models', 'a b#1%.onnx'), sizeBytes: 7 },
  config: {},
};

async function sarifOf(more: Partial<ReportBase>, checks?: object[]): Promise<Sarif> {
  const extras = {
    ...(checks !== undefined && { checks: () => checks as { code: string; summary: string }[] }),
    roots: () => ({ cwd: join(root, 'sub'), root }),
  };
  const never = (): never => {
    throw new Error('asked for the document');
  };
  const text = await renderReport({ ...report, ...more }, never, 'sarif', plainStyle, extras);
  return JSON.parse(text) as Sarif;
}

const finding: Finding = {
  code: 'shape-mismatch',
  severity: 'error',
  at: { graph: 'main/if:then', node: 'conv', value: 'y' },
  message: '3 instead of 4',
  fix: 'Export again.',
  help: 'https://example.org/help',
  spec: 'error',
  runtime: 'fails',
};

describe('a result', () => {
  test('says what, where and how bad', async () => {
    const { version, runs } = await sarifOf({ findings: [finding] });
    const [run] = runs;
    expect(version).toBe('2.1.0');
    expect(run.tool.driver).toMatchObject({ name: 'mlkit', version: '1.2.3' });
    expect(run.tool.driver.rules).toEqual([
      {
        id: 'shape-mismatch',
        name: 'ShapeMismatch',
        shortDescription: { text: 'Shape mismatch' },
        fullDescription: { text: 'Shape mismatch' },
        help: { text: 'Shape mismatch (https://example.org/help)' },
        helpUri: 'https://example.org/help',
      },
    ]);
    expect(run.results).toEqual([
      {
        ruleId: 'shape-mismatch',
        ruleIndex: 0,
        level: 'error',
        message: { text: '3 instead of 4. Export again.' },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'sub/models/a%20b%231%25.onnx', index: 0 },
              region: { startLine: 1 },
            },
            logicalLocations: [
              { name: 'y', fullyQualifiedName: 'main/if:then/conv/y', kind: 'value' },
            ],
          },
        ],
        partialFingerprints: {
          'mlkitFinding/v1': expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        },
        properties: { spec: 'error', runtime: 'fails', fix: 'Export again.' },
      },
    ]);
  });

  test('severities are levels, and rules are found by their index', async () => {
    const findings: Finding[] = [
      { ...finding, severity: 'info', code: 'c' },
      { ...finding, severity: 'warning', code: 'b' },
      { ...finding, code: 'c' },
    ];
    const { runs } = await sarifOf({ findings }, [
      { code: 'a', summary: 'what a is' },
      { code: 'b', summary: 'what b is' },
    ]);
    const { rules } = runs[0].tool.driver;
    expect(rules.map((rule) => rule['id'])).toEqual(['a', 'b', 'c']);
    expect(rules[1]).toMatchObject({ shortDescription: { text: 'what b is' } });
    expect(
      runs[0].results.map((each) => [each['ruleId'], each['ruleIndex'], each['level']]),
    ).toEqual([
      ['c', 2, 'note'],
      ['b', 1, 'warning'],
      ['c', 2, 'error'],
    ]);
  });

  test('has a fingerprint of code and place, whatever the message says', async () => {
    const fingerprints = async (...findings: Finding[]): Promise<unknown[]> =>
      (await sarifOf({ findings })).runs[0].results.map((each) => each['partialFingerprints']);
    const [first] = await fingerprints(finding);
    expect(await fingerprints({ ...finding, message: '5 instead of 6' })).toEqual([first]);
    const [other] = await fingerprints({ ...finding, at: { node: 'conv', value: 'y' } });
    expect(other).not.toEqual(first);
    const [again, twin] = await fingerprints(finding, finding);
    expect(again).toEqual(first);
    expect(twin).not.toEqual(first);
  });

  test('of the whole model has no logical location', async () => {
    const { runs } = await sarifOf({ findings: [{ ...finding, at: {} }] });
    expect(runs[0].results[0]?.['locations']).toEqual([
      { physicalLocation: expect.anything() as unknown },
    ]);
  });

  test('shows control characters, and brackets that would be a link are escaped', async () => {
    const findings = [
      { ...finding, message: hostile },
      { ...finding, message: 'see [x](1) of [1, 3]' },
      { ...finding, message: 'float32[1, 3]', fix: 'None' },
    ];
    const { runs } = await sarifOf({ findings });
    const [evil = '', link, plain] = runs[0].results.map(
      (each) => (each['message'] as { text: string }).text,
    );
    expect(evil).not.toMatch(/\p{Cc}|\u202e/u);
    expect(link).toContain('see \\[x\\](1) of \\[1, 3\\]');
    expect(plain).toBe('float32[1, 3]. None');
  });
});

test('a documentation page is a link only where the documentation is published', async () => {
  const { runs } = await sarifOf({ findings: [{ ...finding, help: 'docs/findings.md#x' }] });
  const [rule] = runs[0].tool.driver.rules;
  expect(JSON.stringify(rule?.['helpUri'] ?? 'https:')).toMatch(/^"https?:/);
  expect(rule?.['help']).toEqual({ text: 'Shape mismatch (docs/findings.md#x)' });
});

test('without findings there are no results, and the verdict is a notification', async () => {
  const { runs } = await sarifOf({ verdict: 'fail' });
  expect(runs[0].results).toEqual([]);
  expect(runs[0].properties).toEqual({ command: 'demo', verdict: 'fail' });
  const [notification] = runs[0].invocations[0].toolExecutionNotifications;
  expect(notification).toMatchObject({ level: 'error' });
});
