import { describe, expect, test } from 'vitest';
import { type Input, inferNode } from './one-node.ts';
import { outcomeOf } from './outcome.ts';

describe('Attention', () => {
  test('with heads of their own axis, and a state without a past', () => {
    const inputs = ['float32[B, 4, Sq, 8]', 'float32[B, 2, Sk, 8]', 'float32[B, 2, Sk, 6]'];
    const outcome = inferNode('Attention', inputs, {}, { opset: 23, outputs: 4 });
    expect(outcome).toMatchObject({
      types: [
        'float32[B, 4, Sq, 6]',
        'float32[B, 2, Sk, 8]',
        'float32[B, 2, Sk, 6]',
        'float32[B, 4, Sq, Sk]',
      ],
      // B · 4 · Sq · Sk · (8 + 6), and 6 operations a score.
      cost: 'matrix, 56*B*Sk*Sq, 24*B*Sk*Sq',
      contradictions: [],
    });
  });

  test('with packed heads and a past', () => {
    const inputs: Input[] = ['float32[2, 5, 32]', 'float32[2, 7, 16]', 'float32[2, 7, 12]'];
    const past = [null, 'float32[2, 2, 3, 8]', 'float32[2, 2, 3, 6]'];
    const heads = { q_num_heads: 4, kv_num_heads: 2 };
    const options = { opset: 23, outputs: 4 };
    expect(inferNode('Attention', [...inputs, ...past], heads, options)).toMatchObject({
      types: [
        'float32[2, 5, 24]',
        'float32[2, 2, 10, 8]',
        'float32[2, 2, 10, 6]',
        'float32[2, 4, 5, 10]',
      ],
      // 2 · 4 · 5 · 10 · (8 + 6) = 5600; 400 scores.
      cost: 'matrix, 5600, 2400',
      contradictions: [],
    });
  });

  test('symbolic packed heads stay exact', () => {
    const inputs = ['float32[B, S, D]', 'float32[B, S, D]', 'float32[B, S, D]'];
    const heads = { q_num_heads: 4, kv_num_heads: 4 };
    const { types } = inferNode('Attention', inputs, heads, { opset: 23 });
    expect(types).toEqual(['float32[B, S, D]']);
  });

  const rank4 = (...sizes: string[]): string[] => sizes.map((size) => `float32[${size}]`);
  test.each([
    [
      ['float32[2, 4]', 'float32[2, 7, 4, 2]', 'float32[2, 7, 4, 2]'],
      {},
      'rejects: the query has rank 2, where 3 or 4 is needed',
    ],
    [
      ['float32[2, 5, 32]', 'float32[2, 7, 16]', 'float32[2, 7, 12]'],
      { q_num_heads: 4 },
      'rejects: kv_num_heads is needed with a query of rank 3',
    ],
    [
      rank4('2, 4, 5, 8', '2, 4, 7, 9', '2, 4, 7, 6'),
      {},
      'fails: heads of the query have 8 elements, those of the key 9',
    ],
    [
      rank4('2, 4, 5, 8', '2, 3, 7, 8', '2, 3, 7, 6'),
      {},
      'fails: 4 heads of the query do not share 3 of the key evenly',
    ],
    [rank4('2, 4, 5, 8', '2, 4, 7, 8', '2, 4, 6, 6'), {}, 'fails: 7 keys and 6 values'],
  ])('%j: %j: %s', (inputs, attributes, message) => {
    const outcome = inferNode('Attention', inputs, attributes, { opset: 23 });
    expect(outcome.contradictions).toEqual([message]);
  });
});

test('RotaryEmbedding keeps the shape; packed heads need to be counted', () => {
  const inputs = ['float32[2, 5, 32]', 'float32[2, 5, 4]', 'float32[2, 5, 4]'];
  const options = { opset: 23 };
  const outcome = inferNode('RotaryEmbedding', inputs, { num_heads: 4 }, options);
  // 3 operations for each of 320 elements.
  expect(outcome).toMatchObject({ types: ['float32[2, 5, 32]'], cost: 'elementwise, 0, 960' });
  expect(inferNode('RotaryEmbedding', inputs, {}, options).contradictions).toEqual([
    'rejects: num_heads is needed with an input of rank 3',
  ]);
});

test('LinearAttention: state of (batch, heads, key size, value size)', () => {
  const inputs = ['float32[B, T, 16]', 'float32[B, T, 8]', 'float32[B, T, 12]'];
  const attributes = { q_num_heads: 4, kv_num_heads: 2, update_rule: 'linear' };
  const options = { opset: 27, outputs: 2 };
  expect(inferNode('LinearAttention', inputs, attributes, options)).toMatchObject({
    types: ['float32[B, T, 24]', 'float32[B, 2, 4, 6]'],
    // Updates of 2 states and looks of 4 queries, of 4·6 elements each.
    cost: 'matrix, 144*B*T, 0',
  });
  const gated = { ...attributes, update_rule: 'gated_delta' };
  // The delta rule looks at the state before it updates: 2 · 24 more; gates: 2 · 24.
  expect(inferNode('LinearAttention', inputs, gated, options).cost).toBe('matrix, 192*B*T, 48*B*T');
});

test('CausalConvWithState keeps the last elements that the kernel needs', () => {
  const inputs = ['float32[B, 4, L]', 'float32[4, 1, 3]'];
  expect(inferNode('CausalConvWithState', inputs, {}, { opset: 27, outputs: 2 })).toMatchObject({
    types: ['float32[B, 4, L]', 'float32[B, 4, 2]'],
    cost: 'matrix, 12*B*L, 0',
  });
  const others = ['float32[B, 5, L]', 'float32[4, 1, 3]'];
  expect(inferNode('CausalConvWithState', others, {}, { opset: 27 }).contradictions).toEqual([
    'rejects: channels of input and weight: 5 and 4 are not the same',
  ]);
});

test('FlexAttention hands the scores to its graphs', () => {
  const { types, problems } = outcomeOf({ '': 26, 'ai.onnx.preview': 1 }, (b) => {
    const q = b.input('q', 'float16', ['B', 4, 'L', 8]);
    const k = b.input('k', 'float16', ['B', 2, 'S', 8]);
    const v = b.input('v', 'float16', ['B', 2, 'S', 6]);
    const change = b.subgraph('change', (inner) => {
      const scores = inner.input('scores', 'float32');
      inner.output(inner.node('Relu', [scores], {}, { outputs: ['changed'] }));
    });
    const domain = 'ai.onnx.preview';
    const y = b.node('FlexAttention', [q, k, v], { score_mod: change }, { domain });
    return [y, ...change.outputs];
  });
  expect(problems).toEqual([]);
  expect(types).toEqual(['float16[B, 4, L, 6]', 'float32[B, 4, L, S]']);
});
