import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readNpz } from '../../src/feeds/index.ts';
import { buildModel, type GraphBuilder, type Model, type Value } from '../../src/graph/index.ts';
import { openModel } from '../../src/onnx/index.ts';
import type { Feeds } from '../../src/runtime/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { type TraceReport, type TraceSettings, traceModels } from '../../src/trace/index.ts';
import { fixtures, temporaryFolder } from '../support/files.ts';
import { writeModel } from '../support/write-model.ts';

const row = (...values: number[]): Feeds =>
  new Map([['x', tensorFrom('float32', [1, values.length], Float32Array.from(values))]]);

function trace(
  reference: Model | string,
  candidate: Model | string,
  settings: Partial<TraceSettings> = {},
): Promise<TraceReport> {
  const fileOf = (model: Model | string): string =>
    typeof model === 'string' ? model : writeModel(model);
  return traceModels({
    reference: { path: fileOf(reference), settings: { threads: 1 } },
    candidate: { path: fileOf(candidate), settings: { threads: 1 } },
    feeds: [row(1, 2)],
    profile: 'fp32',
    withSources: false,
    ...settings,
  });
}

/** A model of one input x[1, 2] whose output is what `build` makes. */
function model(build: (b: GraphBuilder, x: Value) => Value): Model {
  return buildModel({ opset: 17 }, (b) => {
    b.output(build(b, b.input('x', 'float32', [1, 2])), 'float32', [1, 2]);
  });
}

function constant(b: GraphBuilder, name: string, ...values: number[]): Value {
  return b.initializer(tensorFrom('float32', [values.length], Float32Array.from(values)), name);
}

interface Variant {
  readonly shift?: readonly number[];
  readonly prefix?: string;
}

/** y = −(x · [2, 3] + shift), with values a, c. For x = [1, 2]: a = [2, 6], c = [3, 7]. */
function affine({ shift = [1, 1], prefix = '' }: Variant = {}): Model {
  return model((b, x) => {
    const a = b.node('Mul', [x, constant(b, 'w', 2, 3)], {}, { outputs: [`${prefix}a`] });
    const options = { outputs: [`${prefix}c`], name: 'shift' };
    const c = b.node('Add', [a, constant(b, 'b', ...shift)], {}, options);
    return b.node('Neg', [c], {}, { outputs: ['y'] });
  });
}

describe('tracing two models', () => {
  test('names the node whose constant differs, with numbers that a hand can check', async () => {
    const report = await trace(affine(), affine({ shift: [1, 1.5] }));
    expect(report.values.map(({ name, maxAbs, isOrigin }) => [name, maxAbs, isOrigin])).toEqual([
      ['a', 0, false],
      ['c', 0.5, true],
      ['y', 0.5, false],
    ]);
    const [, c, y] = report.values;
    // ‖[0, 0.5]‖ / ‖[3, 7]‖ = 0.5 / √58
    expect(c).toMatchObject({ node: 'Add "shift"', operator: 'Add', inputError: 0, total: 2 });
    expect(c?.relativeError).toBeCloseTo(0.5 / Math.sqrt(58), 12);
    expect(c?.sqnrDb).toBeCloseTo(20 * Math.log10(Math.sqrt(58) / 0.5), 9);
    expect(c?.cosine).toBeCloseTo((9 + 7 * 7.5) / Math.sqrt(58 * (9 + 7.5 ** 2)), 12);
    expect(c?.amplification).toBe(Number.POSITIVE_INFINITY);
    expect(y?.amplification).toBeCloseTo(1, 12);
    expect(report.firstDivergence).toMatchObject({ value: { name: 'c' }, isRounding: false });
    expect(report.firstDivergence?.reason).toContain(
      'constant "b" differs: 1 of 2 elements, by up to 0.5',
    );
  });

  test('names it also where values have other names, and however small the change is', async () => {
    const report = await trace(affine(), affine({ shift: [1, 1 + 2 ** -20], prefix: 'other.' }));
    expect(
      report.values.map(({ name, candidate, pairedBy }) => [name, candidate, pairedBy]),
    ).toEqual([
      ['a', 'other.a', 'structure'],
      ['c', 'other.c', 'structure'],
      ['y', 'y', 'name'],
    ]);
    // 2⁻²⁰ of 7 is far less than a rounding limit of 8 · 2⁻²³.
    expect(report.firstDivergence?.value.name).toBe('c');
  });

  test('finds nothing between a model and itself, and says what the runtime makes of it', async () => {
    const file = writeModel(affine());
    const report = await trace(file, file, { withSources: true });
    expect(report).toMatchObject({ samples: 1, unpaired: 0, firstDivergence: null, warnings: [] });
    expect(report.values.map(({ sqnrDb }) => sqnrDb)).toEqual(
      report.values.map(() => Number.POSITIVE_INFINITY),
    );
    expect(report.sources.map(({ cause, output, maxAbs }) => [cause, output, maxAbs])).toEqual([
      ['graph', 'y', 0],
      ['reference-optimizer', 'y', 0],
      ['candidate-optimizer', 'y', 0],
    ]);
  });

  test('names a node that makes NaN of inputs that are the same', async () => {
    const root = (b: GraphBuilder, value: Value): Value => {
      const s = b.node('Sqrt', [value], {}, { outputs: ['s'], name: 'root' });
      return b.node('Neg', [s], {}, { outputs: ['y'] });
    };
    const report = await trace(
      model((b, x) => root(b, b.node('Relu', [x], {}, { outputs: ['r'] }))),
      model((b, x) => root(b, x)),
      { feeds: [row(-1, 4)] },
    );
    expect(report.firstDivergence?.value).toMatchObject({
      node: 'Sqrt "root"',
      classMismatches: 1,
      isOrigin: true,
    });
    expect(report.firstDivergence?.reason).toContain('1 of 2 elements are NaN or infinite');
    expect(report.unpaired).toBe(1);
  });

  test('says which nodes one model has in front of the node where the difference begins', async () => {
    const chain = (isScaled: boolean): Model =>
      model((b, x) => {
        const a = b.node('Neg', [x], {}, { outputs: ['a'] });
        const scale = constant(b, 'scale', 1.5);
        const options = { outputs: ['s'], name: 'scaling' };
        return b.node(
          'Exp',
          [isScaled ? b.node('Mul', [a, scale], {}, options) : a],
          {},
          { outputs: ['y'] },
        );
      });
    const added = await trace(chain(false), chain(true));
    expect(added.firstDivergence?.value.name).toBe('y');
    expect(added.firstDivergence?.reason).toContain(
      'before it, the reference has nothing and the candidate Mul "scaling"',
    );
    const removed = await trace(chain(true), chain(false));
    expect(removed.firstDivergence?.reason).toContain(
      'before it, the reference has Mul "scaling" and the candidate nothing',
    );
  });

  test('follows every input of a node, also in the order in which the candidate reads them', async () => {
    const build = (factor: number, isSwapped: boolean): Model =>
      model((b, x) => {
        const left = b.node('Exp', [x], {}, { outputs: ['left'] });
        const right = b.node('Mul', [x, constant(b, 'k', factor)], {}, { outputs: ['right'] });
        const inputs = isSwapped ? [right, left] : [left, right];
        return b.node('Sub', inputs, {}, { outputs: ['y'], name: 'difference' });
      });
    const changed = await trace(build(2, false), build(3, false));
    expect(changed.firstDivergence?.value.name).toBe('right');
    const [, right, y] = changed.values;
    expect(y?.inputError).toBe(right?.relativeError);
    const swapped = await trace(build(2, false), build(2, true));
    expect(swapped.firstDivergence?.value.node).toBe('Sub "difference"');
  });

  test('does not blame a node that has taken in its neighbour', async () => {
    const scaled = (b: GraphBuilder, x: Value, factor: number): Value =>
      b.node('Mul', [x, constant(b, 'w', factor)], {}, { outputs: ['c'] });
    const relu = (b: GraphBuilder, value: Value): Value =>
      b.node('Relu', [value], {}, { outputs: ['y'] });
    const report = await trace(
      model((b, x) => relu(b, b.node('Mul', [scaled(b, x, 2), constant(b, 'v', 3)]))),
      model((b, x) => relu(b, scaled(b, x, 6))),
    );
    expect(report.values.map(({ name }) => name)).toEqual(['y']);
    expect(report.firstDivergence).toBeNull();
  });

  test('says the same in small chunks as in one', async () => {
    const models = [writeModel(affine()), writeModel(affine({ shift: [2, 1] }))] as const;
    const feeds = [row(1, 2), row(-3, 0.5)];
    const whole = await trace(...models, { feeds });
    const steps: number[] = [];
    const onProgress = (step: string, done: number): void => {
      if (step === 'comparing values') steps.push(done);
    };
    const parts = await trace(...models, { feeds, chunkBytes: 1, onProgress });
    expect(parts).toEqual(whole);
    expect(whole.values[0]?.total).toBe(4);
    expect(steps).toEqual([1, 2, 3]);
  });

  test('reads types that cannot be passed through Casts, and leaves out what no tensor is', async () => {
    const build = (factor: number): Model =>
      model((b, x) => {
        const narrow = b.node('Cast', [x], { to: 16 }, { outputs: ['narrow'] });
        const wide = b.node('Cast', [narrow], { to: 1 }, { outputs: ['wide'] });
        const list = b.node('SequenceConstruct', [wide, wide], {}, { outputs: ['list'] });
        const zero = b.initializer(tensorFrom('int64', [], BigInt64Array.of(0n)), 'zero');
        const taken = b.node('SequenceAt', [list, zero], {}, { outputs: ['taken'] });
        return b.node('Mul', [taken, constant(b, 'k', factor)], {}, { outputs: ['y'] });
      });
    const report = await trace(build(1), build(2));
    expect(report.values.map(({ name, dtype }) => [name, dtype])).toEqual([
      ['narrow', 'bfloat16'],
      ['wide', 'float32'],
      ['taken', 'float32'],
      ['y', 'float32'],
    ]);
    expect(report.unpaired).toBe(1);
    expect(report.warnings).toEqual([expect.stringContaining('"list": it is a sequence')]);
    // What cannot be looked at is walked through.
    expect(report.firstDivergence?.value.name).toBe('y');
    expect(report.values.at(-1)?.inputError).toBe(0);
  });

  test('does not compare what is drawn by chance', async () => {
    const build = (): Model =>
      model((b, x) => {
        const noise = b.node('RandomUniformLike', [x], {}, { outputs: ['noise'] });
        const e = b.node('Exp', [x], {}, { outputs: ['e'] });
        return b.node('Add', [noise, e], {}, { outputs: ['y'] });
      });
    const report = await trace(build(), build());
    expect(report.values.map(({ name }) => name)).toEqual(['e']);
    expect(report.firstDivergence).toBeNull();
    expect(report.warnings).toEqual([expect.stringContaining('random numbers')]);
  });

  test('follows values into subgraphs as a whole', async () => {
    const build = (factor: number): Model =>
      buildModel({ opset: 17 }, (b) => {
        const x = b.input('x', 'float32', [1, 2]);
        const a = b.node('Exp', [x], {}, { outputs: ['a'] });
        const yes = b.initializer(tensorFrom('bool', [], Uint8Array.of(1)), 'yes');
        const branch = b.subgraph('branch', (inner) => {
          const k = inner.initializer(tensorFrom('float32', [1], Float32Array.of(factor)), 'k');
          inner.output(inner.node('Mul', [a, k]), 'float32', [1, 2]);
        });
        const other = b.subgraph('other', (inner) => inner.output(inner.node('Neg', [a])));
        const [y] = b.nodes(
          'If',
          [yes],
          { then_branch: branch, else_branch: other },
          { outputs: ['y'], name: 'choice' },
        );
        b.output(y as Value, 'float32', [1, 2]);
      });
    const report = await trace(build(2), build(2.5));
    expect(report.firstDivergence?.value.node).toBe('If "choice"');
    expect(report.firstDivergence?.reason).toContain('constant "k" differs');
  });

  test('two exports of one network differ by rounding', async () => {
    const [reference = '', candidate = ''] = ['torchscript-opset13', 'dynamo-opset20'].map((name) =>
      path.join(fixtures, 'digits', `digits-cnn-${name}.onnx`),
    );
    const open = openModel(reference);
    const name = open.model.graph.inputs[0]?.name ?? '';
    open.close();
    const images = [...readNpz(path.join(fixtures, 'digits', 'eval.npz')).values()].find(
      (each) => each.dims.length === 4,
    );
    if (images === undefined) throw new Error('no images');
    const one = images.data().slice(0, images.elementCount / (images.dims[0] ?? 1));
    const feed = tensorFrom('float32', [1, ...images.dims.slice(1)], one);
    const report = await trace(reference, candidate, { feeds: [new Map([[name, feed]])] });
    expect(report.values.length).toBeGreaterThan(10);
    expect(report.values.filter((value) => value.isDiverged)).toEqual([]);
    expect(report.firstDivergence?.isRounding).toBe(true);
  });
});

describe('temporary files', () => {
  function emptyTemporary(): string {
    const folder = temporaryFolder();
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = folder;
    onTestFinished(() => {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    });
    return folder;
  }

  test('are gone when it is done, and when it is interrupted', async () => {
    const files = [writeModel(affine()), writeModel(affine({ shift: [2, 2] }))] as const;
    const folder = emptyTemporary();
    await trace(...files);
    expect(fs.readdirSync(folder)).toEqual([]);
    const abort = new AbortController();
    const seen: string[][] = [];
    const onProgress = (step: string, done: number): void => {
      seen.push(fs.readdirSync(folder));
      if (step === 'comparing values' && done === 1) abort.abort();
    };
    const settings = { chunkBytes: 1, signal: abort.signal, onProgress };
    await expect(trace(...files, settings)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(seen.some((names) => names.length > 0)).toBe(true);
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

describe('what cannot be traced', () => {
  test('models in ORT format, and models without a sample', async () => {
    const file = writeModel(affine());
    const ort = path.join(path.dirname(file), 'model.ort');
    fs.writeFileSync(
      ort,
      Buffer.concat([Buffer.of(24, 0, 0, 0), Buffer.from('ORTM'), Buffer.alloc(64)]),
    );
    await expect(trace(file, ort)).rejects.toMatchObject({
      code: 'NOT_SUPPORTED',
      message: expect.stringContaining('ORT format') as string,
    });
    await expect(trace(file, file, { feeds: [] })).rejects.toMatchObject({ code: 'INPUT_DATA' });
  });
});
