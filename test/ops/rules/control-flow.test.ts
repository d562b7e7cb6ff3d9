import { describe, expect, test } from 'vitest';
import type { Graph, GraphBuilder, Shape, Value } from '../../../src/graph/index.ts';
import { bools, floats, ints, outcomeOf } from './outcome.ts';

function branch(b: GraphBuilder, name: string, give: (inner: GraphBuilder) => Value): Graph {
  return b.subgraph(name, (inner) => inner.output(give(inner)));
}

describe('If', () => {
  const choose = (condition: (b: GraphBuilder) => Value, one: Shape, other: Shape) =>
    outcomeOf(17, (b) => {
      const x = b.input('x', 'float32', one);
      const y = b.input('y', 'float32', other);
      return b.node('If', [condition(b)], {
        then_branch: branch(b, 'then', (inner) => inner.node('Relu', [x])),
        else_branch: branch(b, 'else', (inner) => inner.node('Relu', [y])),
      });
    });
  const open = (b: GraphBuilder): Value => b.input('c', 'bool', []);

  test.each([
    [['n', 3], ['n', 4], 'float32[n, ?]'],
    [['n', 3], ['n', 3], 'float32[n, 3]'],
    [['n', 3], ['n'], 'float32'],
  ] as const)('%j or %j', (one, other, type) => {
    expect(choose(open, one, other)).toMatchObject({ types: [type], problems: [] });
  });

  test('a condition that is known decides', () => {
    const known = (value: boolean) => (b: GraphBuilder) => bools(b, [value], []);
    expect(choose(known(true), ['n'], [3, 3]).types).toEqual(['float32[n]']);
    expect(choose(known(false), ['n'], [3, 3]).types).toEqual(['float32[3, 3]']);
  });

  test('a condition on a size decides: how exporters write squeeze', () => {
    const squeeze = (shape: Shape): readonly string[] =>
      outcomeOf(17, (b) => {
        const x = b.input('x', 'float32', shape);
        const size = b.node('Gather', [b.node('Shape', [x]), ints(b, [1], [])]);
        return b.node('If', [b.node('Equal', [size, ints(b, [1], [])])], {
          then_branch: branch(b, 'then', (inner) => inner.node('Squeeze', [x, ints(inner, [1])])),
          else_branch: branch(b, 'else', (inner) => inner.node('Identity', [x])),
        });
      }).types;
    expect(squeeze(['n', 1])).toEqual(['float32[n]']);
    expect(squeeze(['n', 8])).toEqual(['float32[n, 8]']);
    expect(squeeze(['n', 'm'])).toEqual(['float32']);
  });

  test('keeps the elements on which both branches agree', () => {
    const { elements } = outcomeOf(17, (b) => {
      const shape = b.node('Shape', [b.input('x', 'float32', ['n'])]);
      return b.node('If', [open(b)], {
        then_branch: branch(b, 'then', (inner) =>
          inner.node('Concat', [shape, ints(inner, [1, 2])], { axis: 0 }),
        ),
        else_branch: branch(b, 'else', (inner) =>
          inner.node('Concat', [shape, ints(inner, [1, 3])], { axis: 0 }),
        ),
      });
    });
    expect(elements).toEqual([['n', '1', null]]);
  });

  test('what contradicts in a branch may never run; other types are rejected', () => {
    const { problems } = outcomeOf(17, (b) => {
      const x = b.input('x', 'float32', [2, 3]);
      return b.node('If', [open(b)], {
        then_branch: branch(b, 'then', (inner) => inner.node('Reshape', [x, ints(inner, [5, 2])])),
        else_branch: branch(b, 'else', (inner) => inner.node('Shape', [x])),
      });
    });
    expect(problems).toEqual([
      '(fails: [2, 3] does not become [5, 2]: the counts differ)',
      'rejects: output 0 is float32 by one branch and int64 by the other',
    ]);
  });
});

interface LoopParts {
  readonly trips?: (b: GraphBuilder) => Value | null;
  readonly condition?: (b: GraphBuilder) => Value | null;
  readonly initial: readonly ((b: GraphBuilder) => Value)[];
  readonly outputs: number;
  readonly body: (
    inner: GraphBuilder,
    state: readonly Value[],
    condition: Value,
  ) => readonly Value[];
}

function loop(parts: LoopParts) {
  return outcomeOf(17, (b) => {
    const initial = parts.initial.map((make) => make(b));
    const body = b.subgraph('body', (inner) => {
      inner.input('iteration', 'int64', []);
      const condition = inner.input('condition', 'bool', []);
      const state = initial.map((_, at) => inner.input(`state${at}`, { kind: 'unknown' }));
      for (const value of parts.body(inner, state, condition)) inner.output(value);
    });
    const trips = parts.trips?.(b) ?? null;
    return b.nodes('Loop', [trips, parts.condition?.(b) ?? null, ...initial], { body }, parts);
  });
}

describe('Loop', () => {
  const keepOn = (inner: GraphBuilder, condition: Value): Value =>
    inner.node('Identity', [condition]);

  test('a size that changes from run to run is not known, the others are', () => {
    const { types, problems } = loop({
      trips: (b) => b.input('m', 'int64', []),
      initial: [
        (b) => b.input('x', 'float32', [1, 'n', 3]),
        (b) => b.input('y', 'float32', ['k', 2]),
      ],
      outputs: 2,
      body: (inner, [x = null, y = null], condition) => [
        keepOn(inner, condition),
        inner.node('Concat', [x, floats(inner, [0, 0, 0], [1, 1, 3])], { axis: 1 }),
        inner.node('Relu', [y]),
      ],
    });
    expect(types).toEqual(['float32[1, ?, 3]', 'float32[k, 2]']);
    expect(problems).toEqual([]);
  });

  test('a change spreads from variable to variable', () => {
    const { types } = loop({
      trips: (b) => b.input('m', 'int64', []),
      initial: [1, 2, 3].map((_, at) => (b) => b.input(`x${at}`, 'float32', [4])),
      outputs: 3,
      body: (inner, [a = null, b = null, c = null], condition) => [
        keepOn(inner, condition),
        inner.node('Concat', [a, a], { axis: 0 }),
        inner.node('Relu', [a]),
        inner.node('Relu', [c ?? b]),
      ],
    });
    expect(types).toEqual(['float32[?]', 'float32[?]', 'float32[4]']);
  });

  test('even a rank may change', () => {
    const { types } = loop({
      trips: (b) => b.input('m', 'int64', []),
      initial: [(b) => b.input('x', 'float32', [4])],
      outputs: 1,
      body: (inner, [x = null], condition) => [
        keepOn(inner, condition),
        inner.node('Unsqueeze', [x, ints(inner, [0])]),
      ],
    });
    expect(types).toEqual(['float32']);
  });

  test('elements that stay are known, others not', () => {
    const { elements } = loop({
      trips: (b) => b.input('m', 'int64', []),
      initial: [(b) => ints(b, [5, 6]), (b) => ints(b, [0, 9])],
      outputs: 2,
      body: (inner, [same = null, counted = null], condition) => [
        keepOn(inner, condition),
        inner.node('Identity', [same]),
        inner.node('Add', [counted, ints(inner, [1, 0])]),
      ],
    });
    expect(elements).toEqual([
      ['5', '6'],
      [null, '9'],
    ]);
  });

  test.each([
    ['a constant', (b: GraphBuilder) => ints(b, [7], []), true, 'float32[7, n]'],
    ['none', () => null, true, 'float32[?, n]'],
    ['an input', (b: GraphBuilder) => b.input('m', 'int64', []), true, 'float32[?, n]'],
    [
      'a size',
      (b: GraphBuilder) => b.node('Size', [b.input('s', 'float32', ['seq'])]),
      true,
      'float32[seq, n]',
    ],
    [
      'a constant that a condition may undercut',
      (b: GraphBuilder) => ints(b, [7], []),
      false,
      'float32[?, n]',
    ],
  ])('what is collected, with %s as count', (_, trips, isOn, type) => {
    const { types } = loop({
      trips,
      initial: [(b) => b.input('x', 'float32', ['n'])],
      outputs: 2,
      body: (inner, [x = null], condition) => [
        isOn ? keepOn(inner, condition) : inner.node('Not', [condition]),
        inner.node('Relu', [x]),
        inner.node('Neg', [x]),
      ],
    });
    expect(types).toEqual(['float32[n]', type]);
  });

  test('a sequence that grows', () => {
    const { types } = loop({
      trips: (b) => b.input('m', 'int64', []),
      initial: [(b) => b.node('SequenceConstruct', [b.input('x', 'float32', [1, 8])])],
      outputs: 1,
      body: (inner, [list = null], condition) => [
        keepOn(inner, condition),
        inner.node('SequenceInsert', [
          list,
          floats(inner, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7], [2, 8]),
        ]),
      ],
    });
    expect(types).toEqual(['seq(float32[?, 8])']);
  });

  test('a contradiction in the body counts in full only where the body certainly runs', () => {
    const of = (trips: (b: GraphBuilder) => Value) =>
      loop({
        trips,
        initial: [(b) => b.input('x', 'float32', [2, 3])],
        outputs: 1,
        body: (inner, [x = null], condition) => [
          keepOn(inner, condition),
          inner.node('Reshape', [x, ints(inner, [5, 2])]),
        ],
      }).problems;
    const message = 'fails: [2, 3] does not become [5, 2]: the counts differ';
    expect(of((b) => ints(b, [2], []))).toContain(message);
    expect(of((b) => b.input('m', 'int64', []))).toContain(`(${message})`);
  });
});

describe('Scan', () => {
  const sum = (b: GraphBuilder): Graph =>
    b.subgraph('body', (inner) => {
      const before = inner.input('before', { kind: 'unknown' });
      const next = inner.input('next', { kind: 'unknown' });
      const total = inner.node('Add', [before, next]);
      inner.output(total);
      inner.output(inner.node('Identity', [total]));
    });

  test('gives the state and what each step gives', () => {
    const { types, problems } = outcomeOf(17, (b) =>
      b.nodes(
        'Scan',
        [b.input('s', 'float32', [2]), b.input('x', 'float32', ['seq', 2])],
        { num_scan_inputs: 1, body: sum(b) },
        { outputs: 2 },
      ),
    );
    expect(types).toEqual(['float32[2]', 'float32[seq, 2]']);
    expect(problems).toEqual([]);
  });

  test('along other axes', () => {
    const { types } = outcomeOf(17, (b) =>
      b.nodes(
        'Scan',
        [b.input('s', 'float32', ['n', 2]), b.input('x', 'float32', ['n', 2, 'seq'])],
        { num_scan_inputs: 1, scan_input_axes: [-1], scan_output_axes: [1], body: sum(b) },
        { outputs: 2 },
      ),
    );
    expect(types).toEqual(['float32[n, 2]', 'float32[n, seq, 2]']);
  });

  test('version 8 runs over a batch', () => {
    const { types } = outcomeOf(8, (b) =>
      b.nodes(
        'Scan',
        [null, b.input('s', 'float32', ['batch', 2]), b.input('x', 'float32', ['batch', 'seq', 2])],
        { num_scan_inputs: 1, body: sum(b) },
        { outputs: 2 },
      ),
    );
    expect(types).toEqual(['float32[batch, 2]', 'float32[batch, seq, 2]']);
  });

  test('what is scanned must be equally long', () => {
    const { problems } = outcomeOf(17, (b) => {
      const body = b.subgraph('body', (inner) => {
        const parts = ['one', 'other'].map((name) => inner.input(name, { kind: 'unknown' }));
        inner.output(inner.node('Add', parts));
      });
      return b.node('Scan', [b.input('x', 'float32', [3, 2]), b.input('y', 'float32', [4, 2])], {
        num_scan_inputs: 2,
        body,
      });
    });
    expect(problems).toEqual(['rejects: the lengths of what is scanned: 3 and 4 are not the same']);
  });

  test('of more inputs than there are is rejected', () => {
    const { problems } = outcomeOf(17, (b) =>
      b.node('Scan', [b.input('x', 'float32', [3])], { num_scan_inputs: 2, body: sum(b) }),
    );
    expect(problems).toEqual(['rejects: 2 of 1 inputs are to be scanned']);
  });
});
