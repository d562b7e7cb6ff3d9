import { describe, expect, test } from 'vitest';
import type { AttributeInput, Graph, GraphBuilder, Value } from '../../../src/graph/index.ts';
import { inferNode } from './one-node.ts';
import { ints, outcomeOf } from './outcome.ts';

/*
 * What the runtime minds when it loads a model, and ONNX does not, or the other way round: the kinds
 * are those that onnx 1.23.1 and onnxruntime 1.30.0 show with such a model.
 */

type Attributes = Readonly<Record<string, AttributeInput>>;

const layer = (gates: number) => [
  'float32[5, 2, 3]',
  `float32[1, ${gates * 4}, 3]`,
  `float32[1, ${gates * 4}, 4]`,
];

describe('one node', () => {
  test.each([
    ['Transpose', ['float32[2, 3, 4]'], { perm: [0, 1] }, 'fails'],
    ['Transpose', ['float32[2, 3, 4]'], { perm: [0, 2] }, 'refuses'],
    ['Transpose', ['float32[2, 3, 4]'], { perm: [0, 3] }, 'rejects'],
    ['Pad', ['float32[2, 3]', 'int64[5]'], {}, 'fails'],
    ['Slice', ['float32[2, 3]', 'int64[1]', 'int64[2]'], {}, 'fails'],
    ['Resize', ['float32[1, 2, 4, 4]', null, null, 'int64[2]'], {}, 'rejects'],
    ['ReverseSequence', ['float32[4, 4]', 'int64[4]'], { batch_axis: 0 }, 'refuses'],
    ['RegexFullMatch', ['string[n]'], {}, 'refuses'],
    ['LSTM', layer(4), {}, 'refuses'],
    ['GRU', layer(3), { hidden_size: 4, activations: ['Tanh'] }, 'refuses'],
    ['Attention', ['float32[1, 2, 8]', 'float32[1, 2, 8]', 'float32[1, 2, 8]'], {}, 'rejects'],
  ] as const satisfies readonly (readonly [
    string,
    readonly (string | null)[],
    Attributes,
    string,
  ])[])('%s of %j with %j', (op, inputs, attributes, kind) => {
    const { contradictions } = inferNode(op, inputs, attributes, { opset: 23 });
    expect(contradictions.map((each) => each.split(':')[0])).toContain(kind);
  });

  test.each([
    ['Transpose', ['float32[2, 3, 4]'], { perm: [2, 0, 1] }],
    ['Pad', ['float32[2, 3]', 'int64[4]'], {}],
    ['Slice', ['float32[2, 3]', 'int64[1]', 'int64[1]'], {}],
    ['Resize', ['float32[1, 2, 4, 4]', null, null, 'int64[4]'], {}],
    ['ReverseSequence', ['float32[4, 4]', 'int64[4]'], {}],
    ['LSTM', layer(4), { hidden_size: 4 }],
    ['GRU', layer(3), { hidden_size: 4, activations: ['Tanh', 'Sigmoid'] }],
    ['RNN', layer(1), { hidden_size: 4, activations: ['Tanh', 'Tanh'] }],
  ] as const satisfies readonly (readonly [string, readonly (string | null)[], Attributes])[])(
    '%s of %j with %j is sound',
    (op, inputs, attributes) => {
      expect(inferNode(op, inputs, attributes, { opset: 22 }).contradictions).toEqual([]);
    },
  );

  // Where a list of sizes or axes is asked for.
  test.each([
    [14, 'Reshape', ['float32[4]', 'int64[1, 1]'], 'rejects'],
    [13, 'Reshape', ['float32[4]', 'int64[1, 1]'], 'fails'],
    [13, 'Expand', ['float32[4]', 'int64'], null],
    [13, 'Expand', ['float32[4]', 'int64[]'], 'rejects'],
    [13, 'Tile', ['float32[4]', 'int64[]'], 'fails'],
    [13, 'TopK', ['float32[4]', 'int64[]'], 'fails'],
    [13, 'Unsqueeze', ['float32[4]', 'int64[]'], null],
    [13, 'Unsqueeze', ['float32[4]', 'int64[1, 1]'], 'fails'],
    [13, 'ReduceSum', ['float32[4]', 'int64[]'], 'fails'],
  ] as const)('opset %d: %s of %j: %s', (opset, op, inputs, kind) => {
    const { contradictions } = inferNode(op, inputs, {}, { opset });
    const message = expect.stringMatching(
      `^${kind}: input 1 has rank \\d; it must be a list`,
    ) as string;
    expect(contradictions).toEqual(kind === null ? [] : [message]);
  });

  test.each([
    ['BiasGelu', ['float32[n, 4]', 'float32[3]']],
    ['SkipLayerNormalization', ['float32[n, s, 4]', 'float32[n, s, 4]', 'float32[5]']],
  ] as const)('%s needs factors for the last axis', (op, inputs) => {
    const options = { domain: 'com.microsoft' };
    expect(inferNode(op, inputs, {}, options).contradictions[0]).toMatch(/^fails: /u);
  });

  test('sizes below 0 count with the policy not_smaller only if they are all so', () => {
    const of = (keep_aspect_ratio_policy: string) =>
      outcomeOf(18, (b) =>
        b.node(
          'Resize',
          [b.input('x', 'float32', [1, 1, 4, 4]), null, null, ints(b, [1, 1, 0, 8])],
          { keep_aspect_ratio_policy },
        ),
      ).problems;
    expect(of('not_smaller')).toEqual([]);
    expect(of('stretch')).toEqual(['fails: size 0 must be positive']);
  });

  test('parts of which one is below 0', () => {
    const of = (sizes: readonly number[]) =>
      outcomeOf(17, (b) =>
        b.nodes('Split', [b.input('x', 'float32', [6]), ints(b, sizes)], {}, { outputs: 2 }),
      ).problems;
    expect(of([-1, 4])).toEqual(['rejects: the parts [-1, 4] are not sizes']);
    expect(of([-1, 7])).toEqual(['fails: the parts [-1, 7] are not sizes']);
  });
});

describe('models of ai.onnx.ml', () => {
  const domain = 'ai.onnx.ml';
  const tree = {
    nodes_treeids: [0, 0, 0],
    nodes_nodeids: [0, 1, 2],
    nodes_featureids: [0, 0, 0],
    nodes_values: { floats: [0.5, 0, 0] },
    nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF'],
    nodes_truenodeids: [1, 0, 0],
    nodes_falsenodeids: [2, 0, 0],
    target_ids: [0, 0],
    target_nodeids: [1, 2],
    target_treeids: [0, 0],
    target_weights: { floats: [1, 2] },
    n_targets: 1,
  };
  const problemsOf = (attributes: Attributes) =>
    inferNode('TreeEnsembleRegressor', ['float32[n, 2]'], attributes, { domain }).contradictions;

  test('lists of nodes and of leaves are as long as each other', () => {
    expect(problemsOf(tree)).toEqual([]);
    expect(problemsOf({ ...tree, nodes_featureids: [0, 0] })).toEqual([
      'refuses: nodes_falsenodeids has 3 elements, nodes_featureids 2; they must be as many',
    ]);
    expect(problemsOf({ ...tree, target_weights: { floats: [1] } })).toEqual([
      'refuses: target_ids has 2 elements, target_weights 1; they must be as many',
    ]);
  });

  test('a ZipMap has labels of one kind', () => {
    const both = { classlabels_int64s: [0, 1], classlabels_strings: ['a', 'b'] };
    const found = inferNode('ZipMap', ['float32[n, 2]'], both, { domain }).contradictions;
    expect(found).toEqual([
      'refuses: exactly one of classlabels_int64s and classlabels_strings is needed',
    ]);
  });
});

describe('graphs inside nodes', () => {
  const body = (b: GraphBuilder, more: (inner: GraphBuilder, state: Value) => void): Graph =>
    b.subgraph('body', (inner) => {
      inner.input('i', 'int64', []);
      inner.output(inner.node('Identity', [inner.input('goes_on', 'bool', [])]));
      more(inner, inner.input('state', 'float32', [2]));
    });

  function loop(more: (inner: GraphBuilder, state: Value) => void, outputs: readonly string[]) {
    return outcomeOf(17, (b) => {
      const x = b.input('x', 'float32', [2]);
      const inputs = [b.input('n', 'int64', []), b.input('c', 'bool', []), x];
      return b.nodes('Loop', inputs, { body: body(b, more) }, { outputs: [...outputs] });
    }).problems;
  }

  const doubled = (inner: GraphBuilder, state: Value): void =>
    inner.output(inner.node('Add', [state, state]));

  test('take and give as many values as their node has for them', () => {
    expect(loop(doubled, ['y'])).toEqual([]);
    expect(loop(() => {}, ['y'])).toEqual(['rejects: its body has 1 output where 2 are needed']);
    expect(loop(doubled, ['y', 'z'])).toEqual([
      'rejects: its body has 2 outputs where 3 are needed',
    ]);
    const extra = (inner: GraphBuilder, state: Value): void => {
      inner.input('more', 'float32', [2]);
      doubled(inner, state);
    };
    expect(loop(extra, ['y'])).toEqual(['rejects: its body has 4 inputs and is given 3']);
  });

  test('keep the type of a variable', () => {
    const cast = (inner: GraphBuilder, state: Value): void =>
      inner.output(inner.node('Cast', [state], { to: 7 }));
    expect(loop(cast, ['y'])).toEqual([
      'rejects: variable 0 begins as float32, and its body makes int64 of it',
    ]);
  });

  test('have no output that is left out', () => {
    const scanning = (inner: GraphBuilder, state: Value): void => {
      doubled(inner, state);
      inner.output(inner.node('Neg', [state]));
    };
    expect(loop(scanning, ['y', 'z'])).toEqual([]);
    expect(loop(scanning, ['y', ''])).toEqual([
      'refuses: output 1 is left out, which the runtime does not allow here',
    ]);
  });

  test('of branches, none has inputs', () => {
    const { problems } = outcomeOf(17, (b) => {
      const x = b.input('x', 'float32', [2]);
      const then_branch = b.subgraph('yes', (inner) => inner.output(inner.node('Relu', [x])));
      const else_branch = b.subgraph('no', (inner) =>
        inner.output(inner.node('Relu', [inner.input('z', 'float32', [2])])),
      );
      return b.node('If', [b.input('c', 'bool', [])], { then_branch, else_branch });
    });
    expect(problems).toEqual(['rejects: its else_branch has 1 input and is given 0']);
  });
});
