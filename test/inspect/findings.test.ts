import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildModel, type Model } from '../../src/graph/index.ts';
import { type InspectConfig, inspectModel } from '../../src/inspect/index.ts';
import { DataFolder, limits } from '../../src/onnx/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { shared } from '../support/files.ts';
import { foreignBytes } from '../support/protobuf.ts';
import { codesOf, inspectFile, plainConfig, writeModel } from './inspect-file.ts';

function sound(): Model {
  return buildModel({ opset: 17 }, (b) => {
    const x = b.input('x', 'float32', [1]);
    b.output(b.node('Relu', [x], {}, { outputs: ['y'] }), 'float32', [1]);
  });
}

async function inspect(model: Model, config: Partial<InspectConfig> = {}) {
  return inspectFile(writeModel(model), { check: true, ...config });
}

describe('what a model says of itself', () => {
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

  test.each([
    ['IR 14', 14, 17, ['ir-version-newer']],
    ['IR 13', 13, 17, []],
    ['opset 27', 10, 27, ['opset-newer']],
    ['opset 26', 10, 26, []],
  ])('%s is held against what the runtime loads', async (_, irVersion, opset, codes) => {
    const model = sound();
    model.irVersion = irVersion;
    model.setOpset('', opset);
    const report = await inspect(model);
    expect(codesOf(report)).toEqual(codes);
    // The model may be right all the same.
    expect(report.verdict).toBe('pass');
  });

  test('no IR version', async () => {
    const model = sound();
    model.irVersion = 0;
    expect(codesOf(await inspect(model))).toContain('ir-version-missing');
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
    const report = await inspectFile(writeModel(bytes));
    expect(codesOf(report)).toEqual(['opset-duplicate']);
    expect(report.opsets).toEqual({ '': 17 });
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

  test('a file of 2 GiB is more than protobuf readers take', async () => {
    const model = sound();
    const inspectSize = async (sizeBytes: number): Promise<string[]> => {
      const open = {
        model,
        path: 'm',
        sizeBytes,
        folder: new DataFolder('m'),
        bytesRead: 0,
        close: () => undefined,
      };
      return codesOf(await inspectModel(open, plainConfig));
    };
    expect(await inspectSize(limits.protobufBytes)).toEqual([]);
    expect(await inspectSize(limits.protobufBytes + 1)).toEqual(['file-too-large']);
  });
});

describe('what a model carries and needs', () => {
  test('constants that nothing reads', async () => {
    const model = sound();
    model.graph.addInitializer('left', tensorFrom('float32', [2], new Float32Array(2)));
    const report = await inspect(model);
    expect(report.findings).toMatchObject([
      { code: 'initializer-unused', severity: 'warning', at: { value: 'left' } },
    ]);
    expect(report.verdict).toBe('pass');
  });

  test('constants that callers may override, from IR 4 on', async () => {
    const model = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [1]);
      const w = b.initializer(tensorFrom('float32', [1], new Float32Array(1), 'w'));
      b.graph.addInput('w', null);
      b.output(b.node('Add', [x, w], {}, { outputs: ['y'] }), 'float32', [1]);
    });
    expect(codesOf(await inspect(model))).toEqual(['initializer-input']);
    model.irVersion = 3;
    expect(codesOf(await inspect(model))).toEqual([]);
  });

  test('operators that nobody defines, with where they may come from', async () => {
    const model = buildModel(
      { opset: { '': 17, 'ai.onnx.contrib': 1, 'com.microsoft': 1 } },
      (b) => {
        const x = b.input('x', 'string', [1]);
        const tokens = b.node('BertTokenizer', [x], {}, { domain: 'ai.onnx.contrib' });
        const known = b.node('Gelu', [tokens], {}, { domain: 'com.microsoft', outputs: ['y'] });
        b.output(known, 'float32', [1]);
      },
    );
    const report = await inspect(model);
    expect(report.customOperators).toEqual(['ai.onnx.contrib.BertTokenizer']);
    expect(codesOf(report)).toEqual(['operator-custom']);
    expect(report.findings[0]?.fix).toContain('onnxruntime-extensions');
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
    [
      'too few bytes',
      { data_type: 1, dims: [2], raw_data: new Uint8Array(4) },
      'tensor-size',
      'invalid',
    ],
    [
      'too many bytes',
      { data_type: 1, dims: [2], raw_data: new Uint8Array(12) },
      'tensor-size',
      'valid',
    ],
    [
      'too few strings',
      { data_type: 8, dims: [2], string_data: [new Uint8Array(1)] },
      'tensor-size',
      'invalid',
    ],
    ['no type', { dims: [2], raw_data: new Uint8Array(8) }, 'tensor-type', 'invalid'],
    [
      'a type of the future',
      { data_type: 99, dims: [2], raw_data: new Uint8Array(8) },
      'tensor-type',
      'invalid',
    ],
    [
      'a negative size',
      { data_type: 1, dims: [-2], raw_data: new Uint8Array(8) },
      'tensor-shape',
      'invalid',
    ],
    ['a size beyond all', { data_type: 1, dims: [2 ** 40, 2 ** 40] }, 'tensor-shape', 'invalid'],
  ])('%s', async (_, tensor, code, spec) => {
    const config = { nodes: true, stats: true, external: true, functions: true, check: true };
    const report = await inspectFile(writeModel(tensorModel(tensor)), config);
    expect(codesOf(report)).toEqual([code]);
    expect(report).toMatchObject({ verdict: 'fail', check: { spec }, nodes: 1 });
    expect(report.tensors).toMatchObject([{ name: 'w', stats: null }]);
  });

  test('values that are not finite, when they are read', async () => {
    const raw = new Uint8Array(Float32Array.of(1, Number.NaN, Infinity).buffer);
    const file = writeModel(tensorModel({ data_type: 1, dims: [3], raw_data: raw }));
    expect(codesOf(await inspectFile(file))).toEqual([]);
    const report = await inspectFile(file, { stats: true });
    expect(report.findings).toMatchObject([
      { code: 'values-not-finite', severity: 'warning', at: { value: 'w' } },
    ]);
  });

  test('typed fields are as good as raw bytes', async () => {
    const file = writeModel(tensorModel({ data_type: 7, dims: [3], int64_data: [-1, 2, 300] }));
    const report = await inspectFile(file, { stats: true, check: true });
    expect(report.verdict).toBe('pass');
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
