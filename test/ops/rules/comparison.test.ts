import { expect, test } from 'vitest';
import { type Input, inferNode, ints } from './one-node.ts';

const sizes: Input = { sizes: '[n, 6]' };

test.each<[string, Input, string[] | null]>([
  // Sizes are not negative, so what is below 0 is certain.
  ['Equal', ints([-1, 6]), ['0', '1']],
  ['Equal', ints([3, 5]), ['?', '0']],
  ['Equal', sizes, ['1', '1']],
  ['Less', ints([0, 7]), ['0', '1']],
  ['Less', sizes, ['0', '0']],
  ['LessOrEqual', sizes, ['1', '1']],
  ['Greater', ints([-1, 6]), ['1', '0']],
  ['GreaterOrEqual', ints([0, 6]), ['1', '1']],
  ['GreaterOrEqual', ints([1, 7]), ['?', '0']],
  ['Less', ints([3]), ['?', '0']],
])('%s', (op, other, elements) => {
  const outcome = inferNode(op, [sizes, other]);
  expect(outcome).toMatchObject({ types: ['bool[2]'], elements, contradictions: [] });
});

test.each([
  ['And', ['0', '0', '0', '1']],
  ['Or', ['0', '1', '1', '1']],
  ['Xor', ['0', '1', '1', '0']],
])('%s of all pairs', (op, elements) => {
  expect(inferNode(op, [ints([0, 0, 1, 1]), ints([0, 1, 0, 1])]).elements).toEqual(elements);
});

test('what decides alone is enough', () => {
  const known = ints([0, 1]);
  expect(inferNode('And', [sizes, known]).elements).toEqual(['0', '1']);
  expect(inferNode('Or', [sizes, known]).elements).toEqual(['?', '1']);
});

test('bits: shape alone', () => {
  const outcome = inferNode('BitwiseXor', ['int32[n, 1]', 'int32[4]']);
  expect(outcome).toMatchObject({ types: ['int32[n, 4]'], cost: 'elementwise, 0, 4*n' });
});
