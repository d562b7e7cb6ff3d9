import { expect, test } from 'vitest';
import { matchesPattern } from '../../src/quantize/name-pattern.ts';

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
