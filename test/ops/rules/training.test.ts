import { expect, test } from 'vitest';
import { inferNode } from './one-node.ts';

const domain = 'ai.onnx.preview.training';
const [a, b] = ['float32[2]', 'float64[n, 3]'];

test.each([
  // Tensors, gradients, states; the gradients are not among the outputs.
  ['Momentum', 3, [a, b, a, b], 'elementwise, 0, 21*n + 14'],
  ['Adagrad', 3, [a, b, a, b], 'elementwise, 0, 27*n + 18'],
  ['Adam', 4, [a, b, a, b, a, b], 'elementwise, 0, 42*n + 28'],
])('%s', (op, groups, types, cost) => {
  const tensors = Array.from({ length: groups }, () => [a, b]).flat();
  const options = { domain, outputs: types.length };
  const outcome = inferNode(op, ['float32[]', 'int64[]', ...tensors], {}, options);
  expect(outcome).toMatchObject({ types, cost, contradictions: [] });
});

test('groups are complete', () => {
  const outcome = inferNode('Adam', ['float32[]', 'int64[]', a, a, a], {}, { domain });
  expect(outcome.contradictions).toEqual(['rejects: 3 tensors are not 4 for each optimized one']);
});

test('a gradient has the shape of what it is of', () => {
  const attributes = { xs: ['p', 'q'], zs: ['z'], y: 'y' };
  const outcome = inferNode('Gradient', [a, b, 'float32[9]'], attributes, { domain, outputs: 2 });
  expect(outcome.types).toEqual([a, b]);
});
