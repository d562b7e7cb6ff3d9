import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildModel, type Model } from '../../src/graph/index.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { openModel, readModel } from '../../src/onnx/index.ts';
import type { NumericArray } from '../../src/tensor/index.ts';
import {
  type DataType,
  memoryStorage,
  stringTensor,
  Tensor,
  tensorFrom,
} from '../../src/tensor/index.ts';
import { fixtures } from '../support/files.ts';
import { foreignBytes } from '../support/protobuf.ts';
import { writeModel } from '../support/write-model.ts';
import { diffBuilt, diffEdited, diffFiles } from './diff-pair.ts';

/** A model of one constant that an Identity hands on. */
function holding(tensor: Tensor): Model {
  return buildModel({ opset: 25, irVersion: 13 }, (b) => {
    b.output(b.node('Identity', [b.initializer(tensor, 'w')], {}, { name: 'i', outputs: ['y'] }));
  });
}

function of(dtype: DataType, data: NumericArray, dims: readonly number[] = [data.length]): Tensor {
  return tensorFrom(dtype, dims, data, 'w');
}

function packed(dtype: DataType, count: number, ...bytes: number[]): Tensor {
  return new Tensor({ dtype, dims: [count], storage: memoryStorage(Uint8Array.from(bytes)) });
}

async function compare(before: Tensor, after: Tensor): Promise<Record<string, unknown> | null> {
  const { weights, equivalence } = await diffBuilt(holding(before), holding(after));
  const [change] = weights.changed;
  expect(equivalence).toBe(change === undefined ? 'identical' : 'different');
  if (change === undefined) return null;
  const { what, differing, maxAbsDifference, nanDiffering } = change;
  return { what, differing, max: maxAbsDifference, nan: nanDiffering };
}

const nan = Number.NaN;
const { POSITIVE_INFINITY: infinity } = Number;

describe('values that differ', () => {
  test.each([
    [
      'float32',
      of('float32', Float32Array.of(1, 2, 3)),
      of('float32', Float32Array.of(1, 2.5, 2)),
      2,
      1,
      0,
    ],
    [
      'signs of zero',
      of('float32', Float32Array.of(0, 1)),
      of('float32', Float32Array.of(-0, 1)),
      1,
      0,
      0,
    ],
    [
      'NaN',
      of('float32', Float32Array.of(nan, 1)),
      of('float32', Float32Array.of(0, nan)),
      2,
      null,
      2,
    ],
    [
      'infinity',
      of('float64', Float64Array.of(infinity, 1)),
      of('float64', Float64Array.of(1, 1)),
      1,
      infinity,
      0,
    ],
    // Bit patterns: 1 is 0x3c00, and the next number 0x3c01 is 2^-10 above.
    [
      'float16',
      of('float16', Uint16Array.of(0x3c00)),
      of('float16', Uint16Array.of(0x3c01)),
      1,
      2 ** -10,
      0,
    ],
    [
      'bfloat16',
      of('bfloat16', Uint16Array.of(0x3f80)),
      of('bfloat16', Uint16Array.of(0x3f81)),
      1,
      2 ** -7,
      0,
    ],
    ['int8', of('int8', Int8Array.of(-128, 0)), of('int8', Int8Array.of(127, 0)), 1, 255, 0],
    ['int4', packed('int4', 3, 0x21, 0x07), packed('int4', 3, 0x21, 0x08), 1, 15, 0],
    ['uint2', packed('uint2', 5, 0b11100100, 1), packed('uint2', 5, 0b00100100, 1), 1, 3, 0],
    [
      'int64',
      of('int64', BigInt64Array.of(2n ** 62n, 5n)),
      of('int64', BigInt64Array.of(2n ** 62n + 1n, 5n)),
      1,
      1,
      0,
    ],
    ['bool', of('bool', Uint8Array.of(0, 1)), of('bool', Uint8Array.of(1, 1)), 1, 1, 0],
    [
      'complex64',
      of('complex64', Float32Array.of(0, 0, 1, 1), [2]),
      of('complex64', Float32Array.of(3, 4, 1, 1), [2]),
      1,
      5,
      0,
    ],
  ] as const)('%s', async (_name, before, after, differing, max, nans) => {
    expect(await compare(before, after)).toEqual({ what: 'values', differing, max, nan: nans });
    expect(await compare(before, before)).toBeNull();
  });

  test('texts', async () => {
    const before = stringTensor([3], ['a', 'b', 'c'], 'w');
    const after = stringTensor([3], ['a', 'x', 'cc'], 'w');
    expect(await compare(before, after)).toEqual({
      what: 'values',
      differing: 2,
      max: null,
      nan: 0,
    });
    expect(await compare(before, before)).toBeNull();
  });

  test('of another type: by what they stand for', async () => {
    // 0.1 is 0x2e66 as float16, which is 0.0999755859375.
    const single = of('float32', Float32Array.of(0.1, 1, nan));
    const half = of('float16', Uint16Array.of(0x2e66, 0x3c00, 0x7e00));
    const change = await compare(single, half);
    expect(change).toMatchObject({ what: 'type', differing: 1, nan: 0 });
    expect(change?.['max']).toBe(Math.fround(0.1) - 0.0999755859375);
    const exact = await compare(of('int32', Int32Array.of(7)), of('int64', BigInt64Array.of(7n)));
    expect(exact).toEqual({ what: 'type', differing: null, max: null, nan: 0 });
  });

  test('of another shape', async () => {
    const change = await compare(
      of('float32', Float32Array.of(1, 2)),
      of('float32', Float32Array.of(1, 2), [2, 1]),
    );
    expect(change).toEqual({ what: 'shape', differing: null, max: null, nan: 0 });
  });
});

test('one element among many, behind the border of a piece', async () => {
  const values = Float32Array.from({ length: 400_000 }, (_, at) => at);
  const others = Float32Array.from(values);
  others[131_072] = 131_073.5;
  others[399_999] = 399_999.25;
  expect(await compare(of('float32', values), of('float32', others))).toEqual({
    what: 'values',
    differing: 2,
    max: 1.5,
    nan: 0,
  });
});

test('a weight of a real model, by exactly what was added to it', async () => {
  const file = path.join(fixtures, 'digits', 'digits-cnn-torchscript-opset13.onnx');
  let name = '';
  let expected = 0;
  const report = await diffEdited(file, ({ graph }) => {
    const value = graph.initializers.find((each) => each.initializer?.dims.length === 4);
    const tensor = value!.initializer!;
    const data = Float32Array.from(tensor.data() as Float32Array);
    const old = data[7]!;
    data[7] = old + 0.125;
    expected = Math.abs(data[7] - old);
    name = value!.name;
    graph.setInitializer(value!, tensorFrom('float32', tensor.dims, data, name));
  });
  expect(report.weights.changed).toHaveLength(1);
  expect(report.weights.changed[0]).toMatchObject({
    name,
    what: 'values',
    differing: 1,
    maxAbsDifference: expected,
  });
  expect(report.weights.equal).toBe(report.weights.compared - 1);
});

test('the same numbers in raw data and in typed fields', async () => {
  const graph = (weight: Record<string, unknown>) =>
    foreignBytes('ModelProto', {
      irVersion: 8,
      ir_version: 8,
      opset_import: [{ domain: '', version: 17 }],
      graph: {
        name: 'g',
        node: [{ op_type: 'Identity', input: ['w'], output: ['y'] }],
        initializer: [{ name: 'w', dims: [2], ...weight }],
        output: [{ name: 'y' }],
      },
    });
  const raw = Buffer.from(Int32Array.of(-5, 300).buffer);
  const report = await diffFiles(
    writeModel(graph({ data_type: 6, int32_data: [-5, 300] })),
    writeModel(graph({ data_type: 6, raw_data: raw })),
  );
  expect(report.equivalence).toBe('identical');
  expect(report.weights.compared).toBe(1);
});

test('unread weights leave it undecided, but small constants are read', async () => {
  const large = (fill: number) => of('float32', new Float32Array(2000).fill(fill));
  const report = await diffBuilt(holding(large(1)), holding(large(2)), false);
  expect(report).toMatchObject({ verdict: 'inconclusive', isSame: true });
  expect(report.weights).toMatchObject({ compared: 0, notRead: 1, changed: [] });
  const small = (value: bigint) => of('int64', BigInt64Array.of(value));
  const changed = await diffBuilt(holding(small(1n)), holding(small(2n)), false);
  expect(changed.verdict).toBe('different');
  const other = await diffBuilt(
    holding(large(1)),
    holding(of('float64', new Float64Array(2000))),
    false,
  );
  expect(other.weights.changed.map((each) => each.what)).toEqual(['type']);
});

test('models that are in memory, and interruptions', async () => {
  const { diffModels } = await import('../../src/inspect/diff/index.ts');
  const file = writeModel(holding(of('float32', new Float32Array(9))));
  const open = openModel(file);
  const model = readModel(encodeModel(open.model).toBytes());
  const report = await diffModels(open, { ...open, model }, { readWeights: true });
  expect(report.equivalence).toBe('identical');
  const signal = AbortSignal.abort();
  await expect(diffModels(open, open, { readWeights: true, signal })).rejects.toMatchObject({
    code: 'INTERRUPTED',
  });
  open.close();
});
