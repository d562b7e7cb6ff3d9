import { describe, expect, test } from 'vitest';
import {
  formatShape,
  formatType,
  sameShape,
  sameType,
  tensorType,
  type ValueType,
} from '../../src/graph/index.ts';

const float = tensorType('float32', ['N', 3]);
/** One of each kind, and neighbours that differ in one thing. */
const types: readonly (ValueType | null)[] = [
  null,
  float,
  tensorType('float32', ['M', 3]),
  tensorType('float32', ['N', null]),
  tensorType('float32', ['N']),
  tensorType('float32', []),
  tensorType('float32', null),
  tensorType('int8', ['N', 3]),
  { kind: 'tensor', elementType: null, shape: ['N', 3] },
  { kind: 'sparse-tensor', elementType: 'float32', shape: ['N', 3] },
  { kind: 'sequence', element: float },
  { kind: 'sequence', element: null },
  { kind: 'optional', element: float },
  { kind: 'optional', element: { kind: 'sequence', element: float } },
  { kind: 'map', keyType: 'int64', value: float },
  { kind: 'map', keyType: 'string', value: float },
  { kind: 'map', keyType: 'int64', value: null },
  { kind: 'opaque', domain: 'a', name: 'b' },
  { kind: 'opaque', domain: 'a', name: 'c' },
  { kind: 'opaque', domain: '', name: 'b' },
  { kind: 'unknown' },
];

test('types are the same only when all of them is', () => {
  for (const [i, a] of types.entries()) {
    for (const [j, b] of types.entries()) {
      expect([i, j, sameType(structuredClone(a), structuredClone(b))]).toEqual([i, j, i === j]);
    }
  }
});

test('shapes are the same dimension by dimension', () => {
  expect(sameShape([1, 'N', null], [1, 'N', null])).toBe(true);
  expect(sameShape(null, null)).toBe(true);
  expect(sameShape([], null)).toBe(false);
  expect(sameShape([1], [1, 1])).toBe(false);
  expect(sameShape(['1'], [1])).toBe(false);
});

describe('as text', () => {
  test('shapes', () => {
    expect(formatShape([1, 'seq', null])).toBe('[1, seq, ?]');
    expect([formatShape([]), formatShape(null)]).toEqual(['[]', '']);
  });

  test('types', () => {
    expect(types.map(formatType)).toEqual([
      '?',
      'float32[N, 3]',
      'float32[M, 3]',
      'float32[N, ?]',
      'float32[N]',
      'float32[]',
      'float32',
      'int8[N, 3]',
      '?[N, 3]',
      'sparse float32[N, 3]',
      'seq(float32[N, 3])',
      'seq(?)',
      'optional(float32[N, 3])',
      'optional(seq(float32[N, 3]))',
      'map(int64, float32[N, 3])',
      'map(string, float32[N, 3])',
      'map(int64, ?)',
      'opaque(a.b)',
      'opaque(a.c)',
      'opaque(.b)',
      '?',
    ]);
  });
});
