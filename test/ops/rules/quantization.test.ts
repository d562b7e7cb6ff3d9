import { expect, test } from 'vitest';
import { type Input, inferNode } from './one-node.ts';

const x = 'float32[2, 8]';

test.each<[string, number, Input[], Record<string, number>, string]>([
  ['without a zero point it is uint8', 13, [x, 'float32[]'], {}, 'uint8[2, 8]'],
  ['of the type of the zero point', 13, [x, 'float32[]', 'int8[]'], {}, 'int8[2, 8]'],
  ['of the type that is asked for', 21, [x, 'float32[]'], { output_dtype: 22 }, 'int4[2, 8]'],
  ['in blocks', 21, [x, 'float32[2, 2]', 'int4[2, 2]'], { block_size: 4 }, 'int4[2, 8]'],
])('QuantizeLinear %s', (_, opset, inputs, attributes, type) => {
  expect(inferNode('QuantizeLinear', inputs, attributes, { opset })).toMatchObject({
    types: [type],
    // 16 elements of 4 operations.
    cost: 'elementwise, 0, 64',
    contradictions: [],
  });
});

test.each<[string, number, Input[], Record<string, number>, string]>([
  ['is float32 up to opset 18', 13, ['int8[2, n]', 'float32[]'], {}, 'float32[2, n]'],
  ['is of the type of the scale', 19, ['int8[2, n]', 'float16[]'], {}, 'float16[2, n]'],
  [
    'is of the type that is asked for',
    23,
    ['int8[2, n]', 'float32[]'],
    { output_dtype: 16 },
    'bfloat16[2, n]',
  ],
])('DequantizeLinear %s', (_, opset, inputs, attributes, type) => {
  const outcome = inferNode('DequantizeLinear', inputs, attributes, { opset });
  expect(outcome).toMatchObject({ types: [type], cost: 'elementwise, 0, 4*n' });
});

test('DynamicQuantizeLinear gives two scalars', () => {
  const outcome = inferNode('DynamicQuantizeLinear', ['float32[n, 3]'], {}, { outputs: 3 });
  expect(outcome.types).toEqual(['uint8[n, 3]', 'float32[]', 'uint8[]']);
});

// As ONNX 1.23 and onnxruntime 1.30 say it.
test.each<[Input[], Record<string, number>, string]>([
  [
    [x, 'float32[]', 'uint8[]'],
    { output_dtype: 3 },
    'rejects: output_dtype is int8, the zero point is uint8',
  ],
  [[x, 'float32[3]'], {}, 'fails: 3 scales for axis 1, which has 8 elements'],
  [[x, 'float32[8]'], { axis: 5 }, 'fails: axis 5 is not in [-2, 1]'],
  [
    [x, 'float32[2, 3]'],
    { block_size: 4 },
    'fails: 3 scales along axis 1, where blocks of 4 need 2',
  ],
  [[x, 'float32[8]', 'uint8[7]'], {}, 'fails: 8 scales and 7 zero points along axis 0'],
])('%j %j: %s', (inputs, attributes, message) => {
  const { contradictions } = inferNode('QuantizeLinear', inputs, attributes, { opset: 21 });
  expect(contradictions).toEqual([message]);
});

test('a scale of one element is a scalar', () => {
  const outcome = inferNode('QuantizeLinear', [x, 'float32[1]'], { axis: 7 }, { opset: 21 });
  expect(outcome.contradictions).toEqual([]);
});
