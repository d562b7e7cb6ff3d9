import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import {
  buildModel,
  type Graph,
  type Model,
  type Node,
  type Value,
} from '../../src/graph/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { brokenInvariants } from './invariants.ts';

interface Nested {
  readonly model: Model;
  readonly graph: Graph;
  readonly a: Value;
  readonly b: Value;
  readonly branch: Node;
  readonly yes: Graph;
  readonly deep: Graph;
}

/** `a` is read two graphs down, and `b` is what the branch's node reads. */
function nested(): Nested {
  let [yes, deep]: (Graph | null)[] = [null, null];
  const model = buildModel({}, (builder) => {
    const x = builder.input('x', 'float32', [1]);
    const cond = builder.input('cond', 'bool', []);
    const a = builder.node('Relu', [x], {}, { name: 'relu', outputs: ['a'] });
    const b = builder.node('Neg', [x], {}, { name: 'neg', outputs: ['b'] });
    yes = builder.subgraph('yes', (inner) => {
      deep = inner.subgraph('deep', (most) => {
        most.output(most.node('Abs', [a], {}, { name: 'abs', outputs: ['deep_out'] }));
      });
      const other = inner.subgraph('other', (most) => {
        most.output(most.node('Cos', [x], {}, { name: 'cos', outputs: ['other_out'] }));
      });
      const body = { then_branch: deep, else_branch: other };
      inner.output(inner.node('If', [cond], body, { name: 'inner_if', outputs: ['yes_out'] }));
    });
    const no = builder.subgraph('no', (inner) => {
      inner.output(inner.node('Sin', [b], {}, { name: 'sin', outputs: ['no_out'] }));
    });
    const body = { then_branch: yes, else_branch: no };
    builder.output(builder.node('If', [cond], body, { name: 'if', outputs: ['y'] }));
  });
  const { graph } = model;
  const branch = graph.nodes[2]!;
  return {
    model,
    graph,
    a: graph.value('a')!,
    b: graph.value('b')!,
    branch,
    yes: yes!,
    deep: deep!,
  };
}

function readers(value: Value): string[] {
  return [...value.uses].map((use) => (use.kind === 'input' ? use.node.name : use.graph.name));
}

describe('captures', () => {
  test('are uses', () => {
    const { graph, a, b } = nested();
    expect([readers(a), readers(b)]).toEqual([['abs'], ['sin']]);
    expect(() => graph.removeNode(graph.nodes[0]!)).toThrow(/"a" is still used/);
  });

  test('are seen by replaceUses', () => {
    const { graph, a, b, deep } = nested();
    graph.replaceUses(a, b);
    expect(deep.nodes[0]?.inputs).toEqual([b]);
    expect([readers(a), readers(b)]).toEqual([[], ['sin', 'abs']]);
  });

  test('resolve outwards, and nothing is visible from outside', () => {
    const { graph, a, deep } = nested();
    expect(deep.resolve('a')).toBe(a);
    expect(deep.value('a')).toBeUndefined();
    expect(graph.resolve('deep_out')).toBeUndefined();
    expect(deep.resolve('nothing')).toBeUndefined();
  });

  test('follow a renamed value', () => {
    const { graph, a, deep } = nested();
    graph.renameValue(a, 'renamed');
    expect(deep.nodes[0]?.inputs[0]?.name).toBe('renamed');
    expect(deep.resolve('renamed')).toBe(a);
  });
});

describe('names in subgraphs', () => {
  test('may not be those of the graphs around', () => {
    const { deep } = nested();
    const tensor = tensorFrom('float32', [], Float32Array.of(1));
    expect(() => deep.addNode({ opType: 'A', inputs: [], outputs: ['a'] })).toThrow(MlkitError);
    expect(() => deep.addInitializer('x', tensor)).toThrow(MlkitError);
    expect(() => deep.addInput('yes_out', null)).toThrow(MlkitError);
    expect(() => deep.addInput('no_out', null)).not.toThrow();
  });

  test('are not given to values around by renaming', () => {
    const { graph, a } = nested();
    expect(() => graph.renameValue(a, 'deep_out')).toThrow(MlkitError);
  });

  test('come from the allocator of the whole model', () => {
    const { model } = nested();
    expect(model.names.allocate('deep_out')).toBe('deep_out_1');
    expect(model.names.allocate('abs')).toBe('abs_1');
  });
});

describe('a node that goes', () => {
  test('takes what its subgraphs read along', () => {
    const { model, graph, a, b, branch } = nested();
    graph.removeOutput(0);
    graph.removeNode(branch);
    expect([readers(a), readers(b)]).toEqual([[], []]);
    expect(brokenInvariants(model)).toEqual([]);
    for (const node of graph.nodes.toReversed()) graph.removeNode(node);
    expect(graph.nodeCount).toBe(0);
  });

  test('leaves its subgraphs to a node that has adopted them', () => {
    const { model, graph, a, branch, b } = nested();
    const { attributes, inputs } = branch;
    const after = graph.addNode({
      opType: 'If',
      inputs,
      outputs: [...branch.outputs] as Value[],
      attributes,
    });
    graph.removeNode(branch);
    expect([readers(a), readers(b)]).toEqual([['abs'], ['sin']]);
    expect(after.subgraphs).toHaveLength(2);
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('can have its subgraphs adopted afterwards', () => {
    const { model, graph, a, b, branch } = nested();
    const { attributes, inputs } = branch;
    graph.removeOutput(0);
    graph.removeNode(branch);
    graph.addNode({ opType: 'If', inputs, outputs: ['z'], attributes });
    expect([readers(a), readers(b)]).toEqual([['abs'], ['sin']]);
    expect(brokenInvariants(model)).toEqual([]);
  });
});

describe('an attribute that goes', () => {
  test('frees what its graph read, when replaced', () => {
    const { model, graph, a, b, branch, deep } = nested();
    const other = branch.subgraphs[1]!;
    graph.setAttribute(branch, { name: 'then_branch', type: 'int', value: 0n });
    expect([readers(a), readers(b)]).toEqual([[], ['sin']]);
    graph.setAttribute(branch, { name: 'else_branch', type: 'graphs', value: [other] });
    expect(readers(b)).toEqual(['sin']);
    expect(deep.nodeCount).toBe(1);
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('frees what its graph read, when removed', () => {
    const { model, graph, a, branch } = nested();
    graph.removeAttribute(branch, 'then_branch');
    expect(readers(a)).toEqual([]);
    expect(brokenInvariants(model)).toEqual([]);
    graph.removeOutput(0);
    graph.removeNode(branch);
    expect(brokenInvariants(model)).toEqual([]);
  });
});
