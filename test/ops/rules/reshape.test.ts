import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../src/graph/index.ts';
import { ints, outcomeOf } from './outcome.ts';

function reshape(input: Shape | null, target: readonly number[], attributes = {}, opset = 17) {
  return outcomeOf(opset, (b) =>
    b.node('Reshape', [b.input('x', 'float32', input), ints(b, target)], attributes),
  );
}

describe('Reshape', () => {
  test.each([
    [[2, 3, 4], [6, 4], 'float32[6, 4]'],
    [[2, 3, 4], [-1, 4], 'float32[6, 4]'],
    [[2, 3, 4], [0, -1], 'float32[2, 12]'],
    [[2, 3, 4], [], 'float32[]', 'fails: [2, 3, 4] does not become []: the counts differ'],
    [['batch', 'seq', 768], [0, -1, 12, 64], 'float32[batch, seq, 12, 64]'],
    [['batch', 'seq', 768], [-1, 768], 'float32[batch*seq, 768]'],
    [['batch', 3, 32, 32], [0, -1], 'float32[batch, 3072]'],
    [['batch', 'h', 'w'], [0, -1], 'float32[batch, h*w]'],
    // It divides when the model runs, so that rounding down changes nothing.
    [['n', 3], [-1, 2], 'float32[n + floor(n/2), 2]'],
    [['n', 4], [5, -1], 'float32[5, floor(4*n/5)]'],
    [null, [2, -1], 'float32[2, ?]'],
    [null, [0, 7], 'float32[?, 7]'],
    [[0, 3], [0, 3], 'float32[0, 3]'],
  ] as const)('%j to %j is %s', (input, target, type, ...problems) => {
    expect(reshape(input, target)).toMatchObject({ types: [type], problems });
  });

  test('allowzero makes a 0 a size', () => {
    expect(reshape([0, 10], [10, 0], { allowzero: 1 })).toMatchObject({
      types: ['float32[10, 0]'],
      problems: [],
    });
    expect(reshape([2, 10], [0, 20]).problems).toEqual([
      'fails: [2, 10] does not become [2, 20]: the counts differ',
    ]);
  });

  test.each([
    [[2, 3], [4, -1], 'rejects: [2, 3] does not become [4, -1]: 6 elements are no multiple of 4'],
    [[2, 3], [-1, -1], 'rejects: the shape [-1, -1] has two -1'],
    [[2, 3], [-2, 3], 'rejects: the shape [-2, 3] is not one'],
    [[2, 3], [2, 3, 0], 'rejects: 0 in the shape [2, 3, 0] stands for a size that the input lacks'],
    [[0, 3], [0, -1], 'rejects: -1 beside a size of 0 in [0, -1] can be anything'],
    [[2, 3], [4, 2], 'fails: [2, 3] does not become [4, 2]: the counts differ'],
    [['n', 3], ['n', 4], 'fails: [n, 3] does not become [n, 4]: the counts differ'],
  ] as const)('%j to %j cannot be', (input, target, problem) => {
    const { problems } = outcomeOf(17, (b) => {
      const x = b.input('x', 'float32', input);
      const parts = target.map((size) =>
        typeof size === 'number'
          ? ints(b, [size])
          : b.node('Shape', [b.input('y', 'float32', [size])]),
      );
      return b.node('Reshape', [x, b.node('Concat', parts, { axis: 0 })]);
    });
    expect(problems).toEqual([problem]);
  });

  test('what may be without elements is no problem', () => {
    expect(reshape(['n', 'm'], [5, 5]).problems).toEqual([]);
    expect(reshape(['n', 4], [5, 5]).problems).toEqual([
      'fails: [n, 4] does not become [5, 5]: the counts differ',
    ]);
    expect(reshape(['n', 5], [5, 5]).problems).toEqual([]);
  });

  test('one size that is not known follows from the number of elements', () => {
    const { types } = outcomeOf(17, (b) => {
      const one = b.input('one', 'int64', [1]);
      const target = b.node('Concat', [ints(b, [2]), one, ints(b, [4])], { axis: 0 });
      return b.node('Reshape', [b.input('x', 'float32', [2, 's', 8]), target]);
    });
    expect(types).toEqual(['float32[2, 2*s, 4]']);
  });

  test('a target of known length gives the rank, one of unknown length nothing', () => {
    const of = (shape: Shape): readonly string[] =>
      outcomeOf(17, (b) =>
        b.node('Reshape', [b.input('x', 'float32', [4, 6]), b.input('t', 'int64', shape)]),
      ).types;
    expect(of([3])).toEqual(['float32[?, ?, ?]']);
    expect(of([1])).toEqual(['float32[24]']);
    expect(of(['n'])).toEqual(['float32']);
    expect(of([1e9])).toEqual(['float32']);
  });

  test('version 1 has the shape as an attribute', () => {
    const { types } = outcomeOf(4, (b) =>
      b.node('Reshape', [b.input('x', 'float32', ['n', 2, 3])], { shape: [0, -1] }),
    );
    expect(types).toEqual(['float32[n, 6]']);
  });

  test('keeps elements', () => {
    const { types, elements } = outcomeOf(17, (b) =>
      b.node('Reshape', [
        b.node('Shape', [b.input('x', 'float32', ['a', 'b', 3, 4])]),
        ints(b, [2, 2]),
      ]),
    );
    expect(types).toEqual(['int64[2, 2]']);
    expect(elements).toEqual([['a', 'b', '3', '4']]);
  });
});

describe('Flatten', () => {
  test.each([
    [['n', 3, 4], 1, 'float32[n, 12]'],
    [['n', 3, 4], 0, 'float32[1, 12*n]'],
    [['n', 3, 4], 3, 'float32[12*n, 1]'],
    [['n', 3, 4], -1, 'float32[3*n, 4]'],
    [null, 0, 'float32[1, ?]'],
    [null, 1, 'float32[?, ?]'],
  ] as const)('%j at %i', (input, axis, type) => {
    const result = outcomeOf(13, (b) =>
      b.node('Flatten', [b.input('x', 'float32', input)], { axis }),
    );
    expect(result).toMatchObject({ types: [type], problems: [] });
  });

  test('an axis beyond the rank is rejected', () => {
    const { problems } = outcomeOf(13, (b) =>
      b.node('Flatten', [b.input('x', 'float32', [2, 3])], { axis: 3 }),
    );
    expect(problems).toEqual(['rejects: axis 3 is not in [-2, 2]']);
  });
});

describe('Squeeze and Unsqueeze', () => {
  test.each([
    ['Squeeze', [1, 'n', 1], [0], 'float32[n, 1]'],
    ['Squeeze', [1, 'n', 1], [0, -1], 'float32[n]'],
    ['Squeeze', ['m', 'n'], [0], 'float32[n]'],
    ['Squeeze', [1, 3], [0, -2], 'float32[3]'],
    ['Squeeze', null, [0], 'float32'],
    ['Unsqueeze', ['n'], [0, 2], 'float32[1, n, 1]'],
    ['Unsqueeze', ['n', 3], [-1], 'float32[n, 3, 1]'],
    ['Unsqueeze', [], [0], 'float32[1]'],
  ] as const)('%s %j at %j', (op, input, axes, type) => {
    const asInput = outcomeOf(13, (b) =>
      b.node(op, [b.input('x', 'float32', input), ints(b, axes)]),
    );
    const asAttribute = outcomeOf(11, (b) =>
      b.node(op, [b.input('x', 'float32', input)], { axes }),
    );
    expect(asInput).toMatchObject({ types: [type], problems: [] });
    expect(asAttribute).toMatchObject({ types: [type], problems: [] });
  });

  test('without axes, what is 1 goes; a symbol leaves even the rank open', () => {
    const of = (shape: Shape): readonly string[] =>
      outcomeOf(13, (b) => b.node('Squeeze', [b.input('x', 'float32', shape)])).types;
    expect(of([1, 2, 1, 3])).toEqual(['float32[2, 3]']);
    expect(of([1, 'n'])).toEqual(['float32']);
  });

  test('axes that are not known still give the rank', () => {
    const { types } = outcomeOf(13, (b) => {
      const x = b.input('x', 'float32', [2, 3, 4]);
      const axes = b.input('axes', 'int64', [1]);
      return [b.node('Unsqueeze', [x, axes]), b.node('Squeeze', [x, axes])];
    });
    expect(types).toEqual(['float32[?, ?, ?, ?]', 'float32[?, ?]']);
  });

  test.each([
    ['Squeeze', [2, 3], [0], 'rejects: axis 0 of [2, 3] has size 2, not 1'],
    ['Squeeze', [1, 3], [4], 'rejects: axis 4 is not in [-2, 1]'],
    ['Unsqueeze', [2, 3], [4], 'rejects: axis 4 is not in [-3, 2]'],
    ['Unsqueeze', [2, 3], [0, -4], 'rejects: the axes [0, -4] name one twice'],
  ] as const)('%s %j at %j cannot be', (op, input, axes, problem) => {
    const { problems } = outcomeOf(13, (b) =>
      b.node(op, [b.input('x', 'float32', input), ints(b, axes)]),
    );
    expect(problems).toEqual([problem]);
  });

  test('com.microsoft.ExpandDims has the axis as a scalar', () => {
    const { types, problems } = outcomeOf({ '': 17, 'com.microsoft': 1 }, (b) => {
      const x = b.input('x', 'float32', ['n', 3]);
      const domain = 'com.microsoft';
      return [0, -1, 5].map((axis) =>
        b.node('ExpandDims', [x, ints(b, [axis], [])], {}, { domain }),
      );
    });
    expect(types.slice(0, 2)).toEqual(['float32[1, n, 3]', 'float32[n, 3, 1]']);
    expect(problems).toEqual(['fails: axis 5 is not in [-3, 2]']);
  });
});
