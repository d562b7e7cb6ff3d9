import { describe, expect, test } from 'vitest';
import type { GraphBuilder, Value } from '../../src/graph/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { quantizeBuilt, runBuilt } from './quantize-built.ts';
import { normalTensor } from './random-tensors.ts';
import { feed, x } from './small-models.ts';

/**
 * Results are run and held against the float model. Each case is one that a quantizer got wrong, or
 * could.
 */

describe('products that run into a Relu or Clip', () => {
  type Layer = (b: GraphBuilder, value: Value, at: number) => Value;

  /** Three layers, since the last one never is a problem. */
  function chain(layer: Layer, dims: readonly string[] = ['n']) {
    return (b: GraphBuilder): void => {
      let value = b.input('x', 'float32', [...dims, 64]);
      for (const at of [0, 1, 2]) value = layer(b, value, at);
      b.output(b.node('Neg', [value], {}, { outputs: ['y'] }), 'float32', [...dims, 64]);
    };
  }
  const weight = (b: GraphBuilder, at: number): Value =>
    b.initializer(normalTensor([64, 64], 200 + at, 0.15), `w${at}`);
  const bias = (b: GraphBuilder, at: number): Value =>
    b.initializer(normalTensor([64], 210 + at, 0.3), `c${at}`);
  const matmul: Layer = (b, value, at) => b.node('MatMul', [value, weight(b, at)]);
  const clip = (b: GraphBuilder, value: Value): Value => {
    const limits = [0, 6].map((limit) =>
      b.initializer(tensorFrom('float32', [], Float32Array.of(limit))),
    );
    return b.node('Clip', [value, ...limits]);
  };
  const biased: Layer = (b, value, at) =>
    b.node('Relu', [b.node('Add', [matmul(b, value, at), bias(b, at)])]);

  test.each<[string, Layer]>([
    [
      'Gemm',
      (b, value, at) => b.node('Relu', [b.node('Gemm', [value, weight(b, at), bias(b, at)])]),
    ],
    [
      'Gemm without a bias',
      (b, value, at) => b.node('Relu', [b.node('Gemm', [value, weight(b, at)])]),
    ],
    ['MatMul', (b, value, at) => b.node('Relu', [matmul(b, value, at)])],
    ['MatMul and a bias', biased],
    [
      'a bias and MatMul, Clip',
      (b, value, at) => clip(b, b.node('Add', [bias(b, at), matmul(b, value, at)])),
    ],
    [
      'Gemm with factors, Clip',
      (b, value, at) => {
        const attributes = { alpha: { float: 0.5 }, beta: { float: 2 }, transB: 1 };
        return clip(b, b.node('Gemm', [value, weight(b, at), bias(b, at)], attributes));
      },
    ],
  ])('%s: fused all the same', async (_, layer) => {
    const { sqnr, plainSqnr, fused } = await runBuilt(chain(layer), x, { mode: 'weight-only' });
    expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(30);
    expect(fused['MatMulNBits']).toBe(3);
    expect(fused['DequantizeLinear']).toBeUndefined();
  });

  test('with three axes', async () => {
    const build = chain(biased, ['b', 'n']);
    const { sqnr, fused } = await runBuilt(build, { x: feed([2, 3, 64]) }, { mode: 'weight-only' });
    expect(sqnr).toBeGreaterThan(30);
    expect(fused['MatMulNBits']).toBe(3);
    expect(fused['DequantizeLinear']).toBeUndefined();
  });

  test('where the number of axes is known to be three, nothing stands between', () => {
    const build = (b: GraphBuilder): void => {
      const input = b.input('x', 'float32', ['b', 'n', 64]);
      b.output(b.node('Neg', [biased(b, input, 0)], {}, { outputs: ['y'] }), 'float32');
    };
    const operators = quantizeBuilt(build, { mode: 'weight-only' }).model.graph.nodes.map(
      (node) => node.opType,
    );
    expect(operators).toEqual(['DequantizeLinear', 'MatMul', 'Add', 'Relu', 'Neg']);
  });

  test('a weight that two nodes share is said to be converted at every run', async () => {
    const build = (b: GraphBuilder): void => {
      const shared = weight(b, 0);
      const input = b.input('x', 'float32', ['n', 64]);
      const once = b.node('MatMul', [input, shared]);
      b.output(b.node('MatMul', [once, shared], {}, { outputs: ['y'] }), 'float32', ['n', 64]);
    };
    const { plan, fused, sqnr } = await runBuilt(build, x, { mode: 'weight-only' });
    expect(sqnr).toBeGreaterThan(36);
    expect(fused['DequantizeLinear']).toBeGreaterThan(0);
    const note = 'converted to float at every run, as it shares its weight with other nodes';
    expect(plan.quantized.map(({ notes }) => notes)).toEqual([[note], [note]]);
  });
});
