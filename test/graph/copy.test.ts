import { describe, expect, test } from 'vitest';
import {
  buildModel,
  checkStructure,
  type Graph,
  GraphCopier,
  Model,
  readsOf,
  type Value,
} from '../../src/graph/index.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { readModel } from '../../src/onnx/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { brokenInvariants } from './invariants.ts';

/** y = If(flag): a + deep(a, w), with a graph inside a graph that reads both from outside. */
function nested(): Model {
  return buildModel({ opset: 17 }, (b) => {
    const flag = b.input('flag', 'bool', []);
    const a = b.input('a', 'float32', [1]);
    const w = b.initializer(tensorFrom('float32', [1], Float32Array.of(3)), 'w');
    const deep = (name: string): Graph =>
      b.subgraph(name, (then) => {
        const own = then.initializer(tensorFrom('float32', [1], Float32Array.of(2)), `${name}_two`);
        const inner = then.subgraph(`${name}_inner`, (most) =>
          most.output(most.node('Mul', [a, own], {}, { outputs: [`${name}_p`] }), 'float32', [1]),
        );
        const other = then.subgraph(`${name}_other`, (most) =>
          most.output(most.node('Add', [a, w], {}, { outputs: [`${name}_q`] }), 'float32', [1]),
        );
        const result = then.node('If', [flag], { then_branch: inner, else_branch: other });
        then.output(result, 'float32', [1]);
      });
    const y = b.node(
      'If',
      [flag],
      { then_branch: deep('yes'), else_branch: deep('no') },
      { outputs: ['y'], name: 'outer' },
    );
    b.graph.annotate(y, { docString: 'the result' });
    b.output(y, 'float32', [1]);
  });
}

function copied(original: Model): Model {
  const model = new Model();
  model.opsets = original.opsets;
  model.irVersion = original.irVersion;
  model.graph.name = original.graph.name;
  const copier = new GraphCopier(model);
  for (const input of original.graph.inputs) {
    copier.bind(input, model.graph.addInput(input.name, input.type));
  }
  for (const value of original.graph.initializers) copier.copyInitializer(value, model.graph);
  copier.copyNodes(original.graph.nodes, model.graph);
  for (const output of original.graph.outputs) {
    model.graph.addOutput(copier.valueOf(output) as Value);
  }
  return model;
}

describe('copies of graphs', () => {
  test('are sound, graphs within graphs and what they capture too, and leave the original alone', () => {
    const original = nested();
    const before = encodeModel(original).toBytes();
    const copy = copied(original);
    expect(brokenInvariants(copy)).toEqual([]);
    expect(brokenInvariants(original)).toEqual([]);
    expect(checkStructure(copy)).toEqual([]);
    expect(encodeModel(original).toBytes()).toEqual(before);
    expect(encodeModel(readModel(encodeModel(copy).toBytes())).toBytes()).toEqual(before);
    expect(copy.graph.value('y')?.docString).toBe('the result');
    // Nothing of one is in the other.
    const a = copy.graph.value('a');
    expect(a?.uses.size).toBe(original.graph.value('a')?.uses.size);
    for (const use of a?.uses ?? []) {
      if (use.kind === 'input') expect(use.node.graph.model).toBe(copy);
    }
    expect(copy.names.allocate('yes_p')).toBe('yes_p_1');
  });

  test('may have other names, and keep names that nothing defines', () => {
    const original = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [1]);
      const lost = b.graph.define('lost');
      const y = b.node('Add', [x, lost], {}, { outputs: ['y'] });
      b.output(b.node('Neg', [y], {}, { outputs: ['z'] }), 'float32', [1]);
    });
    const model = new Model();
    const copier = new GraphCopier(model);
    const [x] = original.graph.inputs;
    if (x === undefined) throw new Error('no input');
    copier.bind(x, model.graph.addInput('x', x.type));
    copier.copyNodes(original.graph.nodes, model.graph, ({ name }) => `${name}_copy`);
    expect(model.graph.nodes.map((node) => node.inputs.map((value) => value?.name))).toEqual([
      ['x', 'lost'],
      ['y_copy'],
    ]);
    expect(model.graph.value('lost')?.isDefined).toBe(false);
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('what a node reads is what it and the graphs inside it read', () => {
    const { graph } = nested();
    const [node] = graph.nodes;
    const names = node === undefined ? [] : readsOf(node, graph).map((value) => value.name);
    expect(names.toSorted()).toEqual(['a', 'flag', 'w']);
  });
});
