import { describe, expect, test } from 'vitest';
import { buildModel, type GraphBuilder, type Model, type Value } from '../../../src/graph/index.ts';
import { inferTypes } from '../../../src/ops/index.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';
import {
  addFunction,
  elementTexts,
  ints,
  outputTypes,
  problems,
  truth,
  typeText,
} from './models.ts';

/** An If over two branches that read what is around them. */
function branches(
  condition: (b: GraphBuilder) => Value,
  one: (b: GraphBuilder, x: Value) => Value,
  other: (b: GraphBuilder, x: Value) => Value,
): Model {
  return buildModel({}, (b) => {
    const x = b.input('x', 'float32', ['n', 6]);
    const then_branch = b.subgraph('yes', (inner) => inner.output(one(inner, x)));
    const else_branch = b.subgraph('no', (inner) => inner.output(other(inner, x)));
    const attributes = { then_branch, else_branch };
    b.output(b.node('If', [condition(b)], attributes, { name: 'if' }));
  });
}

const anyCondition = (b: GraphBuilder): Value => b.input('cond', 'bool', []);

describe('branches', () => {
  test('know what they read from around them', () => {
    const model = branches(
      anyCondition,
      (b, x) => b.node('Transpose', [x]),
      (b, x) => b.node('Transpose', [b.node('Relu', [x])]),
    );
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[6, n]']);
  });

  test('leave open what differs between them', () => {
    const model = branches(
      anyCondition,
      (b, x) => b.node('Concat', [x, x], { axis: 1 }),
      (b, x) => b.node('Relu', [x]),
    );
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[n, ?]']);
    const ranks = branches(
      anyCondition,
      (b, x) => b.node('Flatten', [x], { axis: 0 }),
      (b, x) => b.node('Unsqueeze', [x, ints(b, [0])]),
    );
    expect(outputTypes(ranks, inferTypes(ranks))).toEqual(['float32']);
  });

  test('count alone where the condition is constant', () => {
    const model = branches(
      (b) => truth(b, false),
      (b, x) => b.node('Relu', [x]),
      (b, x) => b.node('Transpose', [x]),
    );
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[6, n]']);
  });

  test('tell of what is wrong in them as of what may never come', () => {
    const model = branches(
      anyCondition,
      (b, x) => b.node('Transpose', [x], { perm: [0, 0] }, { name: 't' }),
      (b, x) => b.node('Relu', [x]),
    );
    const found = problems(inferTypes(model));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^\(rejects at main\/if:then_branch \| Transpose "t": /u);
  });
});

/** A loop over one state variable, with what its body makes of it. */
function loop(
  trips: (b: GraphBuilder) => Value | null,
  body: (b: GraphBuilder, state: Value, x: Value) => readonly Value[],
): Model {
  return buildModel({}, (b) => {
    const x = b.input('x', 'float32', ['n', 4]);
    const graph = b.subgraph('body', (inner) => {
      inner.input('i', 'int64', []);
      const condition = inner.input('goes_on', 'bool', []);
      const state = inner.input('state', { kind: 'unknown' });
      inner.output(inner.node('Identity', [condition]));
      for (const value of body(inner, state, x)) inner.output(value);
    });
    const outputs = graph.outputs.length - 1;
    const results = b.nodes(
      'Loop',
      [trips(b), null, x],
      { body: graph },
      { outputs, name: 'loop' },
    );
    for (const value of results) b.output(value);
  });
}

describe('loops', () => {
  test('keep what no run changes, and stack what each run gives', () => {
    const model = loop(
      (b) => ints(b, 5),
      (b, state, x) => [b.node('Add', [state, x]), b.node('ReduceSum', [state, ints(b, [1])])],
    );
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[n, 4]', 'float32[5, n, 1]']);
  });

  test('do not know a size that each run changes', () => {
    const model = loop(
      (b) => ints(b, 5),
      (b, state, x) => [b.node('Concat', [state, x], { axis: 0 })],
    );
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[?, 4]']);
  });

  test('may not run at all, unless it is known', () => {
    const open = (b: GraphBuilder): Value => b.input('trips', 'int64', []);
    const flat = (b: GraphBuilder, state: Value): Value[] => [
      b.node('Flatten', [state], { axis: 0 }),
    ];
    const model = loop(open, flat);
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[?, ?]']);
  });

  test('nested ever deeper end in time', () => {
    const nest = (b: GraphBuilder, depth: number, x: Value): Value => {
      if (depth === 0) return b.node('Concat', [x, x], { axis: 0 });
      const body = b.subgraph(`body${depth}`, (inner) => {
        inner.input(`i${depth}`, 'int64', []);
        const condition = inner.input(`c${depth}`, 'bool', []);
        const state = inner.input(`s${depth}`, 'float32', null);
        inner.output(inner.node('Identity', [condition]));
        inner.output(nest(inner, depth - 1, state));
      });
      return b.node('Loop', [ints(b, 2), null, x], { body });
    };
    const model = buildModel({}, (b) => b.output(nest(b, 24, b.input('x', 'float32', ['n']))));
    const started = performance.now();
    inferTypes(model);
    expect(performance.now() - started).toBeLessThan(20_000);
  }, 30_000);
});

describe('subgraphs in functions', () => {
  test('read the function’s inputs, different at each call', () => {
    const model = buildModel({ opset: { '': 17, own: 1 } }, (b) => {
      b.output(b.node('F', [b.input('a', 'float32', [2, 3])], {}, { domain: 'own' }));
      b.output(b.node('F', [b.input('b', 'int32', ['n'])], {}, { domain: 'own' }));
    });
    addFunction(model, 'F', {}, (b, [x]) => {
      const then_branch = b.subgraph('yes', (inner) => inner.output(inner.node('Identity', [x!])));
      const else_branch = b.subgraph('no', (inner) => inner.output(inner.node('Neg', [x!])));
      const condition = b.node('Cast', [b.node('ReduceMax', [x!], { keepdims: 0 })], { to: 9 });
      return b.node('If', [condition], { then_branch, else_branch });
    });
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[2, 3]', 'int32[n]']);
  });
});

describe('elements of small tensors', () => {
  test('come through operators that compute shapes', () => {
    let [shape, y]: (Value | null)[] = [null, null];
    const model = buildModel({}, (b) => {
      const x = b.input('x', 'float32', ['n', 'h', 64]);
      const sizes = b.node('Shape', [x]);
      const [n, h] = [0, 1].map((at) => b.node('Gather', [sizes, ints(b, [at])]));
      const half = b.node('Div', [b.node('Add', [h!, ints(b, [1])]), ints(b, [2])]);
      shape = b.node('Concat', [n!, half, ints(b, [-1])], { axis: 0 });
      y = b.node('ConstantOfShape', [b.node('Mul', [half, n!])]);
      b.output(b.node('Expand', [y, sizes]));
    });
    const inference = inferTypes(model);
    expect(elementTexts(inference, shape!)).toEqual(['n', 'floor((h + 1)/2)', '-1']);
    expect(typeText(inference, y!)).toBe('float32[n*floor((h + 1)/2)]');
  });

  test('come into branches and out of them', () => {
    const model = buildModel({}, (b) => {
      const x = b.input('x', 'float32', ['n', 4]);
      const sizes = b.node('Shape', [x]);
      const then_branch = b.subgraph('yes', (inner) =>
        inner.output(inner.node('Identity', [sizes])),
      );
      const else_branch = b.subgraph('no', (inner) => {
        inner.output(inner.node('Mul', [sizes, ints(inner, [1, 2])]));
      });
      const attributes = { then_branch, else_branch };
      const shape = b.node('If', [b.input('cond', 'bool', [])], attributes);
      b.output(b.node('ConstantOfShape', [shape]));
    });
    expect(outputTypes(model, inferTypes(model))).toEqual(['float32[n, ?]']);
  });

  test('of large tensors and complex numbers are not looked at', () => {
    let values: Value[] = [];
    const model = buildModel({}, (b) => {
      values = [
        b.initializer(tensorFrom('int64', [1025], new BigInt64Array(1025))),
        b.initializer(tensorFrom('int64', [1024], new BigInt64Array(1024))),
        b.initializer(tensorFrom('complex64', [1], Float32Array.of(1, 0))),
        b.initializer(tensorFrom('int64', [1], BigInt64Array.of(2n ** 63n - 1n))),
      ];
      for (const value of values) b.output(b.node('Identity', [value]));
    });
    const inference = inferTypes(model);
    expect(values.map((value) => elementTexts(inference, value)?.length ?? null)).toEqual([
      null,
      1024,
      null,
      1,
    ]);
    expect(elementTexts(inference, values[3]!)).toEqual([String(Number.MAX_SAFE_INTEGER)]);
  });
});
