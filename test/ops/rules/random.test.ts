import { expect, test } from 'vitest';
import type { AttributeInput } from '../../../src/graph/index.ts';
import { inferNode } from './one-node.ts';

type Attributes = Readonly<Record<string, AttributeInput>>;

test.each<[string, string[], Attributes, string, string[]]>([
  ['RandomNormal', [], { shape: [2, 3] }, 'float32[2, 3]', []],
  ['RandomUniform', [], { shape: [2], dtype: 11 }, 'float64[2]', []],
  [
    'RandomNormal',
    [],
    { shape: [2, -1] },
    'float32[2, ?]',
    ['rejects: shape [2, -1] must not be negative'],
  ],
  ['RandomNormalLike', ['float16[n]'], {}, 'float16[n]', []],
  ['RandomUniformLike', ['int32[n]'], { dtype: 1 }, 'float32[n]', []],
  ['Bernoulli', ['float32[n]'], { dtype: 9 }, 'bool[n]', []],
  ['Multinomial', ['float32[n, 4]'], { sample_size: 5 }, 'int32[n, 5]', []],
  ['Multinomial', ['float32[n, 4]'], { dtype: 7 }, 'int64[n, 1]', []],
  [
    'Multinomial',
    ['float32[4]'],
    {},
    'int32[?, 1]',
    ['rejects: the input has rank 1, it must be 2'],
  ],
  [
    'Multinomial',
    ['float32[n, 4]'],
    { dtype: 1 },
    'float32[n, 1]',
    ['rejects: dtype is float32, it must be int32 or int64'],
  ],
])('%s of %j %j', (op, inputs, attributes, type, contradictions) => {
  expect(inferNode(op, inputs, attributes)).toMatchObject({ types: [type], contradictions });
});
