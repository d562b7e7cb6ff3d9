import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../src/graph/index.ts';
import { floats, ints, outcomeOf } from './outcome.ts';

describe('Expand', () => {
  test.each([
    [['n', 1], [1, 5], 'float32[n, 5]'],
    [[3, 1], [2, 1, 6], 'float32[2, 3, 6]'],
    [['n', 3], [1, 1], 'float32[n, 3]'],
    [[1], ['n'], 'float32[n]'],
    [['n', 4], ['n', 4], 'float32[n, 4]'],
    [null, [2], 'float32'],
  ] as const)('%j to %j', (input, target, type) => {
    const result = outcomeOf(13, (b) => {
      const parts = target.map((size) =>
        typeof size === 'number'
          ? ints(b, [size])
          : b.node('Shape', [b.input('y', 'float32', [size])]),
      );
      return b.node('Expand', [
        b.input('x', 'float32', input),
        b.node('Concat', parts, { axis: 0 }),
      ]);
    });
    expect(result).toMatchObject({ types: [type], problems: [] });
  });

  test('where the target is not known, what it meets may be', () => {
    const { types } = outcomeOf(13, (b) =>
      b.node('Expand', [b.input('x', 'float32', [1, 5]), b.input('t', 'int64', [3])]),
    );
    expect(types).toEqual(['float32[?, ?, 5]']);
  });

  test('repeats elements', () => {
    const { elements } = outcomeOf(13, (b) =>
      b.node('Expand', [ints(b, [7, 8], [2, 1]), ints(b, [2, 3])]),
    );
    expect(elements).toEqual([['7', '7', '7', '8', '8', '8']]);
  });

  test.each([
    [[2, 3], [2, 4], 'rejects: sizes 3 and 4 do not broadcast'],
    [[2, 1], [2, -1], 'fails: the input is expanded to [2, -1]'],
  ] as const)('%j to %j cannot be', (input, target, problem) => {
    const { problems } = outcomeOf(13, (b) =>
      b.node('Expand', [b.input('x', 'float32', input), ints(b, target)]),
    );
    expect(problems).toEqual([problem]);
  });
});

describe('Tile', () => {
  test.each([
    [['n', 3], [2, 3], 'float32[2*n, 9]'],
    [['n', 3], [1, 0], 'float32[n, 0]'],
  ] as const)('%j by %j', (input, repeats, type) => {
    const result = outcomeOf(13, (b) =>
      b.node('Tile', [b.input('x', 'float32', input), ints(b, repeats)]),
    );
    expect(result).toMatchObject({ types: [type], problems: [] });
  });

  test('repeats elements', () => {
    const { elements } = outcomeOf(13, (b) =>
      b.node('Tile', [ints(b, [1, 2, 3, 4], [2, 2]), ints(b, [1, 2])]),
    );
    expect(elements).toEqual([['1', '2', '1', '2', '3', '4', '3', '4']]);
  });

  test.each([
    [[2, 3], [2], 'rejects: 1 repeats are given for rank 2'],
    [[2, 3], [2, -1], 'fails: the repeats [2, -1] are not counts'],
  ] as const)('%j by %j cannot be', (input, repeats, problem) => {
    const { problems } = outcomeOf(13, (b) =>
      b.node('Tile', [b.input('x', 'float32', input), ints(b, repeats)]),
    );
    expect(problems).toEqual([problem]);
  });

  test('version 1 repeats along one axis', () => {
    const { types } = outcomeOf(5, (b) =>
      b.node('Tile', [b.input('x', 'float32', ['n', 3]), floats(b, [4], []), floats(b, [1], [])]),
    );
    expect(types).toEqual(['float32[n, 12]']);
  });
});

describe('Pad', () => {
  const pad = (shape: Shape, pads: readonly number[], axes?: readonly number[]) =>
    outcomeOf(18, (b) =>
      b.node('Pad', [
        b.input('x', 'float32', shape),
        ints(b, pads),
        ...(axes ? [null, ints(b, axes)] : []),
      ]),
    );

  test.each([
    [['n', 'h', 5], [0, 1, 2, 0, 3, 4], undefined, 'float32[n, h + 4, 11]'],
    [['n', 'h', 5], [-1, 0], [-1], 'float32[n, h, 4]'],
    [['n', 4, 5], [1, 2, 3, 4], [2, 1], 'float32[n, 10, 9]'],
  ] as const)('%j by %j along %j', (shape, pads, axes, type) => {
    expect(pad(shape, pads, axes)).toMatchObject({ types: [type], problems: [] });
  });

  test.each([
    [1, 'paddings'],
    [10, 'pads'],
  ])('in opset %i has the attribute %s', (opset, name) => {
    const { types } = outcomeOf(opset, (b) =>
      b.node('Pad', [b.input('x', 'float32', ['n', 3])], { [name]: [1, 2, 0, 2] }),
    );
    expect(types).toEqual(['float32[n + 1, 7]']);
  });

  test('com.microsoft.Pad has the pads as an input', () => {
    const { types } = outcomeOf({ '': 17, 'com.microsoft': 1 }, (b) =>
      b.node(
        'Pad',
        [b.input('x', 'float32', ['n', 3]), ints(b, [1, 2, 0, 2])],
        {},
        { domain: 'com.microsoft' },
      ),
    );
    expect(types).toEqual(['float32[n + 1, 7]']);
  });

  test('pads elements with a constant', () => {
    const { elements } = outcomeOf(18, (b) => [
      b.node('Pad', [ints(b, [5, 6]), ints(b, [1, 2]), ints(b, [9], [])]),
      b.node('Pad', [ints(b, [5, 6, 7]), ints(b, [-1, 1])]),
      b.node('Pad', [ints(b, [5, 6]), ints(b, [1, 1])], { mode: 'reflect' }),
    ]);
    expect(elements).toEqual([['9', '5', '6', '9', '9'], ['6', '7', '0'], null]);
  });

  test.each([
    [[2, 3], [1, 1], undefined, 'rejects: 2 pads are given for 2 axes'],
    [[2, 3], [1, 1], [5], 'rejects: axis 5 is not in [-2, 1]'],
    [[2, 3], [-3, 0, 0, 0], undefined, 'fails: axis 0 of size [2] is padded by [-3, 0]'],
  ] as const)('%j by %j along %j cannot be', (shape, pads, axes, problem) => {
    expect(pad(shape, pads, axes).problems).toEqual([problem]);
  });

  test('UnfoldTensor takes windows', () => {
    const unfold = (shape: Shape, attributes: Record<string, number>) =>
      outcomeOf({ '': 17, 'com.microsoft': 1 }, (b) =>
        b.node('UnfoldTensor', [b.input('x', 'float32', shape)], attributes, {
          domain: 'com.microsoft',
        }),
      );
    expect(unfold([2, 3], { size: 2 }).types).toEqual(['float32[2, 2, 2]']);
    expect(unfold([2, 'n', 4], { dim: 1, size: 3, step: 2 }).types).toEqual([
      'float32[2, floor((n + 1)/2) - 1, 4, 3]',
    ]);
    expect(unfold([2, 3], { size: 5 }).problems).toEqual([
      'fails: windows of 5 every 1 are taken of [3]',
    ]);
  });
});

describe('Range', () => {
  test.each([
    [[0, 5, 2], 'int64[3]', ['0', '2', '4']],
    [[5, 0, -2], 'int64[3]', ['5', '3', '1']],
    [[0, 5, -1], 'int64[0]', []],
    [[-1, 2, 1], 'int64[3]', ['-1', '0', '1']],
  ] as const)('%j', (values, type, elements) => {
    const result = outcomeOf(11, (b) =>
      b.node(
        'Range',
        values.map((value) => ints(b, [value], [])),
      ),
    );
    expect(result).toMatchObject({ types: [type], elements: [elements], problems: [] });
  });

  test('of floats counts as the specification says', () => {
    const { types } = outcomeOf(11, (b) =>
      b.node('Range', [floats(b, [1], []), floats(b, [2.1], []), floats(b, [0.25], [])]),
    );
    expect(types).toEqual(['float32[5]']);
  });

  test('of sizes has as many elements', () => {
    const { types } = outcomeOf({ '': 17, 'com.microsoft': 1 }, (b) => {
      const size = (name: string) =>
        b.node('Gather', [
          b.node('Shape', [b.input(`${name}s`, 'float32', [name])]),
          ints(b, [0], []),
        ]);
      const [past, total, one, zero] = [
        size('past'),
        size('past + seq'),
        ints(b, [1], []),
        ints(b, [0], []),
      ];
      return [
        b.node('Range', [zero, past, one]),
        b.node('Range', [past, total, one]),
        b.node('Range', [zero, total, ints(b, [2], [])]),
        b.node('Range', [total, past, one]),
        b.node('Range', [zero, past], {}, { domain: 'com.microsoft' }),
      ];
    });
    expect(types).toEqual([
      'int64[past]',
      'int64[seq]',
      'int64[floor((past + seq + 1)/2)]',
      'int64[0]',
      'int64[past]',
    ]);
  });

  test('a list of one passes where it is not constant, as the runtime takes it', () => {
    const of = (count: number, isConstant: boolean): readonly string[] =>
      outcomeOf(11, (b) => {
        const list = ints(
          b,
          Array.from({ length: count }, () => 3),
        );
        const limit = isConstant ? list : b.input('limit', 'int64', [count]);
        return b.node('Range', [ints(b, [0], []), limit, ints(b, [1], [])]);
      }).problems;
    expect(of(1, false)).toEqual([]);
    expect(of(1, true)).toEqual(['rejects: input 1 is [1]; it must be a scalar']);
    expect(of(2, false)).toEqual(['fails: input 1 is [2]; it must be a scalar']);
  });

  test('a step of 0 fails', () => {
    const { problems } = outcomeOf(11, (b) =>
      b.node(
        'Range',
        [0, 5, 0].map((value) => ints(b, [value], [])),
      ),
    );
    expect(problems).toEqual(['fails: the step is 0']);
  });
});
