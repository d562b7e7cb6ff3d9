import { expect, test } from 'vitest';
import type { AttributeInput } from '../../../src/graph/index.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';
import { type Input, inferNode, ints } from './one-node.ts';
import { outcomeOf } from './outcome.ts';

type Attributes = Readonly<Record<string, AttributeInput>>;
type Case = [string, Input[], Attributes, string[], string | null];

const domain = 'com.microsoft';
const shorts = (...values: number[]): Input => {
  return tensorFrom('int32', [values.length], Int32Array.from(values));
};
const scale = 'float32[]';
const zero = 'uint8[]';

const normalization: Case[] = [
  [
    'EmbedLayerNormalization',
    ['int32[B, S]', null, 'float16[9, 8]', 'float16[9, 8]', null, 'float16[8]', 'float16[8]'],
    {},
    ['float16[B, S, 8]', 'int32[B]', 'float16[B, S, 8]'],
    '0, 72*B*S',
  ],
  [
    'SkipLayerNormalization',
    ['float32[B, S, 8]', 'float32[B, S, 8]', 'float32[8]', 'float32[8]', 'float32[8]'],
    {},
    ['float32[B, S, 8]', 'float32[B, S, 1]', 'float32[B, S, 1]', 'float32[B, S, 8]'],
    '0, 72*B*S',
  ],
  [
    'SkipSimplifiedLayerNormalization',
    ['float32[T, 8]', 'float32[T, 8]', 'float32[8]'],
    {},
    ['float32[T, 8]'],
    '0, 40*T',
  ],
  [
    'SkipGroupNorm',
    ['float16[2, 4, 4, 8]', 'float32[8]', 'float32[8]', 'float16[2, 4, 4, 8]'],
    { groups: 2, activation: 0 },
    ['float16[2, 4, 4, 8]', 'float16[2, 4, 4, 8]'],
    '0, 2048',
  ],
];

const activations: Case[] = [
  ['Gelu', ['float16[n, 8]'], {}, ['float16[n, 8]'], '0, 8*n'],
  ['FastGelu', ['float32[n, 8]', 'float32[8]'], {}, ['float32[n, 8]'], '0, 16*n'],
  ['BiasSplitGelu', ['float32[2, 3, 8]', 'float32[8]'], {}, ['float32[2, 3, 4]'], '0, 96'],
  ['BiasDropout', ['float32[2, 3]', 'float32[3]'], {}, ['float32[2, 3]', 'bool[2, 3]'], '0, 6'],
  // 33 bits need two words.
  ['BitmaskDropout', ['float32[3, 11]'], {}, ['float32[3, 11]', 'uint32[2]'], '0, 0'],
  ['GatedAdd', ['float32[2, 3]', 'float32[2, 3]', 'float32[2, 1]'], {}, ['float32[2, 3]'], '0, 12'],
];

const quantized: Case[] = [
  [
    'QLinearAdd',
    ['uint8[2, n, 1]', scale, zero, 'uint8[n, 4]', scale, zero, scale, zero],
    {},
    ['uint8[2, n, 4]'],
    '0, 8*n',
  ],
  ['MulInteger', ['uint8[2, 3]', zero, 'uint8[3]', zero], {}, ['int32[2, 3]'], '0, 6'],
  [
    'QLinearWhere',
    ['bool[2, 1]', 'uint8[2, 3]', scale, zero, 'uint8[3]', scale, zero, scale, zero],
    {},
    ['uint8[2, 3]'],
    '0, 0',
  ],
  ['QLinearSoftmax', ['int8[2, 3]', scale, 'int8[]'], { opset: 13 }, ['int8[2, 3]'], '0, 30'],
  [
    'QLinearReduceMean',
    ['uint8[2, n, 4]', scale, zero],
    { axes: [-2], keepdims: 0 },
    ['uint8[2, 4]'],
    '0, 8*n',
  ],
  ['ReduceSumInteger', ['uint8[2, 3]'], { axes: [1], keepdims: 1 }, ['uint32[2, 1]'], '0, 6'],
  [
    'QLinearConcat',
    [scale, 'int8[]', 'int8[2, n]', scale, 'int8[]', 'int8[2, 4]', scale, 'int8[]'],
    { axis: 1 },
    ['int8[2, n + 4]'],
    '0, 0',
  ],
  [
    'GatherBlockQuantized',
    ['uint8[9, 16]', 'int64[a, b]', 'float16[9, 2]'],
    { bits: 4, block_size: 16 },
    ['float16[a, b, 32]'],
    '0, 64*a*b',
  ],
  [
    'GatherBlockQuantized',
    ['int4[9, 32]', 'int64[a]', 'float32[9, 2]'],
    { block_size: 16 },
    ['float32[a, 32]'],
    '0, 64*a',
  ],
  ['QuantizeLinear', ['float16[2, n]', 'float16[]', 'int16[]'], {}, ['int16[2, n]'], '0, 8*n'],
  ['DequantizeLinear', ['uint16[n]', 'float16[]', 'uint16[]'], {}, ['float16[n]'], '0, 2*n'],
  ['DequantizeBFP', ['uint8[99]', ints([2, 8]), ints([8, 1])], {}, ['float32[2, 8]'], '0, 0'],
];

const others: Case[] = [
  ['Rfft', ['float32[2, n]'], {}, ['float32[2, floor(n/2) + 1, 2]'], null],
  ['Irfft', ['float32[2, 5, 2]'], { signal_ndim: 1 }, ['float32[2, 8]'], '0, 240'],
  ['Inverse', ['float32[n, 3, 3]'], {}, ['float32[n, 3, 3]'], '27*n, 0'],
  ['CDist', ['float32[m, 3]', 'float32[k, 3]'], {}, ['float32[m, k]'], '3*k*m, 0'],
  [
    'GridSample',
    ['float32[2, 3, 5, 6]', 'float32[2, h, 8, 2]'],
    {},
    ['float32[2, 3, h, 8]'],
    '0, 384*h',
  ],
  [
    'CropAndResize',
    ['float32[2, 3, 8, 8]', 'float32[r, 4]', 'int32[r]', shorts(5, 6)],
    { mode: 'nearest' },
    ['float32[r, 3, 5, 6]'],
    '0, 0',
  ],
  ['TorchEmbedding', ['float32[9, 4]', 'int64[a, b]'], {}, ['float32[a, b, 4]'], '0, 0'],
  // 6 characters, a window of 2: 5 positions of 7 · 2 · 4.
  [
    'WordConvEmbedding',
    ['int32[w, 6]', 'float32[7, 1, 2, 4]', 'float32[7]', 'float32[10, 4]'],
    {},
    ['float32[w, 7]'],
    '280*w, 0',
  ],
  [
    'RemovePadding',
    ['float32[B, S, 8]', 'int32[B]'],
    {},
    ['float32[?, 8]', 'int32[B, S]', 'int32[B + 1]', 'int32[1]'],
    null,
  ],
  ['RestorePadding', ['float32[T, 8]', 'int32[B, S]'], {}, ['float32[B, S, 8]'], '0, 0'],
  [
    'RelativePositionBias',
    ['float32[32, 4]', ints(5), ints(7)],
    { max_distance: 8 },
    ['float32[1, 4, 5, 7]'],
    '0, 0',
  ],
  ['MurmurHash3', ['string[n]'], { positive: 0 }, ['int32[n]'], '0, 10*n'],
  ['MurmurHash3', ['string[n]'], {}, ['uint32[n]'], '0, 10*n'],
  ['IsAllFinite', ['float32[n]'], {}, ['bool[]'], '0, n'],
  [
    'NGramHashMapping',
    ['int64[B, S]', 'int64[3]', 'int64[4]'],
    { max_ngram_size: 3, n_head_per_ngram: 2, pad_id: 0 },
    ['int64[B, S, 4]', 'int64[B, 2]'],
    '0, B*S',
  ],
];

// Types and sizes as onnxruntime 1.30 infers them, or gives them when it runs; work by hand.
test.each([...normalization, ...activations, ...quantized, ...others])(
  '%s of %j, %j',
  (op, inputs, attributes, types, cost) => {
    const outcome = inferNode(op, inputs, attributes, { domain, outputs: types.length });
    expect(outcome).toMatchObject({ types, contradictions: [] });
    if (cost !== null) expect(outcome.cost?.replace(/^\w+, /u, '')).toBe(cost);
  },
);

test('SimplifiedLayerNormalization is in no version of ai.onnx and has the type of its scale', () => {
  const inputs = ['float32[B, S, 8]', 'float16[8]'];
  expect(inferNode('SimplifiedLayerNormalization', inputs, {}, { outputs: 2 })).toMatchObject({
    types: ['float16[B, S, 8]', 'float32[B, S, 1]'],
    cost: 'normalization, 0, 32*B*S',
    contradictions: [],
  });
});

test('what joins with other sizes fails', () => {
  const inputs = [scale, zero, 'uint8[2, 3]', scale, zero, 'uint8[3, 4]', scale, zero];
  const { contradictions } = inferNode('QLinearConcat', inputs, { axis: 1 }, { domain });
  expect(contradictions).toEqual(['fails: sizes 2 and 3 along axis 0']);
});

test('a search gives as many sequences as asked for, and infers its decoder', () => {
  const { types } = outcomeOf({ '': 17, [domain]: 1 }, (b) => {
    const ids = b.input('ids', 'int32', ['B', 4]);
    const decoder = b.subgraph('decoder', (inner) => {
      const x = inner.input('x', 'float32', ['b', 1, 16]);
      inner.output(inner.node('Relu', [x], {}, { outputs: ['logits'] }));
    });
    const constants = [20, 1, 3, 2].map((value, at) => {
      return b.initializer(tensorFrom('int32', [1], Int32Array.of(value)), `c${at}`);
    });
    const penalty = b.input('penalty', 'float32', [1]);
    const found = b.nodes(
      'BeamSearch',
      [ids, ...constants, penalty],
      { decoder, eos_token_id: 1, pad_token_id: 0, vocab_size: 99 },
      { domain, outputs: 3 },
    );
    return [...found, ...decoder.outputs];
  });
  expect(types).toEqual([
    'int32[B, 2, 20]',
    'float32[B, 2]',
    'float32[16, B, 3, 99]',
    'float32[b, 1, 16]',
  ]);
});

test('a Rfft of 8 points is 5 · 8 · 3 operations', () => {
  expect(inferNode('Rfft', ['float32[n, 8]'], {}, { domain }).cost).toBe('other, 0, 120*n');
});
