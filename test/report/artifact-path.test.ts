import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { artifactUri, pathInRoot } from '../../src/report/artifact-path.ts';

const root = resolve('repo');
const roots = { cwd: join(root, 'sub'), root };

describe('paths for other programs', () => {
  test.each([
    ['m.onnx', 'sub/m.onnx'],
    [join('..', 'm.onnx'), 'm.onnx'],
    [join(root, 'x', 'm.onnx'), 'x/m.onnx'],
    ['..m.onnx', 'sub/..m.onnx'],
    [join('..', '..', 'm.onnx'), null],
    [resolve('repository', 'm.onnx'), null],
  ])('%s is %s', (path, expected) => {
    expect(pathInRoot(path, roots)).toBe(expected);
  });

  test('URIs are encoded, also of what encodeURIComponent leaves or refuses', () => {
    expect(artifactUri("a b%#?'ü(1).onnx", roots)).toBe('sub/a%20b%25%23%3F%27%C3%BC%281%29.onnx');
    expect(artifactUri('\ud800.onnx', roots)).toBe('sub/%EF%BF%BD.onnx');
  });

  test('a file outside the root has an absolute URI', () => {
    expect(artifactUri(join('..', '..', 'm x.onnx'), roots)).toMatch(
      /^file:\/\/\/.*\/m%20x\.onnx$/,
    );
  });
});
