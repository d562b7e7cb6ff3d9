import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ModelFacts } from '../../src/checks/index.ts';
import { buildModel, type GraphBuilder, type Value } from '../../src/graph/index.ts';
import { presentQuantization } from '../../src/inspect/present-quantization.ts';
import { describeQuantization, type QuantizationReport } from '../../src/inspect/quantization.ts';
import { openModel } from '../../src/onnx/index.ts';
import { applyPlan } from '../../src/quantize/apply.ts';
import { defaultConfig } from '../../src/quantize/config.ts';
import { planQuantization } from '../../src/quantize/plan.ts';
import { memoryStorage, Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { fixtures, shared } from '../support/files.ts';
import { writeModel } from '../support/write-model.ts';

function describeFile(file: string): QuantizationReport | null {
  const open = openModel(file);
  try {
    return describeQuantization(open.model, new ModelFacts(open).constants);
  } finally {
    open.close();
  }
}

const contrib = { '': 21, 'com.microsoft': 1 } as const;

function describeBuilt(build: (b: GraphBuilder) => void): QuantizationReport | null {
  return describeFile(writeModel(buildModel({ opset: contrib, irVersion: 10 }, build)));
}

function bytes(
  b: GraphBuilder,
  name: string,
  dtype: 'int8' | 'uint8',
  dims: readonly number[],
  fill = 0,
): Value {
  const count = dims.reduce((product, size) => product * size, 1);
  const data = dtype === 'int8' ? new Int8Array(count) : new Uint8Array(count);
  return b.initializer(tensorFrom(dtype, dims, data.fill(fill), name));
}

function repeated(count: number, value: number): number[] {
  return Array.from({ length: count }, () => value);
}

function floats(b: GraphBuilder, name: string, dims: readonly number[]): Value {
  const count = dims.reduce((product, size) => product * size, 1);
  return b.initializer(tensorFrom('float32', dims, new Float32Array(count).fill(0.5), name));
}

test('a float model is not quantized', () => {
  expect(
    describeBuilt((b) => {
      const x = b.input('x', 'float32', ['n', 8]);
      b.output(b.node('MatMul', [x, floats(b, 'w', [8, 4])]));
    }),
  ).toBeNull();
  expect(presentQuantization(null)).toEqual([]);
});

describe('DequantizeLinear', () => {
  const weight = (
    dtype: 'int8' | 'uint8',
    scale: readonly number[],
    zero: number | null,
    more: object = {},
  ) =>
    describeBuilt((b) => {
      const x = b.input('x', 'float32', ['n', 8]);
      const inputs = [bytes(b, 'w', dtype, [8, 4], 3), floats(b, 's', scale)];
      if (zero !== null) inputs.push(bytes(b, 'z', dtype, scale, zero));
      b.output(b.node('MatMul', [x, b.node('DequantizeLinear', inputs, { ...more })]));
    })?.weights[0];

  test.each([
    ['signed, without zero point', 'int8', [4], null, { axis: 1 }, 'symmetric', 'channel', 1, null],
    ['signed, zero points of 0', 'int8', [4], 0, { axis: -1 }, 'symmetric', 'channel', 1, null],
    ['signed, other zero points', 'int8', [8], 3, { axis: 0 }, 'asymmetric', 'channel', 0, null],
    ['unsigned, the middle', 'uint8', [], 128, {}, 'symmetric', 'tensor', null, null],
    ['unsigned, without zero point', 'uint8', [], null, {}, 'asymmetric', 'tensor', null, null],
    ['in blocks', 'int8', [2, 4], null, { axis: 0, block_size: 4 }, 'symmetric', 'block', 0, 4],
  ] as const)('%s', (_name, dtype, scale, zero, more, symmetry, granularity, axis, blockSize) => {
    const zeroBytes =
      zero === null ? 0 : scale.reduce<number>((product, size) => product * size, 1);
    const scaleCount = scale.reduce<number>((product, size) => product * size, 1);
    expect(weight(dtype, scale, zero, more)).toEqual({
      format: 'qdq',
      role: 'weight',
      dtype,
      bits: 8,
      symmetry,
      granularity,
      axis,
      blockSize,
      operators: { MatMul: 1 },
      tensors: 1,
      parameters: 32,
      bytes: 32,
      scaleBytes: 4 * scaleCount + zeroBytes,
    });
  });

  test('activations: pairs, and those without a partner', () => {
    const report = describeBuilt((b) => {
      const x = b.input('x', 'float32', ['n', 8]);
      const q = b.input('q', 'int8', ['n', 8]);
      const scale = floats(b, 's', []);
      const zero = bytes(b, 'z', 'uint8', [], 7);
      const pair = b.node('DequantizeLinear', [
        b.node('QuantizeLinear', [x, scale, zero]),
        scale,
        zero,
      ]);
      b.output(b.node('Relu', [pair]));
      b.output(b.node('QuantizeLinear', [x, scale]));
      b.output(b.node('DequantizeLinear', [q, scale]));
      b.nodes('DynamicQuantizeLinear', [x], {}, { outputs: 3 }).map((each) => b.output(each));
    });
    expect(report?.activations).toEqual({
      pairs: 1,
      quantizeOnly: 1,
      dequantizeOnly: 1,
      dynamic: 1,
      types: [{ dtype: 'uint8', symmetry: 'asymmetric', granularity: 'tensor', nodes: 2 }],
    });
    expect(report?.weights).toEqual([]);
    expect(report?.bitsPerParameter).toBeNull();
  });

  test('floats that are rounded when the model runs stay floats', () => {
    const report = describeBuilt((b) => {
      const x = b.input('x', 'float32', ['n', 8]);
      const scale = floats(b, 's', [4]);
      const zero = bytes(b, 'z', 'int8', [4]);
      const q = b.node('QuantizeLinear', [floats(b, 'w', [8, 4]), scale, zero], { axis: 1 });
      b.output(b.node('MatMul', [x, b.node('DequantizeLinear', [q, scale, zero], { axis: 1 })]));
    });
    expect(report?.weights).toMatchObject([
      { format: 'qdq-float', dtype: 'int8', bits: 8, granularity: 'channel', axis: 1, bytes: 128 },
    ]);
    expect(report).toMatchObject({ quantizedParameters: 0, effectiveParameters: 32 });
    expect(report?.activations.pairs).toBe(0);
  });
});

describe('packed blocks', () => {
  /** MatMulNBits of a matrix of 100 by 6 in blocks of 32, so the last block of a column is not full. */
  const product = (bits: number, zeroPoints: readonly number[] | null): QuantizationReport | null =>
    describeBuilt((b) => {
      const [inner, width, block] = [100, 6, 32];
      const blocks = Math.ceil(inner / block);
      const x = b.input('x', 'float32', ['n', inner]);
      const inputs = [
        x,
        bytes(b, 'B', 'uint8', [width, blocks, (block * bits) / 8], 17),
        floats(b, 's', [width * blocks]),
      ];
      if (zeroPoints !== null) {
        const data = Uint8Array.from(zeroPoints);
        inputs.push(b.initializer(tensorFrom('uint8', [data.length], data, 'z')));
      }
      const attributes = { K: inner, N: width, bits, block_size: block };
      b.output(b.node('MatMulNBits', inputs, attributes, { domain: 'com.microsoft' }));
    });

  test('count as the numbers that they stand for', () => {
    const report = product(4, null);
    expect(report).toMatchObject({
      formats: ['packed'],
      effectiveParameters: 600,
      quantizedParameters: 600,
      quantizedShare: 1,
      // 6 columns of 4 blocks of 16 bytes, and a float scale each.
      bytes: 6 * 4 * 16 + 6 * 4 * 4,
    });
    expect(report?.bitsPerParameter).toBeCloseTo((8 * 480) / 600, 12);
    expect(report?.weights).toMatchObject([
      {
        dtype: 'uint4',
        bits: 4,
        symmetry: 'symmetric',
        granularity: 'block',
        axis: 0,
        blockSize: 32,
        operators: { 'com.microsoft.MatMulNBits': 1 },
        parameters: 600,
        bytes: 384,
        scaleBytes: 96,
      },
    ]);
    expect(JSON.stringify(presentQuantization(report))).toContain('block of 32');
  });

  test.each([
    ['eight everywhere', 4, repeated(12, 0x88), 'symmetric'],
    ['one of them seven', 4, [0x87, ...repeated(11, 0x88)], 'asymmetric'],
    ['128 of 8 bits', 8, repeated(24, 128), 'symmetric'],
    ['127 of 8 bits', 8, repeated(24, 127), 'asymmetric'],
    ['two of 2 bits', 2, repeated(6, 0b10101010), 'symmetric'],
  ])('zero points: %s', (_name, bits, zeroPoints, symmetry) => {
    expect(product(bits, zeroPoints)?.weights[0]?.symmetry).toBe(symmetry);
  });

  test('what fills up the last byte of a row of zero points is none', () => {
    const report = describeBuilt((b) => {
      const x = b.input('x', 'float32', ['n', 96]);
      // Three blocks a column: the fourth half-byte is padding.
      const zero = b.initializer(
        tensorFrom('uint8', [4], Uint8Array.of(0x88, 0x08, 0x88, 0x08), 'z'),
      );
      const inputs = [x, bytes(b, 'B', 'uint8', [2, 3, 16]), floats(b, 's', [6]), zero];
      const attributes = { K: 96, N: 2, bits: 4, block_size: 32 };
      b.output(b.node('MatMulNBits', inputs, attributes, { domain: 'com.microsoft' }));
    });
    expect(report?.weights[0]?.symmetry).toBe('symmetric');
  });

  test('of lookups, in a type of their own and in bytes', () => {
    const lookup = (data: (b: GraphBuilder) => Value) =>
      describeBuilt((b) => {
        const ids = b.input('ids', 'int64', ['n']);
        const inputs = [data(b), ids, floats(b, 's', [10, 2])];
        const attributes = { block_size: 16, quantize_axis: 1, gather_axis: 0, bits: 4 };
        b.output(b.node('GatherBlockQuantized', inputs, attributes, { domain: 'com.microsoft' }));
      })?.weights;
    const storage = memoryStorage(new Uint8Array(160));
    const own = lookup((b) =>
      b.initializer(new Tensor({ name: 'w', dtype: 'int4', dims: [10, 32], storage })),
    );
    const inBytes = lookup((b) => bytes(b, 'w', 'uint8', [10, 16]));
    expect(own).toMatchObject([{ dtype: 'int4', parameters: 320, bytes: 160, blockSize: 16 }]);
    expect(inBytes).toMatchObject([{ dtype: 'uint4', parameters: 320, bytes: 160, axis: 1 }]);
    expect([own?.[0]?.symmetry, inBytes?.[0]?.symmetry]).toEqual(['symmetric', 'symmetric']);
  });
});

describe('operators of integers', () => {
  test('QLinearConv: a scale for each channel, and a bias', () => {
    const report = describeBuilt((b) => {
      const x = b.input('x', 'uint8', [1, 3, 8, 8]);
      const scale = floats(b, 'xs', []);
      const zero = bytes(b, 'xz', 'uint8', [], 128);
      const bias = b.initializer(tensorFrom('int32', [4], new Int32Array(4), 'bias'));
      b.output(
        b.node('QLinearConv', [
          x,
          scale,
          zero,
          bytes(b, 'w', 'int8', [4, 3, 3, 3]),
          floats(b, 'ws', [4]),
          bytes(b, 'wz', 'int8', [4]),
          scale,
          zero,
          bias,
        ]),
      );
    });
    expect(report?.weights).toMatchObject([
      {
        format: 'qoperator',
        role: 'weight',
        symmetry: 'symmetric',
        granularity: 'channel',
        axis: 0,
        parameters: 108,
      },
      { format: 'qoperator', role: 'bias', dtype: 'int32', bits: 32, parameters: 4, bytes: 16 },
    ]);
    expect(report).toMatchObject({ quantizedParameters: 112, effectiveParameters: 112 });
  });

  test('MatMulInteger: the scale is in what comes behind', () => {
    const report = describeBuilt((b) => {
      const x = b.input('x', 'float32', ['n', 8]);
      const [q, s, z] = b.nodes('DynamicQuantizeLinear', [x], {}, { outputs: 3 });
      const product = b.node('MatMulInteger', [q!, bytes(b, 'w', 'int8', [8, 4]), z!]);
      const scale = b.node('Mul', [s!, floats(b, 'ws', [4])]);
      b.output(b.node('Mul', [b.node('Cast', [product], { to: 1 }), scale]));
    });
    expect(report?.weights).toMatchObject([
      { format: 'integer', granularity: 'channel', axis: 1, scaleBytes: 16, symmetry: 'symmetric' },
    ]);
    expect(report).toMatchObject({ effectiveParameters: 32, bytes: 48 });
    expect(report?.activations.dynamic).toBe(1);
  });
});

test('half precision counts without being quantized', () => {
  const report = describeBuilt((b) => {
    const x = b.input('x', 'float16', ['n', 8]);
    const half = tensorFrom('float16', [8, 2], new Uint16Array(16), 'h');
    const brain = tensorFrom('bfloat16', [4], new Uint16Array(4), 'b');
    b.output(b.node('MatMul', [x, b.initializer(half)]));
    b.output(b.node('Neg', [b.initializer(brain)]));
  });
  expect(report).toMatchObject({
    float16Parameters: 16,
    bfloat16Parameters: 4,
    quantizedParameters: 0,
    bitsPerParameter: 16,
    weights: [],
  });
});

describe('what mlkit quantize makes', () => {
  const file = path.join(fixtures, 'digits', 'digits-vit-dynamo-opset20.onnx');
  const quantized = (mode: 'dynamic' | 'weight-only', symmetric: boolean, from = file) => {
    const open = openModel(from);
    const config = { ...defaultConfig, mode, symmetric };
    const plan = planQuantization(open.model, config);
    applyPlan(plan, open.model, config);
    const report = describeFile(writeModel(open.model));
    open.close();
    return report;
  };

  test.each([
    ['weight-only', 'qdq', false],
    ['weight-only', 'qdq', true],
    ['dynamic', 'integer', false],
  ] as const)('%s, symmetric: %s %s', (mode, format, symmetric) => {
    const report = quantized(mode, symmetric);
    expect(report?.weights).toMatchObject([
      {
        format,
        dtype: 'int8',
        symmetry: symmetric ? 'symmetric' : 'asymmetric',
        granularity: 'channel',
        axis: 1,
        tensors: 10,
        // The ten matrices of the network: patches, two blocks of four, the head.
        parameters: 8 * 64 + 2 * (64 * 192 + 64 * 64 + 2 * 64 * 128) + 640,
      },
    ]);
    expect(report?.activations.dynamic).toBe(mode === 'dynamic' ? 10 : 0);
  });

  test('a table of which rows are looked up', () => {
    const report = quantized('weight-only', false, path.join(fixtures, 'models', 'embedding.onnx'));
    expect(report?.weights[0]).toMatchObject({ format: 'lookup', granularity: 'channel', axis: 0 });
  });
});

/** Counted with the onnx package: constants at the weight inputs of the operators. */
const known: Readonly<
  Record<string, { readonly format: string; readonly tensors: number; readonly parameters: number }>
> = {
  'shufflenet-v2-12-int8': { format: 'qoperator', tensors: 57, parameters: 1_237_424 + 1_024_000 },
  'libtashkeel-ort': { format: 'qoperator', tensors: 67, parameters: 552_960 + 1_414_560 },
  'deimv2-atto-int8': { format: 'integer', tensors: 97, parameters: 305_296 + 176_448 },
};

describe.each(Object.entries(known))('%s', (name, expected) => {
  const file = path.join(shared, 'models', name, 'model.onnx');
  test.skipIf(!fs.existsSync(file))('has the weights that onnx finds', () => {
    const report = describeFile(file);
    const found = (report?.weights ?? []).filter(
      (each) =>
        each.role === 'weight' &&
        Object.keys(each.operators).every((op) => !op.startsWith('com.microsoft.')),
    );
    expect(new Set(found.map((each) => each.format))).toEqual(new Set([expected.format]));
    expect(found.reduce((sum, each) => sum + each.tensors, 0)).toBe(expected.tensors);
    expect(found.reduce((sum, each) => sum + each.parameters, 0)).toBe(expected.parameters);
  });
});
