import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { buildModel, type GraphBuilder } from '../../src/graph/index.ts';
import { openModel, saveModel } from '../../src/onnx/index.ts';
import { defaultConfig, type QuantizeConfig } from '../../src/quantize/config.ts';
import { type QuantizeServices, quantizeModel } from '../../src/quantize/quantize-model.ts';
import type { QuantizeReport } from '../../src/quantize/report.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { fixtures, temporaryFolder } from '../support/files.ts';
import type { Build } from './quantize-built.ts';
import { normalTensor, normalValues } from './random-tensors.ts';
import { runModel, sqnrDb } from './run-model.ts';

interface Ran {
  readonly report: QuantizeReport;
  readonly folder: string;
  readonly input: string;
  readonly output: string;
}

/** As short as it can be: how long things take is not what is tested. */
const timing = { rounds: 1, warmup: { runs: 1 }, runs: 3 };

/** Writes a model to a folder of its own and quantizes it there. */
async function quantize(
  build: Build,
  config: Partial<QuantizeConfig> = {},
  services: QuantizeServices = {},
): Promise<Ran> {
  const folder = temporaryFolder();
  const input = path.join(folder, 'model.onnx');
  const output = path.join(folder, 'result.onnx');
  await saveModel(buildModel({ opset: 17 }, build), input);
  const full = { ...defaultConfig, ...config };
  const report = await quantizeModel(input, output, full, { timing, ...services });
  return { report, folder, input, output };
}

async function errorOf(work: Promise<unknown>): Promise<MlkitError> {
  const caught: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(caught).toBeInstanceOf(MlkitError);
  return caught as MlkitError;
}

const perceptron: Build = (b) => {
  const x = b.input('x', 'float32', ['n', 64]);
  const hidden = b.node('MatMul', [x, b.initializer(normalTensor([64, 96], 1, 0.1), 'w1')]);
  const active = b.node('Relu', [hidden]);
  const inputs = [active, b.initializer(normalTensor([96, 32], 2, 0.1), 'w2')];
  b.output(b.node('Gemm', inputs, {}, { outputs: ['y'] }), 'float32', ['n', 32]);
};

/** One input is 10^5 times as large as the others, and has no weight: it spoils one scale for all. */
const spoiled: Build = (b) => {
  const x = b.input('x', 'float32', ['n', 64]);
  const factors = Float32Array.from({ length: 64 }, (_, at) => (at === 0 ? 1e5 : 1));
  const scaled = b.node('Mul', [x, b.initializer(tensorFrom('float32', [64], factors, 'f'))]);
  const weights = normalValues(64 * 96, 3).map((value, at) => (at < 32 * 96 ? 0 : value));
  const weight = b.initializer(tensorFrom('float32', [64, 96], weights, 'w'));
  b.output(b.node('MatMul', [scaled, weight], {}, { name: 'm', outputs: ['y'] }), 'float32', [
    'n',
    96,
  ]);
};

describe('quantizeModel', () => {
  test('writes a result that passes, and says what it measured', async () => {
    const { report, input, output, folder } = await quantize(perceptron);
    const after = fs.statSync(output).size;
    expect(report).toMatchObject({
      schema: 1,
      kind: 'quantize',
      verdict: 'pass',
      output: { path: output, sizeBytes: after, dataFiles: [] },
      size: { beforeBytes: fs.statSync(input).size, afterBytes: after },
      plan: { form: 'dynamic', quantized: [{ op: 'MatMul' }, { op: 'Gemm' }], kept: [] },
      verification: { verdict: 'pass', profile: 'int8', samples: 4 },
      attempts: [],
    });
    const { size, latency, verification } = report;
    expect(size?.ratio).toBe((size?.afterBytes ?? 0) / (size?.beforeBytes ?? 1));
    expect(size?.ratio).toBeLessThan(0.4);
    expect(latency?.beforeP50Ms).toBeGreaterThan(0);
    expect(latency?.ratio).toBeGreaterThan(0);
    expect(verification.inputs).toMatchObject([{ name: 'x', dtype: 'float32' }]);
    expect(fs.readdirSync(folder).toSorted()).toEqual(['model.onnx', 'result.onnx']);
    // What the report says of the accuracy, found out another way.
    const data = normalValues(64 * 8, 9).map(Math.abs);
    const feeds = { x: { dims: [8, 64], data } };
    const outputs = await Promise.all(
      [input, output].map((file) => runModel(fs.readFileSync(file), feeds)),
    );
    const [float, quantized] = outputs.map((each) => each.get('y') ?? new Float32Array());
    const measured = verification.outputs[0]?.sqnrDb ?? 0;
    const own = sqnrDb(float ?? new Float32Array(), quantized ?? new Float32Array());
    expect(Math.abs(own - measured)).toBeLessThan(6);
  });

  test('auto takes the accurate form when the fast one does not pass', async () => {
    const { report, output } = await quantize(spoiled);
    expect(report.attempts).toMatchObject([{ form: 'dynamic', verification: { verdict: 'fail' } }]);
    expect(report.plan).toMatchObject({
      form: 'weight-only',
      quantized: [{ form: 'weight-only' }],
    });
    expect(report.plan.reason).toMatch(/^dynamic did not pass: output "y": SQNR is/);
    expect(report.verdict).toBe('pass');
    expect(fs.existsSync(output)).toBe(true);
  });

  test('a result that does not pass is not written', async () => {
    const { report, folder } = await quantize(spoiled, { mode: 'dynamic' });
    expect(report).toMatchObject({ verdict: 'fail', output: null, attempts: [] });
    expect(report.size?.ratio).toBeLessThan(0.5);
    expect(fs.readdirSync(folder)).toEqual(['model.onnx']);
  });

  test('unless it is forced', async () => {
    const { report, output } = await quantize(spoiled, { mode: 'dynamic', force: true });
    expect(report).toMatchObject({ verdict: 'fail', output: { path: output } });
    expect(fs.statSync(output).size).toBe(report.output?.sizeBytes);
  });

  test('what there was at the output stays when the result does not pass', async () => {
    const folder = temporaryFolder();
    const input = path.join(folder, 'model.onnx');
    const output = path.join(folder, 'result.onnx');
    await saveModel(buildModel({}, spoiled), input);
    fs.writeFileSync(output, 'something of value');
    const config = { ...defaultConfig, mode: 'dynamic' as const };
    const report = await quantizeModel(input, output, config, { timing });
    expect(report.verdict).toBe('fail');
    expect(fs.readFileSync(output, 'utf8')).toBe('something of value');
  });

  test('the gate is the one that was asked for', async () => {
    const strict = await quantize(perceptron, { mode: 'weight-only', minSqnrDb: 90 });
    expect(strict.report.verdict).toBe('fail');
    expect(strict.report.verification.reason).toMatch(/must be at least 90 dB/);
    const lax = await quantize(spoiled, { mode: 'dynamic', minSqnrDb: -100 });
    // The cosine has a gate of its own.
    expect(lax.report.verification.reason).not.toMatch(/SQNR/);
  });

  test('without verification nothing is run', async () => {
    const steps: string[] = [];
    const services = { onStep: (label: string) => void steps.push(label) };
    const { report, output } = await quantize(spoiled, { verify: false }, services);
    expect(report.verdict).toBeUndefined();
    expect(report).toMatchObject({ latency: null, verification: { verdict: null } });
    expect(fs.existsSync(output)).toBe(true);
    expect(steps).toEqual(['reading the model', 'quantizing']);
  });

  test('a dry run knows the size exactly and writes nothing', async () => {
    for (const mode of ['dynamic', 'weight-only'] as const) {
      const dry = await quantize(perceptron, { mode, dryRun: true });
      expect(fs.readdirSync(dry.folder)).toEqual(['model.onnx']);
      const wet = await quantize(perceptron, { mode, verify: false });
      expect(dry.report.size).toEqual(wet.report.size);
      expect(dry.report.plan).toEqual(wet.report.plan);
    }
  });

  test('a model without anything to quantize: the answer is no, and every weight has its reason', async () => {
    const input = path.join(fixtures, 'models', 'conv.onnx');
    const output = path.join(temporaryFolder(), 'result.onnx');
    const report = await quantizeModel(input, output, defaultConfig);
    expect(report).toMatchObject({ verdict: 'fail', output: null, size: null });
    expect(report.plan.quantized).toEqual([]);
    expect(fs.existsSync(output)).toBe(false);
  });

  test('a model that cannot be run is written and not judged', async () => {
    const { report, output } = await quantize((b) => {
      perceptron(b);
      const y = b.graph.value('y');
      if (y === undefined) throw new Error('there is no y');
      b.output(b.node('NoSuchOperator', [y], {}, { outputs: ['z'] }), 'float32', ['n', 32]);
    });
    expect(report).toMatchObject({
      verdict: 'inconclusive',
      output: { path: output },
      latency: null,
    });
    expect(report.verification.reason).toMatch(/^the original cannot be run: /);
    expect(report.verification.reason).not.toMatch(/\.tmp/);
  });

  test('outputs of integers that noise decides are no failure, and no success', async () => {
    const { report } = await quantize((b) => {
      perceptron(b);
      const y = b.graph.value('y');
      if (y === undefined) throw new Error('there is no y');
      const rounded = b.node(
        'Cast',
        [b.node('Mul', [y, thousand(b)])],
        { to: 7 },
        { outputs: ['z'] },
      );
      b.output(rounded, 'int64', ['n', 32]);
    });
    expect(report.verdict).toBe('inconclusive');
    expect(report.verification.reason).toMatch(/output "z": .* give real ones with --inputs/);
  });

  test('external data goes into the result, which needs no other file', async () => {
    const folder = temporaryFolder();
    const input = path.join(folder, 'model.onnx');
    const external = { file: 'model.onnx.data', thresholdBytes: 0 };
    await saveModel(buildModel({}, perceptron), input, { external });
    const beforeBytes = ['model.onnx', 'model.onnx.data'].reduce(
      (sum, name) => sum + fs.statSync(path.join(folder, name)).size,
      0,
    );
    const output = path.join(folder, 'result.onnx');
    const config = { ...defaultConfig, mode: 'weight-only' as const };
    const report = await quantizeModel(input, output, config, { timing });
    expect(report).toMatchObject({ verdict: 'pass', size: { beforeBytes } });
    const alone = path.join(temporaryFolder(), 'alone.onnx');
    fs.copyFileSync(output, alone);
    const opened = openModel(alone);
    const kinds = opened.model.graph.initializers.map((value) => value.initializer?.storage.kind);
    opened.close();
    expect(new Set(kinds)).toEqual(new Set(['inline']));
  });

  test('a model that is quantized already is refused', async () => {
    const { output, folder } = await quantize(perceptron, { verify: false });
    const again = path.join(folder, 'again.onnx');
    const { code, message } = await errorOf(quantizeModel(output, again, defaultConfig));
    expect(code).toBe('MODEL_UNSUPPORTED');
    expect(message).toMatch(/^the model is quantized already: it has \d+ nodes such as/);
    expect(fs.existsSync(again)).toBe(false);
  });

  test('a weight that is not finite ends it, and nothing is left behind', async () => {
    const broken: Build = (b) => {
      const values = normalValues(64 * 96, 5);
      values[77] = Number.NaN;
      const x = b.input('x', 'float32', ['n', 64]);
      const weight = b.initializer(tensorFrom('float32', [64, 96], values, 'w'));
      b.output(b.node('MatMul', [x, weight], {}, { name: 'm' }), 'float32', ['n', 96]);
    };
    const folder = temporaryFolder();
    const input = path.join(folder, 'model.onnx');
    await saveModel(buildModel({}, broken), input);
    const work = quantizeModel(input, path.join(folder, 'result.onnx'), defaultConfig);
    const { code, message } = await errorOf(work);
    expect([code, message]).toEqual([
      'MODEL_INVALID',
      expect.stringContaining('weight "w" of MatMul "m" is NaN at index 77 ([0, 77] of [64, 96])'),
    ]);
    expect(fs.readdirSync(folder)).toEqual(['model.onnx']);
  });

  test('a graph whose names are ambiguous is refused', async () => {
    const input = path.join(fixtures, 'models', 'broken-undefined.onnx');
    const output = path.join(temporaryFolder(), 'result.onnx');
    const { code } = await errorOf(quantizeModel(input, output, defaultConfig));
    expect(code).toBe('MODEL_INVALID');
  });

  test('neither the input nor a folder is overwritten, and no work is begun for it', async () => {
    const folder = temporaryFolder();
    const input = path.join(folder, 'model.onnx');
    await saveModel(buildModel({}, perceptron), input);
    for (const [output, code] of [
      [input, 'OUTPUT_IS_INPUT'],
      [folder, 'FILE_IS_DIRECTORY'],
      [path.join(folder, 'missing', 'result.onnx'), 'FILE_NOT_FOUND'],
    ] as const) {
      expect((await errorOf(quantizeModel(input, output, defaultConfig))).code).toBe(code);
    }
    expect(fs.readdirSync(folder)).toEqual(['model.onnx']);
  });

  test('flags for inputs that the model does not have end it before anything is written', async () => {
    const shapes = new Map([['nothing', [1, 64]]]);
    const folder = temporaryFolder();
    const input = path.join(folder, 'model.onnx');
    await saveModel(buildModel({}, perceptron), input);
    const config = { ...defaultConfig, shapes };
    const { code } = await errorOf(quantizeModel(input, path.join(folder, 'r.onnx'), config));
    expect(code).toBe('USAGE');
    expect(fs.readdirSync(folder)).toEqual(['model.onnx']);
  });

  test('an interruption leaves nothing behind', async () => {
    const controller = new AbortController();
    controller.abort();
    const folder = temporaryFolder();
    const input = path.join(folder, 'model.onnx');
    await saveModel(buildModel({}, perceptron), input);
    const services = { signal: controller.signal };
    const work = quantizeModel(input, path.join(folder, 'r.onnx'), defaultConfig, services);
    expect((await errorOf(work)).code).toBe('INTERRUPTED');
    expect(fs.readdirSync(folder)).toEqual(['model.onnx']);
  });
});

describe('what is selected', () => {
  const names: Build = (b) => {
    let value = b.input('x', 'float32', ['n', 64]);
    for (const [at, name] of ['/a/MatMul', '/b/MatMul', '/c/MatMul'].entries()) {
      const weight = b.initializer(normalTensor([64, 64], at, 0.1), `w${at}`);
      value = b.node('MatMul', [value, weight], {}, { name });
    }
    b.output(value, 'float32', ['n', 64]);
  };

  test.each<[Partial<QuantizeConfig>, string[]]>([
    [{}, ['/a/MatMul', '/b/MatMul', '/c/MatMul']],
    [{ nodes: ['/a/*'] }, ['/a/MatMul']],
    [{ nodes: ['/a/*', '/c/*'] }, ['/a/MatMul', '/c/MatMul']],
    [{ exclude: ['/a/*'] }, ['/b/MatMul', '/c/MatMul']],
    [{ nodes: ['*'], exclude: ['/[ab]/*', '/?/MatMul'].slice(1) }, []],
    [{ ops: ['MatMul'] }, ['/a/MatMul', '/b/MatMul', '/c/MatMul']],
    [{ ops: ['Gemm'] }, []],
  ])('%j', async (config, expected) => {
    const { report } = await quantize(names, { dryRun: true, ...config });
    expect(report.plan.quantized.map(({ node }) => node)).toEqual(expected);
    expect(report.plan.kept.length).toBe(3 - expected.length);
    for (const { reason } of report.plan.kept) expect(reason).toMatch(/^--(ops|nodes|exclude)/);
  });

  test.each<[Partial<QuantizeConfig>, RegExp]>([
    [{ nodes: ['/d/*'] }, /--nodes \/d\/\* matches no node/],
    [{ exclude: ['nothing'] }, /--exclude nothing matches no node/],
    [{ ops: ['Conv'] }, /--ops: Conv is no operator that can be quantized/],
  ])('%j is a mistake', async (config, message) => {
    const error = await errorOf(quantize(names, { dryRun: true, ...config }));
    expect(error.code).toBe('USAGE');
    expect(error.message).toMatch(message);
  });
});

function thousand(b: GraphBuilder) {
  return b.initializer(tensorFrom('float32', [], Float32Array.of(1000)), 'thousand');
}
