import { describe, expect, test } from 'vitest';
import { buildModel, executionOrder, type Graph, type Node } from '../../src/graph/index.ts';
import { SeededRandom } from '../support/random.ts';

/** Adds nodes by name in file order; a node's output has its name, and it reads those of others. */
function graphOf(nodes: Readonly<Record<string, readonly string[]>>): Graph {
  const { graph } = buildModel({}, () => {});
  const made = Object.keys(nodes).map((name) => {
    return graph.addNode({ opType: 'Op', name, inputs: [], outputs: [name] });
  });
  for (const node of made) {
    for (const [at, input] of (nodes[node.name] ?? []).entries()) {
      graph.setInput(node, at, graph.value(input) ?? null);
    }
  }
  return graph;
}

function namesOf(nodes: readonly Node[]): string {
  return nodes.map(({ name }) => name).join(' ');
}

describe('executionOrder', () => {
  test('is the list of the graph itself when that is sorted', () => {
    const graph = graphOf({ a: [], b: ['a'], c: ['a', 'b'] });
    expect(executionOrder(graph)).toBe(graph.nodes);
  });

  test('puts what is read before its readers, otherwise in file order', () => {
    expect(namesOf(executionOrder(graphOf({ c: ['b'], b: ['a'], a: [], d: [] })))).toBe('a b c d');
    expect(namesOf(executionOrder(graphOf({ d: [], c: ['a', 'b'], b: [], a: [] })))).toBe(
      'd a b c',
    );
  });

  test('counts what subgraphs read, however deep, and what they return', () => {
    const { graph } = buildModel({}, (b) => {
      const condition = b.input('cond', 'bool', []);
      const branch = b.graph.addNode({
        opType: 'If',
        name: 'if',
        inputs: [condition],
        outputs: ['y'],
      });
      const late = b.node('Relu', [condition], {}, { name: 'late' });
      const last = b.node('Neg', [condition], {}, { name: 'last' });
      const then_branch = b.subgraph('yes', (inner) => {
        const deep = inner.subgraph('deep', (most) => most.output(most.node('Abs', [late])));
        inner.output(inner.node('If', [condition], { then_branch: deep }, { name: 'inner' }));
      });
      const else_branch = b.subgraph('no', (inner) => inner.output(last));
      for (const [name, value] of Object.entries({ then_branch, else_branch })) {
        b.graph.setAttribute(branch, { name, type: 'graph', value });
      }
    });
    expect(namesOf(executionOrder(graph))).toBe('late last if');
  });

  test('has every node of a cycle once, and all others in order', () => {
    const order = executionOrder(graphOf({ z: ['y'], a: ['b'], b: ['a'], own: ['own'], y: [] }));
    expect(order.map(({ name }) => name).toSorted()).toEqual(['a', 'b', 'own', 'y', 'z']);
    expect(namesOf(order.filter(({ name }) => name === 'y' || name === 'z'))).toBe('y z');
  });

  test('of random graphs in random order has each node after its sources', () => {
    const random = new SeededRandom(7);
    for (let round = 0; round < 50; round += 1) {
      const count = 1 + random.below(40);
      const names = Array.from({ length: count }, (_, at) => `n${at}`);
      const reads = names.map((_, at) => names.slice(0, at).filter(() => random.below(6) === 0));
      const shuffled = names
        .map((name, at) => ({ name, at, key: random.next() }))
        .toSorted((a, b) => a.key - b.key);
      const graph = graphOf(Object.fromEntries(shuffled.map(({ name, at }) => [name, reads[at]!])));
      const order = executionOrder(graph);
      expect(new Set(order).size).toBe(count);
      const places = new Map(order.map((node, at) => [node.name, at]));
      for (const [at, name] of names.entries()) {
        for (const read of reads[at]!) expect(places.get(read)).toBeLessThan(places.get(name)!);
      }
    }
  });

  test('of a chain of 20,000 nodes in reverse needs no deep stack', () => {
    const { graph } = buildModel({}, () => {});
    const nodes = Array.from({ length: 20_000 }, (_, at) => {
      return graph.addNode({ opType: 'Op', name: `n${at}`, inputs: [], outputs: [`v${at}`] });
    });
    for (const [at, node] of nodes.entries()) {
      const next = nodes[at + 1]?.outputs[0];
      if (next) graph.setInput(node, 0, next);
    }
    const order = executionOrder(graph);
    expect(order[0]).toBe(nodes.at(-1));
    expect(order.at(-1)).toBe(nodes[0]);
  });
});
