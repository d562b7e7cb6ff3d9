import { expect, test } from 'vitest';
import { depthsOfListedTrees, depthsOfRootedTrees } from '../../../src/ops/rules/tree-depths.ts';

test('the longest way through each tree, whose nodes are numbered from zero', () => {
  // 0 → (leaf 1, 2 → (leaf 3, leaf 4)), and a tree that is a leaf.
  const depths = depthsOfListedTrees({
    trees: [0, 0, 0, 0, 0, 7],
    ids: [0, 1, 2, 3, 4, 0],
    whenTrue: [1, 0, 3, 0, 0, 0],
    whenFalse: [2, 0, 4, 0, 0, 0],
    isLeaf: [false, true, false, true, true, true],
  });
  expect(depths).toEqual([2, 0]);
});

test('leaves in a list of their own: the last inner node compares too', () => {
  const depths = depthsOfRootedTrees({
    roots: [0, 2],
    whenTrue: [1, 0, 3],
    whenFalse: [2, 1, 4],
    isTrueLeaf: [0, 1, 1],
    isFalseLeaf: [1, 1, 1],
  });
  expect(depths).toEqual([2, 1]);
});

test('circles, missing children and lists that are too short end', () => {
  const circle = { trees: [0, 0], ids: [0, 1], whenTrue: [1, 0], whenFalse: [1, 5], isLeaf: [] };
  expect(depthsOfListedTrees(circle)).toEqual([2]);
  expect(depthsOfListedTrees({ ...circle, ids: [], whenTrue: [], whenFalse: [] })).toEqual([1]);
  const rooted = { roots: [0, 9, -1], whenTrue: [0], whenFalse: [0] };
  expect(depthsOfRootedTrees({ ...rooted, isTrueLeaf: [0], isFalseLeaf: [0] })).toEqual([1, 0, 0]);
});

test('a hundred thousand nodes in a row', () => {
  const count = 100_000;
  const next = Array.from({ length: count }, (_, at) => at + 1);
  const depths = depthsOfListedTrees({
    trees: next.map(() => 0),
    ids: next.map((at) => at - 1),
    whenTrue: next,
    whenFalse: next,
    isLeaf: [],
  });
  expect(depths).toEqual([count]);
});
