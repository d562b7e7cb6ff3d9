import { describe, expect, test } from 'vitest';
import type { AttributeInput } from '../../../src/graph/index.ts';
import { type Input, inferNode, ints } from './one-node.ts';

type Attributes = Readonly<Record<string, AttributeInput>>;

describe('pools', () => {
  test.each<[Attributes, string]>([
    [{ kernel_shape: [2, 2], strides: [2, 2] }, 'float32[n, 3, 3, floor(w/2)]'],
    [{ kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }, 'float32[n, 3, 4, floor((w + 1)/2)]'],
    // The third window would start in the padding behind, at 8 of 7 + 1.
    [
      { kernel_shape: [2, 1], strides: [4, 4], pads: [1, 0, 1, 0], ceil_mode: 1 },
      'float32[n, 3, 2, floor((w + 3)/4)]',
    ],
    [
      { kernel_shape: [3, 3], auto_pad: 'SAME_LOWER', strides: [2, 2] },
      'float32[n, 3, 4, floor((w + 1)/2)]',
    ],
    [{ kernel_shape: [2, 2], dilations: [3, 3] }, 'float32[n, 3, 4, w - 3]'],
    // Nothing is left, which a pool may be.
    [{ kernel_shape: [8, 1] }, 'float32[n, 3, 0, w]'],
  ])('%j', (attributes, type) => {
    const outcome = inferNode('MaxPool', ['float32[n, 3, 7, w]'], attributes, { outputs: 2 });
    expect(outcome.types).toEqual([type, type.replace('float32', 'int64')]);
    expect(outcome.contradictions).toEqual([]);
  });

  test('before opset 22, what the specification and runtimes count differently is not known', () => {
    const attributes = { kernel_shape: [1], strides: [3], ceil_mode: 1 };
    const [old, now] = [21, 22].map((opset) =>
      inferNode('AveragePool', ['float32[1, 1, 5]'], attributes, { opset }),
    );
    expect(old?.types).toEqual(['float32[1, 1, ?]']);
    expect(now?.types).toEqual(['float32[1, 1, 2]']);
  });

  test('cost the window for each element', () => {
    const outcome = inferNode('AveragePool', ['float32[1, 2, 4, 4]'], { kernel_shape: [2, 2] });
    expect(outcome.cost).toBe('reduction, 0, 72');
  });

  test.each<[Attributes, string]>([
    [{ kernel_shape: [9, 9] }, 'fails: the window spans 9 entries of 7 along axis 2'],
    [{ kernel_shape: [2] }, 'rejects: kernel_shape has 1 entries, the input needs 2'],
    [{ kernel_shape: [2, 0] }, 'rejects: kernel_shape [2, 0] must be positive'],
    [
      { kernel_shape: [2, 2], pads: [2, 0, 0, 0] },
      'refuses: pads [2, 0, 0, 0] must be smaller than the window',
    ],
  ])('%j: %s', (attributes, message) => {
    const outcome = inferNode('MaxPool', ['float32[n, 3, 7, w]'], attributes);
    expect(outcome.contradictions).toEqual([message]);
  });

  test('global ones leave one entry', () => {
    const outcome = inferNode('GlobalAveragePool', ['float32[n, 3, h, w]']);
    expect(outcome).toMatchObject({
      types: ['float32[n, 3, 1, 1]'],
      cost: 'reduction, 0, 3*h*n*w',
    });
  });
});

describe('MaxUnpool', () => {
  const attributes = { kernel_shape: [2, 2], strides: [2, 2] };
  test.each<[Input[], string, string[]]>([
    [['float32[1, 1, 2, w]', 'int64[1, 1, 2, w]'], 'float32[1, 1, 4, 2*w]', []],
    [['float32[1, 1, 2, 2]', 'int64[1, 1, 2, 2]', ints([1, 1, 5, 5])], 'float32[1, 1, 5, 5]', []],
    [
      ['float32[1, 1, 2, 2]', 'int64[1, 1, 2, 2]', ints([1, 5, 5])],
      'float32[?, ?, ?, ?]',
      ["rejects: output_shape has 3 elements, the input's rank is 4"],
    ],
    [
      ['float32[1, 1, 2, 2]', 'int64[1, 2, 2, 2]'],
      'float32[1, 1, 4, 4]',
      ['fails: the input has 1 channels, the indices have 2'],
    ],
  ])('%j', (inputs, type, contradictions) => {
    expect(inferNode('MaxUnpool', inputs, attributes)).toMatchObject({
      types: [type],
      contradictions,
    });
  });
});

describe('regions', () => {
  test('RoiAlign', () => {
    const size = { output_height: 4, output_width: 5, sampling_ratio: 2 };
    const outcome = inferNode(
      'RoiAlign',
      ['float32[1, 3, h, w]', 'float32[r, 4]', 'int64[r]'],
      size,
    );
    // 60 elements a region, of 4 samples each.
    expect(outcome).toMatchObject({ types: ['float32[r, 3, 4, 5]'], cost: 'reduction, 0, 1920*r' });
    const odd = inferNode('RoiAlign', ['float32[1, 3, 8, 8]', 'float32[4, 5]', 'int64[6]']);
    expect(odd.contradictions).toEqual([
      'fails: a region has 5 numbers, it must have 4',
      'rejects: regions: 4 and 6 are not the same',
    ]);
  });

  test('MaxRoiPool', () => {
    const inputs = ['float32[1, 3, 8, 8]', 'float32[r, 5]'];
    expect(inferNode('MaxRoiPool', inputs, { pooled_shape: [2, 3] }).types).toEqual([
      'float32[r, 3, 2, 3]',
    ]);
    expect(inferNode('MaxRoiPool', inputs, { pooled_shape: [0, 3] }).contradictions).toEqual([
      'rejects: pooled_shape [0, 3] must be two positive numbers',
    ]);
  });
});
