import { expect, test } from 'vitest';
import type { AttributeInput } from '../../../src/graph/index.ts';
import { type Input, inferNode, ints } from './one-node.ts';

test.each<[string, string, number, string, string[]]>([
  ['DepthToSpace', 'float32[n, 12, h, 4]', 2, 'float32[n, 3, 2*h, 8]', []],
  ['SpaceToDepth', 'float32[n, 3, h, 4]', 2, 'float32[n, 12, floor(h/2), 2]', []],
  [
    'DepthToSpace',
    'float32[1, 6, 4, 4]',
    2,
    'float32[1, 1, 8, 8]',
    ['fails: 6 channels are not divisible by 4'],
  ],
  [
    'SpaceToDepth',
    'float32[1, 6, 5, 4]',
    2,
    'float32[1, 24, 2, 2]',
    ['fails: 5 rows are not divisible by 2'],
  ],
  [
    'DepthToSpace',
    'float32[1, 6, 4]',
    2,
    'float32[?, ?, ?, ?]',
    ['rejects: the input has rank 3, it must be 4'],
  ],
  [
    'DepthToSpace',
    'float32[1, 6, 4, 4]',
    0,
    'float32[?, ?, ?, ?]',
    ['rejects: blocksize is 0, it must be positive'],
  ],
])('%s of %s by %d', (op, x, blocksize, type, contradictions) => {
  expect(inferNode(op, [x], { blocksize })).toMatchObject({
    types: [type],
    contradictions,
    cost: 'movement, 0, 0',
  });
});

test.each<[Input[], Readonly<Record<string, AttributeInput>>, string, string[]]>([
  [['float32[n, 7]', ints([5, 9])], {}, 'float32[5, 9]', []],
  [['float32[n, 7]', ints([5])], { axes: [-1] }, 'float32[n, 5]', []],
  [['float32[n, 7]', 'int64[1]'], { axes: [0] }, 'float32[?, 7]', []],
  [['float32[n, 7]', ints([5])], {}, 'float32[5, ?]', ['rejects: 1 sizes for 2 axes']],
])('CenterCropPad of %j %j', (inputs, attributes, type, contradictions) => {
  const outcome = inferNode('CenterCropPad', inputs, attributes);
  expect(outcome).toMatchObject({ types: [type], contradictions });
});

test('ImageDecoder gives three channels, or one of gray images', () => {
  const [color, gray] = ['BGR', 'Grayscale'].map((pixel_format) =>
    inferNode('ImageDecoder', ['uint8[n]'], { pixel_format }),
  );
  expect(color?.types).toEqual(['uint8[?, ?, 3]']);
  expect(gray?.types).toEqual(['uint8[?, ?, 1]']);
  expect(inferNode('ImageDecoder', ['uint8[2, 3]']).contradictions).toEqual([
    'rejects: the stream has rank 2, it must be 1',
  ]);
});
