import { describe, expect, test } from 'vitest';
import type { Node, Shape } from '../../../src/graph/index.ts';
import { findRule } from '../../../src/ops/index.ts';
import { formatSize } from '../../../src/symbolic/index.ts';
import { floats, ints, outcomeOf } from './outcome.ts';

describe('Gather', () => {
  test.each([
    [['n', 3, 4], [], 0, 'float32[3, 4]'],
    [['n', 3, 4], ['m'], 1, 'float32[n, m, 4]'],
    [['n', 3, 4], [2, 'm'], -1, 'float32[n, 3, 2, m]'],
    [null, [2], 0, 'float32'],
  ] as const)('of %j by indices %j along %i', (data, indices, axis, type) => {
    const result = outcomeOf(13, (b) =>
      b.node('Gather', [b.input('x', 'float32', data), b.input('i', 'int64', indices)], { axis }),
    );
    expect(result).toMatchObject({ types: [type], problems: [] });
  });

  test('takes elements, from the end too', () => {
    const { types, elements } = outcomeOf(17, (b) => {
      const shape = b.node('Shape', [b.input('x', 'float32', ['a', 'b', 5])]);
      return [
        b.node('Gather', [shape, ints(b, [1], [])]),
        b.node('Gather', [shape, ints(b, [-1, 0])]),
        b.node('Gather', [ints(b, [1, 2, 3, 4, 5, 6], [2, 3]), ints(b, [2, 0])], { axis: 1 }),
      ];
    });
    expect(types).toEqual(['int64[]', 'int64[2]', 'int64[2, 2]']);
    expect(elements).toEqual([['b'], ['5', 'a'], ['3', '1', '6', '4']]);
  });

  test('an index out of range fails when the node runs, a wrong axis is rejected', () => {
    const of = (index: number, axis: number): readonly string[] =>
      outcomeOf(17, (b) =>
        b.node('Gather', [b.input('x', 'float32', [2, 3]), ints(b, [index])], { axis }),
      ).problems;
    expect(of(1, 0)).toEqual([]);
    expect(of(-2, 0)).toEqual([]);
    expect(of(2, 0)).toEqual(['fails: index 2 is not in [-2, 1]']);
    expect(of(-3, 0)).toEqual(['fails: index -3 is not in [-2, 1]']);
    expect(of(0, 2)).toEqual(['rejects: axis 2 is not in [-2, 1]']);
  });
});

describe('GatherElements', () => {
  test('has the shape of the indices, and their elements', () => {
    // The example of the operator's page: output[i][j] = data[i][indices[i][j]].
    const { types, elements, problems } = outcomeOf(13, (b) =>
      b.node('GatherElements', [ints(b, [1, 2, 3, 4], [2, 2]), ints(b, [0, 0, 1, 0], [2, 2])], {
        axis: 1,
      }),
    );
    expect(types).toEqual(['int64[2, 2]']);
    expect(elements).toEqual([['1', '1', '4', '3']]);
    expect(problems).toEqual([]);
  });

  test.each([
    [[[0], [1, 1]], 2, 'fails: axis 2 is not in [-2, 1]'],
    [[[0], [1]], 0, 'fails: the data has rank 2, the indices 1'],
    [[[7], [1, 1]], 0, 'fails: index 7 is not in [-2, 1]'],
  ] as const)('%j along %i cannot be', ([values, dims], axis, problem) => {
    const { problems } = outcomeOf(13, (b) =>
      b.node('GatherElements', [b.input('x', 'float32', [2, 3]), ints(b, values, dims)], { axis }),
    );
    expect(problems).toEqual([problem]);
  });
});

describe('GatherND', () => {
  test.each([
    [['n', 3, 4], [5, 2], 0, 'float32[5, 4]'],
    [['n', 3, 4], [5, 'm', 1], 0, 'float32[5, m, 3, 4]'],
    [['n', 3, 4], ['n', 1], 1, 'float32[n, 4]'],
    [['n', 3, 4], ['n', 7, 2], 1, 'float32[n, 7]'],
    [['n', 3], ['k', 'm'], 0, 'float32'],
  ] as const)('%j by %j after %i', (data, indices, batch, type) => {
    const build = (domain: string) =>
      outcomeOf({ '': 13, 'com.microsoft': 1 }, (b) =>
        b.node(
          'GatherND',
          [b.input('x', 'float32', data), b.input('i', 'int64', indices)],
          { batch_dims: batch },
          { domain },
        ),
      );
    expect(build('')).toMatchObject({ types: [type], problems: [] });
    expect(build('com.microsoft')).toMatchObject({ types: [type], problems: [] });
  });

  test('takes elements', () => {
    // Examples 2 and 5 of the operator's page.
    const { elements } = outcomeOf(13, (b) => [
      b.node('GatherND', [ints(b, [0, 1, 2, 3], [2, 2]), ints(b, [0, 0, 1, 1], [2, 2])]),
      b.node('GatherND', [ints(b, [0, 1, 2, 3, 4, 5, 6, 7], [2, 2, 2]), ints(b, [1, 0], [2, 1])], {
        batch_dims: 1,
      }),
    ]);
    expect(elements).toEqual([
      ['0', '3'],
      ['2', '3', '4', '5'],
    ]);
  });

  test('an index that names too many axes is rejected', () => {
    const { problems } = outcomeOf(13, (b) =>
      b.node('GatherND', [b.input('x', 'float32', [2, 3]), ints(b, [0, 0, 0], [1, 3])]),
    );
    expect(problems).toEqual(['rejects: indices of shape [1, 3] name 3 axes after 0 of [2, 3]']);
  });
});

describe('Scatter', () => {
  test.each([
    ['Scatter', 9],
    ['ScatterElements', 18],
    ['ScatterND', 18],
  ])('%s has the shape of the data', (op, opset) => {
    const { types } = outcomeOf(opset, (b) =>
      b.node(op, [
        b.input('x', 'float32', ['n', 3]),
        b.input('i', 'int64', ['k', 1]),
        b.input('u', 'float32', null),
      ]),
    );
    expect(types).toEqual(['float32[n, 3]']);
  });

  test('puts elements where constant indices say', () => {
    const { elements } = outcomeOf(18, (b) => {
      const data = ints(b, [1, 2, 3, 4, 5, 6, 7, 8]);
      const size = b.node('Shape', [b.input('x', 'float32', ['n'])]);
      return [
        // Example 1 of the page of ScatterND.
        b.node('ScatterND', [data, ints(b, [4, 3, 1, 7], [4, 1]), ints(b, [9, 10, 11, 12])]),
        b.node('ScatterND', [data, ints(b, [-1], [1, 1]), size]),
        // The example of the page of ScatterElements.
        b.node(
          'ScatterElements',
          [ints(b, [1, 2, 3, 4, 5], [1, 5]), ints(b, [1, 3], [1, 2]), ints(b, [11, 21], [1, 2])],
          { axis: 1 },
        ),
        // A whole row.
        b.node('ScatterND', [
          ints(b, [0, 0, 0, 0], [2, 2]),
          ints(b, [1], [1, 1]),
          ints(b, [7, 8], [1, 2]),
        ]),
        b.node('ScatterND', [data, ints(b, [0], [1, 1]), ints(b, [1])], { reduction: 'add' }),
      ];
    });
    expect(elements).toEqual([
      ['1', '11', '3', '10', '9', '6', '7', '12'],
      ['1', '2', '3', '4', '5', '6', '7', 'n'],
      ['1', '11', '3', '21', '5'],
      ['0', '0', '7', '8'],
      null,
    ]);
  });

  test.each([
    [
      'ScatterND',
      [
        [0, 0, 0],
        [1, 3],
      ],
      [1],
      'fails: an index names 3 axes of 2',
    ],
    [
      'ScatterND',
      [
        [0, 0],
        [1, 2],
      ],
      [2],
      'fails: the updates are [2] where [1] are needed',
    ],
    [
      'ScatterND',
      [
        [0, 7],
        [1, 2],
      ],
      [1],
      'fails: index 7 is out of range',
    ],
    ['ScatterElements', [[7], [1, 1]], [1, 1], 'fails: index 7 is out of range'],
    [
      'ScatterElements',
      [[0], [1, 1]],
      [1, 2],
      'fails: the updates are [1, 2] where [1, 1] are needed',
    ],
    ['ScatterElements', [[0], [1]], [1], 'fails: the data has rank 2, the indices 1'],
  ] as const)('%s by %j with updates %j cannot be', (op, [values, dims], updates, problem) => {
    const { problems } = outcomeOf(18, (b) =>
      b.node(op, [
        b.input('x', 'float32', [2, 2]),
        ints(b, values, dims),
        b.input('u', 'float32', updates),
      ]),
    );
    expect(problems).toEqual([problem]);
  });

  test('TensorScatter writes rows into a cache', () => {
    const of = (update: Shape, axis = -2) =>
      outcomeOf(24, (b) =>
        b.node(
          'TensorScatter',
          [b.input('cache', 'float32', ['b', 8, 64, 16]), b.input('u', 'float32', update)],
          { axis },
        ),
      );
    expect(of(['b', 8, 'seq', 16])).toMatchObject({
      types: ['float32[b, 8, 64, 16]'],
      problems: [],
    });
    expect(of([2, 8, 1, 16])).toMatchObject({ types: ['float32[2, 8, 64, 16]'], problems: [] });
    expect(of(['b', 8, 65, 16]).problems).toEqual([
      'fails: 65 rows are written into a cache of 64',
    ]);
    expect(of(['b', 7, 1, 16]).problems).toEqual([
      'rejects: axis 1 of cache and update: 8 and 7 are not the same',
    ]);
    expect(of(['b', 8, 1, 16], 0).problems).toEqual([
      'rejects: axis 0 is none of rank 4 after the first',
    ]);
  });

  test('updates that are added cost one operation each, others are only moved', () => {
    const flops = (reduction: string): unknown => {
      const made: Node[] = [];
      const { inference } = outcomeOf(18, (b) => {
        const updates = b.input('u', 'float32', ['k', 3]);
        const inputs = [floats(b, [1, 2], [1, 2]), b.input('i', 'int64', ['k', 3]), updates];
        const value = b.node('ScatterElements', inputs, { reduction });
        made.push(...b.graph.nodes);
        return value;
      });
      const [cost] = made.map((node) => {
        return findRule('', node.opType)?.cost(inference.nodeFacts(node));
      });
      return cost && [cost.class, formatSize(cost.otherFlops)];
    };
    expect(flops('add')).toEqual(['elementwise', '3*k']);
    expect(flops('none')).toEqual(['movement', '0']);
  });
});
