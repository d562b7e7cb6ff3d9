import {
  type DataType,
  dataTypes,
  isTensor,
  type Tensor,
  type TensorValue,
} from '../../tensor/index.ts';

/** Outputs of one sample, in the order of the reference's. */
export type SampleOutputs = readonly (TensorValue | undefined)[];

/**
 * The signal to noise ratio of each output over samples, 20·log₁₀(‖r‖ / ‖a − r‖) in dB over pairs of
 * finite values, in float64. Infinity where they are equal; null where there is no such pair, or one
 * is finite and the other not.
 */
export class NoiseMeter {
  readonly #sums: { signal: number; noise: number; pairs: number; isBroken: boolean }[] = [];

  add(reference: SampleOutputs, candidate: SampleOutputs): void {
    for (const [at, r] of reference.entries()) {
      const sums = (this.#sums[at] ??= { signal: 0, noise: 0, pairs: 0, isBroken: false });
      const a = candidate[at];
      if (!isTensor(r) || !isFloat(r)) continue;
      if (!isTensor(a) || !isFloat(a) || a.elementCount !== r.elementCount) {
        sums.isBroken = true;
        continue;
      }
      const [left, right] = [numbers(r), numbers(a)];
      for (let i = 0; i < left.length; i += 1) {
        const [x = 0, y = 0] = [left[i], right[i]];
        if (Number.isFinite(x) && Number.isFinite(y)) {
          sums.signal += x * x;
          sums.noise += (y - x) * (y - x);
          sums.pairs += 1;
        } else if (!Object.is(x, y)) sums.isBroken = true;
      }
    }
  }

  /** By output. */
  decibels(): (number | null)[] {
    return this.#sums.map(({ signal, noise, pairs, isBroken }) => {
      if (isBroken || pairs === 0) return null;
      return noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
    });
  }
}

function isFloat({ elementType }: Tensor): boolean {
  return elementType !== null && dataTypes[elementType].kind === 'float';
}

/** Elements as numbers, without a copy where the array holds them as such. */
function numbers(tensor: Tensor): ArrayLike<number> {
  const wide: readonly DataType[] = ['float32', 'float64'];
  return wide.includes(tensor.dtype) ? (tensor.data() as Float32Array) : tensor.toFloat64();
}
