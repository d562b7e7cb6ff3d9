import { MlkitError } from '../../src/errors.ts';
import type { Feeds } from '../../src/runtime/index.ts';
import { type Tensor, tensorFrom } from '../../src/tensor/index.ts';

export function float32(dims: readonly number[], ...values: number[]): Tensor {
  return tensorFrom('float32', dims, Float32Array.from(values));
}

export function addFeeds(): Feeds {
  return new Map([
    ['x', float32([2, 2], 1, 2, 3, 4)],
    ['y', float32([2, 2], 10, 20, 30, 40)],
  ]);
}

export function countFeeds(trips: number): Feeds {
  return new Map([
    ['trips', tensorFrom('int64', [], BigInt64Array.of(BigInt(trips)))],
    ['start', float32([1], 0)],
  ]);
}

/** Minutes of work, in one call of the runtime. */
export const endless = 1_000_000_000;

export async function errorOf(work: Promise<unknown>): Promise<MlkitError> {
  const error = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof MlkitError) return error;
  throw error;
}
