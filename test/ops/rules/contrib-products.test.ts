import { expect, test } from 'vitest';
import type { AttributeInput } from '../../../src/graph/index.ts';
import { type Input, inferNode, ints } from './one-node.ts';

type Attributes = Readonly<Record<string, AttributeInput>>;

const domain = 'com.microsoft';

// Types and sizes as onnxruntime 1.30 infers them, or gives them when it runs; work by hand.
test.each<[string, Input[], Attributes, string[], string | null]>([
  [
    'FusedMatMul',
    ['float32[2, n, 4]', 'float32[5, 4]'],
    { transB: 1 },
    ['float32[2, n, 5]'],
    '40*n, 0',
  ],
  [
    'FusedMatMul',
    ['float32[4, 2, 3]', 'float32[5, 2, 4]'],
    { transA: 1, transB: 1, transBatchA: 1, transBatchB: 1 },
    ['float32[2, 3, 5]'],
    '120, 0',
  ],
  // A list is not transposed.
  ['FusedMatMul', ['float32[4]', 'float32[2, 4, 5]'], { transA: 1 }, ['float32[2, 5]'], '40, 0'],
  ['FusedMatMul', ['float32[2, 3, 4]', 'float32[4]'], { transB: 1 }, ['float32[2, 3]'], '24, 0'],
  [
    'TransposeMatMul',
    ['float32[2, 4, 3]', 'float32[4, 5]'],
    { transA: 1 },
    ['float32[2, 3, 5]'],
    '120, 0',
  ],
  [
    'FusedMatMulActivation',
    ['float32[3, 4]', 'float32[4, 5]'],
    { activation: 'Relu' },
    ['float32[3, 5]'],
    '60, 15',
  ],
  [
    'GemmFastGelu',
    ['float32[3, 4]', 'float32[4, 5]', 'float32[5]'],
    {},
    ['float32[3, 5]'],
    '60, 15',
  ],
  [
    'FusedGemm',
    ['float32[4, 3]', 'float32[4, 5]', 'float32[5]'],
    { transA: 1, activation: 'Relu' },
    ['float32[3, 5]'],
    '60, 30',
  ],
  [
    'GemmFloat8',
    ['float16[3, 4]', 'float16[5, 4]'],
    { transB: 1, dtype: 10 },
    ['float16[3, 5]'],
    '60, 0',
  ],
  ['GemmFloat8', ['float16[3, 4]', 'float16[5, 4]'], { transB: 1 }, ['float32[3, 5]'], '60, 0'],
  [
    'QGemm',
    [
      'uint8[3, 4]',
      'float32[]',
      'uint8[]',
      'int8[4, 5]',
      'float32[]',
      'int8[]',
      null,
      'float32[]',
      'uint8[]',
    ],
    {},
    ['uint8[3, 5]'],
    '60, 0',
  ],
  [
    'QGemm',
    ['uint8[3, 4]', 'float32[]', 'uint8[]', 'int8[4, 5]', 'float32[]', 'int8[]', 'int32[5]'],
    {},
    ['float32[3, 5]'],
    '60, 15',
  ],
  ['MatMulInteger16', ['int16[3, 4]', 'uint16[4, 5]'], {}, ['int32[3, 5]'], '60, 0'],
  [
    'MatMulIntegerToFloat',
    ['uint8[2, 3, 4]', 'uint8[4, 5]', 'float32[]', 'float32[]'],
    {},
    ['float32[2, 3, 5]'],
    '120, 0',
  ],
  [
    'DynamicQuantizeMatMul',
    ['float32[n, 4]', 'int8[4, 5]', 'float32[]'],
    {},
    ['float32[n, 5]'],
    '20*n, 0',
  ],
  ['SparseToDenseMatMul', ['float32[3, 4]', 'float32[4, 5]'], {}, ['float32[3, 5]'], '60, 0'],
  [
    'MatMulNBits',
    ['float32[2, n, 32]', 'uint8[7, 1, 16]', 'float32[7]'],
    { K: 32, N: 7, bits: 4, block_size: 32 },
    ['float32[2, n, 7]'],
    '448*n, 0',
  ],
  [
    'MatMulBnb4',
    ['float32[2, 3, 7]', 'uint8[112]', 'float32[7]'],
    { K: 32, N: 7, transB: 0 },
    ['float32[2, 3, 32]'],
    '1344, 0',
  ],
  [
    'MatMulNBitsMlp',
    [
      'float16[2, 3, 32]',
      null,
      null,
      'uint8[7, 1, 16]',
      'float16[7]',
      null,
      'uint8[7, 1, 16]',
      'float16[7]',
    ],
    { K: 32, N: 7, activation: 'silu', block_size: 32 },
    ['float16[2, 3, 7]', 'float16[2, 3, 32]'],
    '2688, 84',
  ],
  [
    'MatMulNBitsQkv',
    ['float16[2, 3, 32]', null, 'float16[32]', 'uint8[8, 1, 16]', 'float16[8]'],
    { K: 32, Nq: 8, Nkv: 4, block_size: 32 },
    ['float16[2, 3, 8]', 'float16[2, 3, 4]', 'float16[2, 3, 4]', 'float16[2, 3, 32]'],
    '3072, 0',
  ],
  ['MatMulFpQ4', ['float32[3, 32]', 'uint8[1000]', ints([32, 7])], {}, ['float32[3, 7]'], '672, 0'],
  [
    'MatMulBlockQuantizedFp8Weight',
    ['float16[2, 3, 32]', 'float8e4m3fn[7, 32]', 'float32[7, 1]'],
    {},
    ['float16[2, 3, 7]'],
    '1344, 0',
  ],
  // 2 of 4 experts for each of 6 rows: 16·8 up and 8·16 down; softmax over 24 scores.
  [
    'MoE',
    ['float32[6, 8]', 'float32[6, 4]', 'float32[4, 16, 8]', null, 'float32[4, 8, 16]'],
    { k: 2 },
    ['float32[6, 8]'],
    '3072, 120',
  ],
  // Two weights lie in a byte.
  [
    'QMoE',
    [
      'float16[6, 32]',
      'float16[6, 4]',
      'uint8[4, 64, 16]',
      'float16[4, 64]',
      null,
      'uint8[4, 32, 32]',
      'float16[4, 32]',
    ],
    { k: 2, expert_weight_bits: 4 },
    ['float16[6, 32]'],
    '49152, 120',
  ],
  [
    'FusedConv',
    ['float32[1, 4, h, 9]', 'float32[6, 2, 3, 3]', 'float32[6]'],
    { group: 2, pads: [1, 1, 1, 1], strides: [2, 2], activation: 'Relu' },
    ['float32[1, 6, floor((h + 1)/2), 5]'],
    '540*floor((h + 1)/2), 60*floor((h + 1)/2)',
  ],
  [
    'NhwcFusedConv',
    ['float16[1, 9, 9, 4]', 'float16[6, 3, 3, 4]'],
    { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] },
    ['float16[1, 5, 5, 6]'],
    '5400, 0',
  ],
  [
    'QLinearConv',
    [
      'uint8[1, 9, 9, 4]',
      'float32[]',
      'uint8[]',
      'int8[6, 4, 3, 3]',
      'float32[]',
      'int8[]',
      'float32[]',
      'uint8[]',
    ],
    { channels_last: 1 },
    ['uint8[1, 7, 7, 6]'],
    '10584, 0',
  ],
  [
    'NhwcMaxPool',
    ['uint8[1, 9, 9, 4]'],
    { kernel_shape: [3, 3], strides: [2, 2] },
    ['uint8[1, 4, 4, 4]'],
    '0, 576',
  ],
  [
    'QLinearAveragePool',
    ['uint8[1, 9, 9, 4]', 'float32[]', 'uint8[]', 'float32[]', 'uint8[]'],
    { kernel_shape: [2, 2], strides: [2, 2], channels_last: 1 },
    ['uint8[1, 4, 4, 4]'],
    '0, 256',
  ],
  [
    'QLinearGlobalAveragePool',
    ['uint8[N, 4, h, w]', 'float32[]', 'uint8[]', 'float32[]', 'uint8[]'],
    {},
    ['uint8[N, 4, 1, 1]'],
    '0, 4*N*h*w',
  ],
  [
    'ConvTransposeWithDynamicPads',
    ['float32[1, 4, 5, 5]', 'float32[4, 3, 3, 3]', ints([1, 1, 1, 1])],
    { group: 2, strides: [2, 2], output_padding: [1, 1] },
    ['float32[1, 6, 10, 10]'],
    '2700, 0',
  ],
])('%s of %j, %j', (op, inputs, attributes, types, cost) => {
  const outcome = inferNode(op, inputs, attributes, { domain, outputs: types.length });
  expect(outcome).toMatchObject({ types, contradictions: [] });
  expect(outcome.cost?.replace(/^\w+, /u, '')).toBe(cost);
});

// The runtime refuses these; ONNX does not know the operators and says nothing.
test.each<[string, Input[], Attributes, string]>([
  [
    'MatMulNBits',
    ['float32[3, 64]', 'uint8[7, 1, 16]', 'float32[7]'],
    { K: 32, N: 7 },
    'fails: rows have 64 elements, the weight takes 32',
  ],
  [
    'FusedMatMul',
    ['float32[3, 4]', 'float32[5, 4]'],
    {},
    'fails: rows of the first have 4 elements, columns of the second 5',
  ],
  [
    'FusedMatMul',
    ['float32[2, 3, 4]', 'float32[3, 4, 5]'],
    {},
    'fails: sizes 2 and 3 do not broadcast',
  ],
  [
    'FusedGemm',
    ['float32[3, 4]', 'float32[5, 4]'],
    {},
    'fails: rows of the first have 4 elements, columns of the second 5',
  ],
])('%s of %j, %j: %s', (op, inputs, attributes, message) => {
  expect(inferNode(op, inputs, attributes, { domain }).contradictions).toEqual([message]);
});
