import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../src/graph/index.ts';
import { ints, outcomeOf } from './outcome.ts';

describe('sequences', () => {
  test('are made, changed and taken apart', () => {
    const { types, problems } = outcomeOf(17, (b) => {
      const x = b.input('x', 'float32', ['n', 3]);
      const y = b.input('y', 'float32', ['n', 4]);
      const at = b.input('at', 'int64', []);
      const both = b.node('SequenceConstruct', [x, y]);
      const empty = b.node('SequenceEmpty', [], { dtype: 7 });
      return [
        both,
        b.node('SequenceConstruct', [x, x]),
        empty,
        b.node('SequenceEmpty', []),
        b.node('SequenceInsert', [b.node('SequenceConstruct', [x]), y]),
        b.node('SequenceErase', [both, at]),
        b.node('SequenceAt', [both, at]),
        b.node('SequenceLength', [both]),
        b.node('ConcatFromSequence', [both], { axis: 1 }),
        b.node('ConcatFromSequence', [both], { axis: 0, new_axis: 1 }),
        b.node('ConcatFromSequence', [both], { axis: -1, new_axis: 1 }),
      ];
    });
    expect(types).toEqual([
      'seq(float32[n, ?])',
      'seq(float32[n, 3])',
      'seq(int64)',
      'seq(float32)',
      'seq(float32[n, ?])',
      'seq(float32[n, ?])',
      'float32[n, ?]',
      'int64[]',
      'float32[n, ?]',
      'float32[?, n, ?]',
      'float32[n, ?, ?]',
    ]);
    expect(problems).toEqual([]);
  });

  test.each([
    [['n', 6], [2, []], {}, 'seq(float32[?, 6])'],
    [['n', 6], [2, []], { axis: 1 }, 'seq(float32[n, 2])'],
    [['n', 7], [2, []], { axis: 1 }, 'seq(float32[n, ?])'],
    [['n', 6], null, { axis: 1 }, 'seq(float32[n, 1])'],
    [['n', 6], null, { axis: 1, keepdims: 0 }, 'seq(float32[n])'],
  ] as const)('SplitToSequence of %j by %j with %j', (shape, by, attributes, type) => {
    const { types } = outcomeOf(17, (b) => {
      const x = b.input('x', 'float32', shape);
      return b.node('SplitToSequence', by ? [x, ints(b, [by[0]], by[1])] : [x], attributes);
    });
    expect(types).toEqual([type]);
  });

  test('a list of parts gives a size where it gives one', () => {
    const of = (parts: number[]): readonly string[] =>
      outcomeOf(17, (b) =>
        b.node('SplitToSequence', [b.input('x', 'float32', [6]), ints(b, parts)]),
      ).types;
    expect(of([3, 3])).toEqual(['seq(float32[3])']);
    expect(of([2, 4])).toEqual(['seq(float32[?])']);
  });

  test('of two element types are rejected', () => {
    const { problems } = outcomeOf(17, (b) =>
      b.node('SequenceConstruct', [b.input('x', 'float32', [1]), b.input('y', 'int64', [1])]),
    );
    expect(problems).toEqual(['rejects: a sequence holds float32 and int64']);
  });

  test('SequenceMap runs its body on the elements', () => {
    const { types } = outcomeOf(17, (b) => {
      const list = b.node('SequenceConstruct', [b.input('x', 'float32', ['n', 3])]);
      const other = b.input('y', 'float32', ['n', 5]);
      const body = b.subgraph('body', (inner) => {
        const parts = ['one', 'other'].map((name) => inner.input(name, { kind: 'unknown' }));
        inner.output(inner.node('Concat', parts, { axis: 1 }));
        inner.output(inner.node('Shape', [parts[0] ?? null]));
      });
      return b.nodes('SequenceMap', [list, other], { body }, { outputs: 2 });
    });
    expect(types).toEqual(['seq(float32[n, 8])', 'seq(int64[2])']);
  });
});

describe('optionals', () => {
  test('hold what they are given', () => {
    const { types, elements } = outcomeOf(18, (b) => {
      const x = b.input('x', 'float32', ['n', 3] satisfies Shape);
      const some = b.node('Optional', [x]);
      return [
        some,
        b.node('OptionalGetElement', [some]),
        b.node('OptionalGetElement', [x]),
        b.node('OptionalHasElement', [some]),
        b.node('OptionalHasElement', [x]),
        b.node('OptionalHasElement', []),
      ];
    });
    expect(types).toEqual([
      'optional(float32[n, 3])',
      'float32[n, 3]',
      'float32[n, 3]',
      'bool[]',
      'bool[]',
      'bool[]',
    ]);
    expect(elements.slice(3)).toEqual([null, ['1'], ['0']]);
  });
});
