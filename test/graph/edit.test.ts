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

/** x → Relu → a → Neg → b, which the graph returns. */
function chain(): {
  model: Model;
  graph: Graph;
  x: Value;
  relu: Node;
  neg: Node;
  a: Value;
  b: Value;
} {
  const model = buildModel({}, (builder) => {
    const x = builder.input('x', 'float32', [1]);
    const a = builder.node('Relu', [x], {}, { name: 'relu', outputs: ['a'] });
    const b = builder.node('Neg', [a], {}, { name: 'neg', outputs: ['b'] });
    builder.output(b);
  });
  const { graph } = model;
  const [relu, neg] = graph.nodes;
  const [x, a, b] = ['x', 'a', 'b'].map((name) => graph.value(name));
  return { model, graph, x: x!, relu: relu!, neg: neg!, a: a!, b: b! };
}

function usesOf(value: Value): string[] {
  return [...value.uses].map((use) =>
    use.kind === 'input' ? `${use.node.name}[${use.index}]` : `output[${use.index}]`,
  );
}

function order(graph: Graph): string {
  return graph.nodes.map((node) => node.name).join(' ');
}

const constant = tensorFrom('float32', [1], Float32Array.of(1));

describe('a graph as built', () => {
  test('knows producers and uses', () => {
    const { model, x, relu, neg, a, b } = chain();
    expect(x.producer).toBeNull();
    expect([a.producer, a.producerIndex]).toEqual([relu, 0]);
    expect([usesOf(x), usesOf(a), usesOf(b)]).toEqual([['relu[0]'], ['neg[0]'], ['output[0]']]);
    expect([a.isOutput, b.isOutput]).toEqual([false, true]);
    expect(neg.inputs).toEqual([a]);
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('counts each input of a node that reads a value twice', () => {
    const { graph, a } = chain();
    graph.addNode({ opType: 'Add', name: 'add', inputs: [a, null, a], outputs: ['c'] });
    expect(usesOf(a)).toEqual(['neg[0]', 'add[0]', 'add[2]']);
  });
});

describe('addNode', () => {
  test('puts the node at the end, before, or after', () => {
    const { graph, relu, neg } = chain();
    graph.addNode({ opType: 'A', name: 'last', inputs: [], outputs: [] });
    graph.addNode({ opType: 'A', name: 'first', inputs: [], outputs: [] }, { before: relu });
    graph.addNode({ opType: 'A', name: 'middle', inputs: [], outputs: [] }, { after: relu });
    graph.addNode({ opType: 'A', name: 'late', inputs: [], outputs: [] }, { after: neg });
    expect(order(graph)).toBe('first relu middle neg late last');
  });

  test('names nodes after their operator when not told otherwise', () => {
    const { graph } = chain();
    const names = ['A', 'A', 'relu'].map(
      (opType) => graph.addNode({ opType, inputs: [], outputs: [] }).name,
    );
    expect(names).toEqual(['A', 'A_1', 'relu_1']);
  });

  test('leaves out outputs without a name', () => {
    const { graph } = chain();
    const node = graph.addNode({ opType: 'Dropout', inputs: [], outputs: ['', 'mask'] });
    expect(node.outputs).toEqual([null, graph.value('mask')]);
    expect(graph.value('mask')?.producerIndex).toBe(1);
  });

  test('refuses names that are defined, and changes nothing', () => {
    const { model, graph } = chain();
    for (const outputs of [['x'], ['a'], ['new', 'b'], ['twice', 'twice']]) {
      const add = (): unknown => graph.addNode({ opType: 'A', inputs: [], outputs });
      expect(add).toThrow(MlkitError);
    }
    expect(order(graph)).toBe('relu neg');
    expect(graph.value('new')).toBeUndefined();
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('takes an output over from its producer, with its name and uses', () => {
    const { model, graph, x, relu, a, b } = chain();
    const fused = graph.addNode({ opType: 'Fused', name: 'fused', inputs: [x], outputs: [b] });
    expect(b.producer).toBe(fused);
    expect(b.name).toBe('b');
    expect(usesOf(b)).toEqual(['output[0]']);
    const neg = graph.nodes[1]!;
    expect(neg.outputs).toEqual([null]);
    expect(brokenInvariants(model)).toEqual([]);
    graph.removeNode(neg);
    graph.removeNode(relu);
    expect(order(graph)).toBe('fused');
    expect(graph.value('a')).toBeUndefined();
    expect(a.producer).toBeNull();
    expect(graph.value('b')).toBe(b);
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('takes over the output of a node that is gone, unless its name was given away', () => {
    const { model, graph, neg, b } = chain();
    graph.removeOutput(0);
    graph.removeNode(neg);
    graph.addNode({ opType: 'A', inputs: [], outputs: [b] });
    expect(graph.value('b')).toBe(b);
    expect(brokenInvariants(model)).toEqual([]);
    graph.removeNode(graph.nodes[1]!);
    graph.addInput('b', null);
    expect(() => graph.addNode({ opType: 'A', inputs: [], outputs: [b] })).toThrow(MlkitError);
  });

  test('does not take over inputs and constants', () => {
    const { graph, x } = chain();
    const w = graph.addInitializer('w', constant);
    for (const value of [x, w]) {
      expect(() => graph.addNode({ opType: 'A', inputs: [], outputs: [value] })).toThrow(
        RangeError,
      );
    }
  });

  test('defines a name that was read and never defined', () => {
    const { graph } = chain();
    const late = graph.define('late');
    graph.addNode({ opType: 'A', name: 'reader', inputs: [late], outputs: [] });
    expect(late.isDefined).toBe(false);
    const node = graph.addNode({ opType: 'B', inputs: [], outputs: ['late'] });
    expect(node.outputs).toEqual([late]);
    expect(late.isDefined).toBe(true);
  });

  test('does not put a node beside one of another graph, or one that is gone', () => {
    const { graph, neg } = chain();
    const other = chain().relu;
    graph.removeOutput(0);
    graph.removeNode(neg);
    for (const before of [other, neg]) {
      const add = (): unknown =>
        graph.addNode({ opType: 'A', inputs: [], outputs: ['c'] }, { before });
      expect(add).toThrow(RangeError);
    }
    expect(graph.value('c')).toBeUndefined();
  });
});

describe('removeNode', () => {
  test('refuses while an output is used', () => {
    const { model, graph, relu, neg } = chain();
    expect(() => graph.removeNode(relu)).toThrow(/"a" is still used/);
    expect(() => graph.removeNode(neg)).toThrow(/"b" is still used/);
    expect(order(graph)).toBe('relu neg');
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('frees what the node read, and its outputs', () => {
    const { model, graph, neg, a } = chain();
    graph.removeOutput(0);
    graph.removeNode(neg);
    expect(order(graph)).toBe('relu');
    expect(a.uses.size).toBe(0);
    expect(graph.value('b')).toBeUndefined();
    expect(() => graph.removeNode(neg)).toThrow(RangeError);
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('keeps an array of nodes that was taken before', () => {
    const { graph } = chain();
    graph.removeOutput(0);
    for (const node of graph.nodes.toReversed()) graph.removeNode(node);
    expect(graph.nodeCount).toBe(0);
    expect(graph.nodes).toEqual([]);
  });
});

describe('moveNode', () => {
  test('moves before, after, and to the end', () => {
    const { model, graph, relu, neg } = chain();
    const last = graph.addNode({ opType: 'A', name: 'last', inputs: [], outputs: [] });
    graph.moveNode(last, { before: relu });
    expect(order(graph)).toBe('last relu neg');
    graph.moveNode(relu, { after: neg });
    expect(order(graph)).toBe('last neg relu');
    graph.moveNode(last, 'end');
    expect(order(graph)).toBe('neg relu last');
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('leaves a node beside itself, or beside its neighbour, where it is', () => {
    const { model, graph, relu, neg } = chain();
    for (const [node, position] of [
      [relu, { before: relu }],
      [neg, { after: neg }],
      [relu, { before: neg }],
      [neg, 'end'],
    ] as const) {
      graph.moveNode(node, position);
      expect(order(graph)).toBe('relu neg');
      expect(brokenInvariants(model)).toEqual([]);
    }
  });
});

describe('setInput', () => {
  test('moves the use from one value to the other', () => {
    const { model, graph, neg, a, x } = chain();
    graph.setInput(neg, 0, x);
    expect([usesOf(a), usesOf(x)]).toEqual([[], ['relu[0]', 'neg[0]']]);
    graph.setInput(neg, 0, null);
    expect(neg.inputs).toEqual([null]);
    expect(usesOf(x)).toEqual(['relu[0]']);
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('fills inputs before it as left out', () => {
    const { model, graph, neg, a, x } = chain();
    graph.setInput(neg, 3, x);
    expect(neg.inputs).toEqual([a, null, null, x]);
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('refuses a node of another graph', () => {
    const { graph, x } = chain();
    expect(() => graph.setInput(chain().neg, 0, x)).toThrow(RangeError);
  });
});

describe('replaceUses', () => {
  test('redirects nodes and outputs', () => {
    const { model, graph, a, b, x } = chain();
    graph.addNode({ opType: 'Add', name: 'add', inputs: [b, b], outputs: ['c'] });
    graph.replaceUses(b, x);
    expect(usesOf(b)).toEqual([]);
    expect(graph.outputs).toEqual([x]);
    expect(usesOf(x)).toEqual(['relu[0]', 'output[0]', 'add[0]', 'add[1]']);
    expect(usesOf(a)).toEqual(['neg[0]']);
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('leaves the names that callers see alone when told to', () => {
    const { model, graph, b, x } = chain();
    graph.addNode({ opType: 'Abs', name: 'abs', inputs: [b], outputs: ['c'] });
    graph.replaceUses(b, x, { keepOutputs: true });
    expect(graph.outputs).toEqual([b]);
    expect(usesOf(b)).toEqual(['output[0]']);
    expect(usesOf(x)).toEqual(['relu[0]', 'abs[0]']);
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('changes nothing where a value replaces itself', () => {
    const { model, graph, a } = chain();
    graph.replaceUses(a, a);
    expect(usesOf(a)).toEqual(['neg[0]']);
    expect(brokenInvariants(model)).toEqual([]);
  });
});

describe('renameValue', () => {
  test('renames where it is found', () => {
    const { model, graph, a } = chain();
    graph.renameValue(a, 'better');
    expect(graph.value('a')).toBeUndefined();
    expect(graph.value('better')).toBe(a);
    expect(a.name).toBe('better');
    expect(model.names.has('better')).toBe(true);
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('refuses names of other values, and the empty one', () => {
    const { graph, a } = chain();
    for (const name of ['x', 'b', '']) {
      expect(() => graph.renameValue(a, name)).toThrow(MlkitError);
    }
    expect(a.name).toBe('a');
  });

  test('gives names that are free again, and names of nodes', () => {
    const { model, graph, neg, a } = chain();
    graph.renameValue(a, 'other');
    graph.renameValue(a, 'a');
    expect(graph.value('a')).toBe(a);
    graph.removeOutput(0);
    graph.removeNode(neg);
    graph.renameValue(a, 'b');
    expect(graph.value('b')).toBe(a);
    graph.renameValue(a, 'relu');
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('can rename all values while walking them', () => {
    const { model, graph } = chain();
    for (const value of graph.values()) graph.renameValue(value, model.names.allocate('v'));
    expect([...graph.values()].map((value) => value.name)).toEqual(['v', 'v_1', 'v_2']);
  });
});

describe('initializers', () => {
  test('are constants until a caller may override them', () => {
    const { model, graph } = chain();
    const w = graph.addInitializer('w', constant);
    expect([w.constant, w.isInput, graph.initializers]).toEqual([constant, false, [w]]);
    expect(graph.addInput('w', null)).toBe(w);
    expect([w.constant, w.initializer, w.isInput]).toEqual([null, constant, true]);
    expect(graph.inputs.at(-1)).toBe(w);
    expect(brokenInvariants(model)).toEqual([]);
    graph.removeInput(w);
    expect([w.constant, w.isInput]).toEqual([constant, false]);
    expect(graph.value('w')).toBe(w);
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('cannot go while they are used, unless they are inputs', () => {
    const { model, graph, neg } = chain();
    const w = graph.addInitializer('w', constant);
    graph.setInput(neg, 0, w);
    expect(() => graph.removeInitializer(w)).toThrow(/still used/);
    graph.addInput('w', null);
    graph.removeInitializer(w);
    expect([w.initializer, w.isInput, graph.initializers]).toEqual([null, true, []]);
    expect(() => graph.removeInput(w)).toThrow(/still used/);
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('that are removed leave no value behind', () => {
    const { graph } = chain();
    graph.removeInitializer(graph.addInitializer('w', constant));
    expect([graph.value('w'), graph.initializers]).toEqual([undefined, []]);
    graph.removeInput(graph.addInput('y', null));
    expect(graph.value('y')).toBeUndefined();
  });

  test('take a value over from the node that produced it', () => {
    const { model, graph, relu, a } = chain();
    graph.setInitializer(a, constant);
    expect([a.producer, a.constant]).toEqual([null, constant]);
    expect(relu.outputs).toEqual([null]);
    expect(usesOf(a)).toEqual(['neg[0]']);
    graph.removeNode(relu);
    expect(graph.value('a')).toBe(a);
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('can be sparse', () => {
    const { model, graph } = chain();
    const w = graph.addInitializer('w', constant);
    const indices = tensorFrom('int64', [1], BigInt64Array.of(2n));
    const sparse = { values: constant, indices, dims: [4] };
    graph.setSparseInitializer(w, sparse);
    expect([w.initializer, w.sparseInitializer, w.isDefined]).toEqual([null, sparse, true]);
    expect(graph.addInput('w', null)).toBe(w);
    graph.setInitializer(w, constant);
    expect(w.sparseInitializer).toBeNull();
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('and inputs need names that are free', () => {
    const { graph } = chain();
    graph.addInitializer('w', constant);
    graph.addInput('w', null);
    for (const name of ['x', 'a', 'w', '']) {
      expect(() => graph.addInitializer(name, constant)).toThrow(MlkitError);
      expect(() => graph.addInput(name, null)).toThrow(MlkitError);
    }
    expect(graph.inputs.map((value) => value.name)).toEqual(['x', 'w']);
  });

  test('are not removed by mistake', () => {
    const { graph, a, b } = chain();
    graph.removeOutput(0);
    expect(() => graph.removeInitializer(b)).toThrow(/no initializer/);
    expect(() => graph.removeInput(a)).toThrow(/not an input/);
    expect(graph.value('b')).toBe(b);
  });
});

describe('outputs', () => {
  test('keep their numbers in order when one goes', () => {
    const { model, graph, x, a, b } = chain();
    graph.addOutput(a);
    graph.addOutput(x);
    graph.removeOutput(0);
    expect(graph.outputs).toEqual([a, x]);
    expect([usesOf(a), usesOf(b)]).toEqual([['neg[0]', 'output[0]'], []]);
    expect(brokenInvariants(model)).toEqual([]);
    expect(() => graph.removeOutput(2)).toThrow(RangeError);
  });

  test('can return the same value twice', () => {
    const { model, graph, b } = chain();
    graph.addOutput(b);
    expect(usesOf(b)).toEqual(['output[0]', 'output[1]']);
    graph.removeOutput(0);
    expect(usesOf(b)).toEqual(['output[0]']);
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('can be set', () => {
    const { model, graph, a, b } = chain();
    graph.setOutput(0, a);
    expect([graph.outputs, b.uses.size]).toEqual([[a], 0]);
    expect(() => graph.setOutput(1, a)).toThrow(RangeError);
    expect(brokenInvariants(model)).toEqual([]);
  });
});

describe('small edits', () => {
  test('attributes are set, replaced and removed', () => {
    const { graph, neg } = chain();
    graph.setAttribute(neg, { name: 'axis', type: 'int', value: 1n });
    graph.setAttribute(neg, { name: 'to', type: 'int', value: 7n });
    graph.setAttribute(neg, { name: 'axis', type: 'int', value: -1n });
    expect(neg.attributes.map((each) => each.name)).toEqual(['axis', 'to']);
    expect(neg.int('axis', 0)).toBe(-1);
    graph.removeAttribute(neg, 'axis');
    expect(neg.attributes.map((each) => each.name)).toEqual(['to']);
  });

  test('types, texts and names of nodes are set', () => {
    const { model, graph, neg, a } = chain();
    graph.setType(a, { kind: 'unknown' });
    graph.annotate(a, { docString: 'about a' });
    graph.annotate(neg, { metadata: [['key', 'value']] });
    graph.renameNode(neg, 'negate');
    expect([a.type, a.docString]).toEqual([{ kind: 'unknown' }, 'about a']);
    expect([neg.metadata, neg.docString, neg.name]).toEqual([[['key', 'value']], '', 'negate']);
    expect(model.names.has('negate')).toBe(true);
    expect(() => chain().graph.setType(a, null)).toThrow(RangeError);
  });

  test('opsets are imported once and then changed', () => {
    const { model } = chain();
    model.setOpset('', 18);
    model.setOpset('com.microsoft', 1);
    model.setOpset('zero', 0);
    model.setOpset('zero', 2);
    expect(model.opsets).toEqual([
      { domain: '', version: 18 },
      { domain: 'com.microsoft', version: 1 },
      { domain: 'zero', version: 2 },
    ]);
    expect([model.opset(''), model.opset('none')]).toEqual([18, undefined]);
    // onnxruntime and onnx's checker go by the last, too.
    model.opsets = [11, 1, 13].map((version) => ({ domain: '', version }));
    expect(model.opset('')).toBe(13);
  });
});
