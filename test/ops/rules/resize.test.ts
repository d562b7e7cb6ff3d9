import { describe, expect, test } from 'vitest';
import type { AttributeInput } from '../../../src/graph/index.ts';
import { floats, type Input, inferNode, ints } from './one-node.ts';

type Attributes = Readonly<Record<string, AttributeInput>>;

const x = 'float32[n, 3, 10, w]';

describe('Resize', () => {
  test.each<[Input[], Attributes, string]>([
    [[x, null, floats([1, 1, 2, 2])], {}, 'float32[n, 3, 20, 2*w]'],
    [[x, null, floats([1, 1, 0.3, 0.5])], {}, 'float32[n, 3, 3, floor(w/2)]'],
    [[x, null, null, ints([1, 3, 7, 8])], {}, 'float32[1, 3, 7, 8]'],
    [[x, null, floats([2, 4])], { axes: [-1, 2] }, 'float32[n, 3, 40, 2*w]'],
    [[x, null, 'float32[4]'], {}, 'float32[?, ?, ?, ?]'],
    [[x, null, 'float32[2]'], { axes: [2, 3] }, 'float32[n, 3, ?, ?]'],
    // An empty tensor stands for none.
    [[x, floats([]), floats([]), { sizes: '[n, 3, h, w]' }], {}, 'float32[n, 3, h, w]'],
  ])('%j %j', (inputs, attributes, type) => {
    const outcome = inferNode('Resize', inputs, attributes, { opset: 19 });
    expect(outcome).toMatchObject({ types: [type], contradictions: [] });
  });

  // 4 x 5 to 7 x 8: by 8/5, the smaller of 1.75 and 1.6, or by the larger.
  test.each([
    ['not_larger', 'float32[1, 1, 6, 8]'],
    ['not_smaller', 'float32[1, 1, 7, 9]'],
    ['stretch', 'float32[1, 1, 7, 8]'],
  ])('that keeps the aspect ratio: %s', (policy, type) => {
    const attributes = { axes: [2, 3], keep_aspect_ratio_policy: policy };
    const inputs = ['float32[1, 1, 4, 5]', null, null, ints([7, 8])];
    expect(inferNode('Resize', inputs, attributes, { opset: 19 }).types).toEqual([type]);
  });

  test('in its first version', () => {
    const outcome = inferNode('Resize', [x, floats([1, 1, 2, 2])], {}, { opset: 10 });
    expect(outcome.types).toEqual(['float32[n, 3, 20, 2*w]']);
  });

  test.each<[Input[], Attributes, number, string]>([
    [[x], {}, 13, 'rejects: either scales or sizes must be given, and not both'],
    [
      [x, null, floats([1, 1, 2, 2]), ints([1, 3, 7, 8])],
      {},
      13,
      'rejects: either scales or sizes must be given, and not both',
    ],
    [
      [x, floats([]), floats([1, 1, 2, 2]), ints([1, 3, 7, 8])],
      {},
      11,
      'fails: either scales or sizes must be given, and not both',
    ],
    [[x, null, floats([2, 2])], {}, 13, 'rejects: 2 scales for 4 axes'],
    [[x, null, null, ints([7, 8])], {}, 13, 'rejects: 2 sizes for 4 axes'],
    [[x, null, null, ints([7, 8])], { axes: [3, -1] }, 19, 'rejects: axis 3 is named twice'],
    [[x, null, floats([1, 1, -2, 2])], {}, 13, 'fails: scale -2 must be positive'],
    [
      [x, null, floats([1, 1, 2, 2])],
      { keep_aspect_ratio_policy: 'not_larger' },
      19,
      'rejects: not_larger needs sizes, not scales',
    ],
  ])('%j %j at opset %d: %s', (inputs, attributes, opset, message) => {
    const outcome = inferNode('Resize', inputs, attributes, { opset });
    expect(outcome.contradictions).toEqual([message]);
  });

  test('costs its neighbours along each axis that changes', () => {
    const cost = (mode: string): string | null =>
      inferNode('Resize', ['float32[1, 1, 4, 4]', null, floats([1, 1, 2, 2])], { mode }).cost;
    expect(cost('nearest')).toBe('movement, 0, 0');
    // 64 elements, two axes, two or four neighbours, two operations each.
    expect(cost('linear')).toBe('other, 0, 512');
    expect(cost('cubic')).toBe('other, 0, 1024');
  });
});

describe('Upsample', () => {
  test.each<[Input[], Attributes, number, string]>([
    [[x, floats([1, 1, 2, 3])], {}, 9, 'float32[n, 3, 20, 3*w]'],
    [[x], { scales: { floats: [1, 1, 2, 2] } }, 7, 'float32[n, 3, 20, 2*w]'],
    [[x], { height_scale: { float: 2 }, width_scale: { float: 3 } }, 1, 'float32[n, 3, 20, 3*w]'],
  ])('%j %j at opset %d', (inputs, attributes, opset, type) => {
    expect(inferNode('Upsample', inputs, attributes, { opset })).toMatchObject({
      types: [type],
      contradictions: [],
    });
  });

  test('does not shrink', () => {
    const outcome = inferNode('Upsample', [x, floats([1, 1, 0.5, 2])], {}, { opset: 9 });
    expect(outcome.contradictions).toEqual(['fails: scale 0.5 is below 1']);
  });
});

test.each<[Input[], string, string[]]>([
  [['float32[n, 3, 8, 8]', 'float32[n, h, w, 2]'], 'float32[n, 3, h, w]', []],
  [['float32[n, 3, 8, 8, 8]', 'float32[n, d, h, w, 3]'], 'float32[n, 3, d, h, w]', []],
  [
    ['float32[1, 3, 8, 8]', 'float32[2, 4, 4, 2]'],
    'float32[1, 3, 4, 4]',
    ['rejects: batch sizes: 1 and 2 are not the same'],
  ],
  [
    ['float32[1, 3, 8, 8]', 'float32[1, 4, 4, 3]'],
    'float32[1, 3, 4, 4]',
    ['rejects: a place in the grid has 3 coordinates, the image 2 axes'],
  ],
  [
    ['float32[1, 3, 8, 8]', 'float32[1, 4, 2]'],
    'float32',
    ['rejects: the input has rank 4, the grid 3'],
  ],
])('GridSample of %j', (inputs, type, contradictions) => {
  expect(inferNode('GridSample', inputs)).toMatchObject({ types: [type], contradictions });
});

test.each<[Input[], string, string[]]>([
  [['float32[n, 2, 3]', ints([2, 3, 5, 6])], 'float32[2, 5, 6, 2]', []],
  [['float32[n, 3, 4]', { sizes: '[n, 3, d, h, w]' }], 'float32[n, d, h, w, 3]', []],
  [['float32[n, 2, 3]', 'int64[4]'], 'float32[n, ?, ?, 2]', []],
  [
    ['float32[2, 3, 4]', ints([2, 3, 5, 6])],
    'float32[2, 5, 6, 2]',
    ['fails: theta is [2, 3, 4], [N, 2, 3] is needed'],
  ],
  [
    ['float32[2, 2, 3]', ints([2, 3, 5])],
    'float32',
    ['rejects: size has 3 elements, it must have 4 or 5'],
  ],
])('AffineGrid of %j', (inputs, type, contradictions) => {
  expect(inferNode('AffineGrid', inputs)).toMatchObject({ types: [type], contradictions });
});
