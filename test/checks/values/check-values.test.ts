import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ModelFacts } from '../../../src/checks/index.ts';
import { checkValues } from '../../../src/checks/values/check-values.ts';
import { valueChecks } from '../../../src/checks/values/index.ts';
import type { ValueServices } from '../../../src/checks/values/read-values.ts';
import { buildModel, type GraphBuilder, type Model } from '../../../src/graph/index.ts';
import { openModel } from '../../../src/onnx/index.ts';
import type { Finding } from '../../../src/report/index.ts';
import { type DataType, type NumericArray, tensorFrom } from '../../../src/tensor/index.ts';
import { foreignBytes } from '../../support/protobuf.ts';
import { writeModel } from '../../support/write-model.ts';

async function check(
  model: Model | Uint8Array,
  dataFiles: Readonly<Record<string, Uint8Array>> = {},
  services: ValueServices = {},
): Promise<Finding[]> {
  const open = openModel(writeModel(model, dataFiles));
  try {
    return await checkValues(new ModelFacts(open, { measureAll: true }), services);
  } finally {
    open.close();
  }
}

/** Weights that `op` reads beside an input. */
function weights(
  op: string,
  ...arrays: readonly (readonly [DataType, readonly number[], NumericArray])[]
): Model {
  return buildModel({ opset: 17 }, (b: GraphBuilder) => {
    for (const [at, [dtype, dims, data]] of arrays.entries()) {
      const x = b.input(`x${at}`, dtype, dims);
      const w = b.initializer(tensorFrom(dtype, dims, data), `w${at}`);
      b.output(b.node(op, [x, w]), dtype, dims);
    }
  });
}

const codes = (findings: readonly Finding[]) => findings.map((each) => each.code);

describe('values that are not finite', () => {
  test('are an error among weights', async () => {
    const data = Float32Array.of(1, Number.NaN, Infinity);
    const [finding, ...rest] = await check(weights('MatMul', ['float32', [1, 3], data]));
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      code: 'values-not-finite',
      severity: 'error',
      at: { value: 'w0' },
      message: 'constant "w0" has 1 NaN and 1 infinite values',
      spec: 'ok',
      runtime: 'accepts',
    });
  });

  test('are no error in a mask, unless they are NaN', async () => {
    const mask = Float32Array.of(0, -Infinity);
    const [infinite] = await check(weights('Add', ['float32', [2], mask]));
    expect(infinite).toMatchObject({ code: 'values-not-finite', severity: 'warning' });
    const [bound] = await check(weights('MatMul', ['float32', [2], mask]));
    expect(bound).toMatchObject({ severity: 'error' });
    const [nan] = await check(weights('Add', ['float32', [2], Float32Array.of(0, Number.NaN)]));
    expect(nan).toMatchObject({ severity: 'error' });
  });

  test('are told together where they are everywhere', async () => {
    const bad = ['float32', [2], Float32Array.of(0, Number.NaN)] as const;
    const found = await check(weights('Mul', ...Array.from({ length: 12 }, () => bad)));
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toMatch(/^12 constants have 12 NaN and 0 infinite values: "w0", /);
  });
});

describe('the range of float16', () => {
  test('is left by an exact number of weights', async () => {
    const data = Float32Array.of(65_504, 65_505, -65_504, -1e30, 1, 0);
    const [finding] = await check(weights('MatMul', ['float32', [6], data]));
    expect(finding).toMatchObject({ code: 'values-beyond-float16', severity: 'info' });
    expect(finding?.message).toMatch(/^2 weights lie beyond ±65504, .* in "w0"$/);
  });

  test('is undershot by an exact number of weights, zero not among them', async () => {
    const data = new Float64Array(1000).fill(1);
    // 2^-25 ties to zero; what is next above it is kept, as the least subnormal.
    data.set([2 ** -25, -(2 ** -26), 2 ** -25 + 2 ** -40, 2 ** -14, -(2 ** -14) + 2 ** -30, 0]);
    const [finding] = await check(weights('MatMul', ['float64', [10, 100], data]));
    expect(finding?.code).toBe('values-below-float16');
    expect(finding?.message).toBe(
      'of 1000 weights, float16 rounds 2 (0.2 %) to zero and keeps 2 (0.2 %) with fewer digits',
    );
  });

  test('holds weights of float16, and the usual ones of float32', async () => {
    const half = ['float16', [1000], new Uint16Array(1000).fill(1)] as const;
    const usual = new Float32Array(1000).map((_, at) => (at - 500) / 1000);
    const found = await check(weights('MatMul', half, ['float32', [1000], usual]));
    expect(found).toEqual([]);
  });
});

describe('weights that hold one number', () => {
  test('are told, zeros apart', async () => {
    const found = await check(
      weights(
        'MatMul',
        ['float32', [8, 8], new Float32Array(64)],
        ['float32', [8, 8], new Float32Array(64).fill(0.25)],
      ),
    );
    expect(codes(found)).toEqual(['values-all-zero', 'values-all-equal']);
    expect(found[0]?.message).toBe('"w0" holds nothing but zeros');
  });

  test('are not told of biases, nor where one differs', async () => {
    const almost = new Float32Array(64);
    almost[63] = 1;
    const found = await check(
      weights('MatMul', ['float32', [64], new Float32Array(64)], ['float32', [8, 8], almost]),
    );
    expect(found).toEqual([]);
  });
});

describe('copies of weights', () => {
  const data = new Float32Array(64 * 64).map((_, at) => at / 64);
  const other = data.with(data.length - 1, 0);

  test('are found by their bytes', async () => {
    const found = await check(
      weights('MatMul', ['float32', [64, 64], data], ['float32', [64, 64], data]),
    );
    expect(codes(found)).toEqual(['initializer-copy']);
    expect(found[0]?.message).toBe(
      '16 KiB are copies of "w0" with the same type, shape and bytes: "w1"',
    );
  });

  test('are no copies where a byte, the shape or the type differs, or callers know the name', async () => {
    const integers = new Int32Array(data.buffer);
    const differing = weights(
      'MatMul',
      ['float32', [64, 64], data],
      ['float32', [64, 64], other],
      ['float32', [4096], data],
      ['int32', [64, 64], integers],
    );
    expect(codes(await check(differing))).toEqual([]);
    const known = buildModel({ opset: 17 }, (b) => {
      const twins = ['v', 'w'].map((name) =>
        b.initializer(tensorFrom('float32', [4096], data), name),
      );
      b.graph.addInput('w', null);
      b.output(b.node('Concat', twins, { axis: 0 }), 'float32', [8192]);
    });
    expect(codes(await check(known))).toEqual([]);
  });
});

test('int64 that fits int32 is told, and other int64 is not', async () => {
  const small = new BigInt64Array(10_000).fill(2n ** 31n - 1n);
  const large = small.with(0, 2n ** 31n);
  const found = await check(weights('Add', ['int64', [10_000], small], ['int64', [10_000], large]));
  expect(codes(found)).toEqual(['values-fit-int32']);
  expect(found[0]?.message).toBe('78.1 KiB of int64 constants hold numbers that fit int32: "w0"');
});

describe('the checksum of a data file', () => {
  const data = new Uint8Array(3_000_000).map((_, at) => at % 7);

  const external = (checksum: string) =>
    foreignBytes('ModelProto', {
      ir_version: 8,
      opset_import: [{ version: 17 }],
      graph: {
        name: 'g',
        initializer: [
          {
            name: 'w',
            data_type: 2,
            dims: [8],
            data_location: 1,
            external_data: [
              { key: 'location', value: 'w.bin' },
              { key: 'length', value: '8' },
              { key: 'checksum', value: checksum },
            ],
          },
        ],
        node: [{ op_type: 'Identity', input: ['w'], output: ['y'] }],
        output: [{ name: 'y' }],
      },
    });

  test('is the SHA-1 of all of it', async () => {
    const right = createHash('sha1').update(data).digest('hex');
    expect(await check(external(right), { 'w.bin': data })).toEqual([]);
    expect(await check(external(right.toUpperCase()), { 'w.bin': data })).toEqual([]);
    const [finding, ...rest] = await check(external(right), { 'w.bin': data.with(2_999_999, 9) });
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ code: 'external-checksum', severity: 'error', spec: 'ok' });
  });

  test('is not asked of a file that is not there', async () => {
    expect(await check(external('deadbeef'))).toEqual([]);
  });
});

describe('reading', () => {
  test('can be interrupted, and says how far it is', async () => {
    const big = weights('MatMul', ['float32', [4_000_000], new Float32Array(4_000_000).fill(0.5)]);
    const controller = new AbortController();
    const seen: number[] = [];
    const reading = check(
      big,
      {},
      {
        signal: controller.signal,
        onProgress: (done, total) => {
          seen.push(done / total);
          controller.abort();
        },
      },
    );
    // A machine that reads 16 MB within a turn has nothing to be interrupted.
    const outcome = await reading.then(
      () => 'done',
      (error: unknown) => (error as { code: string }).code,
    );
    expect(outcome).toBe(seen.length === 0 ? 'done' : 'INTERRUPTED');
    expect(seen.every((each) => each > 0 && each <= 1)).toBe(true);
  });

  test('is judged by checks that have each code once', () => {
    const listed = valueChecks.flatMap((each) => each.codes);
    expect(new Set(listed).size).toBe(listed.length);
  });
});
