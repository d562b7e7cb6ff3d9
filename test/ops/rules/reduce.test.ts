import { describe, expect, test } from 'vitest';
import type { AttributeInput } from '../../../src/graph/index.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';
import { type Input, inferNode, ints } from './one-node.ts';

type Attributes = Readonly<Record<string, AttributeInput>>;

describe('shapes', () => {
  const x = 'float32[n, 3, 4]';
  test.each<[Input[], Attributes, number, string]>([
    [[x, ints([1])], {}, 18, 'float32[n, 1, 4]'],
    [[x, ints([-1, 0])], { keepdims: 0 }, 18, 'float32[3]'],
    [[x], {}, 18, 'float32[1, 1, 1]'],
    [[x], { keepdims: 0 }, 18, 'float32[]'],
    [[x], { noop_with_empty_axes: 1 }, 18, 'float32[n, 3, 4]'],
    [[x, 'int64[2]'], { keepdims: 0 }, 18, 'float32[?]'],
    [[x, 'int64[k]'], { keepdims: 0 }, 18, 'float32'],
    [[x, 'int64[k]'], {}, 18, 'float32[?, ?, ?]'],
    [[x], { axes: [1, 2], keepdims: 0 }, 13, 'float32[n]'],
  ])('ReduceMean of %j %j at opset %d', (inputs, attributes, opset, type) => {
    const outcome = inferNode('ReduceMean', inputs, attributes, { opset });
    expect(outcome).toMatchObject({ types: [type], contradictions: [] });
    expect(outcome.cost).toBe('reduction, 0, 12*n');
  });

  test.each<[string, Input[], Attributes, number, string]>([
    ['ReduceSum', [x, ints([3])], {}, 13, 'rejects: axis 3 is not in [-3, 2]'],
    ['ReduceMax', [x], { axes: [3] }, 8, 'fails: axis 3 is not in [-3, 2]'],
    ['ReduceMax', [x], { axes: [-4] }, 11, 'rejects: axis -4 is not in [-3, 2]'],
    ['ArgMax', [x], { axis: 5 }, 13, 'rejects: axis 5 is not in [-3, 2]'],
  ])('%s of %j %j at opset %d: %s', (op, inputs, attributes, opset, message) => {
    const outcome = inferNode(op, inputs, attributes, { opset });
    expect(outcome.contradictions).toEqual([message]);
  });

  test('ArgMax gives indices', () => {
    expect(inferNode('ArgMax', [x], { axis: 1 }).types).toEqual(['int64[n, 1, 4]']);
    expect(inferNode('ArgMin', [x], { keepdims: 0 }).types).toEqual(['int64[3, 4]']);
  });
});

describe('elements', () => {
  const sizes: Input = { sizes: '[n, 3, 4]' };
  test.each([
    ['ReduceProd', ['12*n']],
    ['ReduceSum', ['n + 7']],
    ['ReduceMax', ['max(4, n)']],
    ['ReduceMin', ['min(3, n)']],
  ])('%s of sizes', (op, elements) => {
    expect(inferNode(op, [sizes], { keepdims: 0 })).toMatchObject({ types: ['int64[]'], elements });
  });

  const table = tensorFrom('int64', [2, 3], BigInt64Array.from([1n, 2n, 3n, 4n, 5n, 6n]));
  test.each([
    [0, ['5', '7', '9']],
    [1, ['6', '15']],
  ])('along axis %d', (axis, elements) => {
    expect(inferNode('ReduceSum', [table, ints([axis])]).elements).toEqual(elements);
  });

  test.each<[string, Attributes, string[]]>([
    ['CumSum', {}, ['n', 'n + 3', 'n + 7']],
    ['CumSum', { exclusive: 1 }, ['0', 'n', 'n + 3']],
    ['CumSum', { reverse: 1 }, ['n + 7', '7', '4']],
    ['CumProd', {}, ['n', '3*n', '12*n']],
  ])('%s %j', (op, attributes, elements) => {
    expect(inferNode(op, [sizes, ints(0)], attributes, { opset: 26 }).elements).toEqual(elements);
  });

  test('an odd axis of CumSum is found out when it runs', () => {
    expect(inferNode('CumSum', ['float32[2, 3]', ints(2)]).contradictions).toEqual([
      'fails: axis 2 is not in [-2, 1]',
    ]);
  });
});

describe('TopK', () => {
  const both = { outputs: 2 };
  test.each<[Input[], Attributes, string]>([
    [['float32[n, 9]', ints([4])], {}, '[n, 4]'],
    [['float32[n, 9]', ints([4])], { axis: 0 }, '[4, 9]'],
    [['float32[n, 9]', 'int64[1]'], {}, '[n, ?]'],
    [['float32[n, 9]', { sizes: '[k]' }], {}, '[n, k]'],
  ])('%j %j', (inputs, attributes, shape) => {
    const outcome = inferNode('TopK', inputs, attributes, both);
    expect(outcome.types).toEqual([`float32${shape}`, `int64${shape}`]);
    expect(outcome.contradictions).toEqual([]);
  });

  test('more than there are', () => {
    const [early, late] = [
      inferNode('TopK', ['float32[2, 3]'], { k: 5 }, { opset: 9, outputs: 2 }),
      inferNode('TopK', ['float32[2, 3]', ints([5])], {}, both),
    ];
    const message = 'the largest 5 of 3 along axis 1 are asked for';
    expect(early.contradictions).toEqual([`fails: ${message}`]);
    expect(late.contradictions).toEqual([`rejects: ${message}`]);
  });
});

test('Det', () => {
  // 2 * 27 / 3 multiplications.
  expect(inferNode('Det', ['float32[2, 3, 3]'])).toMatchObject({
    types: ['float32[2]'],
    cost: 'other, 18, 0',
  });
  expect(inferNode('Det', ['float32[2, 3]']).contradictions).toEqual([
    'rejects: rows and columns: 2 and 3 are not the same',
  ]);
});
