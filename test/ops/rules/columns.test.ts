import { describe, expect, test } from 'vitest';
import { inferNode, ints } from './one-node.ts';

describe('Col2Im', () => {
  // Blocks of 1 x 5 in images of 5 x 5: 5 places.
  test.each<[string, string[]]>([
    ['float32[n, 10, 5]', []],
    ['float32[n, 6, 5]', ['fails: the input has 6 rows, which blocks of 5 do not divide']],
    ['float32[n, 10, 7]', ['fails: the input has 7 blocks, the image takes 5']],
  ])('%s', (x, contradictions) => {
    const outcome = inferNode('Col2Im', [x, ints([5, 5]), ints([1, 5])]);
    const channels = x.includes('10') ? '2' : '?';
    expect(outcome).toMatchObject({ types: [`float32[n, ${channels}, 5, 5]`], contradictions });
  });

  test('an unknown image has as many axes as the block', () => {
    const outcome = inferNode('Col2Im', ['float32[n, 10, l]', 'int64[2]', ints([1, 5])]);
    expect(outcome.types).toEqual(['float32[n, 2, ?, ?]']);
  });
});
