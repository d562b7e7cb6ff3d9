import { expect, test } from 'vitest';
import { matchesPattern } from '../../src/graph/index.ts';
import { SeededRandom } from '../support/random.ts';

test.each([
  ['/encoder/layer.0/query/MatMul', '/encoder/*', true],
  ['/encoder/layer.0/query/MatMul', '*/MatMul', true],
  ['/encoder/layer.0/query/MatMul', '*layer.?/*', true],
  ['/encoder/layer.10/query/MatMul', '*layer.?/*', false],
  ['/encoder/layer.0/query/MatMul', 'MatMul', false],
  ['MatMul_1', 'MatMul_?', true],
  ['MatMul_1', 'matmul_1', false],
  ['a.b', 'a?b', true],
  ['a+b(c)[d]', 'a+b(c)[d]', true],
  ['abab', '*ab', true],
  ['aXbXc', 'a*b*c', true],
  ['aXcXb', 'a*b*c', false],
  ['', '*', true],
  ['', '?', false],
  ['x', '', false],
])('%s and %s: %s', (name, pattern, expected) => {
  expect(matchesPattern(name, pattern)).toBe(expected);
});

test('a pattern of many stars takes no longer than the product of the lengths', () => {
  const started = performance.now();
  expect(matchesPattern('a'.repeat(5000), `${'*a'.repeat(50)}*b`)).toBe(false);
  expect(performance.now() - started).toBeLessThan(1000);
});

test('patterns match as regular expressions do', () => {
  const random = new SeededRandom(3);
  const letters = ['a', 'b', '*', '?', '.'];
  const texts = ['a', 'b', '.'];
  for (let round = 0; round < 4000; round += 1) {
    const pattern = Array.from({ length: random.below(7) }, () => random.pick(letters)).join('');
    const text = Array.from({ length: random.below(8) }, () => random.pick(texts)).join('');
    const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
    expect([pattern, text, matchesPattern(text, pattern)]).toEqual([
      pattern,
      text,
      new RegExp(`^${source}$`).test(text),
    ]);
  }
});
