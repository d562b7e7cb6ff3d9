import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildModel, type Model } from '../../src/graph/index.ts';
import type { InspectConfig } from '../../src/inspect/index.ts';
import { shared } from '../support/files.ts';
import { foreignBytes } from '../support/protobuf.ts';
import { writeModel } from '../support/write-model.ts';
import { codesOf, inspectFile } from './inspect-file.ts';

function sound(): Model {
  return buildModel({ opset: 17 }, (b) => {
    const x = b.input('x', 'float32', [1]);
    b.output(b.node('Relu', [x], {}, { outputs: ['y'] }), 'float32', [1]);
  });
}

async function inspect(model: Model, config: Partial<InspectConfig> = {}) {
  return inspectFile(writeModel(model), { check: true, ...config });
}

describe('the verdict', () => {
  test('a sound model has no findings', async () => {
    const report = await inspect(sound());
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({
      verdict: 'pass',
      check: { spec: 'valid', runtime: 'unknown', run: 'unknown' },
    });
  });

  test('without --check there is no verdict', async () => {
    const report = await inspect(sound(), { check: false });
    expect(report).not.toHaveProperty('check');
    expect(report).not.toHaveProperty('verdict');
  });

  test('an operator set that is imported twice; ai.onnx is the empty text', async () => {
    const bytes = foreignBytes('ModelProto', {
      ir_version: 8,
      opset_import: [
        { domain: '', version: 17 },
        { domain: 'ai.onnx', version: 13 },
      ],
      graph: {
        name: 'g',
        input: [{ name: 'x' }],
        node: [{ op_type: 'Relu', input: ['x'], output: ['y'] }],
        output: [{ name: 'y' }],
      },
    });
    expect((await inspectFile(writeModel(bytes))).opsets).toEqual({ '': 13 });
  });

  test('metadata that names a key twice is wrong by the specification', async () => {
    const model = sound();
    model.metadata = [
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ];
    const report = await inspect(model);
    expect(codesOf(report)).toEqual(['metadata-duplicate']);
    expect(report).toMatchObject({ verdict: 'fail', check: { spec: 'invalid' } });
  });

  test('what only the runtime objects to fails, and is valid', async () => {
    const model = sound();
    for (const output of ['a', 'b']) {
      const inputs = [model.graph.inputs[0] ?? null];
      model.graph.addNode({ opType: 'Relu', name: 'same', inputs, outputs: [output] });
    }
    const report = await inspect(model);
    expect(codesOf(report)).toEqual(['node-name-duplicate']);
    expect(report).toMatchObject({ verdict: 'fail', check: { spec: 'valid' } });
  });

  test('warnings do not fail', async () => {
    const model = sound();
    model.setOpset('', 1000);
    const report = await inspect(model);
    expect(codesOf(report)).toEqual(['opset-newer']);
    expect(report).toMatchObject({ verdict: 'pass', check: { spec: 'valid' } });
  });
});

describe('constants that make no sense', () => {
  const tensorModel = (tensor: Record<string, unknown>): Uint8Array =>
    foreignBytes('ModelProto', {
      ir_version: 8,
      opset_import: [{ version: 17 }],
      graph: {
        name: 'g',
        initializer: [{ name: 'w', ...tensor }],
        node: [{ op_type: 'Identity', input: ['w'], output: ['y'] }],
        output: [{ name: 'y' }],
      },
    });

  test.each([
    ['too few bytes', { data_type: 1, dims: [2], raw_data: new Uint8Array(4) }],
    ['too many bytes', { data_type: 1, dims: [2], raw_data: new Uint8Array(12) }],
    ['too few strings', { data_type: 8, dims: [2], string_data: [new Uint8Array(1)] }],
    ['no type', { dims: [2], raw_data: new Uint8Array(8) }],
    ['a type of the future', { data_type: 99, dims: [2], raw_data: new Uint8Array(8) }],
    ['a negative size', { data_type: 1, dims: [-2], raw_data: new Uint8Array(8) }],
    ['a size beyond all', { data_type: 1, dims: [2 ** 40, 2 ** 40] }],
  ])('are told once, and the rest is described: %s', async (_, tensor) => {
    const config = { nodes: true, stats: true, external: true, functions: true, check: true };
    const report = await inspectFile(writeModel(tensorModel(tensor)), config);
    expect(report.findings).toHaveLength(1);
    expect(report).toMatchObject({ verdict: 'fail', nodes: 1 });
    expect(report.tensors).toMatchObject([{ name: 'w', stats: null }]);
  });

  test('values that are not finite, when they are read', async () => {
    const raw = new Uint8Array(Float32Array.of(1, Number.NaN, Infinity).buffer);
    const file = writeModel(tensorModel({ data_type: 1, dims: [3], raw_data: raw }));
    expect(codesOf(await inspectFile(file))).toEqual([]);
    const report = await inspectFile(file, { stats: true });
    expect(report.findings).toMatchObject([
      { code: 'values-not-finite', severity: 'error', at: { value: 'w' } },
    ]);
  });

  test('typed fields are as good as raw bytes', async () => {
    const file = writeModel(tensorModel({ data_type: 7, dims: [3], int64_data: [-1, 2, 300] }));
    const report = await inspectFile(file, { stats: true });
    expect(report.tensors?.[0]?.stats).toMatchObject({ min: -1n, max: 300n });
  });
});

const defects = path.join(shared, 'data', 'defects');

interface Verdicts {
  readonly cases: readonly {
    readonly case: string;
    readonly onnxCheckerFull: string;
    readonly onnxruntimeLoads: string;
  }[];
}

describe.skipIf(!fs.existsSync(defects))('models with one defect each', () => {
  test('are all described, and none is refused that onnx and the runtime accept', async () => {
    const text = fs.readFileSync(path.join(defects, 'verdicts.json'), 'utf8');
    const { cases } = JSON.parse(text) as Verdicts;
    const refused: string[] = [];
    for (const each of cases) {
      const file = path.join(defects, each.case, 'model.onnx');
      const config = { nodes: true, stats: true, external: true, functions: true, check: true };
      const report = await inspectFile(file, config);
      if (report.verdict === 'fail') refused.push(each.case);
    }
    const isGood = new Set(
      cases
        .filter((each) => each.onnxCheckerFull === 'accepts' && each.onnxruntimeLoads === 'accepts')
        .map((each) => each.case),
    );
    expect(isGood.size).toBeGreaterThan(15);
    expect(refused.filter((each) => isGood.has(each))).toEqual([]);
    expect(refused.map((each) => Number(each.slice(0, 2)))).toEqual(
      expect.arrayContaining([14, 15, 16, 25, 66, 67, 68, 69, 70, 71, 73]),
    );
  });
});
