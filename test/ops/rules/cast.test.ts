import { expect, test } from 'vitest';
import { floats, type Input, inferNode, ints } from './one-node.ts';

const sizes: Input = { sizes: '[n, 3]' };

test.each<[Input, number, string, string[] | null]>([
  [sizes, 1, 'float32[2]', ['n', '3']],
  [sizes, 6, 'int32[2]', ['n', '3']],
  // A size may be 0.
  [sizes, 9, 'bool[2]', ['?', '1']],
  [floats([2.9, -2.9]), 7, 'int64[2]', ['2', '-2']],
  // 300 does not fit int8.
  [ints([300, 3]), 3, 'int8[2]', ['?', '3']],
  [floats([0.1]), 11, 'float64[1]', [String(Math.fround(0.1))]],
  [sizes, 8, 'string[2]', null],
])('Cast to type %#', (input, to, type, elements) => {
  expect(inferNode('Cast', [input], { to })).toMatchObject({
    types: [type],
    elements,
    cost: 'movement, 0, 0',
  });
});

test('the first version names the type', () => {
  expect(inferNode('Cast', ['float32[n]'], { to: 'DOUBLE' }, { opset: 5 }).types).toEqual([
    'float64[n]',
  ]);
});

test('CastLike takes the type of its second input', () => {
  expect(inferNode('CastLike', [sizes, 'float16[1]'])).toMatchObject({
    types: ['float16[2]'],
    elements: ['n', '3'],
  });
});

test('BitCast keeps the number of bits', () => {
  const options = { opset: 26 };
  expect(inferNode('BitCast', ['float32[n]'], { to: 6 }, options).types).toEqual(['int32[n]']);
  expect(inferNode('BitCast', ['float32[n]'], { to: 7 }, options).contradictions).toEqual([
    'rejects: float32 has 32 bits, int64 has 64',
  ]);
});
