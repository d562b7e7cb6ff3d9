import { describe, expect, test } from 'vitest';
import { buildModel, tensorType } from '../../src/graph/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { brokenInvariants } from './invariants.ts';

const constant = tensorFrom('float32', [1], Float32Array.of(1), 'w');

describe('buildModel', () => {
  test('has the defaults that fit together', () => {
    const model = buildModel({}, () => {});
    expect([model.irVersion, model.opsets, model.graph.name, model.producerName]).toEqual([
      8,
      [{ domain: '', version: 17 }],
      'main',
      '',
    ]);
  });

  test('takes versions, names and domains', () => {
    const opset = { '': 21, 'com.microsoft': 1 };
    const model = buildModel({ opset, irVersion: 10, name: 'g', producer: 'p' }, () => {});
    expect([model.irVersion, model.graph.name, model.producerName]).toEqual([10, 'g', 'p']);
    expect([model.opset(''), model.opset('com.microsoft')]).toEqual([21, 1]);
  });

  test('adds in the order of the calls', () => {
    const model = buildModel({}, (b) => {
      const x = b.input('x', 'float32', ['N', 3]);
      const w = b.initializer(constant);
      const [a, i] = b.nodes('TopK', [x, null, w], { axis: 1 }, { outputs: ['', 'i'] });
      expect([a?.name, i]).toEqual(['i', undefined]);
      const y = b.node('Cast', [a!], { to: 7 }, { domain: 'd', name: 'cast' });
      b.output(y, 'int64', [null]);
      b.output(x);
    });
    const { graph } = model;
    const [topK, cast] = graph.nodes;
    expect(graph.inputs[0]?.type).toEqual({
      kind: 'tensor',
      elementType: 'float32',
      shape: ['N', 3],
    });
    expect([topK?.name, cast?.name, cast?.domain]).toEqual(['TopK', 'cast', 'd']);
    expect(topK?.inputs.map((value) => value?.name)).toEqual(['x', undefined, 'w']);
    expect(topK?.outputs.map((value) => value?.name)).toEqual([undefined, 'i']);
    expect(cast?.int('to', 0)).toBe(7);
    expect(graph.outputs.map((value) => value.name)).toEqual(['cast_out', 'x']);
    expect(graph.outputs[0]?.type).toEqual(tensorType('int64', [null]));
    expect(graph.outputs[1]?.type).toEqual(tensorType('float32', ['N', 3]));
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('names what has no name', () => {
    const model = buildModel({}, (b) => {
      const unnamed = b.initializer(constant.with({ name: '' }));
      expect([unnamed.name, unnamed.initializer?.name]).toEqual(['constant', 'constant']);
      expect(b.initializer(constant, 'other').initializer?.name).toBe('other');
      const outputs = b.nodes('Split', [unnamed], {}, { outputs: 3 });
      expect(outputs.map((value) => value.name)).toEqual([
        'split_out',
        'split_out_1',
        'split_out_2',
      ]);
    });
    expect(brokenInvariants(model)).toEqual([]);
  });

  test('takes types that are no tensors', () => {
    const type = { kind: 'sequence', element: tensorType('string', null) } as const;
    const model = buildModel({}, (b) => b.output(b.input('s', type), type));
    expect(model.graph.inputs[0]?.type).toBe(type);
  });

  test('does not take an operator without outputs for a value', () => {
    const make = (): unknown => buildModel({}, (b) => void b.node('Op', [], {}, { outputs: [] }));
    expect(make).toThrow('Op was given no output');
  });

  test('makes subgraphs that read the graph around', () => {
    const model = buildModel({}, (b) => {
      const x = b.input('x', 'bool', []);
      const inner = b.subgraph('inner', (at) => at.output(at.node('Not', [x])));
      expect([inner.kind, inner.parent, inner.name]).toEqual(['subgraph', b.graph, 'inner']);
      b.node('If', [x], { then_branch: inner });
    });
    expect(model.graph.inputs[0]?.uses.size).toBe(2);
    expect(brokenInvariants(model)).toEqual([]);
  });
});

describe('the constant of a value', () => {
  test('is its initializer, or the tensor of a Constant', () => {
    buildModel({}, (b) => {
      expect(b.initializer(constant).constant).toBeDefined();
      expect(b.node('Constant', [], { value: constant }).constant).toBe(constant);
      expect(b.node('Constant', [], { value_float: 0.5 }).constant).toBeNull();
      expect(b.node('Constant', [], { value: constant }, { domain: 'foo' }).constant).toBeNull();
      expect(b.node('Relu', [b.input('x', 'float32')]).constant).toBeNull();
    });
  });
});
