import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildModel, type Model, type Value, walkGraphs } from '../../src/graph/index.ts';
import { presentDiff } from '../../src/inspect/present-diff.ts';
import { openModel, saveModel } from '../../src/onnx/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { filesBelow, fixtures, shared, temporaryFolder } from '../support/files.ts';
import { foreignBytes } from '../support/protobuf.ts';
import { SeededRandom } from '../support/random.ts';
import { writeModel } from '../support/write-model.ts';
import { classesOf, diffBuilt, diffEdited, diffFiles } from './diff-pair.ts';

const digits = path.join(fixtures, 'digits');
const cnn = path.join(digits, 'digits-cnn-torchscript-opset13.onnx');
const vit = path.join(digits, 'digits-vit-torchscript-opset13.onnx');
const models = filesBelow(fixtures, '.onnx').filter(
  (file) => !file.includes('broken') && !file.includes(`${path.sep}formats${path.sep}`),
);

describe.each(models.map((file) => [path.basename(file), file]))('%s', (_name, file) => {
  test('is identical to itself', async () => {
    const report = await diffFiles(file, file);
    expect(report.equivalence).toBe('identical');
    expect(report.verdict).toBe('same');
    expect(report.matchedNodes).toBe(report.before.nodes);
    expect(classesOf(report)).toEqual([]);
    expect(report.weights.compared).toBe(report.weights.equal);
  });

  test('is the same graph under other names', async () => {
    const report = await diffEdited(file, (model) => renameAll(model));
    expect(report.equivalence).toBe('same-graph');
    expect(report.matchedNodes).toBe(report.before.nodes);
    expect(classesOf(report).filter((each) => each !== 'renamed')).toEqual([]);
  });
});

/** Gives every value and node another name; what callers see included. */
function renameAll(model: Model): void {
  let count = 0;
  for (const { graph } of walkGraphs(model)) {
    for (const value of graph.values()) {
      if (!value.isDefined || value.name === '') continue;
      graph.renameValue(value, `renamed_${count}`);
      count += 1;
    }
    for (const node of graph.nodes) graph.renameNode(node, `node_${count}`);
  }
}

describe('copies', () => {
  test('with another name of an output', async () => {
    const report = await diffEdited(cnn, (model) => {
      const [output] = model.graph.outputs;
      model.graph.renameValue(output!, 'scores');
    });
    expect(report.equivalence).toBe('same-graph');
    expect(report.renamed).toEqual([
      { what: 'output', graph: 'main', before: 'logits', after: 'scores' },
    ]);
  });

  test('with other metadata', async () => {
    const report = await diffEdited(cnn, (model) => {
      model.metadata = [['key', 'value']];
      model.docString = 'about';
      model.irVersion = 8;
    });
    expect(report.equivalence).toBe('same-graph');
    expect(report.metadata).toEqual([
      { what: 'IR version', before: '7', after: '8' },
      { what: 'documentation', before: null, after: 'about' },
      { what: 'metadata key', before: null, after: 'value' },
    ]);
  });

  test('with weights in a data file', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'model.onnx');
    const open = openModel(cnn);
    await saveModel(open.model, file, { external: { file: 'model.data' } });
    open.close();
    const report = await diffFiles(cnn, file);
    expect(report.equivalence).toBe('same-graph');
    expect(classesOf(report)).toEqual(['moved']);
    expect(
      report.moved.every((each) => each.before === 'model' && each.after === 'data-file'),
    ).toBe(true);
    expect(report.weights.equal).toBe(report.before.constants);
    // The same data file under two models is not read.
    const twin = path.join(folder, 'twin.onnx');
    fs.copyFileSync(file, twin);
    fs.truncateSync(path.join(folder, 'model.data'), 0);
    expect((await diffFiles(file, twin)).equivalence).toBe('identical');
    // A data file that is cut off makes it undecided, not equal and not an error.
    const cut = await diffFiles(cnn, file);
    expect(cut.verdict).toBe('inconclusive');
    expect(cut.weights.unreadable.length).toBe(report.moved.length);
  });

  test('with a fixed size', async () => {
    const report = await diffEdited(cnn, ({ graph }) => {
      const [input] = graph.inputs;
      graph.setType(input!, { kind: 'tensor', elementType: 'float32', shape: [1, 1, 8, 8] });
    });
    expect(report.equivalence).toBe('different');
    expect(report.inputs).toEqual([
      { name: 'input', what: 'shape', before: '[batch, 1, 8, 8]', after: '[1, 1, 8, 8]' },
    ]);
    expect(classesOf(report)).toEqual(['inputs']);
  });

  test('with another name of a size', async () => {
    const report = await diffEdited(cnn, ({ graph }) => {
      for (const value of [...graph.inputs, ...graph.outputs]) {
        if (value.type?.kind !== 'tensor') continue;
        const shape = value.type.shape?.map((size) => (size === 'batch' ? 'n' : size)) ?? null;
        graph.setType(value, { ...value.type, shape });
      }
    });
    expect(report.equivalence).toBe('same-graph');
    expect(report.renamed).toEqual([
      { what: 'dimension', graph: 'main', before: 'batch', after: 'n' },
    ]);
  });

  test('with nodes in another order', async () => {
    const build = (order: readonly string[]): Model =>
      buildModel({}, (b) => {
        const x = b.input('x', 'float32', [2]);
        const made = new Map<string, Value>();
        for (const op of order) made.set(op, b.node(op, [x], {}, { name: op, outputs: [op] }));
        b.output(b.node('Add', [made.get('Relu')!, made.get('Tanh')!], {}, { outputs: ['y'] }));
      });
    const report = await diffBuilt(build(['Relu', 'Tanh']), build(['Tanh', 'Relu']));
    expect(report.equivalence).toBe('same-graph');
    expect(classesOf(report)).toEqual(['reordered']);
  });
});

describe('the interface', () => {
  const build = (inputs: readonly string[], isDefault = false): Model =>
    buildModel({ opset: 17 }, (b) => {
      const values = inputs.map((name) => b.input(name, 'float32', [2]));
      const c = b.initializer(tensorFrom('float32', [2], Float32Array.of(1, 2), 'c'));
      if (isDefault) b.graph.addInput('c', null);
      b.output(b.node('Sum', [...values, c], {}, { name: 'sum', outputs: ['y'] }));
    });

  test('inputs that are added, removed and moved', async () => {
    const added = await diffBuilt(build(['a', 'b']), build(['n', 'a', 'b']));
    expect(added.inputs).toEqual([{ name: 'n', what: 'added', before: null, after: 'float32[2]' }]);
    const moved = await diffBuilt(build(['a', 'b']), build(['b', 'a']));
    expect(moved.inputs.map(({ name, what }) => [name, what])).toEqual([
      ['a', 'position'],
      ['b', 'position'],
    ]);
  });

  test('a broken model that gives a name twice is still identical to itself', async () => {
    const value = (name: string): object => ({ name, type: { tensor_type: { elem_type: 1 } } });
    const bytes = foreignBytes('ModelProto', {
      ir_version: 8,
      opset_import: [{ version: 17 }],
      graph: {
        node: [{ op_type: 'Add', input: ['x', 'x'], output: ['y'] }],
        input: [value('x'), value('x'), value('x')],
        output: [value('y'), value('y')],
      },
    });
    const file = writeModel(bytes);
    expect((await diffFiles(file, file)).equivalence).toBe('identical');
  });

  test('constants that callers may override', async () => {
    const report = await diffBuilt(build(['a']), build(['a'], true));
    expect(report.inputs).toEqual([
      { name: 'c', what: 'default', before: 'is fixed', after: 'may be overridden' },
    ]);
    expect(report.equivalence).toBe('different');
  });
});

test('the account of it: a summary, lists of up to 30 rows, a conclusion', async () => {
  const report = await diffEdited(vit, (model) => {
    renameAll(model);
    model.producerName = 'somebody';
  });
  const text = JSON.stringify(presentDiff(report));
  expect(report.renamed.length).toBeGreaterThan(100);
  expect(text).toContain(`and ${report.renamed.length - 30} more (--json lists all)`);
  expect(text).toContain('the models compute the same');
  expect(text).toContain('somebody');
  expect(presentDiff(undefined)).toEqual([]);
});

const real = filesBelow(path.join(shared, 'models'), '.onnx');

describe.skipIf(real.length === 0)('real models', () => {
  test('are identical to themselves, and the same under other names', async () => {
    const random = new SeededRandom(11);
    for (let round = 0; round < 8; round += 1) {
      const file = random.pick(real);
      let renamed: Awaited<ReturnType<typeof diffEdited>>;
      try {
        renamed = await diffEdited(file, (model) => renameAll(model));
      } catch {
        // No ONNX model, or one that names what it does not define.
        continue;
      }
      expect([file, renamed.equivalence]).toEqual([file, 'same-graph']);
      expect([file, (await diffFiles(file, file)).equivalence]).toEqual([file, 'identical']);
    }
  }, 30_000);

  const mnist = path.join(shared, 'models', 'mnist-8', 'model.onnx');
  const optimized = path.join(shared, 'models', 'mnist-opt-wonnx', 'model.onnx');

  test.skipIf(!fs.existsSync(mnist) || !fs.existsSync(optimized))(
    'an optimizer that draws biases into convolutions',
    async () => {
      const report = await diffFiles(mnist, optimized);
      expect(report.nodesRemoved.map(({ op, nodes }) => [op, nodes.length])).toEqual([
        ['Add', 2],
        ['MatMul', 1],
        ['Reshape', 1],
      ]);
      expect(report.rewired.map(({ node, index, before }) => [node, index, before])).toEqual([
        ['Conv "Convolution28"', 2, null],
        ['Conv "Convolution110"', 2, null],
      ]);
      expect(report.weights.changed).toEqual([]);
    },
  );
});
