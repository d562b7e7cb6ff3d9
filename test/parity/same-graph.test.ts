import { describe, expect, test } from 'vitest';
import { buildModel, type Model } from '../../src/graph/index.ts';
import { differingConstant } from '../../src/parity/same-graph.ts';
import { tensorFrom } from '../../src/tensor/index.ts';

interface Net {
  readonly names?: string;
  readonly weight?: readonly number[];
  readonly constant?: number;
  readonly operator?: string;
  readonly axis?: number;
  readonly swapped?: boolean;
}

/** z = softmax(op(x · W + c)), W a weight and c made by a Constant node. */
function net(changes: Net = {}): Model {
  const { names = '', weight = [1, 2, 3, 4], constant = 0.5, operator = 'Relu' } = changes;
  const { axis = 1, swapped = false } = changes;
  return buildModel({ opset: 17 }, (b) => {
    const x = b.input(`${names}x`, 'float32', [2, 2]);
    const w = b.initializer(tensorFrom('float32', [2, 2], Float32Array.from(weight)), `${names}w`);
    const c = b.node('Constant', [], {
      value: tensorFrom('float32', [1], Float32Array.of(constant)),
    });
    const y = b.node('MatMul', swapped ? [w, x] : [x, w]);
    const act = b.node(operator, [b.node('Add', [y, c])]);
    b.output(b.node('Softmax', [act], { axis }), 'float32', [2, 2]);
  });
}

describe('differingConstant', () => {
  test('names the constant that alone differs, of a weight and of a Constant node', () => {
    expect(differingConstant(net(), net({ weight: [1, 2, 3, -4] }))).toBe('w');
    expect(differingConstant(net(), net({ constant: 0.6 }))).toMatch(/^Constant/);
  });

  test('other names are no difference', () => {
    expect(differingConstant(net(), net({ names: 'b_' }))).toBeNull();
    expect(differingConstant(net(), net({ names: 'b_', weight: [1, 2, 3, 5] }))).toBe('w');
  });

  test('rounding is no difference: a millionth of the greatest value', () => {
    expect(differingConstant(net(), net({ weight: [1.000003, 2, 3, 4] }))).toBeNull();
    expect(differingConstant(net(), net({ weight: [1.000006, 2, 3, 4] }))).toBe('w');
  });

  test('NaN is one', () => {
    expect(differingConstant(net(), net({ weight: [Number.NaN, 2, 3, 4] }))).toBe('w');
  });

  test.each<Net>([{ operator: 'Sigmoid' }, { axis: 0 }, { swapped: true }])(
    'another graph is another question: %j',
    (changes) => {
      expect(differingConstant(net(), net({ ...changes, weight: [9, 9, 9, 9] }))).toBeNull();
    },
  );
});
