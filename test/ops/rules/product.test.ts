import { describe, expect, test } from 'vitest';
import type { AttributeInput } from '../../../src/graph/index.ts';
import { type Input, inferNode, weight } from './one-node.ts';

describe('MatMul', () => {
  test.each([
    ['float32[n, 3]', 'float32[3, 4]', 'float32[n, 4]', 'matrix, 12*n, 0'],
    ['float32[b, s, 3]', 'float32[3, 4]', 'float32[b, s, 4]', 'matrix, 12*b*s, 0'],
    ['float32[2, 1, s, 3]', 'float32[5, 3, 4]', 'float32[2, 5, s, 4]', 'matrix, 120*s, 0'],
    ['float32[3]', 'float32[3, 4]', 'float32[4]', 'matrix, 12, 0'],
    ['float32[2, 3]', 'float32[3]', 'float32[2]', 'matrix, 6, 0'],
    ['float32[3]', 'float32[3]', 'float32[]', 'matrix, 3, 0'],
    ['float32', 'float32[3, 4]', 'float32', null],
  ])('%s by %s', (a, b, type, cost) => {
    expect(inferNode('MatMul', [a, b])).toMatchObject({ types: [type], cost, contradictions: [] });
  });

  test.each([
    ['float32[2, 5]', 'float32[3, 4]', 'rejects: inner sizes 5 and 3 differ'],
    ['float32[]', 'float32[3, 4]', 'rejects: a factor has rank 0, at least 1 is needed'],
    ['float32[2, 2, 3]', 'float32[4, 3, 5]', 'rejects: sizes 2 and 4 do not broadcast'],
  ])('%s by %s: %s', (a, b, message) => {
    expect(inferNode('MatMul', [a, b]).contradictions).toEqual([message]);
  });

  test('of integers', () => {
    expect(inferNode('MatMulInteger', ['uint8[n, 3]', 'int8[3, 4]'])).toMatchObject({
      types: ['int32[n, 4]'],
      cost: 'matrix, 12*n, 0',
    });
    const scale = weight();
    const inputs = [
      'uint8[n, 3]',
      scale,
      'uint8[]',
      'int8[3, 4]',
      scale,
      'int8[]',
      scale,
      'int8[]',
    ];
    expect(inferNode('QLinearMatMul', inputs)).toMatchObject({
      types: ['int8[n, 4]'],
      cost: 'matrix, 12*n, 0',
    });
  });
});

describe('Gemm', () => {
  test.each<[Input[], Readonly<Record<string, AttributeInput>>, string, string]>([
    [['float32[n, 3]', 'float32[3, 4]'], {}, 'float32[n, 4]', 'matrix, 12*n, 0'],
    [
      ['float32[3, n]', 'float32[4, 3]', 'float32[4]'],
      { transA: 1, transB: 1 },
      'float32[n, 4]',
      'matrix, 12*n, 4*n',
    ],
  ])('%j %j', (inputs, attributes, type, cost) => {
    const outcome = inferNode('Gemm', inputs, attributes);
    expect(outcome).toMatchObject({ types: [type], cost, contradictions: [] });
  });

  test.each<[Input[], number, string]>([
    [['float32[2, 5]', 'float32[3, 4]'], 13, 'rejects: inner sizes 5 and 3 differ'],
    [['float32[2, 5]', 'float32[3, 4]', 'float32[4]'], 11, 'fails: inner sizes 5 and 3 differ'],
    [['float32[2, 2, 3]', 'float32[3, 4]'], 13, 'rejects: factor 0 has rank 3, it must be 2'],
    [['float32[2, 3]', 'float32[3, 4]', 'float32[5]'], 13, 'fails: C is [5], the product [2, 4]'],
  ])('%j at opset %d: %s', (inputs, opset, message) => {
    expect(inferNode('Gemm', inputs, {}, { opset }).contradictions).toEqual([message]);
  });
});

describe('Einsum', () => {
  const f = (...shapes: string[]): Input[] => shapes.map((shape) => `float32${shape}`);
  test.each<[string, Input[], string, string]>([
    ['ij,jk->ik', f('[n, 3]', '[3, 4]'), 'float32[n, 4]', 'matrix, 12*n, 0'],
    [
      'bhid,bhjd->bhij',
      f('[b, 8, s, 64]', '[b, 8, s, 64]'),
      'float32[b, 8, s, s]',
      'matrix, 512*b*s**2, 0',
    ],
    [
      '...ij, ...jk -> ...ik',
      f('[5, 2, 3]', '[7, 1, 3, 4]'),
      'float32[7, 5, 2, 4]',
      'matrix, 840, 0',
    ],
    // Without a result: what occurs once, upper case first.
    ['iB,BA', f('[2, 3]', '[3, 4]'), 'float32[4, 2]', 'matrix, 24, 0'],
    ['ii->i', f('[5, 5]'), 'float32[5]', 'matrix, 5, 0'],
    ['i->', f('[5]'), 'float32[]', 'matrix, 5, 0'],
    // 1 broadcasts.
    ['ij,jk->ijk', f('[2, 1]', '[3, 4]'), 'float32[2, 3, 4]', 'matrix, 24, 0'],
  ])('%s', (equation, inputs, type, cost) => {
    const outcome = inferNode('Einsum', inputs, { equation });
    expect(outcome).toMatchObject({ types: [type], cost, contradictions: [] });
  });

  test.each<[string, Input[], string]>([
    ['ij,jk->ik', f('[2, 3]', '[5, 4]'), 'fails: index j has the sizes 3 and 5'],
    ['ij,jk->il', f('[2, 3]', '[3, 4]'), 'fails: index l of the result is in no operand'],
    [
      'ij,jk->ik',
      f('[2, 3]', '[3, 4, 4]'),
      'rejects: operand 1 has rank 3, the equation names 2 of it',
    ],
    ['ij,jk->ik', f('[2, 3]'), 'rejects: the equation has 2 operands for 1 inputs'],
  ])('%s of %j: %s', (equation, inputs, message) => {
    expect(inferNode('Einsum', inputs, { equation }).contradictions).toEqual([message]);
  });

  test.each(['', '->', 'i j ->', '...i...->i', 'i1->i', 'i->j->k'])(
    '%j is left alone',
    (equation) => {
      expect(() => inferNode('Einsum', f('[2, 3]'), { equation })).not.toThrow();
    },
  );
});
