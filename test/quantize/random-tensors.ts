import { type Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { SeededRandom } from '../support/random.ts';

/** Normal random numbers in float32, by the polar form of Box and Muller. */
export function normalValues(count: number, seed: number, deviation = 1): Float32Array {
  const random = new SeededRandom(seed);
  return Float32Array.from(
    { length: count },
    () =>
      deviation *
      Math.sqrt(-2 * Math.log(1 - random.next())) *
      Math.cos(2 * Math.PI * random.next()),
  );
}

/** A float32 tensor of normal random numbers. */
export function normalTensor(dims: readonly number[], seed: number, deviation = 0.05): Tensor {
  const count = dims.reduce((product, size) => product * size, 1);
  return tensorFrom('float32', dims, normalValues(count, seed, deviation));
}
