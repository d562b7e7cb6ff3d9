import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildModel } from '../../src/graph/index.ts';
import type { TensorStats } from '../../src/inspect/index.ts';
import { memoryStorage, stringTensor, Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { root } from '../support/files.ts';
import { writeModel } from '../support/write-model.ts';
import { inspectFile } from './inspect-file.ts';

type GoldenValue = readonly [name: string, type: string, shape: readonly unknown[] | null];

interface GoldenFacts {
  readonly irVersion: number;
  readonly producer: string;
  readonly opsets: Readonly<Record<string, number>>;
  readonly nodes: number;
  readonly operators: Readonly<Record<string, number>>;
  readonly inputs: readonly GoldenValue[];
  readonly outputs: readonly GoldenValue[];
  readonly initializers: Readonly<
    Record<string, { dtype: string; shape: readonly number[]; stats: TensorStats | null }>
  >;
}

/** What the onnx package says; see bench/make-inspect-golden.py. */
const golden = JSON.parse(
  fs.readFileSync(new URL('golden/onnx-facts.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, GoldenFacts>>;

describe.each(Object.entries(golden))('%s', (file, expected) => {
  test('has the facts that onnx finds', async () => {
    const report = await inspectFile(path.join(root, file));
    expect(report).toMatchObject({
      irVersion: expected.irVersion,
      producer: expected.producer,
      opsets: expected.opsets,
      nodes: expected.nodes,
      operators: expected.operators,
    });
    const { inputs, outputs } = report;
    expect(inputs.map(({ name, type, shape }) => [name, type, shape])).toEqual(expected.inputs);
    expect(outputs.map(({ name, type, shape }) => [name, type, shape])).toEqual(expected.outputs);
    expect(report.findings.filter((finding) => finding.severity === 'error')).toEqual([]);
  });

  test('has the constants and values that onnx finds', async () => {
    const { tensors = [] } = await inspectFile(path.join(root, file), { stats: true });
    const found = tensors.filter((each) => each.source === 'initializer' && each.graph === 'main');
    expect(found.map((each) => each.name).toSorted()).toEqual(
      Object.keys(expected.initializers).toSorted(),
    );
    for (const { name, dtype, shape, stats } of found) {
      const facts = expected.initializers[name];
      expect({ dtype, shape }).toEqual({ dtype: facts?.dtype, shape: facts?.shape });
      if (!facts?.stats || !stats) {
        expect(stats ?? null).toBe(facts?.stats ?? null);
        continue;
      }
      const { mean, min, max, ...counts } = stats;
      const { mean: expectedMean, min: least, max: greatest, ...expectedCounts } = facts.stats;
      expect(counts).toEqual(expectedCounts);
      // Integers beyond 2^53 are text in the golden file.
      expect([String(min), String(max)]).toEqual([String(least), String(greatest)]);
      const scale = Math.max(Math.abs(Number(least)), Math.abs(Number(greatest)));
      expect(Math.abs((mean ?? 0) - (expectedMean ?? 0))).toBeLessThanOrEqual(1e-9 * scale);
    }
  });
});

const floats = (name: string, dims: readonly number[]): Tensor =>
  tensorFrom('float32', dims, new Float32Array(dims.reduce((a, b) => a * b, 1)), name);

describe('constants', () => {
  const model = buildModel({ opset: 21, irVersion: 10 }, (b) => {
    const x = b.input('x', 'float32', ['n', 8]);
    const weight = b.initializer(tensorFrom('int8', [8, 4], new Int8Array(32), 'weight'));
    const scale = b.initializer(floats('scale', [4]));
    const zero = b.initializer(tensorFrom('int8', [4], new Int8Array(4), 'zero'));
    const real = b.node('DequantizeLinear', [weight, scale, zero], { axis: 1 });
    const product = b.node('MatMul', [x, real]);
    const bias = b.node('Constant', [], { value: floats('', [4]) });
    const biased = b.node('Add', [product, bias]);
    const shape = b.initializer(tensorFrom('int64', [2], BigInt64Array.of(-1n, 4n), 'shape'));
    b.initializer(stringTensor([2], ['a', 'bc'], 'words'));
    b.initializer(floats('unused', [3]));
    b.output(b.node('Reshape', [biased, shape], {}, { outputs: ['y'] }), 'float32', ['n', 4]);
    const words = b.graph.value('words');
    if (words) b.output(words, 'string', [2]);
  });

  test('are parameters, or what their use and type makes of them', async () => {
    const report = await inspectFile(writeModel(model), { tensors: true });
    const roles = report.tensors?.map(({ name, role, bytes }) => [name, role, bytes]);
    expect(roles).toEqual([
      ['weight', 'parameter', 32],
      ['constant_out', 'parameter', 16],
      ['scale', 'quantization', 16],
      ['shape', 'index', 16],
      ['unused', 'unused', 12],
      ['zero', 'quantization', 4],
      ['words', 'text', 3],
    ]);
    // 8 × 4 weights and 4 of the bias, of 1 and 4 bytes.
    expect(report).toMatchObject({ parameters: 36, parameterBytes: 48 });
    expect(report.constants.byRole).toEqual({
      parameter: { tensors: 2, elements: 36, bytes: 48 },
      quantization: { tensors: 2, elements: 8, bytes: 20 },
      index: { tensors: 1, elements: 2, bytes: 16 },
      text: { tensors: 1, elements: 2, bytes: 3 },
      unused: { tensors: 1, elements: 3, bytes: 12 },
    });
    expect(report.constants).toMatchObject({ tensors: 7, elements: 51, bytes: 99 });
  });

  test('add up by element type, largest first', async () => {
    const { dtypes } = await inspectFile(writeModel(model));
    expect(Object.entries(dtypes)).toEqual([
      ['float32', 16 + 16 + 12],
      ['int8', 32 + 4],
      ['int64', 16],
      ['string', 3],
    ]);
  });

  test('packed elements count one by one, and their bytes as stored', async () => {
    const int4 = new Tensor({
      name: 'w',
      dtype: 'int4',
      dims: [3, 3],
      storage: memoryStorage(new Uint8Array(5)),
    });
    const packed = buildModel({ opset: 21, irVersion: 10 }, (b) => {
      const weight = b.initializer(int4);
      b.output(b.node('Identity', [weight], {}, { outputs: ['y'] }), 'int4', [3, 3]);
    });
    const report = await inspectFile(writeModel(packed));
    expect(report).toMatchObject({ parameters: 9, parameterBytes: 5, dtypes: { int4: 5 } });
  });

  test('that a Constant node gives as a list of numbers count as well', async () => {
    const lists = buildModel({ opset: 13 }, (b) => {
      const list = b.node('Constant', [], { value_floats: { floats: [1, 2, 3] } });
      const axes = b.node('Constant', [], { value_ints: [0, 1] });
      b.output(b.node('Unsqueeze', [list, axes], {}, { outputs: ['y'] }), 'float32', null);
    });
    const report = await inspectFile(writeModel(lists), { tensors: true });
    expect(report).toMatchObject({ parameters: 3, parameterBytes: 12 });
    expect(report.tensors?.map(({ role, shape }) => [role, shape])).toEqual([
      ['index', [2]],
      ['parameter', [3]],
    ]);
  });

  test('in lists of attributes of ai.onnx.ml are counted apart', async () => {
    const forest = buildModel({ opset: { '': 17, 'ai.onnx.ml': 3 } }, (b) => {
      const x = b.input('x', 'float32', [1, 2]);
      const [y] = b.nodes(
        'TreeEnsembleRegressor',
        [x],
        { nodes_values: [0.5, 1.5, 2.5], nodes_featureids: [0, 1, 0], post_transform: 'NONE' },
        { domain: 'ai.onnx.ml', outputs: ['y'] },
      );
      if (y) b.output(y, 'float32', [1, 1]);
    });
    const report = await inspectFile(writeModel(forest));
    expect(report).toMatchObject({ parameters: 0, attributeNumbers: 6, customOperators: [] });
    expect(report.operators).toEqual({ 'ai.onnx.ml.TreeEnsembleRegressor': 1 });
  });
});

describe('the graph', () => {
  test('subgraphs and functions are counted apart and together', async () => {
    const folder = path.join(root, 'fixtures', 'models');
    const loop = await inspectFile(path.join(folder, 'loop.onnx'));
    const inSubgraphs = loop.subgraphs.reduce((sum, each) => sum + each.nodes, 0);
    expect(loop.subgraphs).toHaveLength(1);
    expect(loop.subgraphs[0]).toMatchObject({ op: 'Loop' });
    expect(loop.subgraphs[0]?.path).toMatch(/^main\/.*:body$/);
    expect(loop.nodes).toBeGreaterThan(inSubgraphs);
    expect(Object.values(loop.operators).reduce((sum, each) => sum + each, 0)).toBe(loop.nodes);

    const local = await inspectFile(path.join(folder, 'function.onnx'), { functions: true });
    expect(local.nodes).toBe(2);
    expect(local.operators).toEqual({ 'local.Twice': 2 });
    expect(local.customOperators).toEqual([]);
    expect(local.functions).toMatchObject([
      { domain: 'local', name: 'Twice', nodes: 1, calls: 2, opsets: { '': 17 } },
    ]);
    expect(local.functions[0]?.body).toContain('Add');
  });

  test('names that JavaScript objects are born with are names like others', async () => {
    const odd = buildModel({ opset: { '': 17, constructor: 2 } }, (b) => {
      const x = b.input('x', 'float32', [1]);
      const y = b.node('toString', [x], {}, { domain: 'constructor', outputs: ['valueOf'] });
      b.output(b.node('__proto__', [y], {}, { outputs: ['__proto__'] }), 'float32', [1]);
    });
    odd.metadata = [['__proto__', 'value']];
    const report = await inspectFile(writeModel(odd), { nodes: true, tensors: true });
    expect(Object.entries(report.operators)).toEqual([
      ['__proto__', 1],
      ['constructor.toString', 1],
    ]);
    expect(Object.entries(report.metadata)).toEqual([['__proto__', 'value']]);
    expect(report.customOperators).toEqual(['constructor.toString']);
    expect(report.outputs).toEqual([{ name: '__proto__', type: 'float32', shape: [1] }]);
  });

  test('inputs with a default are no inputs that a caller must give', async () => {
    const model = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [2]);
      const w = b.initializer(floats('w', [2]));
      b.graph.addInput('w', null);
      b.output(b.node('Add', [x, w], {}, { outputs: ['y'] }), 'float32', [2]);
    });
    const report = await inspectFile(writeModel(model));
    expect(report.inputs.map((each) => each.name)).toEqual(['x']);
    expect(report.inputsWithDefault).toEqual([{ name: 'w', type: 'float32', shape: [2] }]);
    expect(report.parameters).toBe(2);
  });

  test('types of every kind have a name', async () => {
    const model = buildModel({ opset: 17 }, (b) => {
      b.input('list', {
        kind: 'sequence',
        element: { kind: 'tensor', elementType: 'float32', shape: [2, null] },
      });
      b.input('map', {
        kind: 'map',
        keyType: 'string',
        value: { kind: 'tensor', elementType: 'int64', shape: null },
      });
      b.input('sparse', { kind: 'sparse-tensor', elementType: 'float64', shape: ['n'] });
      b.input('any', { kind: 'tensor', elementType: 'bool', shape: null });
      const x = b.input('x', 'float32', []);
      b.output(b.node('Identity', [x], {}, { outputs: ['y'] }));
    });
    const { inputs, outputs } = await inspectFile(writeModel(model));
    expect(inputs).toEqual([
      { name: 'list', type: 'seq(float32[2, ?])', shape: null },
      { name: 'map', type: 'map(string, int64)', shape: null },
      { name: 'sparse', type: 'sparse float64', shape: ['n'] },
      { name: 'any', type: 'bool', shape: null },
      { name: 'x', type: 'float32', shape: [] },
    ]);
    expect(outputs).toEqual([{ name: 'y', type: null, shape: null }]);
  });

  test('nodes are listed with what they read and write', async () => {
    const folder = path.join(root, 'fixtures', 'models');
    const { nodeList = [], nodes } = await inspectFile(path.join(folder, 'mlp.onnx'), {
      nodes: true,
    });
    expect(nodeList).toHaveLength(nodes);
    expect(nodeList[0]).toMatchObject({
      graph: 'main',
      op: 'MatMul',
      inputs: [
        { name: 'x', type: 'float32', shape: ['batch', 16] },
        { name: 'w1', type: 'float32', shape: [16, 32] },
      ],
      outputs: [{ type: null, shape: null }],
    });
  });
});
