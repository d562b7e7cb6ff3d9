import { describe, expect, test } from 'vitest';
import type { GraphBuilder } from '../../src/graph/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { quantizeBuilt, runBuilt } from './quantize-built.ts';
import { normalTensor, normalValues } from './random-tensors.ts';
import { feed, forms, product, w, x } from './small-models.ts';

/**
 * Results are run and held against the float model. Each case is one that a quantizer got wrong, or
 * could.
 */

describe('older operator sets', () => {
  /** Two layers, of which the first has columns of very different size. */
  const layers = (b: GraphBuilder): void => {
    const input = b.input('x', 'float32', ['n', 64]);
    const values = normalValues(64 * 48, 3).map((value, at) => value * 10 ** -((at % 48) % 4));
    const first = b.initializer(tensorFrom('float32', [64, 48], values, 'w1'));
    const zeros = b.initializer(tensorFrom('float32', [48], new Float32Array(48), 'c1'));
    const hidden = b.node('Gemm', [input, first, zeros], { alpha: { float: 0.5 } });
    // Brings all columns to one size again, so that each of them counts.
    const sizes = Float32Array.from({ length: 48 }, (_, at) => 10 ** (at % 4));
    const even = b.node('Mul', [hidden, b.initializer(tensorFrom('float32', [48], sizes, 's'))]);
    const active = b.node('Relu', [even]);
    const weight = b.initializer(normalTensor([48, 40], 5), 'w2');
    b.output(b.node('MatMul', [active, weight], {}, { outputs: ['y'] }), 'float32', ['n', 40]);
  };

  test.each([10, 11, 12])('opset %i: scales per column, in the product', async (opset) => {
    for (const weights of ['int8', 'uint8'] as const) {
      const { sqnr, plainSqnr, plan, model, fused } = await runBuilt(
        layers,
        x,
        { mode: 'weight-only', weights },
        { opset, irVersion: 5 },
      );
      expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(35);
      expect(plan.quantized.map((each) => each.granularity)).toEqual(['column', 'column']);
      expect(plan.quantized[0]?.notes).toEqual([
        'symmetric, with its scales in the product: DequantizeLinear has none per column before opset 13',
      ]);
      const node = model.graph.nodes.find(({ opType }) => opType === 'DequantizeLinear');
      expect(node?.attributes).toEqual([]);
      expect(model.opset('')).toBe(opset);
      expect(fused).toMatchObject({ MatMulNBits: 2 });
      expect(fused['DequantizeLinear']).toBeUndefined();
    }
  });

  test.each([
    { transA: 0, beta: 1 },
    { transA: 1, beta: 2 },
    { transA: 0, beta: 0 },
    { transA: 1, beta: 0 },
  ])('opset 10, whose Gemm must have a bias: $transA, $beta', async ({ transA, beta }) => {
    const build = (b: GraphBuilder): void => {
      const input = b.input('x', 'float32', transA === 1 ? [64, 'n'] : ['n', 64]);
      const inputs = [input, b.initializer(w), b.initializer(normalTensor([48], 5, 1), 'c')];
      const attributes = { transA, beta: { float: beta }, alpha: { float: 3 } };
      const active = b.node('Relu', [b.node('Gemm', inputs, attributes)]);
      b.output(b.node('Abs', [active], {}, { outputs: ['y'] }), 'float32', ['n', 48]);
    };
    const feeds = { x: feed(transA === 1 ? [64, 5] : [5, 64]) };
    for (const perTensor of [false, true]) {
      const config = { mode: 'weight-only' as const, perTensor };
      const { sqnr, plainSqnr } = await runBuilt(build, feeds, config, { opset: 10, irVersion: 5 });
      expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(33);
    }
  });

  test('opset 10 with one scale for all of it', async () => {
    const { plan, plainSqnr } = await runBuilt(
      product((b) => b.initializer(w)),
      x,
      { mode: 'weight-only', perTensor: true },
      { opset: 10, irVersion: 5 },
    );
    expect(plainSqnr).toBeGreaterThan(33);
    expect(plan.quantized).toMatchObject([{ granularity: 'tensor', notes: [] }]);
  });

  test.each([
    [9, 'DequantizeLinear needs opset 10, and the model has 9', 'weight-only' as const],
    [10, 'DynamicQuantizeLinear needs opset 11, and the model has 10', 'dynamic' as const],
  ])('opset %i is too old: %s', (opset, reason, mode) => {
    const { plan } = quantizeBuilt(
      product((b) => b.initializer(w)),
      { mode },
      { opset },
    );
    expect(plan.kept).toMatchObject([{ reason }]);
  });

  test('opset 11: dynamic has scales per column all the same', async () => {
    const outcome = await runBuilt(
      product((b) => b.initializer(w)),
      x,
      { mode: 'dynamic' },
      { opset: 11, irVersion: 6 },
    );
    expect(outcome.plan.quantized[0]?.granularity).toBe('column');
    expect(outcome.sqnr).toBeGreaterThan(36);
  });

  test('IR 3: new constants are inputs too, as all of them had to be', async () => {
    const build = (b: GraphBuilder): void => {
      product((inner) => inner.initializer(w))(b);
      b.graph.addInput('w', { kind: 'tensor', elementType: 'float32', shape: [64, 48] });
    };
    for (const mode of forms) {
      const { sqnr, model } = await runBuilt(build, x, { mode }, { opset: 11, irVersion: 3 });
      expect(sqnr).toBeGreaterThan(30);
      const names = model.graph.inputs.map((value) => value.name);
      expect(names).not.toContain('w');
      expect(names.slice(1).toSorted()).toEqual(
        model.graph.initializers.map((value) => value.name).toSorted(),
      );
    }
  });
});
