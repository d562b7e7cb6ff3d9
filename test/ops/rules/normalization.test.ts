import { describe, expect, test } from 'vitest';
import type { AttributeInput } from '../../../src/graph/index.ts';
import { type Input, inferNode, weight } from './one-node.ts';

type Attributes = Readonly<Record<string, AttributeInput>>;

describe('Softmax', () => {
  test('costs five operations an element', () => {
    expect(inferNode('Softmax', ['float32[n, 3]'])).toMatchObject({
      types: ['float32[n, 3]'],
      cost: 'normalization, 0, 15*n',
    });
  });

  test.each<[string, Attributes, number, string[]]>([
    ['float32[2, 3]', { axis: 2 }, 13, ['rejects: axis 2 is not in [-2, 1]']],
    ['float32[2, 3]', { axis: 2 }, 10, ['fails: axis 2 is not in [-2, 1]']],
    // The second axis unless told, before opset 13.
    ['float32[3]', {}, 12, ['rejects: axis 1 is not in [-1, 0]']],
    ['float32[3]', {}, 13, []],
    ['float32[]', {}, 13, ['rejects: the input has rank 0, at least 1 is needed']],
  ])('of %s %j at opset %d', (x, attributes, opset, contradictions) => {
    expect(inferNode('Softmax', [x], attributes, { opset }).contradictions).toEqual(contradictions);
  });
});

describe('BatchNormalization', () => {
  const of = (channels: number): Input[] => Array.from({ length: 4 }, () => weight(channels));
  test('in inference gives one output, and the statistics in training', () => {
    const x = 'float32[n, 3, h]';
    expect(inferNode('BatchNormalization', [x, ...of(3)])).toMatchObject({
      types: [x],
      cost: 'normalization, 0, 6*h*n',
      contradictions: [],
    });
    const training = inferNode(
      'BatchNormalization',
      [x, ...of(3)],
      { training_mode: 1 },
      { outputs: 3 },
    );
    expect(training.types).toEqual([x, 'float32[3]', 'float32[3]']);
    const old = inferNode('BatchNormalization', [x, ...of(3)], {}, { outputs: 5, opset: 9 });
    expect(old.types).toEqual([x, ...Array.from({ length: 4 }, () => 'float32[3]')]);
    expect(old.contradictions).toEqual([]);
  });

  test.each<[number, Attributes, number, string]>([
    [15, {}, 1, 'rejects: input 1 has 4 elements for 3 channels'],
    [9, {}, 1, 'fails: input 1 has 4 elements for 3 channels'],
  ])('channels at opset %d', (opset, attributes, outputs, message) => {
    const inputs = ['float32[1, 3, 8]', weight(4), ...of(3).slice(1)];
    const outcome = inferNode('BatchNormalization', inputs, attributes, { opset, outputs });
    expect(outcome.contradictions).toEqual([message]);
  });

  test('the number of outputs is that of the mode', () => {
    const inputs = ['float32[1, 3, 8]', ...of(3)];
    expect(inferNode('BatchNormalization', inputs, {}, { outputs: 3 }).contradictions).toEqual([
      'rejects: 3 outputs where training_mode asks for 1',
    ]);
  });
});

describe('LayerNormalization', () => {
  test('gives statistics of what is in front of the axis, in the type it stashes', () => {
    const outcome = inferNode(
      'LayerNormalization',
      ['float16[n, s, 8]', 'float16[8]', 'float16[8]'],
      {},
      { outputs: 3 },
    );
    expect(outcome).toMatchObject({
      types: ['float16[n, s, 8]', 'float32[n, s, 1]', 'float32[n, s, 1]'],
      cost: 'normalization, 0, 56*n*s',
      contradictions: [],
    });
  });

  test.each<[Input[], Attributes, string]>([
    [['float32[1, 3, 4]', weight(3)], {}, 'fails: input 1 is [3], the input [1, 3, 4]'],
    [['float32[1, 3, 4]', weight(4)], { axis: 3 }, 'fails: axis 3 is not in [-3, 2]'],
    [['float32[1, 3, 4]', weight(4)], { axis: -4 }, 'rejects: axis -4 is not in [-3, 2]'],
  ])('%j %j: %s', (inputs, attributes, message) => {
    expect(inferNode('LayerNormalization', inputs, attributes).contradictions).toEqual([message]);
  });
});

test.each<[string, Input[], Attributes, number, string]>([
  [
    'InstanceNormalization',
    ['float32[1, 3, 4]', weight(4), weight(3)],
    {},
    22,
    'fails: input 1 has 4 elements for 3 channels',
  ],
  [
    'GroupNormalization',
    ['float32[1, 3, 4]', weight(3), weight(3)],
    { num_groups: 2 },
    21,
    'fails: 2 groups cannot share 3 channels',
  ],
  [
    'GroupNormalization',
    ['float32[1, 4, 4]', weight(4), weight(2)],
    { num_groups: 2 },
    18,
    'fails: input 1 has 4 elements for 2 groups',
  ],
  [
    'GroupNormalization',
    ['float32[1, 4, 4]', weight(4), weight(2)],
    { num_groups: 2 },
    21,
    'refuses: input 2 has 2 elements for 4 channels',
  ],
  [
    'RMSNormalization',
    ['float32[1, 3, 4]', weight(3)],
    {},
    23,
    'fails: input 1 is [3], the input [1, 3, 4]',
  ],
  ['LpNormalization', ['float32[1, 3]'], { axis: 3 }, 22, 'fails: axis 3 is not in [-2, 1]'],
])('%s of %j %j at opset %d: %s', (op, inputs, attributes, opset, message) => {
  const outcome = inferNode(op, inputs, attributes, { opset });
  expect(outcome).toMatchObject({ types: [inputs[0]], contradictions: [message] });
});

test('LRN costs its window', () => {
  expect(inferNode('LRN', ['float32[1, 4, 2, 2]'], { size: 3 }).cost).toBe('normalization, 0, 144');
});
