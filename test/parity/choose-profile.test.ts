import { describe, expect, test } from 'vitest';
import { buildModel, type GraphBuilder, type Model } from '../../src/graph/index.ts';
import { chooseProfile } from '../../src/parity/index.ts';
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
});
