import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { githubFailure } from '../../src/report/github.ts';
import {
  type Finding,
  type ReportBase,
  renderReport,
  type TestCase,
} from '../../src/report/index.ts';
import { plainStyle } from '../../src/report/table.ts';
import { hostile } from './hostile-text.ts';

const root = resolve('repository');
const report: ReportBase = {
  schema: 1,
  kind: 'demo',
  tool: { name: 'mlkit', version: '1.2.3' },
  model: { path: join('a,b', '100%.onnx'), sizeBytes: 7 },
  config: {},
};

async function render(more: Partial<ReportBase>, extras = {}): Promise<string> {
  const never = (): never => {
    throw new Error('asked for the document');
  };
  const roots = () => ({ cwd: join(root, 'sub'), root });
  return renderReport({ ...report, ...more }, never, 'github', plainStyle, { roots, ...extras });
}

/** The other side of the escaping, by GitHub's own table of five. */
function parse(line: string): {
  command: string;
  properties: Record<string, string>;
  message: string;
} {
  const [, command = '', list = '', message = ''] = /^::(\w+)(?: (.*?))?::(.*)$/.exec(line) ?? [];
  const plain = (text: string): string =>
    text.replace(/%(25|0D|0A|3A|2C)/g, (_, code: string) =>
      String.fromCharCode(parseInt(code, 16)),
    );
  const properties = Object.fromEntries(
    list.split(',').map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), plain(pair.slice(at + 1))];
    }),
  );
  return { command, properties, message: plain(message) };
}

const finding: Finding = { code: 'code', severity: 'info', at: { node: 'n' }, message: 'm' };

describe('annotations', () => {
  test('of findings: one line each, worst first, in the file', async () => {
    const findings: Finding[] = [
      finding,
      { ...finding, severity: 'error', fix: 'Mend it.' },
      { ...finding, severity: 'warning' },
    ];
    expect(await render({ findings, verdict: 'fail' })).toBe(
      '::error file=sub/a%2Cb/100%25.onnx,title=mlkit demo%3A code::node "n": m. Mend it.\n' +
        '::warning file=sub/a%2Cb/100%25.onnx,title=mlkit demo%3A code::node "n": m\n' +
        '::notice file=sub/a%2Cb/100%25.onnx,title=mlkit demo%3A code::node "n": m\n',
    );
  });

  test('hostile text begins no line and ends no property, and is all there', async () => {
    const output = await render({
      model: { path: 'a:b,c\n::x.onnx', sizeBytes: 1 },
      findings: [{ ...finding, code: hostile, message: hostile }],
    });
    const [line = '', ...rest] = output.split('\n');
    expect(rest).toEqual(['']);
    const { command, properties, message } = parse(line);
    expect(command).toBe('notice');
    expect(Object.keys(properties)).toEqual(['file', 'title']);
    expect(properties['file']).toBe('sub/a:b,c\n::x.onnx');
    expect(properties['title']).toContain('onerror=alert(2)');
    expect(message).toContain('%0A,:');
    expect(message).toContain('\\x1b[31m');
  });

  test('of what was tested: failures are errors, what is undecided is a warning', async () => {
    const testCases = (): TestCase[] => [
      { suite: 's', name: 'a', outcome: 'passed' },
      { suite: 's', name: 'b', outcome: 'skipped', message: 'too few' },
      { suite: 's', name: 'c', outcome: 'failed', message: 'no', details: 'no\nreally' },
    ];
    const lines = (await render({}, { testCases })).trimEnd().split('\n').map(parse);
    expect(lines.map(({ command, message }) => [command, message])).toEqual([
      ['error', 's: c\nno\nreally'],
      ['warning', 's: b\ntoo few'],
    ]);
  });

  test('of a pass: one notice', async () => {
    const output = await render({ verdict: 'pass' });
    expect(parse(output.trimEnd())).toMatchObject({ command: 'notice' });
  });

  test('a file outside the repository is named as it was given', async () => {
    const path = join('..', '..', 'x.onnx');
    const output = await render({ model: { path, sizeBytes: 1 } });
    expect(parse(output.trimEnd()).properties['file']).toBe('../../x.onnx');
  });
});

test('a failure is an error without a file', () => {
  expect(githubFailure('mlkit', 'cannot read 100%', 'Check the path.')).toBe(
    '::error title=mlkit::cannot read 100%25%0ACheck the path.\n',
  );
});
