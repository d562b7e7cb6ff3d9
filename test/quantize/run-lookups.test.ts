import { describe, expect, test } from 'vitest';
import type { GraphBuilder } from '../../src/graph/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { quantizeBuilt, runBuilt } from './quantize-built.ts';
import { normalValues } from './random-tensors.ts';

/**
 * Results are run and held against the float model. Each case is one that a quantizer got wrong, or
 * could.
 */

describe('lookups', () => {
  const ids = { dims: [2, 3], data: BigInt64Array.from([0n, 5n, 99n, -1n, 7n, 7n]) };

  function table(dims: number[], scaleOf: (row: number) => number = () => 1) {
    const width = dims.slice(1).reduce((product, size) => product * size, 1);
    const values = normalValues(100 * width, 80).map(
      (value, at) => value * scaleOf(Math.floor(at / width)),
    );
    return (b: GraphBuilder): void => {
      const weight = b.initializer(tensorFrom('float32', dims, values, 'E'));
      const rows = b.node(
        'Gather',
        [weight, b.input('ids', 'int64', [2, 3])],
        {},
        { outputs: ['y'] },
      );
      b.output(rows, 'float32', [2, 3, ...dims.slice(1)]);
    };
  }

  test.each([{ dims: [100, 32] }, { dims: [100, 4, 8] }])(
    'in a table of $dims',
    async ({ dims }) => {
      const { sqnr, plainSqnr, plan } = await runBuilt(table(dims), { ids });
      expect(plan.quantized).toMatchObject([{ form: 'lookup', type: 'int8', granularity: 'row' }]);
      expect(Math.min(sqnr, plainSqnr)).toBeGreaterThan(40);
    },
  );

  test('rows of very different size keep their own accuracy', async () => {
    const small = table([100, 32], (row) => (row === 7 ? 1 : 1000));
    const feeds = { ids: { ...ids, data: BigInt64Array.from([7n, 7n, 7n, 7n, 7n, 7n]) } };
    expect((await runBuilt(small, feeds)).sqnr).toBeGreaterThan(38);
    expect((await runBuilt(small, feeds, { perTensor: true })).sqnr).toBeLessThan(10);
  });

  test('a table with infinities on purpose stays as it is', () => {
    const values = new Float32Array(100 * 32).fill(Number.NEGATIVE_INFINITY);
    const { plan } = quantizeBuilt((b) => {
      const mask = b.initializer(tensorFrom('float32', [100, 32], values, 'mask'));
      b.output(b.node('Gather', [mask, b.input('ids', 'int64', [3])]), 'float32', [3, 32]);
    });
    expect(plan.quantized).toEqual([]);
    expect(plan.kept[0]?.reason).toBe('its table holds values that are not finite');
  });
});
