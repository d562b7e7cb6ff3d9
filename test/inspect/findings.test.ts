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
      check: { spec: 'valid', runtime: 'loads', run: 'runs' },
      requirements: { opsets: { '': 14 }, missingKernels: [], customOperators: [] },
    });
    expect(await inspect(sound(), { runtime: true, weights: true })).toMatchObject({
      findings: [],
      check: { spec: 'valid', runtime: 'loads', run: 'runs' },
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
    const model = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [1]);
      for (const output of ['a', 'b']) {
        const y = b.node('Relu', [x], {}, { name: 'same', outputs: [output] });
        b.output(y, 'float32', [1]);
      }
    });
    const report = await inspect(model);
    expect(codesOf(report)).toEqual(['node-name-duplicate']);
    expect(report).toMatchObject({
      verdict: 'fail',
      check: { spec: 'valid', runtime: 'rejects', run: 'fails' },
    });
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
  const unknownSizes = (count: number) => Array.from({ length: count }, () => ({}));
  const tensorModel = (
    tensor: Record<string, unknown> & { readonly dims: readonly number[] },
    elementType = 1,
  ): Uint8Array =>
    foreignBytes('ModelProto', {
      ir_version: 8,
      opset_import: [{ version: 17 }],
      graph: {
        name: 'g',
        initializer: [{ name: 'w', ...tensor }],
        node: [{ op_type: 'Identity', input: ['w'], output: ['y'] }],
        output: [
          {
            name: 'y',
            type: {
              tensor_type: {
                elem_type: elementType,
                shape: { dim: unknownSizes(tensor.dims.length) },
              },
            },
          },
        ],
      },
    });

  test.each([
    ['too few bytes', { data_type: 1, dims: [2], raw_data: new Uint8Array(4) }],
    ['too many bytes', { data_type: 1, dims: [2], raw_data: new Uint8Array(12) }],
    ['too few strings', { data_type: 8, dims: [2], string_data: [new Uint8Array(1)] }, 8],
    ['no type', { dims: [2], raw_data: new Uint8Array(8) }],
    ['a type of the future', { data_type: 99, dims: [2], raw_data: new Uint8Array(8) }],
    ['a negative size', { data_type: 1, dims: [-2], raw_data: new Uint8Array(8) }],
    ['a size beyond all', { data_type: 1, dims: [2 ** 40, 2 ** 40] }],
  ])('are told once, and the rest is described: %s', async (_, tensor, type?: number) => {
    const config = { nodes: true, stats: true, external: true, functions: true, check: true };
    const report = await inspectFile(writeModel(tensorModel(tensor, type)), config);
    const errors = report.findings.filter((each) => each.severity === 'error');
    expect(errors).toMatchObject([{ at: { value: 'w' }, runtime: 'rejects' }]);
    expect(report).toMatchObject({ verdict: 'fail', nodes: 1 });
    expect(report.tensors).toMatchObject([{ name: 'w', stats: null }]);
  });

  test('values that are not finite, when they are read', async () => {
    const raw = new Uint8Array(Float32Array.of(1, Number.NaN, Infinity).buffer);
    const file = writeModel(tensorModel({ data_type: 1, dims: [3], raw_data: raw }));
    expect(codesOf(await inspectFile(file))).toEqual([]);
    const report = await inspectFile(file, { stats: true });
    const finding = { code: 'values-not-finite', severity: 'error', at: { value: 'w' } };
    expect(report.findings).toMatchObject([finding]);
    // Once, though both flags look for it; and a check reads weights only when asked.
    const told = async (config: Partial<InspectConfig>) => {
      const { findings } = await inspectFile(file, { check: true, ...config });
      return findings.filter((each) => each.code === finding.code);
    };
    expect(await told({ stats: true, weights: true })).toMatchObject([finding]);
    expect(await told({ weights: true })).toMatchObject([finding]);
    expect(await told({})).toEqual([]);
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
    readonly onnxruntimeRuns: string;
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
        .filter((each) => each.onnxCheckerFull === 'accepts' && each.onnxruntimeRuns === 'runs')
        .map((each) => each.case)
        // It runs, and all that comes out is NaN, which is an error to everybody but them.
        .filter((name) => name !== '45-nan-weights'),
    );
    expect(isGood.size).toBeGreaterThan(15);
    expect(refused.filter((each) => isGood.has(each))).toEqual([]);
    expect(refused.map((each) => Number(each.slice(0, 2)))).toEqual(
      expect.arrayContaining([5, 14, 15, 16, 25, 45, 46, 47, 66, 67, 68, 69, 70, 71, 73]),
    );
  });
});
