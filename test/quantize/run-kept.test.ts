import { describe, expect, test } from 'vitest';
import type { GraphBuilder, Value } from '../../src/graph/index.ts';
import { encodeFloat16, memoryStorage, Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { quantizeBuilt } from './quantize-built.ts';
import { normalTensor } from './random-tensors.ts';
import { forms, product, w } from './small-models.ts';

/**
 * Results are run and held against the float model. Each case is one that a quantizer got wrong, or
 * could.
 */

describe('models that stay as they are', () => {
  test.each<[string, (b: GraphBuilder) => Value, string]>([
    [
      'an input with a default',
      (b) => {
        b.initializer(w);
        return b.input('w', 'float32', [64, 48]);
      },
      'its weight "w" is an input with a default, which callers may replace',
    ],
    [
      'float16 weights',
      (b) => b.node('Cast', [b.initializer(float16(w), 'w')], { to: 1 }),
      'it has no weight: both factors are computed',
    ],
    [
      'a weight that is computed',
      (b) => b.node('Relu', [b.initializer(w)]),
      'it has no weight: both factors are computed',
    ],
  ])('%s', (_, weight, reason) => {
    for (const mode of forms) {
      const { plan, beforeBytes, afterBytes } = quantizeBuilt(product(weight), { mode });
      expect(plan.quantized).toEqual([]);
      expect(plan.kept.find(({ node }) => node === 'm')?.reason).toBe(reason);
      expect(afterBytes).toBe(beforeBytes);
    }
  });

  test('products in float16, bfloat16 and float64', () => {
    for (const dtype of ['float16', 'bfloat16', 'float64'] as const) {
      const bytes = new Uint8Array(64 * 48 * (dtype === 'float64' ? 8 : 2));
      const weight = new Tensor({
        name: 'w',
        dtype,
        dims: [64, 48],
        storage: memoryStorage(bytes),
      });
      const { plan } = quantizeBuilt((b) => {
        const input = b.input('x', dtype, ['n', 64]);
        b.output(b.node('MatMul', [input, b.initializer(weight)], {}, { name: 'm' }), dtype);
      });
      expect(plan.kept).toMatchObject([
        { node: 'm', reason: `its weight is of ${dtype}, and only float32 is quantized` },
      ]);
    }
  });

  test('a constant on the left', () => {
    const { plan } = quantizeBuilt((b) => {
      const input = b.input('x', 'float32', [48, 'n']);
      b.output(b.node('MatMul', [b.initializer(w), input], {}, { name: 'm' }), 'float32');
    });
    expect(plan.kept).toMatchObject([
      { reason: 'its constant is the left factor, and only right ones are quantized' },
    ]);
  });

  test('sums that int32 may not hold stay out of integers; auto takes the other form', async () => {
    const dims = [33_100, 2];
    const build = (b: GraphBuilder): void => {
      const input = b.input('x', 'float32', ['n', 33_100]);
      b.output(b.node('MatMul', [input, b.initializer(normalTensor(dims, 90), 'w')]), 'float32');
    };
    const { plan } = quantizeBuilt(build, { mode: 'dynamic' });
    expect(plan.kept).toMatchObject([
      { reason: 'sums of 33100 products may not fit into int32; at most 33025 surely do' },
    ]);
    expect(quantizeBuilt(build, { mode: 'auto' }).plan.quantized).toMatchObject([
      { form: 'weight-only' },
    ]);
  });

  test('weights that would save nothing', () => {
    const { plan } = quantizeBuilt((b) => {
      const input = b.input('x', 'float32', ['n', 4]);
      b.output(b.node('MatMul', [input, b.initializer(normalTensor([4, 10], 91), 'w')]), 'float32');
    });
    expect(plan.kept).toMatchObject([
      { reason: 'in integers its weight of 160 bytes would not save any', weightBytes: 160 },
    ]);
  });

  test('the smallest weights that are quantized make the file smaller, whatever the names', () => {
    for (const mode of forms) {
      for (const length of [1, 20, 90]) {
        let isFirst = true;
        for (let rows = 4; rows < 300 && isFirst; rows += 2) {
          const { plan, beforeBytes, afterBytes } = quantizeBuilt(
            (b) => {
              const input = b.input('x'.repeat(length), 'float32', ['n', rows]);
              const weight = b.initializer(normalTensor([rows, 16], 92), 'w'.repeat(length));
              const bias = b.initializer(normalTensor([16], 93), 'c'.repeat(length));
              const options = { name: 'm'.repeat(length), outputs: ['y'.repeat(length)] };
              const attributes = { alpha: { float: 2 }, beta: { float: 2 } };
              b.output(b.node('Gemm', [input, weight, bias], attributes, options), 'float32');
            },
            { mode },
          );
          if (plan.quantized.length === 0) continue;
          isFirst = false;
          expect(afterBytes).toBeLessThan(beforeBytes);
          // The estimate is not far from the truth either.
          expect(beforeBytes - afterBytes).toBeLessThan(900);
        }
        expect(isFirst).toBe(false);
      }
    }
  });
});

function float16(tensor: Tensor): Tensor {
  const bits = encodeFloat16(tensor.data() as Float32Array);
  return tensorFrom('float16', tensor.dims, bits);
}
