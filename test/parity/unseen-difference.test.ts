import { expect, test } from 'vitest';
import { buildModel, type Model } from '../../src/graph/index.ts';
import { compareModels } from '../../src/parity/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { saved } from './models.ts';

/** y = Gather(rows, x): which rows are looked at is a question of the input. */
function lookup(rows: readonly number[]): Model {
  return buildModel({ opset: 17 }, (b) => {
    const x = b.input('x', 'int64', [1]);
    const table = b.initializer(tensorFrom('float32', [3], Float32Array.from(rows)), 'table');
    b.output(b.node('Gather', [table, x], {}, { outputs: ['y'] }), 'float32', [1]);
  });
}

const at = (row: number) =>
  new Map([['x', tensorFrom('int64', [1], BigInt64Array.of(BigInt(row)))]]);

test('a constant that differs where no input looks leaves the question open', async () => {
  const [a = '', b = ''] = await saved(
    ['a.onnx', lookup([1, 2, 3])],
    ['b.onnx', lookup([1, 2, -3])],
  );
  const sides = { reference: { path: a }, candidate: { path: b }, profile: 'auto' } as const;
  const unseen = await compareModels({ ...sides, feeds: [at(0), at(1)] });
  expect(unseen).toMatchObject({ verdict: 'inconclusive', profile: 'exact' });
  expect(unseen.reasons).toEqual([expect.stringContaining('the constant "table" differs')]);
  const seen = await compareModels({ ...sides, feeds: [at(0), at(2)] });
  expect(seen).toMatchObject({ verdict: 'fail', reasons: [] });
  const same = await compareModels({ ...sides, candidate: { path: a }, feeds: [at(0)] });
  expect(same.verdict).toBe('pass');
});
