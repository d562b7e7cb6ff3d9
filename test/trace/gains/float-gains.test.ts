import { describe, expect, onTestFinished, test } from 'vitest';
import { buildModel, type GraphBuilder, type Model, type Value } from '../../../src/graph/index.ts';
import type { ValuePair } from '../../../src/matching/index.ts';
import { type OpenModel, openModel } from '../../../src/onnx/index.ts';
import { compareModels } from '../../../src/parity/index.ts';
import type { Feeds } from '../../../src/runtime/index.ts';
import { type Tensor, tensorFrom } from '../../../src/tensor/index.ts';
import { excludedName, excludeFlags, overreach } from '../../../src/trace/gains/exclude.ts';
import { measureFloatGains } from '../../../src/trace/gains/float-gains.ts';
import { FloatSettlement } from '../../../src/trace/gains/settle.ts';
import { PairedTensors } from '../../../src/trace/gains/tensors.ts';
import { findUnits, type Unit } from '../../../src/trace/gains/units.ts';
import { SeededRandom } from '../../support/random.ts';
import { writeModel } from '../../support/write-model.ts';

const size = 16;

function uniform(count: number, seed: number): Float32Array {
  const random = new SeededRandom(seed);
  return Float32Array.from({ length: count }, () => random.next() * 2 - 1);
}

function weight(at: number): Float32Array {
  return uniform(size * size, at + 1);
}

function float32(dims: readonly number[], values: ArrayLike<number>): Tensor {
  return tensorFrom('float32', dims, Float32Array.from(values));
}

/** The numbers up to which the integers of each weight reach; the weights themselves reach to 1. */
type Reaches = readonly number[];

const feeds: readonly Feeds[] = [7, 8].map(
  (seed) => new Map([['x', float32([5, size], uniform(5 * size, seed * 100))]]),
);

type Product = (b: GraphBuilder, input: Value, at: number, output: string) => Value;

const inFloat: Product = (b, input, at, output) => {
  const w = b.initializer(float32([size, size], weight(at)), `w${at}`);
  return b.node('MatMul', [input, w], {}, { outputs: [output], name: `product ${at}` });
};

/** x → product → Relu → product → Relu → … → y, with m0, r0, m1, r1, … in between. */
function chain(
  count: number,
  product: (at: number) => Product,
  { between = asItIs, op = 'Relu' } = {},
): Model {
  return buildModel({ opset: 17 }, (b) => {
    let value = b.input('x', 'float32', ['N', size]);
    for (let at = 0; at < count; at += 1) {
      const isLast = at === count - 1;
      value = product(at)(b, between(b, value, at), at, isLast ? 'y' : `m${at}`);
      if (!isLast) {
        const read = between(b, value, at + 0.5);
        value = b.node(op, [read], {}, { outputs: [`r${at}`], name: `between${at}` });
      }
    }
    b.output(value, 'float32', ['N', size]);
  });
}

const asItIs = (_: GraphBuilder, value: Value, _at: number): Value => value;

/** As onnxruntime's dynamic quantization writes it. */
const dynamic =
  (reaches: Reaches): Product =>
  (b, input, at, output) => {
    const [values, scale] = symmetric(weight(at), reaches[at]);
    const w = b.initializer(tensorFrom('int8', [size, size], values), `w${at}_quantized`);
    const [q, s, z] = b.nodes('DynamicQuantizeLinear', [input], {}, { outputs: 3 });
    const integers = b.node('MatMulInteger', [q ?? null, w, z ?? null]);
    const floats = b.node('Cast', [integers], { to: 1 });
    const both = b.node('Mul', [s ?? null, b.initializer(float32([], [scale]), `s${at}`)]);
    return b.node('Mul', [floats, both], {}, { outputs: [output] });
  };

/** A weight that is made float when the model runs. */
const weightOnly =
  (reaches: Reaches): Product =>
  (b, input, at, output) => {
    const w = dequantized(b, weight(at), reaches[at], `w${at}`);
    return b.node('MatMul', [input, w], {}, { outputs: [output], name: `product ${at}` });
  };

function dequantized(
  b: GraphBuilder,
  floats: Float32Array,
  reach: number | undefined,
  name: string,
): Value {
  const [values, scale] = symmetric(floats, reach);
  const w = b.initializer(tensorFrom('int8', [size, size], values), `${name}_quantized`);
  return b.node('DequantizeLinear', [w, b.initializer(float32([], [scale]), `${name}_scale`)]);
}

function symmetric(floats: Float32Array, reach = 1): [Int8Array, number] {
  const scale = Math.fround(reach / 127);
  return [Int8Array.from(floats, (each) => Math.round(each / scale)), scale];
}

function opened(model: Model): OpenModel {
  const open = openModel(writeModel(model));
  onTestFinished(() => open.close());
  return open;
}

/** Pairs of values of one name. */
function byName(reference: OpenModel, candidate: OpenModel): ValuePair[] {
  return [...reference.model.graph.values()].flatMap((value) => {
    const other = candidate.model.graph.value(value.name);
    return other === undefined ? [] : [{ reference: value, candidate: other, by: 'name' as const }];
  });
}

async function gainsOf(
  one: Model,
  two: Model,
  settings: Partial<Parameters<typeof measureFloatGains>[0]> = {},
) {
  const [reference, candidate] = [opened(one), opened(two)];
  const gains = await measureFloatGains({
    reference: { open: reference },
    candidate: { open: candidate },
    pairs: byName(reference, candidate),
    feeds,
    ...settings,
  });
  if (gains === null) throw new Error('nothing was measured');
  return gains;
}

/** The SQNR of y as `validate` has it. */
async function sqnrOf(one: Model, two: Model): Promise<number | null> {
  const { outputs } = await compareModels({
    reference: { path: writeModel(one) },
    candidate: { path: writeModel(two) },
    feeds,
    profile: 'int8',
  });
  return outputs[0]?.sqnrDb ?? null;
}

describe('what nodes win that stay in float', () => {
  test('is most for the one that is badly quantized, and what a model without it has', async () => {
    const reaches = [1, 40, 1, 1];
    const reference = chain(4, () => inFloat);
    const mixed = (floats: readonly number[]): Model =>
      chain(4, (at) => (floats.includes(at) ? inFloat : dynamic(reaches)));
    const gains = await gainsOf(reference, mixed([]));
    expect(gains.output).toBe('y');
    expect(gains.sqnrDb).toBeCloseTo((await sqnrOf(reference, mixed([]))) ?? 0, 6);
    expect(gains.notes).toEqual([]);
    expect(gains.nodes.map((node) => node.node).toSorted()).toEqual(
      [0, 1, 2, 3].map((at) => `product ${at}`),
    );
    const [first] = gains.nodes;
    expect(first).toMatchObject({ node: 'product 1', operator: 'MatMul' });
    expect(first?.sqnrDb).toBeCloseTo((await sqnrOf(reference, mixed([1]))) ?? 0, 6);
    expect(first?.gainDb).toBeCloseTo((first?.sqnrDb ?? 0) - gains.sqnrDb, 9);
    expect(first?.gainDb).toBeGreaterThan(5);
    for (const other of gains.nodes.slice(1)) expect(other.gainDb).toBeLessThan(1);
    // With it the output passes the profile, so no other is suggested.
    expect(gains.suggestion).toEqual({
      nodes: ['product 1'],
      sqnrDb: first?.sqnrDb,
      flags: "--exclude 'product 1'",
    });
  });

  test('is the same for nodes that are tried where others are left out', async () => {
    const reference = chain(4, () => inFloat);
    const candidate = (): Model => chain(4, () => weightOnly([1, 40, 1, 1]));
    const all = await gainsOf(reference, candidate());
    const few = await gainsOf(reference, candidate(), { mostNodes: 2 });
    expect(few.notes).toContain('only the 2 nodes with the largest weights were tried, of 4');
    expect(few.sqnrDb).toBeCloseTo(all.sqnrDb, 9);
    expect(few.nodes).toHaveLength(2);
    for (const { node, gainDb } of few.nodes) {
      expect(gainDb).toBeCloseTo(all.nodes.find((each) => each.node === node)?.gainDb ?? 0, 9);
    }
  });

  test('is measured together, for nodes that win little alone', async () => {
    const reaches = [1, 40, 1, 40, 1];
    // Before a Relu, onnxruntime makes another operator of such a product than elsewhere.
    const op = 'Softsign';
    const reference = chain(5, () => inFloat, { op });
    const mixed = (floats: readonly number[]): Model =>
      chain(5, (at) => (floats.includes(at) ? inFloat : weightOnly(reaches)), { op });
    const gains = await gainsOf(reference, mixed([]));
    expect(gains.notes).toEqual([]);
    expect(gains.sqnrDb).toBeCloseTo((await sqnrOf(reference, mixed([]))) ?? 0, 6);
    expect(gains.suggestion?.nodes.toSorted()).toEqual(['product 1', 'product 3']);
    expect(gains.suggestion?.sqnrDb).toBeCloseTo((await sqnrOf(reference, mixed([1, 3]))) ?? 0, 6);
    const best = gains.nodes[0]?.gainDb ?? 0;
    expect((gains.suggestion?.sqnrDb ?? 0) - gains.sqnrDb).toBeGreaterThan(2 * best);
  });

  test('between values that are quantized is what a quantizer would make without the node', async () => {
    const reaches = [40, 40, 1];
    const reference = chain(3, () => inFloat);
    const gains = await gainsOf(reference, quantizedChain(reaches, []), { profile: 'fp32' });
    // Relu hands on what it is given, so it is not tried.
    expect(gains.nodes.map((node) => node.node).toSorted()).toEqual(
      [0, 1, 2].map((at) => `product ${at}`),
    );
    expect(gains.notes).toEqual([]);
    for (const at of [0, 1, 2]) {
      const found = gains.nodes.find((node) => node.node === `product ${at}`);
      const made = await sqnrOf(reference, quantizedChain(reaches, [at]));
      expect(found?.sqnrDb).toBeCloseTo(made ?? 0, 4);
    }
    // m0, r0 and x are float once both products around them are.
    expect(gains.suggestion?.nodes.toSorted()).toEqual(['product 0', 'product 1']);
    const made = await sqnrOf(reference, quantizedChain(reaches, [0, 1]));
    expect(gains.suggestion?.sqnrDb).toBeCloseTo(made ?? 0, 4);
  });

  test('leaves values quantized that anything quantized reads', () => {
    const pair = (isQuantized: boolean): Model =>
      buildModel({ opset: 17 }, (b) => {
        const x = b.input('x', 'float32', ['N', size]);
        let read = x;
        if (isQuantized) {
          const scale = b.initializer(float32([], [1 / 127]), 'scale');
          const zero = b.initializer(tensorFrom('int8', [], Int8Array.of(0)), 'zero');
          read = b.node('DequantizeLinear', [
            b.node('QuantizeLinear', [x, scale, zero]),
            scale,
            zero,
          ]);
        }
        for (const at of [0, 1]) {
          const product = isQuantized ? weightOnly([1, 1]) : inFloat;
          b.output(product(b, read, at, `y${at}`), 'float32', ['N', size]);
        }
      });
    const [reference, candidate] = [opened(pair(false)), opened(pair(true))];
    const pairs = byName(reference, candidate);
    const tensors = new PairedTensors(reference.model, candidate.model, pairs);
    const found = findUnits(reference.model, candidate.model, tensors);
    const [one, two] = found.units;
    if (!one || !two) throw new Error('there are two products');
    const settlement = new FloatSettlement(found, tensors);
    const floats = (...units: Unit[]): string[] =>
      [...settlement.settle(new Set(units)).tensors].map((tensor) => tensor.reference.name);
    expect(floats()).toEqual([]);
    expect(floats(one)).toEqual([]);
    expect(floats(one, two)).toEqual(['x']);
  });

  test('of rows that are looked up, of nodes without a name, in a model of several outputs', async () => {
    const table = (isQuantized: boolean): Model =>
      buildModel({ opset: 17 }, (b) => {
        const x = b.input('x', 'float32', ['N', size]);
        const index = b.node('Cast', [b.node('Relu', [x], {}, { outputs: ['r'] })], { to: 7 });
        const [values, scale] = symmetric(weight(1));
        let rows: Value;
        if (isQuantized) {
          const w = b.initializer(tensorFrom('int8', [size, size], values), 'wq');
          const integers = b.node('Gather', [w, index]);
          const step = b.initializer(float32([], [scale]), 'step');
          rows = b.node(
            'Mul',
            [b.node('Cast', [integers], { to: 1 }), step],
            {},
            { outputs: ['rows'] },
          );
        } else {
          const w = b.initializer(float32([size, size], weight(1)), 'w');
          rows = b.node('Gather', [w, index], {}, { outputs: ['rows'], name: '' });
        }
        b.output(b.node('Neg', [x], {}, { outputs: ['other'] }), 'float32', ['N', size]);
        b.output(b.node('Identity', [rows], {}, { outputs: ['y'] }), 'float32');
      });
    const gains = await gainsOf(table(false), table(true));
    expect(gains.output).toBe('y');
    expect(gains.nodes).toEqual([
      { node: 'rows', operator: 'Gather', sqnrDb: Infinity, gainDb: Infinity },
    ]);
    // Without it nothing would be quantized.
    expect(gains.suggestion).toBeNull();
  });

  test('is not measured of models that are not quantized', async () => {
    const model = opened(chain(2, () => inFloat));
    const other = opened(chain(2, () => inFloat, { op: 'Abs' }));
    const gains = await measureFloatGains({
      reference: { open: model },
      candidate: { open: other },
      pairs: byName(model, other),
      feeds,
    });
    expect(gains).toBeNull();
  });

  test('is cut to the nodes with the largest weights, which is said', async () => {
    const reaches = [1, 40, 1];
    const gains = await gainsOf(
      chain(3, () => inFloat),
      chain(3, () => dynamic(reaches)),
      { mostNodes: 2, budgetMs: 0 },
    );
    expect(gains.nodes).toHaveLength(1);
    expect(gains.notes).toEqual([
      'only the 2 nodes with the largest weights were tried, of 3',
      'after 0 s, 1 of 2 nodes had been tried, those with the largest weights',
    ]);
  });
});

/** Quantized as onnxruntime's static quantization does, without some products. */
function quantizedChain(reaches: Reaches, floats: readonly number[]): Model {
  const reachOf = [1, 12, 10, 60, 50];
  return chain(3, (at) => (floats.includes(at) ? inFloat : weightOnly(reaches)), {
    between: (b, value, at) => {
      // A value is quantized unless everything around it is float; Relu takes what comes.
      const isProduct = Number.isInteger(at);
      const before = floats.includes(Math.ceil(at) - 1);
      const after = floats.includes(Math.floor(at));
      const isFloat = isProduct ? (at === 0 || before) && after : floats.includes(at - 0.5);
      if (isFloat) return value;
      const scale = b.initializer(float32([], [(reachOf[at * 2] ?? 1) / 127]), `scale${at}`);
      const zero = b.initializer(tensorFrom('int8', [], Int8Array.of(0)), `zero${at}`);
      const integers = b.node('QuantizeLinear', [value, scale, zero]);
      return b.node('DequantizeLinear', [integers, scale, zero]);
    },
  });
}

describe('flags that leave nodes in float', () => {
  test('are quoted where a shell would take them apart', () => {
    expect(excludeFlags(['/layer.1/MatMul', 'two words', "it's", 'all*'])).toBe(
      "--exclude /layer.1/MatMul --exclude 'two words' --exclude 'it'\\''s' --exclude 'all*'",
    );
  });

  test('reach further where names are patterns or are shared, which is said', () => {
    const model = buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [2]);
      const add = (name: string): Value =>
        b.node('Neg', [x], {}, { name, outputs: [`${name}_out`] });
      for (const name of ['a*', 'abc', 'same', 'same', 'one']) {
        b.output(name === 'same' ? b.node('Abs', [x], {}, { name }) : add(name), 'float32', [2]);
      }
    });
    expect(overreach(['one'], model)).toBeNull();
    expect(overreach(['a*'], model)).toContain('not measured: abc');
    expect(overreach(['same'], model)).toContain('not measured: same');
    const [first] = model.graph.nodes;
    expect(first && excludedName(first)).toBe('a*');
  });
});
