import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { CommandEntry, CommandModule } from '../../src/cli/command.ts';
import { main } from '../../src/cli/main.ts';
import { outputOptions } from '../../src/cli/options.ts';
import { MlkitError } from '../../src/errors.ts';
import { document, note, type ReportBase, table, toolInfo } from '../../src/report/index.ts';
import { testIo } from './test-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'mlkit-formats-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fixtures = fileURLToPath(new URL('../../fixtures/models/', import.meta.url));

const report: ReportBase = {
  schema: 1,
  kind: 'demo',
  tool: toolInfo(),
  model: { path: 'net.onnx', sizeBytes: 1 },
  config: {},
  verdict: 'fail',
  findings: [{ code: 'broken', severity: 'error', at: { node: 'conv' }, message: 'it is broken' }],
};

const module: CommandModule = {
  name: 'demo',
  summary: 'a demo',
  configure: (command) => {
    command.argument('<model>');
    outputOptions(command);
  },
  run: async ({ args }) => {
    if (args[0] === 'missing.onnx') throw new MlkitError('FILE_NOT_FOUND', 'no such file');
    return {
      report,
      document: () => document('Demo', [note('error', 'it is broken'), table(['a'], [['x']])]),
      checks: () => [{ code: 'tidy', summary: 'what is tidy' }],
      testCases: () => [{ suite: 's', name: 'gate', outcome: 'failed', message: 'not kept' }],
      exit: 1,
    };
  },
};

const commands: readonly CommandEntry[] = [
  { name: 'demo', summary: 'a demo', load: async () => ({ command: module }) },
];

test('--report writes each format by its extension', async () => {
  const io = testIo({ cwd: folder });
  const files = ['r.html', 'r.xml', 'r.sarif', 'r.md', 'r.json'];
  const flags = files.flatMap((file) => ['--report', file]);
  expect(await main(['demo', 'net.onnx', ...flags, '-q'], io, commands)).toBe(1);
  const [html = '', xml = '', sarif = '', markdown = '', json = ''] = files.map((file) =>
    readFileSync(join(folder, file), 'utf8'),
  );
  expect(html).toMatch(/^<!doctype html>[\s\S]*it is broken[\s\S]*<\/html>\n$/);
  expect(xml).toContain('tests="3" failures="2"');
  expect(xml).toContain('name="tidy"/>');
  expect(JSON.parse(sarif)).toMatchObject({
    runs: [
      {
        tool: { driver: { rules: [{ id: 'tidy' }, { id: 'broken' }] } },
        artifacts: [{ location: { uri: 'net.onnx' } }],
        results: [{ ruleId: 'broken' }],
      },
    ],
  });
  expect(markdown).toContain('# Demo');
  expect(JSON.parse(json)).toMatchObject({ kind: 'demo' });
});

describe('--format github', () => {
  const errors = [
    '::error file=net.onnx,title=mlkit demo%3A broken::node "conv": it is broken',
    '::error file=net.onnx,title=mlkit demo%3A gate::s: gate%0Anot kept',
    '',
  ];

  test('prints annotations, and adds the report to the summary of the step', async () => {
    const summary = join(folder, 'summary.md');
    writeFileSync(summary, 'before\n');
    const io = testIo({ cwd: folder, env: { GITHUB_STEP_SUMMARY: summary } });
    expect(await main(['demo', 'net.onnx', '--format', 'github'], io, commands)).toBe(1);
    expect(io.out.split('\n')).toEqual(errors);
    const text = readFileSync(summary, 'utf8');
    expect(text).toMatch(/^before\n# Demo\n/);
    expect(text).toContain('| x |');
  });

  test('a summary that is nearly full stays within what GitHub takes', async () => {
    const summary = join(folder, 'full.md');
    writeFileSync(summary, 'x'.repeat(1024 * 1024 - 200));
    const io = testIo({ cwd: folder, env: { GITHUB_STEP_SUMMARY: summary } });
    await main(['demo', 'net.onnx', '--format', 'github'], io, commands);
    const { length } = readFileSync(summary);
    expect(length).toBeGreaterThan(1024 * 1024 - 200);
    expect(length).toBeLessThanOrEqual(1024 * 1024);
  });

  test('a summary that cannot be written costs nothing but a warning', async () => {
    const io = testIo({ cwd: folder, env: { GITHUB_STEP_SUMMARY: join(folder, 'no', 'x.md') } });
    expect(await main(['demo', 'net.onnx', '--format=github'], io, commands)).toBe(1);
    expect(io.out.split('\n')).toEqual(errors);
    expect(io.err).toContain('warning: cannot write the step summary');
  });

  test('elsewhere, no other format writes a summary', async () => {
    const summary = join(folder, 'unused.md');
    writeFileSync(summary, '');
    const io = testIo({ cwd: folder, env: { GITHUB_STEP_SUMMARY: summary } });
    await main(['demo', 'net.onnx'], io, commands);
    expect(readFileSync(summary, 'utf8')).toBe('');
  });

  test('in GitHub Actions, any format writes the summary, and annotations on stderr', async () => {
    const summary = join(folder, 'actions.md');
    writeFileSync(summary, '');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    const io = testIo({ cwd: folder, env });
    expect(await main(['demo', 'net.onnx', '--json'], io, commands)).toBe(1);
    expect(JSON.parse(io.out)).toMatchObject({ kind: 'demo' });
    expect(io.err.split('\n')).toEqual(errors);
    expect(readFileSync(summary, 'utf8')).toMatch(/^# Demo\n/);
  });

  test('files are named from the root of the repository', async () => {
    const cwd = join(folder, 'a', 'b');
    const name = async (workspace: string): Promise<string | undefined> => {
      const io = testIo({ cwd, env: { GITHUB_WORKSPACE: workspace } });
      await main(['demo', 'net.onnx', '--format', 'github'], io, commands);
      return /file=([^,]*),/.exec(io.out)?.[1];
    };
    expect(await name(folder)).toBe('a/b/net.onnx');
    expect(await name('')).toBe('net.onnx');
    expect(await name(resolve(folder, '..', 'elsewhere'))).toBe('net.onnx');
  });

  test('a failure is an annotation, and words on stderr', async () => {
    const io = testIo();
    expect(await main(['demo', 'missing.onnx', '--format', 'github'], io, commands)).toBe(3);
    expect(io.out).toMatch(/^::error title=mlkit::no such file%0A.+\n$/);
    expect(io.err).toContain('error: no such file');
  });
});

test('a check of a model lists all that was looked for', async () => {
  const io = testIo({ cwd: fixtures });
  expect(await main(['inspect', 'mlp.onnx', '--check', '--format', 'junit'], io)).toBe(0);
  const [, tests = 0] = /<testsuites [^>]*tests="(\d+)" failures="0" errors="0"/.exec(io.out) ?? [];
  expect(Number(tests)).toBeGreaterThan(10);
  expect(io.out).toContain('classname="mlkit.inspect.mlp_onnx: checks" name="value-undefined"');
});
