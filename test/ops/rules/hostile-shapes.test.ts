import { describe, expect, test } from 'vitest';
import type { AttributeInput, GraphBuilder, Shape, Value } from '../../../src/graph/index.ts';
import { ints, outcomeOf } from './outcome.ts';

/** Nothing that a file says may make a rule throw, run long or fill the memory. */

const huge = Number.MAX_SAFE_INTEGER;
const shapes: readonly (Shape | null)[] = [null, [], [0], [huge, huge], ['n', 0, 'm'], [2, 3]];
const lists: readonly (readonly number[])[] = [
  [],
  [0],
  [-1],
  [huge],
  [-huge, huge],
  [1, 2, 3, 4],
  [2, 2],
];
const numbers: readonly number[] = [0, -1, 1, huge, -huge];

const ops: readonly (readonly [string, number, readonly string[]])[] = [
  ['Reshape', 2, ['allowzero']],
  ['Flatten', 1, ['axis']],
  ['Squeeze', 2, []],
  ['Unsqueeze', 2, []],
  ['Transpose', 1, ['perm']],
  ['Concat', 2, ['axis']],
  ['Split', 2, ['axis', 'num_outputs']],
  ['Slice', 5, []],
  ['Gather', 2, ['axis']],
  ['GatherElements', 2, ['axis']],
  ['GatherND', 2, ['batch_dims']],
  ['ScatterElements', 3, ['axis']],
  ['ScatterND', 3, []],
  ['TensorScatter', 3, ['axis']],
  ['Expand', 2, []],
  ['Tile', 2, []],
  ['Pad', 4, []],
  ['Range', 3, []],
  ['EyeLike', 1, ['k', 'dtype']],
  ['OneHot', 3, ['axis']],
  ['NonZero', 1, []],
  ['Compress', 2, ['axis']],
  ['Unique', 1, ['axis']],
  ['Trilu', 2, ['upper']],
  ['ReverseSequence', 2, ['batch_axis', 'time_axis']],
  ['NonMaxSuppression', 2, []],
  ['ConstantOfShape', 1, []],
  ['Shape', 1, ['start', 'end']],
  ['SplitToSequence', 2, ['axis']],
  ['ConcatFromSequence', 1, ['axis']],
  ['SequenceAt', 2, []],
  ['OptionalGetElement', 1, []],
  ['TfIdfVectorizer', 1, ['ngram_indexes']],
  ['StringNormalizer', 1, []],
  ['UnfoldTensor', 1, ['dim', 'size', 'step']],
  ['ExpandDims', 2, []],
];

describe('hostile inputs', () => {
  test.each(ops)('%s takes them', (op, inputs, names) => {
    const domain = op === 'UnfoldTensor' || op === 'ExpandDims' ? 'com.microsoft' : '';
    const { inference } = outcomeOf({ '': 24, 'com.microsoft': 1 }, (b) => {
      const made: Value[] = [];
      const add = (values: (Value | null)[], attributes: Record<string, AttributeInput>): void => {
        made.push(...b.nodes(op, values, attributes, { domain, outputs: 3 }));
      };
      for (const [at, list] of lists.entries()) {
        const constants = Array.from({ length: inputs }, () => ints(b, list));
        for (const shape of shapes) {
          const x = b.input(`x${b.graph.inputs.length}`, 'float32', shape);
          for (const number of numbers) {
            const value = at % 2 === 0 ? number : list;
            add([x, ...constants.slice(1)], Object.fromEntries(names.map((name) => [name, value])));
          }
        }
        add(constants, {});
        add([], {});
      }
      return made;
    });
    expect(inference.isComplete).toBe(true);
  });

  test('large results are not worked out', () => {
    const { types, elements } = outcomeOf(17, (b) => [
      b.node(
        'Range',
        [0, huge, 1].map((value) => ints(b, [value], [])),
      ),
      b.node('ConstantOfShape', [ints(b, [1e9, 1e9])]),
      b.node('Expand', [ints(b, [1]), ints(b, [1e6])]),
      b.node('Tile', [ints(b, [1]), ints(b, [1e6])]),
      b.node('Pad', [ints(b, [1]), ints(b, [0, 1e9])]),
    ]);
    expect(types).toEqual([
      `int64[${huge}]`,
      'float32[1000000000, 1000000000]',
      'int64[1000000]',
      'int64[1000000]',
      'int64[1000000001]',
    ]);
    expect(elements).toEqual([null, null, null, null, null]);
  });

  test('loops within loops are followed to an end', () => {
    const nest = (b: GraphBuilder, x: Value, depth: number): Value => {
      if (depth === 0) return b.node('Concat', [x, x], { axis: 0 });
      const body = b.subgraph(`body${depth}`, (inner) => {
        inner.input(`iteration${depth}`, 'int64', []);
        const condition = inner.input(`condition${depth}`, 'bool', []);
        const state = inner.input(`state${depth}`, { kind: 'unknown' });
        inner.output(inner.node('Identity', [condition]));
        inner.output(nest(inner, state, depth - 1));
      });
      return b.node('Loop', [null, null, x], { body });
    };
    const { inference, types } = outcomeOf(17, (b) => nest(b, b.input('x', 'float32', [4]), 6));
    expect(types).toEqual(['float32[?]']);
    expect(inference.isComplete).toBe(true);
  });

  test('attributes of another type are for other checks to report', () => {
    const outcome = outcomeOf(17, (b) => {
      const x = b.input('x', 'float32', [2, 3]);
      return [
        b.node('Concat', [x, x], { axis: 'one' }),
        b.node('Loop', [null, null, x], { body: 1 }),
        b.node('If', [x], { then_branch: 1, else_branch: 2 }),
        b.node('Constant', [], { value: 1 }),
      ];
    });
    expect(outcome.problems).toEqual([]);
  });
});
