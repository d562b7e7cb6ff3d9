import { describe, expect, test } from 'vitest';
import type { AttributeInput } from '../../../src/graph/index.ts';
import { type Input, inferNode, weight } from './one-node.ts';

type Attributes = Readonly<Record<string, AttributeInput>>;

const image = 'float32[n, 3, 8, w]';

describe('Conv', () => {
  // floor((size + pads - dilation * (kernel - 1) - 1) / stride) + 1, by hand.
  test.each<[Attributes, string]>([
    [{}, 'float32[n, 4, 6, w - 2]'],
    [{ pads: [1, 1, 1, 1] }, 'float32[n, 4, 8, w]'],
    [{ strides: [2, 2], pads: [0, 1, 1, 1] }, 'float32[n, 4, 4, floor((w + 1)/2)]'],
    [{ dilations: [2, 3] }, 'float32[n, 4, 4, w - 6]'],
    [{ auto_pad: 'SAME_UPPER', strides: [3, 2] }, 'float32[n, 4, 3, floor((w + 1)/2)]'],
    [{ auto_pad: 'VALID', strides: [3, 3] }, 'float32[n, 4, 2, floor(w/3)]'],
  ])('%j', (attributes, type) => {
    const outcome = inferNode('Conv', [image, weight(4, 3, 3, 3)], attributes);
    expect(outcome).toMatchObject({ types: [type], contradictions: [] });
  });

  test('costs 3 * 3 * 3 multiplications an element, a bias one addition', () => {
    const x = 'float32[1, 3, 5, 5]';
    const w = weight(4, 3, 3, 3);
    expect(inferNode('Conv', [x, w]).cost).toBe('matrix, 972, 0');
    expect(inferNode('Conv', [x, w, weight(4)]).cost).toBe('matrix, 972, 36');
  });

  test('groups see their own channels alone', () => {
    const outcome = inferNode('Conv', ['float32[1, 6, 3, 3]', weight(6, 1, 3, 3)], { group: 6 });
    expect(outcome).toMatchObject({ types: ['float32[1, 6, 1, 1]'], cost: 'matrix, 54, 0' });
  });

  test('the rank of the weight is that of an unknown input', () => {
    expect(inferNode('Conv', ['float32', weight(4, 3, 3)]).types).toEqual(['float32[?, 4, ?]']);
  });

  test.each<[Input[], Attributes, string]>([
    [
      ['float32[1, 5, 8, 8]', weight(4, 3, 3, 3)],
      {},
      'fails: input has 5 channels, the weight takes 3 x 1 (group 1)',
    ],
    [
      ['float32[1, 9, 8, 8]', weight(4, 3, 3, 3)],
      { group: 3 },
      'fails: the weight has 4 filters, which 3 groups cannot share',
    ],
    [
      [image, weight(4, 3, 3, 3), weight(3)],
      {},
      'fails: the bias has 3 elements for 4 channels of the output',
    ],
    [
      ['float32[1, 3, 2, 9]', weight(4, 3, 3, 3)],
      {},
      'fails: the window spans 3 entries of 2 along axis 2',
    ],
    [[image, weight(4, 3, 3)], {}, 'rejects: kernel_shape has 1 entries, the input needs 2'],
    [
      [image, weight(4, 3, 3, 3)],
      { kernel_shape: [3, 5] },
      "fails: kernel_shape is [3, 5], the weight's is [3, 3]",
    ],
    [[image, weight(4, 3, 3, 3)], { strides: [0, 1] }, 'rejects: strides [0, 1] must be positive'],
    [
      [image, weight(4, 3, 3, 3)],
      { pads: [-1, 0, 0, 0] },
      'rejects: pads [-1, 0, 0, 0] must not be negative',
    ],
    [
      [image, weight(4, 3, 3, 3)],
      { pads: [1, 1] },
      'rejects: pads has 2 entries, the input needs 4',
    ],
    [
      [image, weight(4, 3, 3, 3)],
      { auto_pad: 'SAME', strides: [1, 1] },
      'refuses: auto_pad SAME is not one of NOTSET, SAME_UPPER, SAME_LOWER, VALID',
    ],
    [['float32[1, 3]', weight(4, 3)], {}, 'rejects: the input has rank 2, at least 3 is needed'],
  ])('%j %j: %s', (inputs, attributes, message) => {
    expect(inferNode('Conv', inputs, attributes).contradictions).toEqual([message]);
  });
});

test('the quantized twins cost what the float one does', () => {
  const scale = weight();
  const inputs = ['uint8[1, 3, 5, 5]', scale, 'uint8[]', 'uint8[4, 3, 3, 3]', scale, 'uint8[]'];
  const outcome = inferNode('QLinearConv', [...inputs, scale, 'int8[]', 'int32[4]']);
  expect(outcome).toMatchObject({ types: ['int8[1, 4, 3, 3]'], cost: 'matrix, 972, 36' });
  const integers = inferNode('ConvInteger', ['uint8[1, 3, 5, 5]', 'uint8[4, 3, 3, 3]', 'uint8[]']);
  expect(integers).toMatchObject({ types: ['int32[1, 4, 3, 3]'], cost: 'matrix, 972, 0' });
});

describe('ConvTranspose', () => {
  // stride * (size - 1) + output_padding + dilation * (kernel - 1) + 1 - pads, by hand.
  test.each<[Attributes, string]>([
    [{}, 'float32[n, 2, 10, w + 2]'],
    [{ strides: [2, 2] }, 'float32[n, 2, 17, 2*w + 1]'],
    [{ strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] }, 'float32[n, 2, 16, 2*w]'],
    [{ auto_pad: 'SAME_UPPER', strides: [2, 2] }, 'float32[n, 2, 16, 2*w]'],
    [{ auto_pad: 'SAME_UPPER', strides: [4, 4] }, 'float32[n, 2, 31, 4*w - 1]'],
    [{ output_shape: [16, 17] }, 'float32[n, 2, 16, 17]'],
  ])('%j', (attributes, type) => {
    const outcome = inferNode('ConvTranspose', [image, weight(3, 2, 3, 3)], attributes);
    expect(outcome).toMatchObject({ types: [type], contradictions: [] });
  });

  test('costs each element of the input times the filters of its group', () => {
    const outcome = inferNode('ConvTranspose', ['float32[1, 4, 5, 5]', weight(4, 3, 2, 2)], {
      group: 2,
    });
    // 100 elements, 3 channels of a group, 4 entries of the window.
    expect(outcome).toMatchObject({ types: ['float32[1, 6, 6, 6]'], cost: 'matrix, 1200, 0' });
  });

  test.each<[Input[], Attributes, string]>([
    [
      ['float32[1, 4, 8, 8]', weight(3, 2, 3, 3)],
      {},
      'fails: input has 4 channels, the weight takes 3',
    ],
    [[image, weight(3, 2, 3, 3)], { group: 2 }, 'fails: 2 groups cannot share 3 channels'],
    [
      [image, weight(3, 2, 3, 3)],
      { output_padding: [1, 0] },
      'fails: output_padding 1 must be less than 1',
    ],
    [
      [image, weight(3, 2, 3, 3)],
      { output_shape: [1, 2, 16, 16] },
      'rejects: output_shape has 4 entries, the input needs 2',
    ],
  ])('%j %j: %s', (inputs, attributes, message) => {
    expect(inferNode('ConvTranspose', inputs, attributes).contradictions).toEqual([message]);
  });
});

test('DeformConv has offsets for each entry of the window', () => {
  const inputs = ['float32[1, 1, 3, 3]', weight(1, 1, 2, 2)];
  const good = inferNode('DeformConv', [...inputs, 'float32[1, 8, 2, 2]']);
  // 16 multiplications; 16 samples of 4 neighbours, two operations each.
  expect(good).toMatchObject({
    types: ['float32[1, 1, 2, 2]'],
    cost: 'matrix, 16, 128',
    contradictions: [],
  });
  expect(inferNode('DeformConv', [...inputs, 'float32[1, 6, 2, 2]']).contradictions).toEqual([
    'fails: the offset has 6 channels, the weight needs 8',
  ]);
});
