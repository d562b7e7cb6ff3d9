import { describe, expect, test } from 'vitest';
import { attributeFrom, buildModel, type Model } from '../../../src/graph/index.ts';
import { inferTypes, measureActivations, measureWork } from '../../../src/ops/index.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';
import { attach, outputTypes, problems, typeText } from './models.ts';

/** A model with an input `x` of float32[n, 4], and nodes as a reader finds them. */
function model(build: (model: Model) => void): Model {
  return buildModel({}, (b) => {
    b.input('x', 'float32', ['n', 4]);
    build(b.graph.model);
  });
}

function typesOf(broken: Model, names: readonly string[]): string[] {
  const inference = inferTypes(broken);
  measureWork(broken, inference);
  measureActivations(broken, inference);
  return names.map((name) => typeText(inference, broken.graph.value(name)!));
}

describe('graphs that are wrong', () => {
  test('unsorted ones are taken in the order of what they read', () => {
    const unsorted = model(({ graph }) => {
      attach(graph, 'Relu', ['b'], ['c']);
      attach(graph, 'Transpose', ['a'], ['b']);
      attach(graph, 'Concat', ['x', 'x'], ['a'], [attributeFrom('axis', 1)]);
    });
    expect(typesOf(unsorted, ['a', 'b', 'c'])).toEqual([
      'float32[n, 8]',
      'float32[8, n]',
      'float32[8, n]',
    ]);
  });

  test('of a cycle, what follows does', () => {
    const cycle = model(({ graph }) => {
      attach(graph, 'Add', ['x', 'b'], ['a']);
      attach(graph, 'Relu', ['a'], ['b']);
      attach(graph, 'Neg', ['own'], ['own']);
      attach(graph, 'Transpose', ['x'], ['t']);
    });
    // What is added to x has its element type, whatever it is.
    const types = typesOf(cycle, ['a', 'b', 'own', 't']);
    expect(types).toEqual(['float32', '?', '?', 'float32[4, n]']);
  });

  test('of what is defined twice, readers get the first', () => {
    const twice = model(({ graph }) => {
      attach(graph, 'Transpose', ['x'], ['y']);
      const second = graph.define('y');
      const node = attach(graph, 'Flatten', ['x'], []);
      graph.attach(node, [graph.value('x')!], [second], [attributeFrom('axis', 0)], 'end');
      attach(graph, 'Relu', ['y'], ['z']);
    });
    expect(typesOf(twice, ['y', 'z'])).toEqual(['float32[4, n]', 'float32[4, n]']);
  });

  test('of names that nobody defines, and inputs that are left out, nothing follows', () => {
    const missing = model(({ graph }) => {
      attach(graph, 'Add', ['x', 'nowhere'], ['a']);
      attach(graph, 'Conv', ['x', ''], ['b']);
      attach(graph, 'MatMul', [], ['c']);
      attach(graph, 'Reshape', ['x'], ['d', 'e', 'f']);
      attach(graph, 'If', [], ['g']);
      attach(graph, 'Loop', [], ['h']);
      attach(graph, 'Scan', ['x'], ['i']);
      attach(graph, 'Constant', [], ['j']);
      attach(graph, '', ['x'], ['k']);
      attach(graph, 'Split', ['x'], []);
    });
    expect(typesOf(missing, ['nowhere', 'a', 'd'])).toEqual(['?', 'float32', 'float32']);
  });

  test('attributes of a wrong type are left to another check', () => {
    const wrong = model(({ graph }) => {
      attach(graph, 'Transpose', ['x'], ['y'], [attributeFrom('perm', 'abc')]);
      attach(graph, 'Concat', ['x', 'x'], ['z'], [attributeFrom('axis', { float: 0.5 })]);
      attach(graph, 'Cast', ['x'], ['w'], [attributeFrom('to', [1, 2])]);
      attach(graph, 'Relu', ['x'], ['v']);
    });
    expect(problems(inferTypes(wrong))).toEqual([]);
    expect(typesOf(wrong, ['y', 'v'])).toEqual(['float32', 'float32[n, 4]']);
  });

  test('sizes that are none are unknown', () => {
    const hostile = buildModel({}, (b) => {
      const x = b.input('x', 'float32', [-1, 'n', -5]);
      const sizes = tensorFrom('int64', [2], BigInt64Array.of(-3n, -(2n ** 62n)));
      b.output(b.node('Relu', [x]));
      b.output(b.node('ConstantOfShape', [b.initializer(sizes)]));
    });
    expect(outputTypes(hostile, inferTypes(hostile))).toEqual([
      'float32[?, n, ?]',
      'float32[?, ?]',
    ]);
  });

  test('operator sets that are not imported, or of no version that there is, do no harm', () => {
    for (const opset of [1, 5, 99, 2 ** 31]) {
      const odd = buildModel({ opset }, (b) => {
        b.output(b.node('Softmax', [b.input('x', 'float32', ['n', 4])]));
      });
      expect(outputTypes(odd, inferTypes(odd))).toEqual(['float32[n, 4]']);
    }
    // Without a schema, the element type does not follow; the rule still says the shape.
    for (const opset of [{}, 0, -1]) {
      const none = buildModel({ opset }, (b) => {
        const x = b.input('x', 'float32', ['n', 4]);
        b.output(b.node('Relu', [x]));
        b.output(b.node('Gelu', [x], {}, { domain: 'com.microsoft' }));
      });
      expect(outputTypes(none, inferTypes(none))).toEqual(['?[n, 4]', '?[n, 4]']);
      expect(inferTypes(none).contradictions).toEqual([]);
    }
  });

  test('before IR 3, all operators are of version 1', () => {
    const old = buildModel({ opset: {}, irVersion: 2 }, (b) => {
      b.output(b.node('Relu', [b.input('x', 'float32', ['n', 4])]));
    });
    const inference = inferTypes(old);
    expect(inference.nodeFacts(old.graph.nodes[0]!).schema?.since).toBe(1);
    expect(outputTypes(old, inference)).toEqual(['float32[n, 4]']);
  });
});
