import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../src/graph/index.ts';
import { ints, outcomeOf } from './outcome.ts';

function concat(shapes: readonly (Shape | null)[], axis: number, opset = 13) {
  return outcomeOf(opset, (b) =>
    b.node(
      'Concat',
      shapes.map((shape, at) => b.input(`x${at}`, 'float32', shape)),
      { axis },
    ),
  );
}

describe('Concat', () => {
  test.each([
    [
      [
        ['n', 3],
        ['n', 4],
      ],
      1,
      'float32[n, 7]',
    ],
    [
      [
        ['n', 3],
        ['m', 3],
      ],
      0,
      'float32[m + n, 3]',
    ],
    [
      [
        ['past', 8],
        ['seq', 8],
        [1, 8],
      ],
      -2,
      'float32[past + seq + 1, 8]',
    ],
    [
      [
        ['n', 3],
        [2, 4],
      ],
      1,
      'float32[2, 7]',
    ],
    [[[2, 3], null], 0, 'float32[?, 3]'],
    [[null, null], 0, 'float32'],
    [[[0], [3]], 0, 'float32[3]'],
  ] as const)('%j along %i', (shapes, axis, type) => {
    expect(concat(shapes, axis)).toMatchObject({ types: [type], problems: [] });
  });

  test.each([
    [[[2, 3], [1]], 0, 'rejects: inputs of rank 2 and 1 are joined'],
    [
      [
        [2, 3],
        [1, 1],
      ],
      0,
      'rejects: axis 1 of what is joined: 3 and 1 are not the same',
    ],
    [
      [
        [2, 3],
        [2, 3],
      ],
      2,
      'rejects: axis 2 is not in [-2, 1]',
    ],
  ] as const)('%j along %i cannot be', (shapes, axis, problem) => {
    expect(concat(shapes, axis).problems).toEqual([problem]);
  });

  test('what is empty may have any shape: the runtime leaves it out', () => {
    expect(concat([[0], [2, 3]], 0).problems).toEqual([]);
    expect(
      concat(
        [
          [0, 5],
          [2, 3],
        ],
        0,
      ).problems,
    ).toEqual([]);
  });

  test('version 1 joins along axis 1 where it is not said', () => {
    const { types } = outcomeOf(3, (b) =>
      b.node('Concat', [b.input('x', 'float32', [2, 3]), b.input('y', 'float32', [2, 1])]),
    );
    expect(types).toEqual(['float32[2, 4]']);
  });

  test('keeps the elements that are known', () => {
    const { elements } = outcomeOf(13, (b) => {
      const shape = b.node('Shape', [b.input('x', 'float32', ['n'])]);
      const one = b.input('one', 'int64', [1]);
      return [
        b.node('Concat', [ints(b, [4, 5]), one, shape], { axis: 0 }),
        b.node('Concat', [ints(b, [1, 2], [2, 1]), ints(b, [3, 4, 5, 6], [2, 2])], { axis: 1 }),
      ];
    });
    expect(elements).toEqual([
      ['4', '5', null, 'n'],
      ['1', '3', '4', '2', '5', '6'],
    ]);
  });
});

describe('Split', () => {
  const split = (shape: Shape, outputs: number, attributes = {}, opset = 13, given?: number[]) =>
    outcomeOf(opset, (b) => {
      const x = b.input('x', 'float32', shape);
      return b.nodes('Split', given ? [x, ints(b, given)] : [x], attributes, { outputs });
    });

  test.each([
    [['n', 6], 2, { axis: 1 }, 11, undefined, ['float32[n, 3]', 'float32[n, 3]']],
    [['n', 6], 2, { axis: -1, split: [1, 5] }, 11, undefined, ['float32[n, 1]', 'float32[n, 5]']],
    [['n', 6], 2, { axis: 1 }, 13, [2, 4], ['float32[n, 2]', 'float32[n, 4]']],
    [[7], 3, { num_outputs: 3 }, 18, undefined, ['float32[3]', 'float32[3]', 'float32[1]']],
    [['3*n', 2], 3, {}, 13, undefined, ['float32[n, 2]', 'float32[n, 2]', 'float32[n, 2]']],
    [
      ['n', 2],
      2,
      { num_outputs: 2 },
      18,
      undefined,
      ['float32[floor((n + 1)/2), 2]', 'float32[n - floor((n + 1)/2), 2]'],
    ],
  ] as const)('%j in %i', (shape, outputs, attributes, opset, given, types) => {
    const result = split(shape, outputs, attributes, opset, given && [...given]);
    expect(result).toMatchObject({ types, problems: [] });
  });

  test.each([
    [[2, 3], 2, { axis: 1 }, 11, undefined, 'rejects: 3 does not split into 2 equal parts'],
    [[2, 3], 2, { axis: 1 }, 13, [1, 1], 'rejects: 3 is split into [1, 1], which makes 2'],
    [[2, 3], 2, { axis: 1 }, 13, [1, 1, 1], 'rejects: 3 sizes are given for 2 outputs'],
    [[2, 3], 2, { axis: 1 }, 13, [4, -1], 'fails: the parts [4, -1] are not sizes'],
    [[2, 3], 2, { axis: 2 }, 13, undefined, 'rejects: axis 2 is not in [-2, 1]'],
    [[2, 3], 3, { axis: 1 }, 18, undefined, 'rejects: neither "split" nor "num_outputs" is given'],
    [
      [2, 6],
      4,
      { axis: 1, num_outputs: 4 },
      18,
      undefined,
      'fails: 6 does not split into 4 parts of 2 and a smaller one',
    ],
  ] as const)('%j in %i with %j cannot be', (shape, outputs, attributes, opset, given, problem) => {
    expect(split(shape, outputs, attributes, opset, given && [...given]).problems).toEqual([
      problem,
    ]);
  });

  test('keeps elements', () => {
    const { elements } = outcomeOf(13, (b) =>
      b.nodes(
        'Split',
        [b.node('Shape', [b.input('x', 'float32', ['a', 'b', 'c'])]), ints(b, [1, 2])],
        {},
        { outputs: 2 },
      ),
    );
    expect(elements).toEqual([['a'], ['b', 'c']]);
  });

  test('of parts that are not known, the last one follows', () => {
    const { types } = outcomeOf(13, (b) => {
      const one = b.input('one', 'int64', [1]);
      const parts = b.node('Concat', [ints(b, [2]), one], { axis: 0 });
      return b.nodes('Split', [b.input('x', 'float32', [7]), parts], {}, { outputs: 2 });
    });
    expect(types).toEqual(['float32[2]', 'float32[5]']);
  });
});
