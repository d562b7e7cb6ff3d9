import { describe, expect, test } from 'vitest';
import {
  buildModel,
  checkStructure,
  type GraphBuilder,
  type Model,
  type Value,
  walkNodes,
} from '../../src/graph/index.ts';
import { printModel } from '../../src/text/index.ts';

const count = 20_000;

function chain(): Model {
  return buildModel({}, (b) => {
    let value = b.input('x', 'float32', [1]);
    for (let i = 0; i < count; i += 1) value = b.node('Relu', [value]);
    b.output(value);
  });
}

describe(`a chain of ${count} nodes`, () => {
  test('is built, walked, checked, printed and halved in seconds', () => {
    // About half a second; ten seconds would be quadratic.
    const started = performance.now();
    const model = chain();
    expect([...walkNodes(model)]).toHaveLength(count);
    expect(checkStructure(model)).toEqual([]);
    expect(printModel(model).split('\n')).toHaveLength(count + 6);
    const { graph } = model;
    for (const [at, node] of graph.nodes.entries()) {
      if (at % 2 === 0) continue;
      graph.replaceUses(node.outputs[0]!, node.inputs[0]!);
      graph.removeNode(node);
    }
    expect(graph.nodeCount).toBe(count / 2);
    expect(checkStructure(model)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

test('one value with many readers is replaced in linear time', () => {
  const model = buildModel({}, (b) => {
    const [x, y] = [b.input('x', 'float32'), b.input('y', 'float32')];
    for (let i = 0; i < count; i += 1) b.node('Add', [x, y, x]);
  });
  const [x, y] = model.graph.inputs;
  const started = performance.now();
  model.graph.replaceUses(x!, y!);
  expect([x!.uses.size, y!.uses.size]).toEqual([0, 3 * count]);
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('what deep graphs capture does not pile up', () => {
  const depth = 200;
  const width = 100;
  const nest = (b: GraphBuilder, x: Value, left: number): Value => {
    for (let i = 0; i < width; i += 1) b.node('Add', [x, x]);
    if (left === 0) return b.node('Neg', [x]);
    const body = b.subgraph(`g${left}`, (inner) => inner.output(nest(inner, x, left - 1)));
    return b.node('If', [x], { body });
  };
  const model = buildModel({}, (b) => b.output(nest(b, b.input('x', 'float32'), depth)));
  const started = performance.now();
  expect(checkStructure(model)).toEqual([]);
  expect(performance.now() - started).toBeLessThan(5000);
});
