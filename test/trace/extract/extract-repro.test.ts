import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readNpz } from '../../../src/feeds/index.ts';
import {
  attributeFrom,
  buildModel,
  type GraphBuilder,
  type Model,
  type Value,
} from '../../../src/graph/index.ts';
import type { ValuePair } from '../../../src/matching/index.ts';
import { type OpenModel, openModel } from '../../../src/onnx/index.ts';
import { compareModels } from '../../../src/parity/index.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';
import { extractRepro, type ReproSettings } from '../../../src/trace/extract/extract-repro.ts';
import { reproPaths } from '../../../src/trace/extract/repro-paths.ts';
import { temporaryFolder } from '../../support/files.ts';
import { SeededRandom } from '../../support/random.ts';
import { writeModel } from '../../support/write-model.ts';

const size = 8;

function normal(count: number, seed: number): Float32Array {
  const random = new SeededRandom(seed);
  return Float32Array.from({ length: count }, () => random.next() * 2 - 1);
}

interface Variant {
  /** Factors of the three weights. */
  readonly factors?: readonly number[];
  /** What inner values are called. */
  readonly prefix?: string;
}

/** x → MatMul → Relu → MatMul → Tanh → MatMul → y, with inner values m0, r, m1, t. */
function network({ factors = [1, 1, 1], prefix = '' }: Variant = {}): Model {
  return buildModel({ opset: 17 }, (b) => {
    const product = (input: Value, at: number, name: string): Value => {
      const values = normal(size * size, at + 1).map((each) => each * (factors[at] ?? 1));
      const w = b.initializer(tensorFrom('float32', [size, size], values), `${prefix}w${at}`);
      return b.node('MatMul', [input, w], {}, { outputs: [name], name: `product${at}` });
    };
    const inner = (name: string): string => `${prefix}${name}`;
    const x = b.input('x', 'float32', ['N', size]);
    const r = b.node('Relu', [product(x, 0, inner('m0'))], {}, { outputs: [inner('r')] });
    const t = b.node('Tanh', [product(r, 1, inner('m1'))], {}, { outputs: [inner('t')] });
    b.output(product(t, 2, 'y'), 'float32', ['N', size]);
  });
}

function opened(model: Model): OpenModel {
  const open = openModel(writeModel(model));
  onTestFinished(() => open.close());
  return open;
}

function pair(reference: OpenModel, candidate: OpenModel, name: string, other = name): ValuePair {
  const [one, two] = [reference.model.graph.value(name), candidate.model.graph.value(other)];
  if (one === undefined || two === undefined) throw new Error(`no ${name}`);
  return { reference: one, candidate: two, by: name === other ? 'name' : 'structure' };
}

const feeds = new Map([['x', tensorFrom('float32', [3, size], normal(3 * size, 99))]]);

function settings(
  reference: OpenModel,
  candidate: OpenModel,
  names: readonly (string | [string, string])[],
  whole: Partial<ReproSettings['whole']> = {},
): ReproSettings {
  const pairs = names.map((name) =>
    typeof name === 'string'
      ? pair(reference, candidate, name)
      : pair(reference, candidate, name[0], name[1]),
  );
  const [target] = pairs;
  if (target === undefined) throw new Error('no target');
  return {
    reference: { open: reference },
    candidate: { open: candidate },
    target,
    pairs,
    whole: { maxAbs: null, sqnrDb: 20, classMismatches: 0, ...whole },
    feeds,
    output: path.join(temporaryFolder(), 'repro.onnx'),
  };
}

function read(file: string): Model {
  const open = openModel(file);
  onTestFinished(() => open.close());
  return open.model;
}

const inner = ['x', 'm0', 'r', 't', 'y'] as const;

describe('the repro of a difference', () => {
  test('is the node that differs, with what the reference holds before it', async () => {
    // All of a weight 10% too large: an error of a tenth, 20 dB, whatever the input.
    const given = settings(opened(network()), opened(network({ factors: [1, 1.1, 1] })), [
      'm1',
      ...inner,
    ]);
    const { repro, warnings } = await extractRepro(given);
    expect(warnings).toEqual([]);
    const paths = reproPaths(given.output);
    expect(repro).toEqual({
      ...paths,
      nodes: 1,
      reproduces: true,
      command: `mlkit validate ${paths.referencePath} ${given.output} --inputs ${paths.inputsPath}`,
    });
    expect(fs.readdirSync(path.dirname(given.output)).toSorted()).toEqual([
      'repro-inputs.npz',
      'repro-reference.onnx',
      'repro.onnx',
    ]);
    // The values of r, computed here.
    const w = normal(size * size, 1);
    const x = normal(3 * size, 99);
    const r = Array.from({ length: 3 * size }, (_, at) => {
      let sum = 0;
      for (let k = 0; k < size; k += 1) {
        sum += (x[Math.floor(at / size) * size + k] ?? 0) * (w[k * size + (at % size)] ?? 0);
      }
      return Math.max(0, sum);
    });
    const arrays = readNpz(paths.inputsPath);
    expect([...arrays.keys()]).toEqual(['r']);
    for (const [at, value] of (arrays.get('r')?.toFloat64() ?? []).entries()) {
      expect(value).toBeCloseTo(r[at] ?? Number.NaN, 5);
    }
    const { outputs } = await compareModels({
      reference: { path: paths.referencePath },
      candidate: { path: paths.candidatePath },
      feeds: [arrays],
      profile: 'auto',
    });
    expect(outputs.map((output) => output.name)).toEqual(['m1']);
    expect(outputs[0]?.verdict).toBe('fail');
    expect(outputs[0]?.sqnrDb).toBeCloseTo(20, 3);
  });

  test('calls inputs and outputs alike in both parts, whatever the candidate calls them', async () => {
    const reference = opened(network());
    // "m1" is the name of a constant in the candidate.
    const model = network({ factors: [1, 1.1, 1], prefix: 'c_' });
    const weight = model.graph.value('c_w1');
    if (weight === undefined) throw new Error('no weight');
    model.graph.renameValue(weight, 'm1');
    const candidate = opened(model);
    const given = settings(reference, candidate, [['m1', 'c_m1'], 'x', ['r', 'c_r'], 'y']);
    const { repro } = await extractRepro(given);
    expect(repro).toMatchObject({ nodes: 1, reproduces: true });
    const part = read(given.output);
    expect(part.graph.inputs.map((value) => value.name)).toEqual(['r']);
    expect(part.graph.outputs.map((value) => value.name)).toEqual(['m1']);
  });

  test('is taken larger until it shows as much as the whole', async () => {
    // The error is made in m0: the last product, from t on, does not show it.
    const given = settings(opened(network()), opened(network({ factors: [1.1, 1, 1] })), [
      'y',
      'x',
      't',
    ]);
    const { repro, warnings } = await extractRepro(given);
    expect(repro).toMatchObject({ nodes: 5, reproduces: true });
    expect(warnings).toEqual([]);
    expect([...readNpz(reproPaths(given.output).inputsPath).keys()]).toEqual(['x']);
  });

  test('says when no part shows it, and writes the one that shows most', async () => {
    const given = settings(
      opened(network()),
      opened(network({ factors: [1, 1, 1.001] })),
      ['y', 'x', 't'],
      { sqnrDb: 3 },
    );
    const { repro, warnings } = await extractRepro(given);
    expect(repro).toMatchObject({ nodes: 1, reproduces: false });
    expect(warnings).toEqual([expect.stringContaining('"y" differs less in the part')]);
  });

  test('of integers in place of floats begins at the nearest values that both have as floats', async () => {
    const reference = opened(network());
    const candidate = opened(quantizedSecond());
    // "r" is an integer in the candidate: its counterpart must be passed over.
    const given = settings(reference, candidate, ['m1', 'x', 'm0', 'r', 'y'], { sqnrDb: 30 });
    const { repro, warnings } = await extractRepro(given);
    expect(warnings).toEqual([]);
    expect(repro).toMatchObject({ reproduces: true, nodes: 6 });
    expect([...readNpz(reproPaths(given.output).inputsPath).keys()]).toEqual(['m0']);
    expect(read(reproPaths(given.output).referencePath).graph.nodes.length).toBe(2);
  });

  test('between float types is fed with rounded values', async () => {
    const half = buildModel({ opset: 17 }, (b) => halfProduct(b, true));
    const whole = buildModel({ opset: 17 }, (b) => halfProduct(b, false));
    const given = settings(opened(whole), opened(half), ['m', 'x', 'a'], { sqnrDb: 66 });
    const { repro, warnings } = await extractRepro(given);
    expect(warnings).toEqual([]);
    expect(repro).toMatchObject({ nodes: 2, reproduces: true });
    expect(repro?.command.endsWith(' --cast-io')).toBe(true);
    expect(read(given.output).graph.inputs[0]?.type).toMatchObject({ elementType: 'float16' });
  });

  test('has what branches capture, and may differ in kind: NaN for a number', async () => {
    const build = (scale: number): Model =>
      buildModel({ opset: 17 }, (b) => {
        const x = b.input('x', 'float32', ['N', size]);
        const a = b.node('Relu', [x], {}, { outputs: ['a'] });
        const two = b.initializer(tensorFrom('float32', [], Float32Array.of(scale)), 'scale');
        const flag = b.initializer(tensorFrom('bool', [], Uint8Array.of(1)), 'flag');
        const branch = b.subgraph('yes', (then) =>
          then.output(then.node('Div', [a, two]), 'float32'),
        );
        const other = b.subgraph('no', (no) => no.output(no.node('Neg', [a]), 'float32'));
        const y = b.node(
          'If',
          [flag],
          { then_branch: branch, else_branch: other },
          { outputs: ['y'] },
        );
        b.output(y, 'float32', ['N', size]);
      });
    const given = settings(opened(build(2)), opened(build(0)), ['y', 'x', 'a'], {
      sqnrDb: null,
      classMismatches: 5,
    });
    const { repro } = await extractRepro(given);
    expect(repro).toMatchObject({ nodes: 1, reproduces: true });
    expect([...readNpz(reproPaths(given.output).inputsPath).keys()]).toEqual(['a']);
  });

  test('does not overwrite the models, and leaves nothing behind', async () => {
    const reference = opened(network());
    const candidate = opened(network({ factors: [1, 1.1, 1] }));
    const given = settings(reference, candidate, ['m1', ...inner]);
    for (const output of [reference.path, candidate.path]) {
      await expect(extractRepro({ ...given, output })).rejects.toThrow('it is read as an input');
    }
    const beside = path.join(path.dirname(candidate.path), 'nowhere', 'repro.onnx');
    await expect(extractRepro({ ...given, output: beside })).rejects.toThrow('there is no folder');
    expect(fs.readdirSync(path.dirname(candidate.path))).toEqual(['model.onnx']);
  });

  test('is not to be had where an input has no counterpart, which is said', async () => {
    const given = settings(opened(network()), opened(network({ factors: [1, 1.1, 1] })), ['m1']);
    const { repro, warnings } = await extractRepro(given);
    expect(repro).toBeNull();
    expect(warnings).toEqual([
      'no part of the models could be run alone: the input "x" of the candidate has no counterpart of its type',
    ]);
    expect(fs.readdirSync(path.dirname(given.output))).toEqual([]);
  });
});

/** The network with its second product in integers; what the reference calls r is uint8 in it. */
function quantizedSecond(): Model {
  const model = network();
  const { graph } = model;
  const [product, relu] = [graph.value('m1')?.producer, graph.value('r')];
  if (!product || !relu) throw new Error('no product');
  graph.renameValue(relu, 'r_float');
  const b = { graph };
  const node = (
    opType: string,
    inputs: readonly (Value | null)[],
    outputs: readonly (string | Value)[],
    to?: bigint,
  ) =>
    b.graph.addNode(
      { opType, inputs, outputs, attributes: to === undefined ? [] : [attributeFrom('to', to)] },
      { before: product },
    ).outputs;
  const [r, scale = null, zero = null] = node('DynamicQuantizeLinear', [relu], ['r', 's', 'z']);
  const floats = normal(size * size, 2);
  const weight = graph.addInitializer(
    'wq',
    tensorFrom(
      'int8',
      [size, size],
      Int8Array.from(floats, (each) => Math.round(each * 20)),
    ),
  );
  const step = graph.addInitializer('step', tensorFrom('float32', [], Float32Array.of(1 / 20)));
  const [integers = null] = node('MatMulInteger', [r ?? null, weight, zero], ['i']);
  const [cast = null] = node('Cast', [integers], ['c'], 1n);
  const [both = null] = node('Mul', [scale, step], ['both']);
  const m1 = graph.value('m1');
  if (m1 === undefined) throw new Error('no m1');
  node('Mul', [cast, both], [m1]);
  graph.removeNode(product);
  return model;
}

/** a = Relu(x), m = a · W in float16 or float32, y = Neg(m). */
function halfProduct(b: GraphBuilder, isHalf: boolean): void {
  const x = b.input('x', 'float32', ['N', size]);
  const to = isHalf ? 10 : 1;
  const start = b.node('Cast', [b.node('Relu', [x])], { to }, { outputs: ['a'] });
  const w = b.initializer(tensorFrom('float32', [size, size], normal(size * size, 3)), 'w');
  const weight = isHalf ? b.node('Cast', [w], { to }) : w;
  const m = b.node('MatMul', [start, weight], {}, { outputs: ['m'] });
  b.output(b.node('Cast', [m], { to: 1 }, { outputs: ['y'] }), 'float32', ['N', size]);
}
