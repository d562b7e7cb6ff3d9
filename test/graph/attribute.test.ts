import { describe, expect, test } from 'vitest';
import {
  type AttributeInput,
  attributeFrom,
  buildModel,
  Graph,
  Model,
  type Node,
} from '../../src/graph/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('attributeFrom', () => {
  const tensor = tensorFrom('float32', [], Float32Array.of(1));
  const graph = new Graph(new Model(), 'subgraph', null);
  test.each<[string, AttributeInput, string, unknown]>([
    ['a whole number', 3, 'int', 3n],
    ['a negative one', -3, 'int', -3n],
    ['a bigint', 2n ** 63n - 1n, 'int', 2n ** 63n - 1n],
    ['a fraction, rounded to float32', 0.1, 'float', Math.fround(0.1)],
    ['infinity', -Infinity, 'float', -Infinity],
    ['a whole float', { float: 1 }, 'float', 1],
    ['text', 'héllo', 'string', bytes('héllo')],
    ['no text', '', 'string', bytes('')],
    ['whole numbers', [1, -2], 'ints', [1n, -2n]],
    ['bigints', [1n, 2n], 'ints', [1n, 2n]],
    ['nothing', [], 'ints', []],
    ['fractions', [1, 0.1], 'floats', [1, Math.fround(0.1)]],
    ['whole floats', { floats: [1, 2] }, 'floats', [1, 2]],
    ['no floats', { floats: [] }, 'floats', []],
    ['texts', ['a', ''], 'strings', [bytes('a'), bytes('')]],
    ['a tensor', tensor, 'tensor', tensor],
    ['a graph', graph, 'graph', graph],
  ])('%s', (_, input, type, value) => {
    expect(attributeFrom('name', input)).toEqual({ name: 'name', type, value });
  });
});

describe('a node', () => {
  function nodeWith(attributes: Record<string, AttributeInput>, domain = ''): Node {
    const model = buildModel({}, (b) => {
      b.nodes('Op', [], attributes, { domain, name: 'n', outputs: [] });
    });
    return model.graph.nodes[0]!;
  }

  test('gives attributes in their types, or the fallback', () => {
    const node = nodeWith({
      i: 3,
      is: [1, 2],
      f: 0.5,
      s: 'é',
      t: tensorFrom('bool', [0], new Uint8Array()),
    });
    expect([node.int('i', 0), node.int('none', 7)]).toEqual([3, 7]);
    expect([node.ints('is'), node.ints('none')]).toEqual([[1, 2], undefined]);
    expect([node.float('f', 0), node.float('none', 1.5)]).toEqual([0.5, 1.5]);
    expect([node.string('s', ''), node.string('none', 'x')]).toEqual(['é', 'x']);
    expect([node.tensor('t')?.dtype, node.tensor('none')]).toEqual(['bool', undefined]);
    expect([node.attribute('i')?.type, node.attribute('none')]).toEqual(['int', undefined]);
  });

  test('clamps integers to what a number holds', () => {
    const limit = 2n ** 63n;
    const node = nodeWith({ up: limit - 1n, down: -limit, both: [limit - 1n, -limit, 5n] });
    const [max, min] = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    expect([node.int('up', 0), node.int('down', 0)]).toEqual([max, min]);
    expect(node.ints('both')).toEqual([max, min, 5]);
  });

  test('says so when an attribute has another type', () => {
    const node = nodeWith({ axis: 0.5 });
    expect(() => node.int('axis', 0)).toThrow(
      'attribute "axis" of Op "n" is float; it should be int',
    );
    expect(() => node.ints('axis')).toThrow(/should be ints/);
  });

  test('has a label for messages', () => {
    expect(nodeWith({}).label).toBe('Op "n"');
    expect(nodeWith({}, 'com.microsoft').label).toBe('com.microsoft.Op "n"');
    const { graph } = buildModel({}, (b) => {
      b.nodes('Op', [], {}, { name: '', outputs: ['', 'y'] });
      b.nodes('Op', [], {}, { name: '', outputs: [] });
    });
    expect(graph.nodes.map((node) => node.label)).toEqual(['Op → "y"', 'Op']);
  });

  test('lists the graphs of its attributes in order', () => {
    const model = buildModel({}, (b) => {
      const [one, two, three] = ['1', '2', '3'].map((name) => b.subgraph(name, () => {}));
      const { graph } = b;
      const node = b.node('Op', [], { g: one!, i: 1 }).producer!;
      graph.setAttribute(node, { name: 'gs', type: 'graphs', value: [two!, three!] });
    });
    expect(model.graph.nodes[0]?.subgraphs.map((graph) => graph.name)).toEqual(['1', '2', '3']);
  });
});
