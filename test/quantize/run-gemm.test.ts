import { describe, expect, test } from 'vitest';
import type { GraphBuilder } from '../../src/graph/index.ts';
import { runBuilt } from './quantize-built.ts';
import { normalTensor } from './random-tensors.ts';
import { feed, forms, w, wTransposed, x } from './small-models.ts';

/**
 * Results are run and held against the float model. Each case is one that a quantizer got wrong, or
 * could.
 */

describe.each(forms)('%s', (mode) => {
  describe.each([0, 1])('Gemm, transB %i', (transB) => {
    const weight = transB === 1 ? wTransposed : w;
    const bias = normalTensor([48], 5, 1).with({ name: 'c' });

    test.each([
      { alpha: 1, beta: 1 },
      { alpha: 0.5, beta: 1 },
      { alpha: 1, beta: 0.5 },
      { alpha: -2, beta: 2 },
      { alpha: 1, beta: 0 },
    ])('with a constant bias, alpha $alpha, beta $beta', async ({ alpha, beta }) => {
      const attributes = { alpha: { float: alpha }, beta: { float: beta }, transB };
      const build = (b: GraphBuilder): void => {
        const input = b.input('x', 'float32', ['n', 64]);
        const inputs = [input, b.initializer(weight), b.initializer(bias)];
        b.output(b.node('Gemm', inputs, attributes, { outputs: ['y'] }), 'float32', ['n', 48]);
      };
      const { sqnr, plainSqnr, fused } = await runBuilt(build, x, { mode });
      expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(36);
      expect(fused).toEqual(mode === 'dynamic' ? { DynamicQuantizeMatMul: 1 } : { MatMulNBits: 1 });
    });

    test.each<[string, number[] | null]>([
      ['no bias', null],
      ['a scalar', []],
      ['[1, N]', [1, 48]],
      ['[M, 1]', [6, 1]],
      ['[M, N]', [6, 48]],
    ])('with a bias of another shape: %s', async (_, dims) => {
      const attributes = { alpha: { float: 1.5 }, beta: { float: 0.25 }, transB };
      const build = (b: GraphBuilder): void => {
        const inputs = [b.input('x', 'float32', [6, 64]), b.initializer(weight)];
        if (dims !== null) inputs.push(b.initializer(normalTensor(dims, 6, 1), 'c'));
        b.output(b.node('Gemm', inputs, attributes, { outputs: ['y'] }), 'float32', [6, 48]);
      };
      const { sqnr, plainSqnr } = await runBuilt(build, x, { mode });
      expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(36);
    });

    test('with a bias that is computed, and beta', async () => {
      const build = (b: GraphBuilder): void => {
        const inputs = [
          b.input('x', 'float32', [6, 64]),
          b.initializer(weight),
          b.input('c', 'float32', [48]),
        ];
        const attributes = { beta: { float: 3 }, transB };
        b.output(b.node('Gemm', inputs, attributes, { outputs: ['y'] }), 'float32', [6, 48]);
      };
      const feeds = { ...x, c: feed([48], 7) };
      const { sqnr, plainSqnr } = await runBuilt(build, feeds, { mode });
      expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(36);
    });

    test('with a transposed first input', async () => {
      const build = (b: GraphBuilder): void => {
        const inputs = [b.input('x', 'float32', [64, 'n']), b.initializer(weight)];
        const attributes = { transA: 1, transB, alpha: { float: 2 } };
        b.output(b.node('Gemm', inputs, attributes, { outputs: ['y'] }), 'float32', ['n', 48]);
      };
      const { sqnr, plainSqnr, plan } = await runBuilt(build, { x: feed([64, 5]) }, { mode });
      expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(36);
      expect(plan.quantized[0]?.notes).toEqual(
        mode === 'dynamic'
          ? []
          : ['converted to float at every run, as its first input is transposed'],
      );
    });
  });
});
