import { describe, expect, test } from 'vitest';
import { buildModel, type GraphBuilder, type Model } from '../../src/graph/index.ts';
import { arithmeticOfCounts } from '../../src/parity/arithmetic.ts';
import { arithmeticOf, chooseProfile } from '../../src/parity/index.ts';
import { memoryStorage, Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { linear } from './models.ts';

function modelOf(build: (b: GraphBuilder) => void, opset = 21): Model {
  return buildModel({ opset: { '': opset, 'com.microsoft': 1 }, irVersion: 10 }, build);
}

function quantized(pairs = 1): Model {
  return modelOf((b) => {
    let x = b.input('x', 'float32', [2]);
    const scale = b.initializer(tensorFrom('float32', [], Float32Array.of(0.1)), 'scale');
    for (let i = 0; i < pairs; i += 1) {
      x = b.node('DequantizeLinear', [b.node('QuantizeLinear', [x, scale]), scale]);
    }
    b.output(x, 'float32', [2]);
  });
}

const fourBit = modelOf((b) => {
  const storage = memoryStorage(Uint8Array.of(0x21));
  const w = b.initializer(new Tensor({ name: 'w', dtype: 'int4', dims: [2], storage }));
  const scale = b.initializer(tensorFrom('float32', [], Float32Array.of(0.1)), 'scale');
  b.output(b.node('DequantizeLinear', [w, scale]), 'float32', [2]);
});

const blockwise = (bits: bigint): Model =>
  modelOf((b) => {
    const x = b.input('x', 'float32', [1, 32]);
    const nBits = b.node('MatMulNBits', [x], { bits, K: 32n, N: 1n }, { domain: 'com.microsoft' });
    b.output(nBits, 'float32', [1, 1]);
  });

const half = modelOf((b) => {
  const w = b.initializer(tensorFrom('float16', [1], Uint16Array.of(0x3c00)), 'w');
  b.output(b.node('Cast', [w], { to: 1 }), 'float32', [1]);
});

const brain = modelOf((b) => {
  const x = b.input('x', 'float32', [1]);
  b.output(b.node('Cast', [b.node('Cast', [x], { to: 16 })], { to: 1 }), 'float32', [1]);
});

describe('the profile', () => {
  test.each([
    ['the same model', linear, null, 'exact'],
    ['another graph', linear, linear(), 'fp32'],
    ['more quantized', linear, quantized(), 'int8'],
    ['4-bit weights', linear, fourBit, 'int4'],
    ['4-bit blocks', linear, blockwise(4n), 'int4'],
    ['8-bit blocks', linear, blockwise(8n), 'int8'],
    ['float16 weights', linear, half, 'fp16'],
    ['casts to bfloat16', linear, brain, 'bf16'],
  ] as const)('of %s', (_, reference, candidate, expected) => {
    const first = reference();
    expect(chooseProfile(first, candidate ?? first).profile).toBe(expected);
    // What changed is the same in the other direction.
    expect(chooseProfile(candidate ?? first, first).profile).toBe(expected);
  });

  test('of models that are quantized alike is that of the rest', () => {
    expect(chooseProfile(quantized(2), quantized(2)).profile).toBe('fp32');
    expect(chooseProfile(quantized(1), quantized(2)).profile).toBe('int8');
    expect(chooseProfile(half, linear()).profile).toBe('fp16');
  });

  test('depends on the provider where precision does', () => {
    const model = linear();
    expect(chooseProfile(model, linear(), { candidate: 'cuda' }).profile).toBe('tf32');
    expect(chooseProfile(model, model, { reference: 'coreml' }).profile).toBe('fp16');
    expect(chooseProfile(model, quantized(), { candidate: 'cuda' }).profile).toBe('int8');
    expect(chooseProfile(model, model, { reference: 'cpu', candidate: 'cpu' }).profile).toBe(
      'exact',
    );
  });

  test('of one file at two optimization levels is not the exact one', () => {
    const at = (model: Model, reference: 'disabled' | 'all', candidate: 'disabled' | 'all') =>
      chooseProfile(model, model, { optimization: { reference, candidate } });
    expect(at(linear(), 'disabled', 'disabled').profile).toBe('exact');
    expect(at(linear(), 'disabled', 'all')).toEqual({
      profile: 'fp32',
      reason: 'they run at optimization levels disabled and all',
    });
    expect(at(half, 'disabled', 'all').profile).toBe('fp16');
    expect(at(brain, 'all', 'disabled').profile).toBe('bf16');
    // Fusing may move what is rounded to integers by a step.
    expect(at(quantized(), 'disabled', 'all').profile).toBe('int8');
    expect(chooseProfile(linear(), linear(), { optimization: { reference: 'all' } }).profile).toBe(
      'fp32',
    );
  });

  test('of a model in ORT format is by its operators and constants', () => {
    const inOrtFormat = { hasOrtFormat: true } as const;
    const counts = (
      operators: Record<string, number>,
      constants: readonly (string | null)[] = ['float32'],
    ): ReturnType<typeof arithmeticOfCounts> =>
      arithmeticOfCounts(
        operators,
        constants.map((dtype) => ({ dtype, shape: [2, 3] })),
      );
    const plain = counts({ MatMul: 1 });
    expect(chooseProfile(linear(), plain, inOrtFormat).profile).toBe('fp32');
    expect(chooseProfile(linear(), counts({ 'com.microsoft.QLinearAdd': 1 })).profile).toBe('int8');
    expect(chooseProfile(linear(), counts({ 'com.microsoft.MatMulNBits': 1 })).profile).toBe(
      'int4',
    );
    expect(chooseProfile(linear(), counts({ MatMul: 1 }, ['float16'])).profile).toBe('fp16');
    expect(chooseProfile(fourBit, counts({ DequantizeLinear: 1 }, ['int4'])).profile).toBe('fp32');
    // The same quantized model, with fewer nodes as they were fused.
    const fused = counts({ QLinearMatMul: 1, QuantizeLinear: 1 });
    expect(chooseProfile(quantized(2), fused, inOrtFormat).profile).toBe('int8');
  });

  test('sees integer weights that no quantizing operator reads', () => {
    const table = modelOf((b) => {
      const rows = b.initializer(tensorFrom('int8', [3, 2], new Int8Array(6)), 'rows');
      const at = b.input('at', 'int64', [1]);
      b.output(b.node('Cast', [b.node('Gather', [rows, at])], { to: 1 }), 'float32', [1, 2]);
    });
    expect(chooseProfile(linear(), table)).toEqual({
      profile: 'int8',
      reason: 'the candidate has weights of 8 bits or less',
    });
    expect(chooseProfile(table, linear()).profile).toBe('int8');
    expect(
      chooseProfile(linear(), arithmeticOfCounts({}, [{ dtype: 'int8', shape: [4, 4] }])).profile,
    ).toBe('int8');
    // A zero point is no weight.
    expect(
      chooseProfile(linear(), arithmeticOfCounts({}, [{ dtype: 'int8', shape: [4] }])).profile,
    ).toBe('fp32');
  });

  test('of one file on other numbers of threads is not the exact one', () => {
    const model = linear();
    const threads = { reference: 1, candidate: 2 };
    expect(chooseProfile(model, model, { threads })).toEqual({
      profile: 'fp32',
      reason: 'they run on 1 and 2 threads',
    });
    expect(chooseProfile(model, model, { threads: { reference: 2, candidate: 2 } }).profile).toBe(
      'exact',
    );
  });

  test('of weights that are dequantized does not count as rounding', () => {
    expect(arithmeticOf(fourBit)).toMatchObject({ integerNodes: 1, roundingNodes: 0 });
    expect(arithmeticOf(quantized())).toMatchObject({ integerNodes: 2, roundingNodes: 1 });
    const levels = { optimization: { candidate: 'disabled' } } as const;
    const model = fourBit;
    expect(chooseProfile(model, model, levels).profile).toBe('fp32');
  });
});
