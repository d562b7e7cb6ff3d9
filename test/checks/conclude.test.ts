import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { concludeCheck, type RuntimeAnswer } from '../../src/checks/conclude.ts';
import { renameFile } from '../../src/checks/rename-file.ts';
import { MlkitError } from '../../src/errors.ts';
import type { Finding } from '../../src/report/index.ts';

function finding(code: string, more: Partial<Finding> = {}): Finding {
  return { code, severity: 'error', at: {}, message: code, ...more };
}

const loads: RuntimeAnswer = { verdict: 'loads', error: null };

function refusal(
  verdict: RuntimeAnswer['verdict'],
  code: 'MODEL_INVALID' | 'RUNTIME_LOAD' | 'RUNTIME_CRASHED' | 'RUNTIME_TIMEOUT',
  hint = 'Lower it.',
): RuntimeAnswer {
  return { verdict, error: new MlkitError(code, 'cannot load m.onnx: no', { hint }) };
}

describe('the verdict of a check', () => {
  test('is what is foreseen where the runtime was not asked', () => {
    expect(concludeCheck([], null).check).toEqual({ spec: 'valid', runtime: 'loads', run: 'runs' });
    const rejected = finding('a', { runtime: 'rejects', spec: 'error' });
    expect(concludeCheck([rejected], null)).toEqual({
      check: { spec: 'invalid', runtime: 'rejects', run: 'fails' },
      findings: [rejected],
    });
  });

  test('is what the runtime says where it was', () => {
    const { check, findings } = concludeCheck([], refusal('rejects', 'MODEL_INVALID'));
    expect(check).toEqual({ spec: 'valid', runtime: 'rejects', run: 'fails' });
    expect(findings).toMatchObject([
      { code: 'runtime-rejects', severity: 'error', runtime: 'rejects', fix: 'Lower it.' },
    ]);
    const lacking = finding('a', { runtime: 'rejects', severity: 'warning' });
    expect(concludeCheck([lacking], loads).check).toMatchObject({ runtime: 'loads', run: 'runs' });
  });

  test('of running is fails where something is known to fail then', () => {
    const { check } = concludeCheck([finding('a', { runtime: 'fails' })], loads);
    expect(check).toEqual({ spec: 'valid', runtime: 'loads', run: 'fails' });
    // Only optimizations would have shown it, without which large models are loaded.
    const late = concludeCheck([finding('a', { runtime: 'rejects' })], loads);
    expect(late.check).toEqual({ spec: 'valid', runtime: 'loads', run: 'fails' });
  });

  test('what the runtime lacks is a warning, a crash an error, no answer leaves it open', () => {
    const [lack] = concludeCheck([], refusal('rejects', 'RUNTIME_LOAD')).findings;
    expect(lack).toMatchObject({ code: 'runtime-rejects', severity: 'warning' });
    const crash = concludeCheck([], refusal('crashes', 'RUNTIME_CRASHED'));
    expect(crash.findings).toMatchObject([{ code: 'runtime-crashes', severity: 'error' }]);
    expect(crash.check).toMatchObject({ runtime: 'rejects', run: 'fails' });
    const none = concludeCheck([], refusal('unknown', 'RUNTIME_TIMEOUT'));
    expect(none.findings).toMatchObject([{ code: 'runtime-not-asked', severity: 'warning' }]);
    expect(none.check).toMatchObject({ runtime: 'unknown' });
  });

  test('advice names the causes that were found, and never to check what is checked', () => {
    const known = ['a', 'b', 'a'].map((code) => finding(code, { runtime: 'rejects' }));
    const fixOf = (answer: RuntimeAnswer, findings: readonly Finding[]): string =>
      concludeCheck(findings, answer).findings.at(-1)?.fix ?? '';
    const answer = refusal('rejects', 'MODEL_INVALID', 'mlkit inspect --check names it.');
    expect(fixOf(answer, [...known, finding('c')])).toBe('See what is said of a, b.');
    expect(fixOf(answer, [finding('c')])).toMatch(/^None of the checks foresees this/);
  });
});

describe('messages', () => {
  const folder = path.join(path.parse(process.cwd()).root, 'data', 'a+b');
  const file = path.join(folder, 'm.onnx');
  const near = path.join('..', 'a+b');
  const message = `cannot load ${file}: ${path.join(folder, 'w.bin')} is not in ${folder}; ${folder}-2`;

  test('have the paths that somebody gave', () => {
    const [name, data] = [path.join(near, 'm.onnx'), path.join(near, 'w.bin')];
    expect(renameFile(message, file, name)).toBe(
      `cannot load ${name}: ${data} is not in ${near}; ${folder}-2`,
    );
    expect(renameFile(message, file, 'm.onnx')).toBe(
      `cannot load m.onnx: w.bin is not in the current folder; ${folder}-2`,
    );
    expect(renameFile(message, file, file)).toBe(message);
  });

  test('keep names and words that look like the folder', () => {
    const inFolder = path.join(folder, 'layer');
    const text = `Add "${inFolder}" beside ${path.join(folder, 'w.bin')}, not ${path.join('x', 'm', 'w')}`;
    expect(renameFile(text, file, 'm.onnx')).toBe(
      `Add "${inFolder}" beside w.bin, not ${path.join('x', 'm', 'w')}`,
    );
    const short = path.join('t', 'm.onnx');
    expect(renameFile(`the input t of ${path.join('t', 'w')} at ${short}`, short, 'm.onnx')).toBe(
      'the input t of w at m.onnx',
    );
  });

  test('of a file in the root of a disk, with a name of odd characters', () => {
    const root = path.join(path.parse(folder).root, 'm.onnx');
    expect(renameFile(`${root}: ${folder}`, root, '$&.onnx')).toBe(`$&.onnx: ${folder}`);
  });
});
