import { describe, expect, test } from 'vitest';
import { type Input, inferNode, ints } from './one-node.ts';

describe('DFT', () => {
  test.each<[string, number, Input[], Record<string, number>, string]>([
    ['keeps its axis', 17, ['float32[2, n, 1]'], {}, 'float32[2, n, 2]'],
    ['one side', 17, ['float32[2, n, 1]'], { onesided: 1 }, 'float32[2, floor(n/2) + 1, 2]'],
    ['of another length', 17, ['float32[2, 8, 1]', ints(6)], {}, 'float32[2, 6, 2]'],
    ['of axis 0', 17, ['float32[8, 3, 1]', ints(6)], { axis: 0 }, 'float32[6, 3, 2]'],
    ['with the axis as input', 20, ['float32[8, 3, 1]', ints(6), ints(0)], {}, 'float32[6, 3, 2]'],
    ['of the last axis by default', 20, ['float32[8, 3, 1]', ints(6)], {}, 'float32[8, 6, 2]'],
    [
      'back from one side',
      20,
      ['float32[2, 5, 2]'],
      { inverse: 1, onesided: 1 },
      'float32[2, 8, 1]',
    ],
    ['of an unknown axis', 20, ['float32[2, 8, 1]', null, 'int64[]'], {}, 'float32[2, 8, 2]'],
    [
      'of an unknown axis, one side',
      20,
      ['float32[2, 8, 1]', null, 'int64[]'],
      { onesided: 1 },
      'float32[?, ?, 2]',
    ],
  ])('%s', (_, opset, inputs, attributes, type) => {
    const outcome = inferNode('DFT', inputs, attributes, { opset });
    expect(outcome).toMatchObject({ types: [type], contradictions: [] });
  });

  test('costs 5 · n · log2(n) a transform', () => {
    const outcome = inferNode('DFT', ['float32[B, 8, 1]'], {}, { opset: 17 });
    expect(outcome.cost).toBe('other, 0, 120*B');
  });

  test.each<[number, Input[], Record<string, number>, string]>([
    [17, ['float32[8]'], {}, 'rejects: the input has rank 1, where at least 2 is needed'],
    [17, ['float32[2, 8, 1]'], { axis: 2 }, 'rejects: axis 2 is not in [-3, -2] or [0, 1]'],
    [20, ['float32[2, 8, 1]', null, ints(-1)], {}, 'rejects: axis -1 is not in [-3, -2] or [0, 1]'],
    [
      17,
      ['float32[2, 8, 2]'],
      { onesided: 1 },
      'rejects: the last axis has 2 elements, where 1 is needed for onesided',
    ],
  ])('version %d of %j %j: %s', (opset, inputs, attributes, message) => {
    expect(inferNode('DFT', inputs, attributes, { opset }).contradictions).toEqual([message]);
  });
});

describe('STFT', () => {
  test.each<[string, Input[], Record<string, number>, string]>([
    // (128 - 16)/8 + 1 frames of 16/2 + 1 bins.
    ['with a window', ['float32[2, 128, 1]', ints(8), 'float32[16]'], {}, 'float32[2, 15, 9, 2]'],
    [
      'both sides',
      ['float32[2, 128, 1]', ints(8), null, ints(16)],
      { onesided: 0 },
      'float32[2, 15, 16, 2]',
    ],
    [
      'of a symbolic signal',
      ['float32[B, T, 1]', ints(160), null, ints(400)],
      {},
      'float32[B, floor((T + 80)/160) - 2, 201, 2]',
    ],
    [
      'with an unknown step',
      ['float32[B, T, 1]', 'int64[]', null, ints(400)],
      {},
      'float32[B, ?, 201, 2]',
    ],
  ])('%s', (_, inputs, attributes, type) => {
    const outcome = inferNode('STFT', inputs, attributes);
    expect(outcome).toMatchObject({ types: [type], contradictions: [] });
  });

  test.each<[Input[], string]>([
    [['float32[2, 8, 1]', ints(2), null, ints(16)], 'fails: the signal has 8 elements, a frame 16'],
    [
      ['float32[2, 8, 1]', ints(0), null, ints(4)],
      'fails: frame_step is 0, where a positive number is needed',
    ],
    [
      ['float32[2, 8, 1]', ints(2), 'float32[5]', ints(4)],
      'rejects: the window has 5 elements, a frame 4',
    ],
  ])('%j: %s', (inputs, message) => {
    expect(inferNode('STFT', inputs).contradictions).toEqual([message]);
  });
});

test.each(['HannWindow', 'HammingWindow', 'BlackmanWindow'])('%s', (op) => {
  expect(inferNode(op, [ints(10)]).types).toEqual(['float32[10]']);
  expect(inferNode(op, [ints(10)], { output_datatype: 11 }).types).toEqual(['float64[10]']);
  expect(inferNode(op, ['int64[]']).types).toEqual(['float32[?]']);
  expect(inferNode(op, [ints(0)]).contradictions).toEqual([
    'rejects: the size is 0, where it must be positive',
  ]);
});

test('MelWeightMatrix has half the bins as rows', () => {
  const rest = ['int64[]', 'float32[]', 'float32[]'];
  const { types } = inferNode('MelWeightMatrix', [ints(8), ints(16), ...rest]);
  expect(types).toEqual(['float32[9, 8]']);
});
