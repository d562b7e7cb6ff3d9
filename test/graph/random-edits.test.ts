import { describe, expect, test } from 'vitest';
import {
  attributeFrom,
  buildModel,
  checkStructure,
  Graph,
  type Model,
  type Node,
  type Value,
  walkGraphs,
} from '../../src/graph/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { SeededRandom } from '../support/random.ts';
import { brokenInvariants } from './invariants.ts';

/** Makes random edits, legal and not; counts how often each kind was carried out. */
class Editor {
  readonly model: Model;
  readonly done = new Map<string, number>();
  /** What was refused, and should be. */
  refused = 0;
  readonly #random: SeededRandom;
  /** Attributes with graphs that are gone, which may be used again. */
  readonly #spare: Node['attributes'][number][] = [];

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    this.model = buildModel({}, (b) => {
      b.output(b.node('Relu', [b.input('x', 'float32', [1])]));
    });
  }

  step(): void {
    const [name, edit] = this.#random.pick(Object.entries(this.#edits));
    const graph = this.#random.pick([...walkGraphs(this.model)]).graph;
    if (edit(graph)) this.done.set(name, (this.done.get(name) ?? 0) + 1);
  }

  readonly #edits: Record<string, (graph: Graph) => boolean> = {
    addNode: (graph) => this.#addNode(graph, []),
    addNodeAgain: (graph) => this.#addNode(graph, []),
    addNodeWithGraph: (graph) => {
      // Not too many graphs, or most edits would be made in tiny ones.
      if ([...walkGraphs(this.model)].length > 12) return false;
      return this.#addNode(graph, [attributeFrom('body', this.#subgraph(graph))]);
    },
    adoptGraph: (graph) => {
      const at = this.#spare.findIndex(
        (each) =>
          each.type === 'graph' && each.value.parent === graph && readsOnlyWhatIsLeft(each.value),
      );
      if (at < 0) return false;
      return this.#addNode(graph, this.#spare.splice(at, 1));
    },
    takeOver: (graph) => {
      const value = this.#one(this.#produced(graph));
      if (value === null) return false;
      graph.addNode({ opType: 'Take', inputs: [this.#visible(graph)], outputs: [value] });
      return true;
    },
    removeNode: (graph) => {
      const node = this.#one(graph.nodes);
      if (node === null) return false;
      const isUsed = node.outputs.some((value) => value !== null && value.uses.size > 0);
      if (isUsed) return this.#refuses(() => graph.removeNode(node));
      graph.removeNode(node);
      this.#spare.push(...node.attributes.filter((each) => each.type === 'graph'));
      return true;
    },
    removeAttribute: (graph) => {
      const node = this.#one(graph.nodes.filter((each) => each.subgraphs.length > 0));
      if (node === null) return false;
      this.#spare.push(...node.attributes.filter((each) => each.type === 'graph'));
      graph.removeAttribute(node, 'body');
      return true;
    },
    replaceAttribute: (graph) => {
      const node = this.#one(graph.nodes.filter((each) => each.subgraphs.length > 0));
      if (node === null) return false;
      graph.setAttribute(node, attributeFrom('body', this.#subgraph(graph)));
      return true;
    },
    moveNode: (graph) => {
      const [node, other] = [this.#one(graph.nodes), this.#one(graph.nodes)];
      if (node === null || other === null) return false;
      graph.moveNode(node, this.#random.pick([{ before: other }, { after: other }, 'end']));
      return true;
    },
    setInput: (graph) => {
      const node = this.#one(graph.nodes);
      if (node === null) return false;
      graph.setInput(node, this.#random.below(4), this.#visible(graph));
      return true;
    },
    replaceUses: (graph) => {
      const from = this.#one([...graph.values()]);
      const to = this.#visible(graph);
      if (from === null || to === null) return false;
      // A graph may not return what belongs to a graph around it.
      const keepOutputs = to.graph !== graph || this.#random.below(2) === 0;
      graph.replaceUses(from, to, { keepOutputs });
      return true;
    },
    renameValue: (graph) => {
      const value = this.#one([...graph.values()]);
      if (value === null) return false;
      const other = this.#one([...graph.values()]);
      if (other !== null && other !== value && this.#random.below(4) === 0) {
        return this.#refuses(() => graph.renameValue(value, other.name));
      }
      graph.renameValue(
        value,
        this.model.names.allocate(this.#random.pick(['v', 'w', value.name])),
      );
      return true;
    },
    addInput: (graph) => {
      const constant = this.#one(graph.initializers.filter((each) => !each.isInput));
      const name = constant?.name ?? this.model.names.allocate('input');
      graph.addInput(name, null);
      return true;
    },
    removeInput: (graph) => {
      const value = this.#one(graph.inputs);
      if (value === null) return false;
      const isUsed = value.uses.size > 0 && value.initializer === null;
      if (isUsed) return this.#refuses(() => graph.removeInput(value));
      graph.removeInput(value);
      return true;
    },
    addInitializer: (graph) => {
      graph.addInitializer(this.model.names.allocate('constant'), constant);
      return true;
    },
    setInitializer: (graph) => {
      const value = this.#one([...graph.values()]);
      if (value === null) return false;
      graph.setInitializer(value, constant);
      return true;
    },
    removeInitializer: (graph) => {
      const value = this.#one(graph.initializers);
      if (value === null) return false;
      const isUsed = value.uses.size > 0 && !value.isInput;
      if (isUsed) return this.#refuses(() => graph.removeInitializer(value));
      graph.removeInitializer(value);
      return true;
    },
    addOutput: (graph) => {
      const value = this.#one([...graph.values()]);
      if (value === null || graph.outputs.length > 4) return false;
      graph.addOutput(value);
      return true;
    },
    setOutput: (graph) => {
      const value = this.#one([...graph.values()]);
      if (value === null || graph.outputs.length === 0) return false;
      graph.setOutput(this.#random.below(graph.outputs.length), value);
      return true;
    },
    removeOutput: (graph) => {
      if (graph.outputs.length === 0) return false;
      graph.removeOutput(this.#random.below(graph.outputs.length));
      return true;
    },
  };

  #addNode(graph: Graph, attributes: Node['attributes']): boolean {
    const inputs = Array.from({ length: this.#random.below(4) }, () => this.#visible(graph));
    const { names } = this.model;
    const outputs = Array.from({ length: this.#random.below(3) }, () => names.allocate('v'));
    if (this.#random.below(5) === 0) outputs.unshift('');
    const beside = this.#one(graph.nodes);
    const position =
      beside === null ? 'end' : this.#random.pick([{ before: beside }, 'end'] as const);
    graph.addNode({ opType: 'Op', inputs, outputs, attributes }, position);
    return true;
  }

  #subgraph(parent: Graph): Graph {
    const graph = new Graph(this.model, 'subgraph', parent);
    for (let i = 0; i < 3; i += 1) this.#addNode(graph, []);
    const value = this.#one([...graph.values()]);
    if (value !== null) graph.addOutput(value);
    return graph;
  }

  /** A value that nodes of the graph may read, or null for an input that is left out. */
  #visible(graph: Graph): Value | null {
    const values: Value[] = [];
    for (let at: Graph | null = graph; at !== null; at = at.parent) values.push(...at.values());
    return this.#random.below(8) === 0 ? null : this.#one(values);
  }

  #produced(graph: Graph): Value[] {
    return [...graph.values()].filter((value) => value.producer !== null);
  }

  #one<T>(items: readonly T[]): T | null {
    return items.length === 0 ? null : this.#random.pick(items);
  }

  #refuses(edit: () => void): false {
    expect(edit).toThrow();
    this.refused += 1;
    return false;
  }
}

/** Whether all that a graph reads, which no node owns now, is still there. */
function readsOnlyWhatIsLeft(graph: Graph): boolean {
  return graph.nodes.every(
    (node) =>
      node.inputs.every((value) => value === null || graph.resolve(value.name) === value) &&
      node.subgraphs.every(readsOnlyWhatIsLeft),
  );
}

const constant = tensorFrom('float32', [1], Float32Array.of(1));

describe('after any edits, uses, producers, links and names agree', () => {
  test.each(Array.from({ length: 20 }, (_, seed) => seed))('seed %i', (seed) => {
    const editor = new Editor(seed);
    for (let i = 0; i < 300; i += 1) {
      editor.step();
      expect(brokenInvariants(editor.model)).toEqual([]);
    }
    // The edits do not care for order, which is all that may be wrong then.
    const codes = checkStructure(editor.model).map(({ code }) => code);
    expect(codes.filter((code) => code !== 'node-order' && code !== 'graph-cycle')).toEqual([]);
  });

  test('the edits are of every kind', () => {
    const counts = new Map<string, number>();
    let refused = 0;
    for (let seed = 100; seed < 104; seed += 1) {
      const editor = new Editor(seed);
      for (let i = 0; i < 600; i += 1) editor.step();
      for (const [name, count] of editor.done) counts.set(name, (counts.get(name) ?? 0) + count);
      refused += editor.refused;
    }
    expect([...counts.keys()]).toHaveLength(20);
    expect(Math.min(...counts.values())).toBeGreaterThan(5);
    expect(refused).toBeGreaterThan(50);
  });
});
