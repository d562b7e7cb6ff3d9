import { expect, test } from 'vitest';
import { inferNode } from './one-node.ts';

test.each<[string, string, string, string, string[]]>([
  ['float32[n, 5]', 'int64[n]', 'mean', 'float32[]', []],
  ['float32[n, 5]', 'int64[n]', 'none', 'float32[n]', []],
  ['float32[n, 5, h, 3]', 'int64[n, h, 3]', 'none', 'float32[n, h, 3]', []],
  ['float32[2, 5]', 'int64[4]', 'sum', 'float32[]', ['scores and labels have the sizes 2 and 4']],
  [
    'float32[2, 5, 4]',
    'int64[2]',
    'mean',
    'float32[]',
    ['scores and labels have the ranks 3 and 1'],
  ],
])('losses of %s by %s, %s', (scores, labels, reduction, type, messages) => {
  const likelihood = inferNode('NegativeLogLikelihoodLoss', [scores, labels], { reduction });
  const rejected = messages.map((message) => `rejects: ${message}`);
  expect(likelihood).toMatchObject({ types: [type], contradictions: rejected });
  const entropy = inferNode(
    'SoftmaxCrossEntropyLoss',
    [scores, labels],
    { reduction },
    { outputs: 2 },
  );
  const failing = messages.map((message) => `fails: ${message}`);
  expect(entropy).toMatchObject({ types: [type, scores], contradictions: failing });
});

test('cost', () => {
  const inputs = ['float32[2, 5]', 'int64[2]'];
  expect(inferNode('NegativeLogLikelihoodLoss', inputs).cost).toBe('reduction, 0, 2');
  expect(inferNode('SoftmaxCrossEntropyLoss', inputs).cost).toBe('normalization, 0, 50');
});
