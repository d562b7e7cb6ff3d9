import type { GraphBuilder, Value } from '../../src/graph/index.ts';
import type { Form } from '../../src/quantize/config.ts';
import { normalTensor, normalValues } from './random-tensors.ts';
import type { Feed, FeedMap } from './run-model.ts';

/** Small models that several tests quantize and run. */

export const forms: readonly Form[] = ['dynamic', 'weight-only'];

export function feed(dims: readonly number[], seed = 100): Feed {
  const count = dims.reduce((product, size) => product * size, 1);
  return { dims, data: normalValues(count, seed) };
}

export const x: FeedMap = { x: feed([6, 64]) };

/** x → MatMul with a weight of [64, 48], whatever way that comes. */
export function product(weight: (b: GraphBuilder) => Value) {
  return (b: GraphBuilder): void => {
    const input = b.input('x', 'float32', ['n', 64]);
    b.output(b.node('MatMul', [input, weight(b)], {}, { name: 'm', outputs: ['y'] }), 'float32', [
      'n',
      48,
    ]);
  };
}

export const w = normalTensor([64, 48], 1).with({ name: 'w' });
export const wTransposed = normalTensor([48, 64], 2).with({ name: 'wt' });
