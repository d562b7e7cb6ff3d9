import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  attributeFrom,
  buildModel,
  type GraphBuilder,
  type Model,
  type Value,
  walkGraphs,
} from '../../src/graph/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { filesBelow, fixtures } from '../support/files.ts';
import { writeModel } from '../support/write-model.ts';
import { classesOf, diffBuilt, diffEdited, diffFiles } from './diff-pair.ts';

const digits = path.join(fixtures, 'digits');
const vit = path.join(digits, 'digits-vit-torchscript-opset13.onnx');
const models = filesBelow(path.join(fixtures, 'models'), '.onnx').filter(
  (file) => !file.includes('broken'),
);

/** A chain of products, alike but for their weights, whose names may begin with anything. */
function chain(
  edit: (b: GraphBuilder, x: Value, at: number) => Value = (_b, x) => x,
  prefix = '',
  alphas: readonly number[] = [],
): Model {
  return buildModel({ opset: 17 }, (b) => {
    let x = b.input('x', 'float32', ['n', 8]);
    for (let at = 0; at < 12; at += 1) {
      const values = Float32Array.from({ length: 64 }, (_, index) => Math.sin(64 * at + index));
      const weight = b.initializer(tensorFrom('float32', [8, 8], values, `${prefix}w${at}`));
      const product = b.node(
        'MatMul',
        [x, weight],
        {},
        {
          name: `${prefix}mm${at}`,
          outputs: [`${prefix}m${at}`],
        },
      );
      const leaky = b.node(
        'LeakyRelu',
        [product],
        { alpha: alphas[at] ?? 0.25 },
        {
          name: `${prefix}lk${at}`,
          outputs: [`${prefix}l${at}`],
        },
      );
      const sum = b.node(
        'Add',
        [x, leaky],
        {},
        {
          name: `${prefix}ad${at}`,
          outputs: [`${prefix}a${at}`],
        },
      );
      x = edit(b, sum, at);
    }
    b.output(b.node('Identity', [x], {}, { name: 'last', outputs: ['y'] }), 'float32', ['n', 8]);
  });
}

describe.each([
  ['the same names', ''],
  ['other names', 'other_'],
])('with %s', (_name, prefix) => {
  const renames = prefix === '' ? [] : ['renamed'];

  test('nodes added in three places are told, and nothing else', async () => {
    const after = chain(
      (b, x, at) => (at % 5 === 2 ? b.node('Tanh', [x], {}, { name: `extra${at}` }) : x),
      prefix,
    );
    const report = await diffBuilt(chain(), after);
    expect(report.equivalence).toBe('different');
    expect(classesOf(report)).toEqual(['nodesAdded', ...renames]);
    expect(report.nodesAdded).toEqual([
      {
        op: 'Tanh',
        nodes: [2, 7].map((at) => ({ graph: 'main', node: `Tanh "extra${at}"` })),
      },
    ]);
    expect(report.matchedNodes).toBe(37);
    const removed = await diffBuilt(after, chain());
    expect(classesOf(removed)).toEqual(['nodesRemoved', ...renames]);
    expect(removed.nodesRemoved).toEqual(report.nodesAdded);
  });

  test('attributes changed in two places', async () => {
    const alphas = Array.from({ length: 12 }, (_, at) => (at === 3 || at === 9 ? 0.5 : 0.25));
    const report = await diffBuilt(chain(), chain(undefined, prefix, alphas));
    expect(classesOf(report)).toEqual(['attributes', ...renames]);
    expect(report.attributes).toEqual(
      [3, 9].map((at) => ({
        graph: 'main',
        node: `LeakyRelu "lk${at}"`,
        attribute: 'alpha',
        before: '0.25',
        after: '0.5',
      })),
    );
  });

  test('a node of another operator in the same place', async () => {
    const double = (op: string) => (b: GraphBuilder, x: Value, at: number) =>
      at === 4 ? b.node(op, [x], {}, { name: op, outputs: [`mid${prefix}`] }) : x;
    const report = await diffBuilt(chain(double('Tanh')), chain(double('Sigmoid'), prefix));
    expect(report.replaced).toEqual([
      { graph: 'main', before: 'Tanh "Tanh"', after: 'Sigmoid "Sigmoid"' },
    ]);
    expect(classesOf(report)).toEqual([...renames, 'replaced'].toSorted());
  });
});

describe('matching', () => {
  /** Query, key and value: alike in all but their weights. */
  const attention = (names: readonly string[], order: readonly number[], swapped = false): Model =>
    buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', ['n', 8]);
      const made: Value[] = [];
      for (const at of order) {
        const values = Float32Array.from({ length: 64 }, (_, index) => Math.cos(100 * at + index));
        const name = names[at] ?? '';
        const weight = b.initializer(tensorFrom('float32', [8, 8], values, `w_${name}`));
        made[at] = b.node('MatMul', [x, weight], {}, { name, outputs: [`out_${name}`] });
      }
      const [q, k, v] = made as [Value, Value, Value];
      const sum = b.node('Add', swapped ? [k, q] : [q, k], {}, { outputs: ['sum'] });
      b.output(b.node('Sub', [sum, v], {}, { outputs: ['y'] }), 'float32', ['n', 8]);
    });

  test('tells branches that are alike by their weights where names mislead', async () => {
    const before = attention(['1', '2', '3'], [0, 1, 2]);
    const report = await diffBuilt(before, attention(['2', '3', '1'], [2, 1, 0]));
    expect(report.equivalence).toBe('same-graph');
    expect(report.weights.changed).toEqual([]);
  });

  test('takes operands that may be exchanged in either order', async () => {
    const before = attention(['q', 'k', 'v'], [0, 1, 2]);
    const report = await diffBuilt(before, attention(['q', 'k', 'v'], [0, 1, 2], true));
    expect(report.equivalence).toBe('same-graph');
    expect(report.annotations).toEqual([{ what: 'order of operands', differing: 1 }]);
  });

  test('tells operands that may not be exchanged', async () => {
    const build = (isSwapped: boolean): Model =>
      buildModel({}, (b) => {
        const x = b.input('x', 'float32', [2]);
        const y = b.input('y', 'float32', [2]);
        b.output(b.node('Sub', isSwapped ? [y, x] : [x, y], {}, { name: 'sub', outputs: ['z'] }));
      });
    const report = await diffBuilt(build(false), build(true));
    expect(report.equivalence).toBe('different');
    expect(report.rewired.map(({ index, before, after }) => [index, before, after])).toEqual([
      [0, 'x', 'y'],
      [1, 'y', 'x'],
    ]);
  });

  test('takes an attribute for the same that is written with its default', async () => {
    const build = (attributes: Record<string, number | string>): Model =>
      buildModel({ opset: 17 }, (b) => {
        const x = b.input('x', 'float32', [2, 2]);
        b.output(b.node('Gemm', [x, x], attributes, { name: 'g', outputs: ['y'] }));
      });
    expect((await diffBuilt(build({}), build({ transA: 0 }))).equivalence).toBe('identical');
    expect((await diffBuilt(build({}), build({ transA: 1 }))).attributes).toEqual([
      { graph: 'main', node: 'Gemm "g"', attribute: 'transA', before: null, after: '1' },
    ]);
  });

  test('takes a Constant node for a constant', async () => {
    const build = (isNode: boolean): Model =>
      buildModel({ opset: 17 }, (b) => {
        const x = b.input('x', 'float32', [2]);
        const tensor = tensorFrom('float32', [2], Float32Array.of(1, 2), 'c');
        const c = isNode
          ? b.node('Constant', [], { value: tensor }, { outputs: ['c'] })
          : b.initializer(tensor);
        b.output(b.node('Mul', [x, c], {}, { name: 'mul', outputs: ['y'] }));
      });
    const report = await diffBuilt(build(true), build(false));
    expect(report.moved).toEqual([{ graph: 'main', name: 'c', before: 'node', after: 'model' }]);
    expect(report.equivalence).toBe('same-graph');
  });

  test('tells operators whose definition is another one, and no others', async () => {
    const build = (opset: number): Model =>
      buildModel({ opset }, (b) => {
        const x = b.input('x', 'float32', [2, 2]);
        const soft = b.node('Softmax', [x], { axis: 1 }, { name: 's', outputs: ['s'] });
        b.output(b.node('Tanh', [soft], {}, { name: 't', outputs: ['y'] }));
      });
    // ONNX brought a new Softmax with 13 and a new Tanh with 13; neither with 14.
    expect((await diffBuilt(build(13), build(14))).equivalence).toBe('same-graph');
    expect((await diffBuilt(build(12), build(13))).versions).toEqual([
      { op: 'Softmax', before: 11, after: 13, nodes: 1 },
      { op: 'Tanh', before: 6, after: 13, nodes: 1 },
    ]);
  });

  test('goes into subgraphs, and follows what they capture', async () => {
    const file = path.join(fixtures, 'models', 'if-capture.onnx');
    const report = await diffEdited(file, (model) => {
      for (const { graph, path: where } of walkGraphs(model)) {
        const [node] = graph.nodes;
        if (where !== 'main' && node !== undefined && node.outputs[0]) {
          graph.setAttribute(node, attributeFrom('odd', 1));
          return;
        }
      }
    });
    expect(report.attributes).toHaveLength(1);
    expect(report.attributes[0]?.graph).toMatch(/^main\//);
    expect(classesOf(report)).toEqual(['attributes']);
  });

  test('goes into functions', async () => {
    const file = path.join(fixtures, 'models', 'function.onnx');
    const report = await diffEdited(file, (model) => {
      const [definition] = model.functions;
      const [node] = definition!.body.nodes;
      definition!.body.setAttribute(node!, attributeFrom('odd', 1));
      definition!.docString = 'doubles';
    });
    expect(report.attributes.map(({ graph, attribute }) => [graph, attribute])).toEqual([
      ['function local.Twice', 'odd'],
    ]);
    expect(report.metadata).toHaveLength(1);
    const gone = await diffEdited(file, (model) => {
      model.functions = [];
    });
    expect(gone.functionsRemoved).toEqual(['local.Twice']);
  });

  test('is the same in both directions, of models that have little in common', async () => {
    for (const [at, file] of models.entries()) {
      const other = models[(at + 1) % models.length] ?? file;
      const [one, two] = [await diffFiles(file, other), await diffFiles(other, file)];
      expect([file, one.equivalence]).toEqual([file, two.equivalence]);
    }
  });

  test('finds what two exporters made of one network', async () => {
    const report = await diffFiles(vit, path.join(digits, 'digits-vit-dynamo-opset20.onnx'));
    expect(report.equivalence).toBe('different');
    // All weights of the network, which both exporters name in their own ways.
    const parameters = 68_000;
    expect(report.weights.changed).toEqual([]);
    expect(report.constantsRemoved.every(({ shape }) => sizeOf(shape) < 64)).toBe(true);
    expect(report.before.sizeBytes).toBeGreaterThan(4 * parameters);
    const pairs = report.replaced.map((each) => each.after.split(' ')[0]);
    expect(pairs.filter((op) => op === 'LayerNormalization')).toHaveLength(5);
    expect(pairs.filter((op) => op === 'Gelu')).toHaveLength(2);
  });

  test('stays quick on thousands of nodes', async () => {
    const build = (prefix: string): Model =>
      buildModel({ opset: 17 }, (b) => {
        let x = b.input('x', 'float32', [4]);
        for (let at = 0; at < 4000; at += 1) {
          const y = b.node('Relu', [x], {}, { outputs: [`${prefix}r${at}`] });
          const isExtra = prefix !== '' && at % 1000 === 500;
          const z = isExtra ? b.node('Tanh', [y], {}, { outputs: [`${prefix}t${at}`] }) : y;
          x = b.node('Add', [x, z], {}, { outputs: [`${prefix}a${at}`] });
        }
        b.output(x, 'float32', [4]);
      });
    const [before, after] = [writeModel(build('')), writeModel(build('p'))];
    const start = performance.now();
    const report = await diffFiles(before, after);
    // A third of a second on an old laptop; this is against what grows with the square.
    expect(performance.now() - start).toBeLessThan(8000);
    expect(report.matchedNodes).toBe(8000);
    expect(report.nodesAdded.map(({ op, nodes }) => [op, nodes.length])).toEqual([['Tanh', 4]]);
  });
});

function sizeOf(shape: readonly (number | string | null)[]): number {
  return shape.reduce<number>((product, size) => product * Number(size), 1);
}
