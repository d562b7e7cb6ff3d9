import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../src/graph/index.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';
import { bools, floats, ints, outcomeOf } from './outcome.ts';

describe('Transpose', () => {
  test.each([
    [['n', 3, 4], [0, 2, 1], 'float32[n, 4, 3]'],
    [['n', 3, 4], undefined, 'float32[4, 3, n]'],
    [null, [1, 0], 'float32[?, ?]'],
    [null, undefined, 'float32'],
    [[], undefined, 'float32[]'],
  ] as const)('%j by %j', (shape, perm, type) => {
    const result = outcomeOf(13, (b) =>
      b.node('Transpose', [b.input('x', 'float32', shape)], perm ? { perm } : {}),
    );
    expect(result).toMatchObject({ types: [type], problems: [] });
  });

  test.each([[[0, 1, 2]], [[0, 0]], [[0, -1]], [[0, 2]]])(
    'perm %j of rank 2 is rejected',
    (perm) => {
      const { problems } = outcomeOf(13, (b) =>
        b.node('Transpose', [b.input('x', 'float32', [2, 3])], { perm }),
      );
      expect(problems).toEqual([
        `rejects: perm [${perm.join(', ')}] does not order the axes of [2, 3]`,
      ]);
    },
  );

  test('moves elements', () => {
    const { elements } = outcomeOf(13, (b) =>
      b.node('Transpose', [ints(b, [1, 2, 3, 4, 5, 6], [2, 3])], { perm: [1, 0] }),
    );
    expect(elements).toEqual([['1', '4', '2', '5', '3', '6']]);
  });
});

describe('Trilu and ReverseSequence', () => {
  test('Trilu keeps a triangle', () => {
    const { types, elements } = outcomeOf({ '': 14, 'com.microsoft': 1 }, (b) => {
      const x = ints(b, [1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3]);
      return [
        b.node('Trilu', [x]),
        b.node('Trilu', [x, ints(b, [-1], [])], { upper: 0 }),
        b.node('Trilu', [b.input('y', 'float32', ['n', 'm', 2])], {}, { domain: 'com.microsoft' }),
      ];
    });
    expect(types).toEqual(['int64[3, 3]', 'int64[3, 3]', 'float32[n, m, 2]']);
    expect(elements.slice(0, 2)).toEqual([
      ['1', '2', '3', '0', '5', '6', '0', '0', '9'],
      ['0', '0', '0', '4', '0', '0', '7', '8', '0'],
    ]);
  });

  test('ReverseSequence needs a length for each sequence', () => {
    const of = (shape: Shape, lengths: Shape) =>
      outcomeOf(10, (b) =>
        b.node('ReverseSequence', [b.input('x', 'float32', shape), b.input('l', 'int64', lengths)]),
      );
    expect(of(['t', 'b', 4], ['b'])).toMatchObject({ types: ['float32[t, b, 4]'], problems: [] });
    expect(of([2, 3], [2]).problems).toEqual(['fails: there are 2 lengths for a batch of 3']);
    expect(of([2], [2]).problems).toEqual(['rejects: the input has rank 1, not 2 or more']);
  });
});

describe('OneHot', () => {
  test.each([
    [['n', 5], -1, 'float32[n, 5, 3]'],
    [['n', 5], 0, 'float32[3, n, 5]'],
    [['n', 5], 1, 'float32[n, 3, 5]'],
  ] as const)('%j along %i', (shape, axis, type) => {
    const result = outcomeOf(11, (b) =>
      b.node('OneHot', [b.input('i', 'int64', shape), ints(b, [3]), floats(b, [0, 1])], { axis }),
    );
    expect(result).toMatchObject({ types: [type], problems: [] });
  });

  test('writes its values where the indices are', () => {
    const { elements } = outcomeOf(11, (b) =>
      b.node('OneHot', [ints(b, [1, -1]), ints(b, [3], []), ints(b, [5, 9])]),
    );
    expect(elements).toEqual([['5', '9', '5', '5', '5', '9']]);
  });

  test.each([
    [3, [0, 1], 3, 'rejects: axis 3 is not in [-2, 1]'],
    [-1, [0, 1], -1, 'rejects: the depth is -1'],
    [0, [0, 1], -1, 'fails: the depth is 0'],
    [3, [0, 1, 2], -1, 'rejects: the values have shape [3], not [2]'],
  ])('depth %i, values %j along %i cannot be', (depth, values, axis, problem) => {
    const { problems } = outcomeOf(11, (b) =>
      b.node('OneHot', [b.input('i', 'int64', [2]), ints(b, [depth], []), floats(b, values)], {
        axis,
      }),
    );
    expect(problems).toEqual([problem]);
  });
});

describe('NonZero, Compress, Unique, NonMaxSuppression', () => {
  test('NonZero finds what is known', () => {
    const { types, elements } = outcomeOf(13, (b) => {
      const one = tensorFrom('int64', [1], BigInt64Array.of(1n));
      const shape = b.node('Shape', [b.input('y', 'float32', ['n', 'm'])]);
      return [
        b.node('NonZero', [ints(b, [1, 0, 1, 1], [2, 2])]),
        b.node('NonZero', [b.input('x', 'float32', ['n', 3, 4])]),
        // How older exporters write range(n*m).
        b.node('NonZero', [b.node('ConstantOfShape', [shape], { value: one })]),
        b.node('NonZero', [b.node('ConstantOfShape', [shape])]),
        b.node('NonZero', [floats(b, [4], [])]),
      ];
    });
    expect(types).toEqual([
      'int64[2, 3]',
      'int64[3, ?]',
      'int64[2, m*n]',
      'int64[2, 0]',
      'int64[1, 1]',
    ]);
    // The example of the operator's page.
    expect(elements[0]).toEqual(['0', '1', '1', '0', '0', '1']);
  });

  test.each([
    [{ axis: 0 }, [true, false], 'float32[1, n]'],
    [{ axis: 1 }, [true, true, false], 'float32[3, ?]'],
    [{}, [true, false, true], 'float32[?]'],
    [{ axis: 0 }, [true, true, true, true], 'float32[?, n]'],
  ])('Compress with %j keeps %j', (attributes, condition, type) => {
    const { types } = outcomeOf(11, (b) =>
      b.node('Compress', [b.input('x', 'float32', [3, 'n']), bools(b, condition)], attributes),
    );
    expect(types).toEqual([type]);
  });

  test('Unique has one number of values in its outputs', () => {
    const { types } = outcomeOf({ '': 11, 'com.microsoft': 1 }, (b) => {
      const x = b.input('x', 'float32', ['n', 3]);
      const list = b.input('l', 'float32', ['k']);
      return [
        ...b.nodes('Unique', [x], {}, { outputs: 4 }),
        ...b.nodes('Unique', [x], { axis: 1 }, { outputs: 4 }),
        ...b.nodes('Unique', [list], {}, { outputs: 3, domain: 'com.microsoft' }),
      ];
    });
    expect([types.slice(0, 4), types.slice(4, 8), types.slice(8)]).toEqual([
      ['float32[?]', 'int64[?]', 'int64[3*n]', 'int64[?]'],
      ['float32[n, ?]', 'int64[?]', 'int64[3]', 'int64[?]'],
      ['float32[?]', 'int64[k]', 'int64[?]'],
    ]);
  });

  test('NonMaxSuppression gives rows of three', () => {
    const of = (boxes: Shape, scores: Shape) =>
      outcomeOf(11, (b) =>
        b.node('NonMaxSuppression', [
          b.input('b', 'float32', boxes),
          b.input('s', 'float32', scores),
        ]),
      );
    expect(of([1, 'n', 4], [1, 80, 'n'])).toMatchObject({ types: ['int64[?, 3]'], problems: [] });
    expect(of([1, 5, 4], [1, 1, 4]).problems).toEqual([
      'fails: boxes [1, 5, 4] do not go with scores [1, 1, 4]',
    ]);
    expect(of([1, 4], [1, 1, 4]).problems).toEqual(['fails: the boxes have rank 2, not 3']);
  });
});

describe('operators of texts', () => {
  test('have the shapes that follow', () => {
    const { types, problems } = outcomeOf({ '': 20, 'com.microsoft': 1 }, (b) => {
      const x = b.input('x', 'string', ['n', 1]);
      const list = b.input('l', 'string', ['k']);
      const domain = 'com.microsoft';
      return [
        b.node('StringConcat', [x, list]),
        b.node('StringNormalizer', [list]),
        b.node('StringNormalizer', [list], { stopwords: ['a'] }),
        b.node('StringNormalizer', [b.input('row', 'string', [1, 'k'])]),
        ...b.nodes('StringSplit', [x], {}, { outputs: 2 }),
        b.node('RegexFullMatch', [x], { pattern: 'a' }),
        b.node('TfIdfVectorizer', [x], { ngram_indexes: [0, 5, 2], pool_int64s: [1, 2, 3] }),
        b.node('TfIdfVectorizer', [list], { ngram_indexes: [0, 5, 2], pool_int64s: [1, 2, 3] }),
        b.node('Tokenizer', [list], {}, { domain }),
        b.node(
          'NGramRepeatBlock',
          [b.input('i', 'int64', ['b', 's']), b.input('c', 'float32', ['b', 'v'])],
          { ngram_size: 3 },
          { domain },
        ),
      ];
    });
    expect(types).toEqual([
      'string[n, k]',
      'string[k]',
      'string[?]',
      'string[1, k]',
      'string[n, 1, ?]',
      'int64[n, 1]',
      'bool[n, 1]',
      'float32[n, 6]',
      'float32[6]',
      'string[k, ?]',
      'float32[b, v]',
    ]);
    expect(problems).toEqual([]);
  });
});
