import { describe, expect, test } from 'vitest';
import { type Input, inferNode } from './one-node.ts';

const lstm: Input[] = ['float32[T, N, 3]', 'float32[1, 16, 3]', 'float32[1, 16, 4]'];

test.each([
  // 4 gates, hidden size 4, 3 features: T·N · 4 · 4 · (3 + 4); 9 operations a unit for the state.
  ['LSTM', lstm, 3, ['T, 1, N, 4', '1, N, 4', '1, N, 4'], 'matrix, 112*N*T, 36*N*T'],
  // 5 steps, 2 sequences: 5·2·3·4·(3 + 4) = 840; 8 operations for the state and 3 biases: 40·11.
  [
    'GRU',
    ['float32[5, 2, 3]', 'float32[1, 12, 3]', 'float32[1, 12, 4]', 'float32[1, 24]'],
    2,
    ['5, 1, 2, 4', '1, 2, 4'],
    'matrix, 840, 440',
  ],
  // 5·2·1·4·(3 + 4) = 280, and one activation each.
  [
    'RNN',
    ['float32[5, 2, 3]', 'float32[1, 4, 3]', 'float32[1, 4, 4]'],
    2,
    ['5, 1, 2, 4', '1, 2, 4'],
    'matrix, 280, 40',
  ],
] as const)('%s', (op, inputs, outputs, shapes, cost) => {
  const outcome = inferNode(op, [...inputs], { hidden_size: 4 }, { outputs });
  const types = shapes.map((shape) => `float32[${shape}]`);
  expect(outcome).toMatchObject({ types, cost, contradictions: [] });
});

test('both directions double outputs and work', () => {
  const inputs = ['float32[5, 2, 3]', 'float32[2, 16, 3]', 'float32[2, 16, 4]'];
  const outcome = inferNode('LSTM', inputs, { direction: 'bidirectional', hidden_size: 4 });
  expect(outcome.types).toEqual(['float32[5, 2, 2, 4]']);
  expect(outcome.cost).toBe('matrix, 2240, 720');
});

test('with layout 1 the batch comes first', () => {
  const inputs = ['float32[N, T, 3]', 'float32[1, 16, 3]', 'float32[1, 16, 4]'];
  const outcome = inferNode('LSTM', inputs, { layout: 1, hidden_size: 4 }, { outputs: 3 });
  expect(outcome.types).toEqual(['float32[N, T, 1, 4]', 'float32[N, 1, 4]', 'float32[N, 1, 4]']);
});

test('the hidden size follows from the weights when no attribute says it', () => {
  expect(inferNode('LSTM', lstm).types).toEqual(['float32[T, 1, N, 4]']);
});

test('before version 7 nothing is said of outputs unless a sequence is asked for', () => {
  const attributes = { hidden_size: 4 };
  expect(inferNode('LSTM', lstm, attributes, { opset: 6 }).types).toEqual(['float32']);
  expect(
    inferNode('LSTM', lstm, { ...attributes, output_sequence: 1 }, { opset: 6 }).types,
  ).toEqual(['float32[T, 1, N, 4]']);
});

test('DynamicQuantizeLSTM has its weights transposed', () => {
  const inputs = ['float32[5, 2, 3]', 'uint8[1, 3, 16]', 'uint8[1, 4, 16]'];
  const outcome = inferNode('DynamicQuantizeLSTM', inputs, {}, { domain: 'com.microsoft' });
  expect(outcome).toMatchObject({
    types: ['float32[5, 1, 2, 4]'],
    cost: 'matrix, 1120, 360',
    contradictions: [],
  });
});

// What ONNX 1.23 rejects and what onnxruntime 1.30 refuses to run.
describe('contradictions', () => {
  const [x = '', w = '', r = ''] = lstm as string[];
  test.each([
    [['float32[5, 2]', w, r], 'rejects: the input sequence has rank 2, where 3 is needed'],
    [[x, 'float32[1, 16, 9]', r], 'fails: input has 3 features, the weight takes 9'],
    [[x, w, 'float32[1, 16, 5]'], 'fails: hidden size is 4, the recurrence weight takes 5'],
    [[x, w, r, 'float32[1, 30]'], 'fails: bias of 30 where 2 x 4 gates of the hidden size are 32'],
    [[x, 'float32[2, 16, 3]', r], 'fails: weights of 2 directions where there are 1'],
  ])('%j: %s', (inputs, message) => {
    const { contradictions } = inferNode('LSTM', inputs, { hidden_size: 4 });
    expect(contradictions).toEqual([message]);
  });
});
