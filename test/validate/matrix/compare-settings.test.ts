import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { planFeeds } from '../../../src/feeds/index.ts';
import { buildModel, type Model } from '../../../src/graph/index.ts';
import { openModel } from '../../../src/onnx/index.ts';
import { compareModels, type Runnable } from '../../../src/parity/index.ts';
import type { Feeds } from '../../../src/runtime/index.ts';
import { type Tensor, tensorFrom } from '../../../src/tensor/index.ts';
import { parseMatrix } from '../../../src/validate/matrix/axes.ts';
import { differingOutputs, RememberingRunnable } from '../../../src/validate/matrix/base.ts';
import {
  type MatrixSettings,
  validateMatrix,
} from '../../../src/validate/matrix/compare-settings.ts';
import { presentMatrix } from '../../../src/validate/matrix/present.ts';
import type { MatrixReport } from '../../../src/validate/matrix/report.ts';
import { roundWeights } from '../../../src/validate/matrix/round-weights.ts';
import { matrixCases } from '../../../src/validate/matrix/test-cases.ts';
import { feeds, float32, linear, saved } from '../../parity/models.ts';
import { watchTemporaryFolder } from '../../staging/skeleton-models.ts';
import { fixtures, temporaryFolder } from '../../support/files.ts';

function matrix(
  reference: string,
  axes: string,
  settings: Partial<MatrixSettings> = {},
): Promise<MatrixReport> {
  return validateMatrix({
    reference,
    candidate: null,
    axes: parseMatrix([axes]),
    feeds: feeds(),
    profile: 'auto',
    session: { threads: 1 },
    ...settings,
  });
}

/** A provider that this machine cannot have. */
const foreign = process.platform === 'darwin' ? 'dml' : 'coreml';

describe('a matrix', () => {
  test('compares a model with itself in other settings', async () => {
    const [a = ''] = await saved(['a.onnx', linear()]);
    const steps: string[] = [];
    const report = await matrix(a, 'threads=1,2 optimization=disabled,all', {
      onProgress: (step, done) => done === 1 && steps.push(step),
    });
    expect(report).toMatchObject({
      verdict: 'pass',
      isComplete: true,
      samples: 3,
      base: { provider: 'cpu', optimization: 'disabled', threads: 1, precision: 'float32' },
      unrepeatable: [],
      reasons: [],
      warnings: [],
    });
    expect(
      report.cells.map(({ name, bitIdentical, profile }) => [name, bitIdentical, profile]),
    ).toEqual([
      ['optimization disabled, 2 threads', true, 'fp32'],
      ['optimization all, 1 thread', true, 'fp32'],
      ['optimization all, 2 threads', true, 'fp32'],
    ]);
    expect(report.cells.map((cell) => cell.profileReason)).toEqual([
      'they run on 1 and 2 threads',
      'they run at optimization levels disabled and all',
      'they run at optimization levels disabled and all',
    ]);
    expect(report.cells[0]?.outputs.map(({ name, total }) => [name, total])).toEqual([
      ['y', 18],
      ['z', 18],
    ]);
    expect(steps).toEqual([
      'base (optimization disabled, 1 thread)',
      ...report.cells.map(({ name }, at) => `cell ${at + 1} of 3 (${name})`),
    ]);
  });

  test('of one combination is refused, unless there is a candidate', async () => {
    const [a = '', b = ''] = await saved(
      ['a.onnx', linear()],
      ['b.onnx', linear([0.5, -1, 2, 0.25, 3, -0.8])],
    );
    await expect(matrix(a, 'threads=2')).rejects.toMatchObject({ code: 'USAGE' });
    const report = await matrix(a, 'threads=1,2', { candidate: b });
    expect(report).toMatchObject({
      verdict: 'fail',
      cells: [
        { name: '1 thread', verdict: 'fail', bitIdentical: false, profile: 'fp32' },
        { name: '2 threads', verdict: 'fail', bitIdentical: false },
      ],
    });
    expect(report.reasons[0]).toMatch(/^1 thread; 2 threads: output "y": /);
    expect(await matrix(a, 'threads=1', { candidate: a })).toMatchObject({
      verdict: 'pass',
      cells: [{ bitIdentical: true, profile: 'fp32' }],
    });
    // As asked for.
    const exact = await matrix(a, 'threads=1,2', { profile: 'exact' });
    expect(exact.cells.map((cell) => cell.profile)).toEqual(['exact']);
  });

  test('rounds weights, and leaves nothing behind', async () => {
    const third = Math.fround(1 / 3);
    const [a = ''] = await saved(['a.onnx', linear([third, -1, 2, 0.25, 3, -0.75])]);
    const temporary = watchTemporaryFolder();
    const report = await matrix(a, 'precision=float32,float16,bfloat16');
    expect(report.cells).toMatchObject([
      { name: 'weights in float16', profile: 'fp16', bitIdentical: false, verdict: 'pass' },
      { name: 'weights in bfloat16', profile: 'bf16', bitIdentical: false, verdict: 'pass' },
    ]);
    // 1/3 is 0x5555 · 2^-16 in float16 (11 bits) and 0xab · 2^-9 in bfloat16 (8 bits); x is at most 3.
    const errors = [1365 / 4096, 171 / 512].map((rounded) => 3 * Math.abs(third - rounded));
    for (const [at, error] of errors.entries()) {
      expect(report.cells[at]?.outputs[0]?.maxAbs).toBeCloseTo(error, 6);
    }
    expect(fs.readdirSync(temporary)).toEqual([]);
  });

  test('has a cell for a provider that cannot be used here, with the reason', async () => {
    const [a = ''] = await saved(['a.onnx', linear()]);
    const report = await matrix(a, `provider=cpu,${foreign} threads=1,2`);
    expect(report.verdict).toBe('inconclusive');
    expect(
      report.cells.map(({ name, verdict, isAvailable }) => [name, verdict, isAvailable]),
    ).toEqual([
      ['cpu, 2 threads', 'pass', true],
      [`${foreign}, 1 thread`, 'inconclusive', false],
      [`${foreign}, 2 threads`, 'inconclusive', false],
    ]);
    expect(report.reasons).toHaveLength(1);
    expect(report.reasons[0]).toMatch(
      `${foreign}, 1 thread; ${foreign}, 2 threads: the provider ${foreign} cannot be used`,
    );
    expect(
      matrixCases('a.onnx', report).map(({ suite, name, outcome }) => [suite, name, outcome]),
    ).toEqual([
      ['a.onnx: base cpu, 1 thread', 'runs', 'passed'],
      ['a.onnx: cpu, 2 threads', 'runs', 'passed'],
      ['a.onnx: cpu, 2 threads', 'output y', 'passed'],
      ['a.onnx: cpu, 2 threads', 'output z', 'passed'],
      [`a.onnx: ${foreign}, 1 thread`, 'runs', 'skipped'],
      [`a.onnx: ${foreign}, 2 threads`, 'runs', 'skipped'],
    ]);
    await expect(matrix(a, `provider=${foreign},cpu`)).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
  });

  test('tells of a base that does not repeat itself', async () => {
    const random = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', ['N', 2]);
      b.output(
        b.node('Add', [x, b.node('RandomNormalLike', [x])], {}, { outputs: ['noisy'] }),
        'float32',
      );
      b.output(b.node('Neg', [x], {}, { outputs: ['plain'] }), 'float32');
    });
    const [a = ''] = await saved(['a.onnx', random]);
    const report = await matrix(a, 'threads=1,2');
    expect(report).toMatchObject({ verdict: 'inconclusive', unrepeatable: ['noisy'] });
    expect(report.cells[0]).toMatchObject({ bitIdentical: false, verdict: 'inconclusive' });
    expect(report.warnings[0]).toContain('"noisy"');
  });
});

test('the networks of the fixtures pass in every setting', async () => {
  const file = path.join(fixtures, 'digits', 'digits-vit-dynamo-opset20.onnx');
  const open = openModel(file);
  const plan = planFeeds(open.model, { seed: 0, samples: 2 });
  open.close();
  const report = await matrix(
    file,
    'optimization=all,disabled precision=float32,float16,bfloat16',
    {
      feeds: plan.feeds,
    },
  );
  expect(report.verdict).toBe('pass');
  expect(report.cells.map(({ profile }) => profile)).toEqual([
    'fp32',
    'fp16',
    'fp16',
    'bf16',
    'bf16',
  ]);
  // A type with 3 bits fewer loses some 18 dB.
  const [, half, , brain] = report.cells.map((cell) => cell.outputs[0]?.sqnrDb ?? 0);
  expect((half ?? 0) - (brain ?? 0)).toBeGreaterThan(12);
  expect((half ?? 0) - (brain ?? 0)).toBeLessThan(24);
});

describe('a model that fails in a matrix', () => {
  /** y = x / divisor in int32, which ends the process for the least integer by -1 on x64. */
  function quotient(isSafe: boolean): Model {
    return buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'int32', [1]);
      const given = b.input('divisor', 'int32', [1]);
      const one = b.initializer(tensorFrom('int32', [1], Int32Array.of(1)), 'one');
      const divisor = isSafe ? b.node('Max', [given, one]) : given;
      b.output(b.node('Div', [x, divisor], {}, { outputs: ['y'] }), 'int32', [1]);
    });
  }

  function divisors(...values: number[]): Feeds[] {
    const int32 = (value: number): Tensor => tensorFrom('int32', [1], Int32Array.of(value));
    return values.map(
      (value): Feeds =>
        new Map([
          ['x', int32(-(2 ** 31))],
          ['divisor', int32(value)],
        ]),
    );
  }

  test.runIf(process.arch === 'x64')('is a result in each cell', async () => {
    const [a = '', b = ''] = await saved(['a.onnx', quotient(true)], ['b.onnx', quotient(false)]);
    const report = await matrix(a, 'threads=1,2', { candidate: b, feeds: divisors(1, -1) });
    expect(report.verdict).toBe('fail');
    for (const cell of report.cells) {
      expect(cell).toMatchObject({
        verdict: 'fail',
        isComplete: false,
        samples: 1,
        bitIdentical: true,
        failure: { side: 'candidate', code: 'RUNTIME_CRASHED', sample: 1 },
      });
    }
    const outcomes = matrixCases('a', report).map(({ name, outcome }) => [name, outcome]);
    expect(outcomes.slice(1, 3)).toEqual([
      ['runs', 'failed'],
      ['output y', 'passed'],
    ]);
  });

  test.runIf(process.arch === 'x64')('as base leaves nothing to compare with', async () => {
    const [b = ''] = await saved(['b.onnx', quotient(false)]);
    const report = await matrix(b, 'threads=1,2', { feeds: divisors(1, -1) });
    expect(report).toMatchObject({
      verdict: 'inconclusive',
      isComplete: false,
      cells: [],
      failure: { side: 'reference', stage: 'run', sample: 1 },
    });
    expect(matrixCases('b', report)).toMatchObject([{ name: 'runs', outcome: 'error' }]);
    expect(textOf(presentMatrix(report))).toContain('the reference fails on sample 1');
  });

  test('for rounded weights is told of by its own name', async () => {
    const limits = { session: { threads: 1, createTimeoutMs: 1 } };
    const [a = ''] = await saved(['a.onnx', linear()]);
    const temporary = watchTemporaryFolder();
    const report = await matrix(a, 'precision=float32,float16', limits);
    expect(report.failure).toMatchObject({ code: 'RUNTIME_TIMEOUT', stage: 'load' });
    expect(report.reasons[0]).toContain(a);
    expect(fs.readdirSync(temporary)).toEqual([]);
  });
});

describe('an interruption of a matrix', () => {
  test('leaves the cells before', async () => {
    const [a = ''] = await saved(['a.onnx', linear()]);
    const temporary = watchTemporaryFolder();
    const abort = new AbortController();
    const report = await matrix(a, 'precision=float32,float16,bfloat16 threads=1,2', {
      signal: abort.signal,
      onProgress: (step, done) => step.startsWith('cell 3') && done === 2 && abort.abort(),
    });
    expect(report).toMatchObject({ verdict: 'inconclusive', isComplete: false });
    expect(report.cells.map(({ verdict, samples }) => [verdict, samples])).toEqual([
      ['pass', 3],
      ['pass', 3],
      ['inconclusive', 2],
    ]);
    expect(report.reasons[0]).toBe('interrupted after 2 of 5 cells');
    expect(fs.readdirSync(temporary)).toEqual([]);
  });

  test('before the first cell is thrown', async () => {
    const [a = ''] = await saved(['a.onnx', linear()]);
    const abort = new AbortController();
    const running = matrix(a, 'threads=1,2', {
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('rounded weights', () => {
  test('are those of more than one element, and stay float32', async () => {
    const weights = float32([3], [0.1, 70000, -0]);
    const model = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [3]);
      const scaled = b.node('Mul', [x, b.initializer(weights, 'w')]);
      const list = b.node('Constant', [], { value: float32([2], [0.1, 0.2]) });
      const shifted = b.node('Add', [scaled, b.initializer(float32([], [0.1]), 'epsilon')]);
      b.output(shifted, 'float32', [3]);
      b.output(list, 'float32', [2]);
      b.initializer(tensorFrom('int64', [2], BigInt64Array.of(3n, 70001n)), 'unused');
    });
    const [file = ''] = await saved(['a.onnx', model]);
    const half = await roundWeights(file, 'float16', temporaryFolder());
    const open = openModel(half.path);
    const constants = new Map(
      [...open.model.graph.initializers].map((each) => [each.name, each.initializer]),
    );
    // The neighbours of 0.1 in float16 are 1638 and 1639 · 2^-14; 65504 is the greatest number.
    expect([...(constants.get('w')?.toFloat64() ?? [])]).toEqual([1638 / 16384, Infinity, -0]);
    expect(constants.get('w')?.dtype).toBe('float32');
    expect(constants.get('epsilon')?.toFloat64()[0]).toBe(Math.fround(0.1));
    expect(constants.get('unused')?.toFloat64()[1]).toBe(70001);
    const [node] = [...open.model.graph.nodes].filter((each) => each.opType === 'Constant');
    const value = node?.attribute('value');
    expect(value?.type === 'tensor' && [...value.value.toFloat64()]).toEqual([
      1638 / 16384,
      1638 / 8192,
    ]);
    open.close();
    expect(half.warnings).toEqual(['weights in float16 overflow to infinity in 1 element of "w"']);
    const brain = await roundWeights(file, 'bfloat16', temporaryFolder());
    expect(brain.warnings).toEqual([]);
  });

  test('lie beside the model where they are large, and give the same', async () => {
    const values = Array.from({ length: 300 }, (_, at) => 1 / (at + 3));
    const model = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [300]);
      b.output(b.node('Mul', [x, b.initializer(float32([300], values), 'w')]), 'float32', [300]);
    });
    const [file = ''] = await saved(['a.onnx', model]);
    const folders = [temporaryFolder(), temporaryFolder()] as const;
    const inside = await roundWeights(file, 'bfloat16', folders[0]);
    const beside = await roundWeights(file, 'bfloat16', folders[1], { embedBelowBytes: 0 });
    expect(fs.readdirSync(path.dirname(inside.path))).toEqual(['a.onnx']);
    expect(fs.readdirSync(path.dirname(beside.path))).toEqual(['a.onnx', 'weights.data']);
    const result = await compareModels({
      reference: { path: inside.path },
      candidate: { path: beside.path },
      feeds: [new Map([['x', float32([300], values)]])],
      profile: 'exact',
    });
    expect(result.verdict).toBe('pass');
  });

  test('cannot be had of a model in ORT format', async () => {
    const [file] = fs
      .readdirSync(path.join(fixtures, 'formats'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ort'));
    const ort = path.join(fixtures, 'formats', file ?? '');
    await expect(roundWeights(ort, 'float16', temporaryFolder())).rejects.toMatchObject({
      code: 'USAGE',
    });
  });
});

describe('a base that remembers', () => {
  test('runs once for each feed, as far as memory is allowed', async () => {
    let runs = 0;
    const runnable: Runnable = {
      inputs: [],
      outputs: [],
      notes: [],
      run: async () => {
        runs += 1;
        return new Map([['y', float32([2], [runs, 0])]]);
      },
      close: async () => undefined,
    };
    const [first, second] = [new Map(), new Map()] as const;
    // 8 bytes an output: one is remembered.
    const base = new RememberingRunnable(runnable, 15);
    for (const each of [first, second, first, second]) await base.run(each);
    expect(runs).toBe(3);
    await base.runAfresh(first);
    expect(runs).toBe(4);
    expect((await base.run(first)).get('y')).toMatchObject({ dims: [2] });
    expect(runs).toBe(4);
  });

  test('tells outputs with other bits', () => {
    const zero = float32([1], [0]);
    const negative = float32([1], [-0]);
    const wide = tensorFrom('float64', [1], Float64Array.of(0));
    const ofText = (text: string): Tensor =>
      tensorFrom('uint8', [text.length], new TextEncoder().encode(text));
    const a = new Map(
      Object.entries({
        same: zero,
        sign: zero,
        type: zero,
        shape: zero,
        gone: zero,
        list: [zero, ofText('a')],
        none: null,
      }),
    );
    const b = new Map(
      Object.entries({
        same: float32([1], [0]),
        sign: negative,
        type: wide,
        shape: float32([1, 1], [0]),
        list: [zero, ofText('b')],
        none: null,
      }),
    );
    expect(differingOutputs(a, b)).toEqual(['sign', 'type', 'shape', 'gone', 'list']);
    expect(differingOutputs(new Map([['p', zero]]), new Map([['q', zero]]))).toEqual(['p']);
    expect(differingOutputs(new Map([['p', zero]]), new Map([['q', zero]]), 'position')).toEqual(
      [],
    );
  });
});

test('a matrix is shown as a table of its cells', async () => {
  const [a = ''] = await saved(['a.onnx', linear()]);
  const report = await matrix(a, `precision=float32,bfloat16 provider=cpu,${foreign}`);
  const blocks = presentMatrix(report);
  const cells = blocks.find((block) => block.kind === 'table');
  expect(cells?.columns.map(({ header }) => header)).toEqual([
    'weights',
    'provider',
    'same bits',
    'SQNR dB',
    'max abs',
    'profile',
    'verdict',
  ]);
  expect(cells?.rows.map((row) => [row[0], row[1], row[2], textOf([row.at(-1)])])).toEqual([
    ['float32', foreign, '-', 'not available'],
    // The weights are exact in bfloat16.
    ['bfloat16', 'cpu', 'yes', 'pass'],
    ['bfloat16', foreign, '-', 'not available'],
  ]);
  expect(textOf(blocks)).toContain('yes, bit for bit');
});

/** All text in it. */
function textOf(blocks: readonly unknown[]): string {
  const [first] = blocks;
  const isCell =
    blocks.length === 1 && typeof first === 'object' && first !== null && 'tone' in first;
  return isCell && 'text' in first ? String(first.text) : JSON.stringify(blocks);
}
