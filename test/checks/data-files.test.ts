import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { verdictsOf } from '../../src/checks/index.ts';
import type { Finding } from '../../src/report/index.ts';
import { writeModel } from '../support/write-model.ts';
import { check, checkFile, codesOf, constantsModel, externalTensor, place } from './check-file.ts';

type Entries = Parameters<typeof externalTensor>[2];

const bytes = { 'w.bin': new Uint8Array(16) };

/** What is wrong with a model of one constant of 16 bytes, beside `w.bin` of as many. */
function checkPlace(entries: Entries): Finding[] {
  return check(constantsModel(externalTensor('w', 4, entries)), bytes);
}

describe('data files that cannot be used', () => {
  test('are told once for all constants in them', () => {
    const model = constantsModel(
      externalTensor('b', 4, place('gone.bin', 16, 16)),
      externalTensor('a', 4, place('gone.bin', 0, 16)),
    );
    const findings = check(model);
    expect(findings).toMatchObject([{ code: 'external-missing', at: { value: 'a' } }]);
    expect(findings[0]?.message).toContain('2 constants lie there');
  });

  test.each([
    ['outside the folder', place('../w.bin', 0, 16), 'external-path', 'invalid'],
    ['absolute', place('/etc/hostname', 0, 16), 'external-path', 'invalid'],
    ['beyond the end', place('w.bin', 4, 16), 'external-range', 'valid'],
    ['shorter than the shape', place('w.bin', 0, 8), 'tensor-size', 'valid'],
    [
      'a negative offset',
      [
        ['location', 'w.bin'],
        ['offset', -4],
      ],
      'external-reference',
      'valid',
    ],
    [
      'a length in words',
      [
        ['location', 'w.bin'],
        ['length', 'all'],
      ],
      'external-reference',
      'valid',
    ],
    ['no location', [['offset', 0]], 'external-reference', 'invalid'],
    [
      'a key that is given twice',
      [...place('w.bin', 0, 16), ['offset', 0]],
      'external-reference',
      'valid',
    ],
  ] as [string, Entries, string, string][])('%s', (_, entries, code, spec) => {
    const findings = checkPlace(entries);
    expect(findings).toMatchObject([{ code, severity: 'error', runtime: 'rejects' }]);
    // onnx asks whether there is such a file, and looks at nothing else.
    expect(verdictsOf(findings)).toEqual({ spec, runtime: 'rejects', run: 'fails' });
  });

  test('a folder where a file should be', () => {
    const file = writeModel(constantsModel(externalTensor('w', 4, place('w.bin', 0, 16))));
    fs.mkdirSync(path.join(path.dirname(file), 'w.bin'));
    expect(codesOf(checkFile(file))).toEqual(['external-missing']);
  });
});

describe('data files that are odd', () => {
  test('without offset and length the file is taken from its start', () => {
    expect(checkPlace([['location', 'w.bin']])).toEqual([]);
  });

  test('bytes that two constants claim', () => {
    const model = constantsModel(
      externalTensor('a', 3, place('w.bin', 0, 12)),
      externalTensor('b', 2, place('w.bin', 8, 8)),
    );
    const findings = check(model, bytes);
    expect(findings).toMatchObject([{ code: 'external-overlap', severity: 'warning' }]);
    expect(findings[0]?.message).toMatch(/^4 bytes of "w\.bin"/);
  });

  test('a large part that nothing uses, and not alignment', () => {
    const megabyte = 1024 * 1024;
    const model = constantsModel(externalTensor('a', 1, place('w.bin', 0, 4)));
    const beside = (count: number): Finding[] => check(model, { 'w.bin': new Uint8Array(count) });
    expect(beside(megabyte + 4)).toMatchObject([
      { code: 'external-unused-bytes', severity: 'warning' },
    ]);
    expect(beside(megabyte + 3)).toEqual([]);
  });

  test('hard links', () => {
    const model = constantsModel(externalTensor('w', 4, place('w.bin', 0, 16)));
    const file = writeModel(model, bytes);
    const folder = path.dirname(file);
    fs.linkSync(path.join(folder, 'w.bin'), path.join(folder, 'twin.bin'));
    expect(checkFile(file)).toMatchObject([{ code: 'external-hard-link', severity: 'warning' }]);
  });
});
