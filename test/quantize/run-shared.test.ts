import { describe, expect, test } from 'vitest';
import type { GraphBuilder, Value } from '../../src/graph/index.ts';
import type { Form } from '../../src/quantize/config.ts';
import { runBuilt } from './quantize-built.ts';
import { normalTensor } from './random-tensors.ts';
import { forms, w, x } from './small-models.ts';

/**
 * Results are run and held against the float model. Each case is one that a quantizer got wrong, or
 * could.
 */

describe('weights that several nodes read', () => {
  /** Rows of E, then a product with its transpose, as language models share the two. */
  function tied(size: number, mode: Form, extra?: (b: GraphBuilder, table: Value) => void) {
    const build = (b: GraphBuilder): void => {
      const table = b.initializer(normalTensor([size, 64], 60, 1), 'E');
      const ids = b.input('ids', 'int64', ['n']);
      const rows = b.node('Gather', [table, ids], {}, { name: 'embed' });
      const logits = b.node('Gemm', [rows, table], { transB: 1 }, { name: 'head', outputs: ['y'] });
      b.output(logits, 'float32', ['n', size]);
      extra?.(b, table);
    };
    const data = BigInt64Array.from([3n, 0n, 17n, 63n]);
    return { build, feeds: { ids: { dims: [4], data } }, mode };
  }

  test.each(forms)('a table that is looked up in and multiplied with, %s', async (mode) => {
    for (const size of [64, 200]) {
      const { build, feeds } = tied(size, mode);
      const { sqnr, plainSqnr, plan, model } = await runBuilt(build, feeds, { mode });
      expect(plan.quantized.map(({ node, form }) => `${node} ${form}`)).toEqual([
        'embed lookup',
        `head ${mode}`,
      ]);
      expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(36);
      expect(model.graph.value('E')).toBeUndefined();
    }
  });

  test('one of them not quantized: nothing is stored twice for nothing', async () => {
    for (const mode of forms) {
      const { build, feeds } = tied(200, mode, (b, table) => {
        b.output(
          b.node('ReduceSum', [table], { keepdims: 0 }, { outputs: ['sum'] }),
          'float32',
          [],
        );
      });
      const { sqnr, plan, model } = await runBuilt(build, feeds, { mode });
      expect(model.graph.value('E')?.initializer?.dtype).toBe('float32');
      const reader = 'ReduceSum "ReduceSum"';
      if (mode === 'dynamic') {
        expect(plan.quantized).toMatchObject([
          {
            node: 'head',
            notes: [
              `its weight is also read in float by ${reader}, and stays in the file beside the integers`,
            ],
          },
        ]);
        expect(sqnr).toBeGreaterThan(36);
      } else {
        expect(plan.quantized).toEqual([]);
        expect(plan.kept.find(({ node }) => node === 'head')?.reason).toBe(
          `its weight is also read in float by ${reader}, and would be stored twice`,
        );
      }
    }
  });

  test.each(forms)('a square one, as it is and transposed, %s', async (mode) => {
    const build = (b: GraphBuilder): void => {
      const input = b.input('x', 'float32', ['n', 64]);
      const square = b.initializer(normalTensor([64, 64], 61, 0.1), 'E');
      const first = b.node('MatMul', [input, square]);
      const second = b.node('Gemm', [first, square], { transB: 1 });
      b.output(b.node('Gemm', [second, square], {}, { outputs: ['y'] }), 'float32', ['n', 64]);
    };
    const { sqnr, plainSqnr, model } = await runBuilt(build, x, { mode });
    expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(30);
    const integers = model.graph.initializers.filter(
      ({ initializer }) => initializer?.dtype === 'int8' && initializer.dims.length === 2,
    );
    expect(integers.length).toBe(2);
  });

  test('products of one activation share its quantization', async () => {
    const build = (b: GraphBuilder): void => {
      const input = b.input('x', 'float32', ['n', 64]);
      for (const name of ['q', 'k', 'v']) {
        const weight = b.initializer(normalTensor([64, 48], name.charCodeAt(0)), `w_${name}`);
        b.output(b.node('MatMul', [input, weight], {}, { outputs: [name] }), 'float32', ['n', 48]);
      }
    };
    const { sqnr, fused, model } = await runBuilt(build, x, { mode: 'dynamic' });
    expect(sqnr).toBeGreaterThan(36);
    expect(fused).toEqual({ DynamicQuantizeLinear: 1, MatMulIntegerToFloat: 3 });
    const count = model.graph.nodes.filter(
      ({ opType }) => opType === 'DynamicQuantizeLinear',
    ).length;
    expect(count).toBe(1);
  });

  test('a bias that is added before or after is fused too', async () => {
    for (const isFirst of [true, false]) {
      const build = (b: GraphBuilder): void => {
        const input = b.input('x', 'float32', ['n', 64]);
        const bias = b.initializer(normalTensor([48], 70, 1), 'bias');
        const matmul = b.node('MatMul', [input, b.initializer(w)]);
        const terms = isFirst ? [bias, matmul] : [matmul, bias];
        b.output(b.node('Add', terms, {}, { outputs: ['y'] }), 'float32', ['n', 48]);
      };
      const { fused, sqnr } = await runBuilt(build, x, { mode: 'dynamic' });
      expect(sqnr).toBeGreaterThan(36);
      expect(fused).toEqual({ DynamicQuantizeMatMul: 1 });
    }
  });
});
