import { expect, test } from 'vitest';
import type { AttributeInput } from '../../../src/graph/index.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';
import { type Input, inferNode } from './one-node.ts';

type Attributes = Readonly<Record<string, AttributeInput>>;
type Case = [string, Input[], Attributes, string[], string | null];

const domain = 'com.microsoft';
const scalar = (value: number): Input => tensorFrom('int32', [], Int32Array.of(value));

// Types and sizes as onnxruntime 1.30 infers them, or gives them when it runs; work by hand.
test.each<Case>([
  [
    'Attention',
    ['float32[B, 5, 8]', 'float32[8, 24]', 'float32[24]'],
    { num_heads: 2 },
    ['float32[B, 5, 8]', 'float32[2, B, 2, 5, 4]'],
    // 2 heads of 5 · 5 scores of 4 + 4 elements, and 8 · 24 for each token.
    'matrix, 1360*B, 300*B',
  ],
  [
    'Attention',
    ['float32[2, 5, 8]', 'float32[8, 28]', 'float32[28]', 'int32[2, 5]'],
    { num_heads: 2, qkv_hidden_sizes: [8, 8, 12] },
    ['float32[2, 5, 12]'],
    // 2·2·5·5·(4 + 6) = 1000, 2·5·8·28 = 2240; 100 scores of 7 with a mask.
    'matrix, 3240, 700',
  ],
  [
    'Attention',
    ['float32[2, 5, 8]', 'float32[8, 24]', 'float32[24]', null, 'float32[2, 2, 2, 3, 4]'],
    { num_heads: 2 },
    ['float32[2, 5, 8]', 'float32[2, 2, 2, 8, 4]'],
    'matrix, 3200, 960',
  ],
  [
    'QAttention',
    ['uint8[2, 5, 8]', 'uint8[8, 24]', 'float32[24]', 'float32[]', 'float32[]'],
    { num_heads: 2 },
    ['float32[2, 5, 8]'],
    // As the float one: 2·2·5·5·8 + 2·5·8·24.
    'matrix, 2720, 600',
  ],
  [
    'MultiHeadAttention',
    ['float32[B, Sq, 8]', 'float32[B, Sk, 8]', 'float32[B, Sk, 12]'],
    { num_heads: 2 },
    ['float32[B, Sq, 12]'],
    'matrix, 20*B*Sk*Sq, 12*B*Sk*Sq',
  ],
  [
    'MultiHeadAttention',
    [
      'float32[2, 5, 8]',
      'float32[2, 5, 8]',
      'float32[2, 5, 8]',
      null,
      null,
      null,
      'float32[2, 2, P, 4]',
      'float32[2, 2, P, 4]',
    ],
    { num_heads: 2 },
    ['float32[2, 5, 8]', 'float32[2, 2, P + 5, 4]', 'float32[2, 2, P + 5, 4]'],
    'matrix, 160*P + 800, 120*P + 600',
  ],
  // The keys of an encoder, cached: (batch, heads, length, head size).
  [
    'MultiHeadAttention',
    ['float32[2, 5, 8]', 'float32[2, 2, 7, 4]', 'float32[2, 2, 7, 4]'],
    { num_heads: 2 },
    ['float32[2, 5, 8]'],
    'matrix, 1120, 840',
  ],
  [
    'MultiHeadAttention',
    ['float32[2, 5, 2, 3, 4]'],
    { num_heads: 2 },
    ['float32[2, 5, 8]'],
    'matrix, 800, 600',
  ],
  [
    'DecoderMaskedMultiHeadAttention',
    [
      'float32[2, 1, 8]',
      'float32[2, 1, 8]',
      'float32[2, 1, 8]',
      null,
      null,
      'float32[2, 2, 9, 4]',
      'float32[2, 2, 9, 4]',
    ],
    { num_heads: 2, past_present_share_buffer: 1 },
    ['float32[2, 1, 8]', 'float32[2, 2, 9, 4]', 'float32[2, 2, 9, 4]'],
    // How much of the buffer is in use is not known.
    null,
  ],
  [
    'GroupQueryAttention',
    [
      'float32[2, 3, 32]',
      'float32[2, 3, 16]',
      'float32[2, 3, 16]',
      'float32[2, 2, 0, 8]',
      'float32[2, 2, 0, 8]',
      'int32[2]',
      scalar(3),
    ],
    { num_heads: 4, kv_num_heads: 2 },
    ['float32[2, 3, 32]', 'float32[2, 2, 3, 8]', 'float32[2, 2, 3, 8]'],
    // 2 · 4 heads · 3 · 3 · 16; causal, which counts as a mask.
    'matrix, 1152, 504',
  ],
  [
    'GroupQueryAttention',
    [
      'float32[2, 1, 64]',
      null,
      null,
      'float32[2, 2, 16, 8]',
      'float32[2, 2, 16, 8]',
      'int32[2]',
      scalar(7),
    ],
    { num_heads: 4, kv_num_heads: 2 },
    ['float32[2, 1, 32]', 'float32[2, 2, 16, 8]', 'float32[2, 2, 16, 8]'],
    'matrix, 896, 392',
  ],
  [
    'GroupQueryAttention',
    [
      'float16[B, S, 32]',
      'float16[B, S, 16]',
      'float16[B, S, 16]',
      'int8[B, 2, P, 8]',
      'int8[B, 2, P, 8]',
      'int32[B]',
      'int32[]',
    ],
    { num_heads: 4, kv_num_heads: 2 },
    ['float16[B, S, 32]', 'int8[B, 2, ?, 8]', 'int8[B, 2, ?, 8]'],
    null,
  ],
  [
    'PackedAttention',
    ['float32[T, 8]', 'float32[8, 24]', 'float32[24]', 'int32[B, 4]', 'int32[3]'],
    { num_heads: 2 },
    ['float32[T, 8]'],
    'matrix, 256*B + 192*T, 192*B',
  ],
  [
    'PackedMultiHeadAttention',
    ['float32[6, 2, 3, 4]', null, null, null, 'int32[2, 4]', 'int32[3]'],
    { num_heads: 2 },
    ['float32[6, 8]'],
    'matrix, 512, 384',
  ],
  [
    'PagedAttention',
    ['float16[6, 32]', null, null, 'float16[10, 16, 2, 4]', 'float16[10, 16, 2, 4]'],
    { num_heads: 4, kv_num_heads: 2 },
    ['float16[6, 16]', 'float16[10, 16, 2, 4]', 'float16[10, 16, 2, 4]'],
    null,
  ],
  [
    'LongformerAttention',
    ['float32[2, 8, 8]', 'float32[8, 24]', 'float32[24]', 'float32[2, 8]'],
    { num_heads: 2, window: 2 },
    ['float32[2, 8, 8]'],
    // 2·2·8 queries of 5 keys of 8 elements, and twice three projections of 64 a token.
    'matrix, 7424, 1120',
  ],
  [
    'LinearAttention',
    ['float32[2, 3, 16]', 'float32[2, 3, 8]', 'float32[2, 3, 12]'],
    { q_num_heads: 4, kv_num_heads: 2, update_rule: 'linear', state_window: 2 },
    ['float32[2, 3, 24]', 'float32[2, 2, 2, 4, 6]'],
    'matrix, 864, 0',
  ],
  [
    'CausalConvWithState',
    ['float32[2, 4, 6]', 'float32[4, 1, 3]'],
    { dilation: 2, state_window: 2, activation: 'silu' },
    ['float32[2, 4, 6]', 'float32[2, 2, 4, 4]'],
    'matrix, 144, 96',
  ],
  [
    'CausalConvWithState',
    ['float32[2, 6, 2, 2]', 'float32[4, 1, 3]'],
    { channels_last: 1 },
    ['float32[2, 6, 2, 2]', 'float32[2, 2, 2, 2]'],
    'matrix, 144, 0',
  ],
  [
    'GatedDeltaNet',
    [
      'float32[9, 2, 4]',
      'float32[9, 2, 4]',
      'float32[9, 4, 6]',
      'int32[3]',
      'float32[9, 4]',
      'float32[9, 4]',
      'float32[2, 4, 6, 4]',
      null,
      null,
      'int32[2]',
    ],
    { state_update_capacity: 3 },
    ['float32[9, 4, 6]', 'float32[2, 4, 6, 4]', 'float32[2, 108]'],
    'matrix, 2592, 864',
  ],
  [
    'RotaryEmbedding',
    ['float32[B, S, 8]', 'int64[B, S]', 'float32[10, 2]', 'float32[10, 2]'],
    { num_heads: 2 },
    ['float32[B, S, 8]'],
    'elementwise, 0, 24*B*S',
  ],
  [
    'GatedRelativePositionBias',
    ['float32[2, 5, 8]', 'float32[8]', 'float32[1, 2, 5, 5]', 'float32[4, 8]', 'float32[8]'],
    { num_heads: 2 },
    ['float32[2, 2, 5, 5]'],
    'matrix, 640, 100',
  ],
])('%s of %j, %j', (op, inputs, attributes, types, cost) => {
  const outcome = inferNode(op, inputs, attributes, { domain, outputs: types.length });
  expect(outcome).toMatchObject({ types, cost, contradictions: [] });
});
