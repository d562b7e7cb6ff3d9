import { describe, expect, test } from 'vitest';
import { floats, type Input, inferNode, ints } from './one-node.ts';

test.each(['Relu', 'Sigmoid', 'Gelu', 'Exp', 'LeakyRelu', 'Elu', 'HardSwish'])(
  '%s keeps the shape and costs one operation an element',
  (op) => {
    expect(inferNode(op, ['float16[n, 3]'])).toMatchObject({
      types: ['float16[n, 3]'],
      cost: 'elementwise, 0, 3*n',
      contradictions: [],
    });
  },
);

describe('elements', () => {
  const halves = floats([-1.5, -0.5, 0.5, 2.5]);
  test.each([
    ['Floor', ['-2', '-1', '0', '2']],
    ['Ceil', ['-1', '0', '1', '3']],
    // Halves to the even neighbour.
    ['Round', ['-2', '0', '0', '2']],
    ['Abs', ['1.5', '0.5', '0.5', '2.5']],
    ['Neg', ['1.5', '0.5', '-0.5', '-2.5']],
    ['Sign', ['-1', '-1', '1', '1']],
    ['Relu', ['0', '0', '0.5', '2.5']],
  ])('%s', (op, elements) => {
    const found = inferNode(op, [halves]).elements?.map((each) => (each === '-0' ? '0' : each));
    expect(found).toEqual(elements);
  });

  const sizes: Input = { sizes: '[n]' };
  test.each([
    ['Neg', ['-n']],
    ['Abs', ['n']],
    ['Floor', ['n']],
    ['Relu', ['n']],
    ['Sqrt', null],
  ])('%s of a size', (op, elements) => {
    expect(inferNode(op, [sizes]).elements).toEqual(elements);
  });

  test('roots and inverses', () => {
    expect(inferNode('Sqrt', [floats([4, 2])]).elements).toEqual([
      '2',
      String(Math.fround(2 ** 0.5)),
    ]);
    expect(inferNode('Reciprocal', [floats([4])]).elements).toEqual(['0.25']);
  });

  test('Not, IsNaN and IsInf give truths', () => {
    const odd = floats([0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    expect(inferNode('IsNaN', [odd])).toMatchObject({
      types: ['bool[4]'],
      elements: ['0', '1', '0', '0'],
    });
    expect(inferNode('IsInf', [odd], { detect_negative: 0 }).elements).toEqual([
      '0',
      '0',
      '1',
      '0',
    ]);
    expect(inferNode('Not', [ints([0, 1, 5])]).elements).toEqual(['1', '0', '0']);
  });

  test('Clip between inputs, or attributes before opset 11', () => {
    expect(inferNode('Clip', [sizes, ints(0), ints(9)]).elements).toEqual(['min(9, n)']);
    expect(inferNode('Clip', [ints([-3, 4]), ints(0)]).elements).toEqual(['0', '4']);
    const old = inferNode(
      'Clip',
      [floats([-3, 4])],
      { min: { float: -1 }, max: { float: 2 } },
      { opset: 6 },
    );
    expect(old.elements).toEqual(['-1', '2']);
    expect(inferNode('Clip', [ints([4]), null, 'int64[]']).elements).toBeNull();
  });
});

describe('Dropout', () => {
  test('without training it changes nothing, and costs nothing', () => {
    expect(inferNode('Dropout', [{ sizes: '[n]' }], {}, { outputs: 2, opset: 13 })).toMatchObject({
      types: ['int64[1]', 'bool[1]'],
      elements: ['n'],
      cost: 'movement, 0, 0',
    });
  });

  test('its ratio is a scalar', () => {
    expect(inferNode('Dropout', ['float32[2]', floats([0.5])]).contradictions).toEqual([
      'rejects: ratio has rank 1, it must be a scalar',
    ]);
  });
});
