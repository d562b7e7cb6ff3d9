import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeNpy } from '../../../src/feeds/index.ts';
import { stringTensor, type Tensor, tensorFrom } from '../../../src/tensor/index.ts';
import { type Labels, readLabels } from '../../../src/validate/accuracy/labels.ts';
import type { TaskName } from '../../../src/validate/accuracy/report.ts';
import { temporaryFolder } from '../../support/files.ts';
import { float32, int64, writeNpz } from '../files.ts';

const { NaN: nan } = Number;

/** Labels in a file. */
function inFile(name: string, content: Tensor | string | Uint8Array, task?: TaskName): Labels {
  const file = path.join(temporaryFolder(), name);
  const isTensor = typeof content !== 'string' && !(content instanceof Uint8Array);
  fs.writeFileSync(file, isTensor ? writeNpy(content) : content);
  return readLabels(file, [], task);
}

describe('classes', () => {
  test.each([
    ['int64', int64([3, -1, 2]), ['3', '-1', '2']],
    [
      'int64 beyond what a number holds',
      tensorFrom('int64', [1], BigInt64Array.of(9007199254740993n)),
      ['9007199254740993'],
    ],
    ['uint8 [rows, 1]', tensorFrom('uint8', [2, 1], Uint8Array.of(7, 200)), ['7', '200']],
    ['whole float32', float32([2], [4, 0]), ['4', '0']],
    ['bool', tensorFrom('bool', [2], Uint8Array.of(1, 0)), ['1', '0']],
    ['one-hot float32', float32([2, 3], [0, 0, 1, 1, 0, 0]), ['2', '0']],
    ['one-hot [rows, classes, 1]', float32([2, 2, 1], [0, 1, 1, 0]), ['1', '0']],
    ['text', stringTensor([2], ['cat', 'dog']), ['cat', 'dog']],
  ])('%s in a .npy file', (_, tensor, names) => {
    if (tensor.dtype === 'string') {
      // What NumPy writes: '<U3', little-endian code points.
      const header = "{'descr': '<U3', 'fortran_order': False, 'shape': (2,), }".padEnd(117) + '\n';
      const bytes = Buffer.concat([
        Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
        Buffer.from(Uint16Array.of(header.length).buffer),
        Buffer.from(header, 'latin1'),
        Buffer.from(Uint32Array.from('catdog', (each) => each.charCodeAt(0)).buffer),
      ]);
      expect(inFile('labels.npy', bytes)).toMatchObject({ kind: 'classes', names });
      return;
    }
    expect(inFile('labels.npy', tensor)).toMatchObject({ kind: 'classes', names });
  });

  test.each([
    ['numbers', 'a.txt', '3\n1\n2\n', ['3', '1', '2']],
    [
      'numbers with a header and blank lines at the end',
      'a.csv',
      'id\r\n3\r\n1\r\n\r\n',
      ['3', '1'],
    ],
    ['numbers after a byte order mark', 'a.csv', '\ufeff3\n1', ['3', '1']],
    ['whole numbers written with a point', 'a.txt', '3.0\n+1\n007', ['3', '1', '7']],
    ['text', 'a.txt', 'cat\ntench, Tinca\ndog', ['cat', 'tench, Tinca', 'dog']],
    ['text with a usual header', 'a.csv', 'Label\ncat\ndog', ['cat', 'dog']],
    [
      'text that says label more than once',
      'a.csv',
      'label\ncat\nlabel',
      ['label', 'cat', 'label'],
    ],
    ['quoted text', 'a.csv', '"a, b"\n"say ""x"""\nc', ['a, b', 'say "x"', 'c']],
    ['a single label', 'a.txt', 'cat', ['cat']],
  ])('%s, one a line', (_, name, content, names) => {
    expect(inFile(name, content)).toMatchObject({ kind: 'classes', names, rows: names.length });
  });

  test('come from an array of the inputs by its name', () => {
    const file = path.join(temporaryFolder(), 'data.npz');
    writeNpz(file, { x: float32([1], [0]), y: int64([4, 5]) });
    expect(readLabels('y', [file])).toMatchObject({ names: ['4', '5'], source: 'y', rows: 2 });
  });
});

describe('numbers to be met', () => {
  test.each([
    ['fractions', float32([3], [0.5, 1, 2]), undefined, 1],
    ['[rows, 1]', float32([3, 1], [0.5, 1, 2]), undefined, 1],
    ['several a row', float32([2, 2], [0.5, 1, 2, 3]), undefined, 2],
    ['whole numbers by request', int64([250_000, 1]), 'regression', 1],
    ['rows of whole numbers by request', int64([1, 2]).with({ dims: [1, 2] }), 'regression', 2],
  ] as const)('%s', (_, tensor, task, targets) => {
    const labels = inFile('labels.npy', tensor, task);
    expect(labels).toMatchObject({ kind: 'values', targets, rows: tensor.dims[0] });
    if (labels.kind === 'values') expect(labels.values).toEqual(tensor.toFloat64());
  });

  test('from a file of lines', () => {
    expect(inFile('a.csv', 'price\n1e3\n-.5\n2.25')).toMatchObject({
      kind: 'values',
      values: Float64Array.of(1000, -0.5, 2.25),
    });
  });
});

describe('what can be no labels', () => {
  test.each([
    [
      'fractions as classes',
      float32([2], [1, 0.5]),
      'classification',
      /float32 and not all whole numbers: row 1 is 0\.5/,
    ],
    [
      'rows that are not one-hot',
      float32([2, 3], [0, 1, 0, 1, 1, 0]),
      'auto',
      /\[2, 3\], and row 1 is not one-hot: 1, 1, 0/,
    ],
    [
      'rows of fractions as classes',
      float32([1, 2], [0.5, 0.5]),
      'classification',
      /row 0 is not one-hot: 0\.5, 0\.5/,
    ],
    ['rows of whole numbers', float32([1, 2], [5, 7]), 'auto', /row 0 is not one-hot: 5, 7/],
    ['images', float32([1, 2, 2], [0, 1, 2, 3]), 'auto', /the shape \[1, 2, 2\]/],
    ['NaN', float32([2], [0.5, nan]), 'auto', /hold NaN in row 1/],
    ['a single value', tensorFrom('float32', [], Float32Array.of(1)), 'auto', /a single value/],
    ['nothing', float32([0], []), 'auto', /are empty/],
    ['complex numbers', tensorFrom('complex64', [1], Float32Array.of(1, 0)), 'auto', /complex64/],
  ] as const)('%s', (_, tensor, task, message) => {
    expect(() => inFile('labels.npy', tensor, task)).toThrow(
      expect.objectContaining({
        code: 'INPUT_DATA',
        message: expect.stringMatching(message) as string,
      }),
    );
  });

  test.each([
    ['text as numbers', 'a.txt', 'cat\ndog', 'regression', /are text \("cat" in line 1\)/],
    [
      'fractions as classes, by their line',
      'a.csv',
      'y\n1\n0.5',
      'classification',
      /line 3 is 0\.5/,
    ],
    ['two columns', 'a.csv', 'a,1\nb,2', 'auto', /line 1 of .*a\.csv has several columns: a,1/],
    ['columns by tabs', 'a.txt', 'a\t1', 'auto', /several columns/],
    ['a gap', 'a.txt', '1\n\n2', 'auto', /line 2 of .* is empty/],
    ['an empty file', 'a.csv', '\n', 'auto', /there are no labels in/],
    ['bytes', 'a.csv', Uint8Array.of(0xff, 0x31), 'auto', /no text in UTF-8/],
  ] as const)('%s', (_, name, content, task, message) => {
    expect(() => inFile(name, content, task)).toThrow(
      expect.objectContaining({
        code: 'INPUT_DATA',
        message: expect.stringMatching(message) as string,
      }),
    );
  });

  test('arrays and files that are not there', () => {
    const file = path.join(temporaryFolder(), 'data.npz');
    writeNpz(file, { x: float32([1], [0]) });
    expect(() => readLabels('y', [file])).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: 'Its arrays are x.' }),
    );
    expect(() => readLabels('y', [])).toThrow(expect.objectContaining({ code: 'USAGE' }));
    for (const name of ['no.npy', 'no.csv']) {
      expect(() => readLabels(path.join(path.dirname(file), name), [])).toThrow(
        expect.objectContaining({ code: 'FILE_NOT_FOUND' }),
      );
    }
  });
});
