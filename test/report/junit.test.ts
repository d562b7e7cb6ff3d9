import { describe, expect, test } from 'vitest';
import {
  type Finding,
  type ReportBase,
  renderReport,
  type TestCase,
} from '../../src/report/index.ts';
import { renderJunit } from '../../src/report/junit.ts';
import { plainStyle } from '../../src/report/table.ts';
import { hostile } from './hostile-text.ts';

const report: ReportBase = {
  schema: 1,
  kind: 'demo',
  tool: { name: 'mlkit', version: '1.2.3' },
  model: { path: 'dir\\net.v2.onnx', sizeBytes: 1 },
  config: {},
};

const never = (): never => {
  throw new Error('asked for the document');
};

async function render(more: Partial<ReportBase>, extras = {}): Promise<string> {
  return renderReport({ ...report, ...more }, never, 'junit', plainStyle, extras);
}

/** Throws unless the text is well-formed XML 1.0 as far as it goes here; returns the tags in order. */
function tags(xml: string): string[] {
  // oxlint-disable-next-line no-control-regex -- what XML 1.0 has no place for
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u.test(xml)) {
    throw new Error('an illegal character');
  }
  const open: string[] = [];
  const names: string[] = [];
  const rest = xml
    .replace(/^<\?xml[^?]*\?>/, '')
    .replace(
      /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g,
      (_, slash: string, name: string, attributes: string, empty: string) => {
        if (slash === '/' && open.pop() !== name) throw new Error(`</${name}>`);
        if (slash === '') names.push(name);
        if (slash === '' && empty === '') open.push(name);
        return attributes;
      },
    );
  if (open.length > 0 || rest.includes('<')) throw new Error('unbalanced');
  if (/&(?!(?:amp|lt|gt|quot);)/.test(rest)) throw new Error('a bare ampersand');
  return names;
}

const findings: Finding[] = [
  {
    code: 'shape',
    severity: 'error',
    at: { node: 'conv' },
    message: 'differs',
    fix: 'Export again.',
  },
  { code: 'shape', severity: 'error', at: {}, message: 'differs too' },
  { code: 'unused', severity: 'warning', at: { value: 'w' }, message: 'nothing reads it' },
];

describe('renderJunit', () => {
  test('counts, groups and names', () => {
    const cases: TestCase[] = [
      { suite: 'a.onnx: x', name: 'one', outcome: 'passed', timeSeconds: 0.25 },
      { suite: 'a.onnx: x', name: 'two', outcome: 'failed', message: 'm', details: 'd\ne' },
      { suite: 'b', name: 'three', outcome: 'skipped', message: 'unclear' },
      { suite: 'a.onnx: x', name: 'four', outcome: 'error', timeSeconds: 0.5, output: 'out' },
    ];
    expect(renderJunit(report, cases)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="mlkit demo" tests="4" failures="1" errors="1" time="0.750000000">
  <testsuite name="a.onnx: x" tests="3" failures="1" errors="1" skipped="0" time="0.750000000">
    <testcase classname="mlkit.demo.a_onnx: x" name="one" time="0.250000000"/>
    <testcase classname="mlkit.demo.a_onnx: x" name="two">
      <failure message="m">d
e</failure>
    </testcase>
    <testcase classname="mlkit.demo.a_onnx: x" name="four" time="0.500000000">
      <error/>
      <system-out>out</system-out>
    </testcase>
  </testsuite>
  <testsuite name="b" tests="1" failures="0" errors="0" skipped="1">
    <testcase classname="mlkit.demo.b" name="three">
      <skipped message="unclear"/>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  test('hostile text stays text, and nothing is in it that XML 1.0 lacks', () => {
    const evil = `${hostile}\ud800`;
    const build = (text: string): string[] =>
      tags(
        renderJunit(report, [
          {
            suite: text,
            name: text,
            outcome: 'failed',
            message: text,
            details: text,
            output: text,
          },
        ]),
      );
    expect(build(evil)).toEqual(build('tame'));
  });
});

describe('what is tested', () => {
  test('each code that was found: failed for errors, the rest is output', async () => {
    const xml = await render({ findings, verdict: 'fail' });
    expect(tags(xml)).toEqual([
      'testsuites',
      'testsuite',
      'testcase',
      'failure',
      'testcase',
      'system-out',
    ]);
    expect(xml).toContain('tests="2" failures="1" errors="0"');
    expect(xml).toContain('classname="mlkit.demo.dir/net_v2_onnx: checks" name="shape"');
    expect(xml).toContain(
      '<failure message="differs (and 1 more)">node &quot;conv&quot;: differs. Export again.\ndiffers too</failure>',
    );
    expect(xml).toContain(
      '<system-out>warning: value &quot;w&quot;: nothing reads it</system-out>',
    );
  });

  test('each code that was looked for, when that is known', async () => {
    const checks = () => [
      { code: 'clean', summary: 's' },
      { code: 'unused', summary: 's' },
    ];
    const xml = await render({ findings: findings.slice(2), verdict: 'pass' }, { checks });
    expect([...xml.matchAll(/ name="([^"]*)"\/?>/g)].map((found) => found[1])).toEqual([
      'clean',
      'unused',
      'verdict',
    ]);
    expect(xml).toContain('failures="0"');
  });

  test.each([
    ['pass', '<testcase classname="mlkit.demo.dir/net_v2_onnx: demo" name="verdict"/>'],
    ['fail', '<failure message="the verdict is fail"/>'],
    ['inconclusive', '<skipped message="the verdict is inconclusive"/>'],
  ] as const)('else the verdict: %s', async (verdict, expected) => {
    expect(await render({ verdict })).toContain(expected);
  });

  test('without a verdict, that the command was done: no file is without a test', async () => {
    expect(await render({})).toContain('tests="1" failures="0" errors="0"');
  });

  test('what the command has tested takes the place of the verdict', async () => {
    const testCases = (): TestCase[] => [{ suite: 's', name: 'gate', outcome: 'passed' }];
    const xml = await render({ verdict: 'fail' }, { testCases });
    expect(tags(xml)).toEqual(['testsuites', 'testsuite', 'testcase']);
    expect(xml).toContain('name="gate"');
  });
});
