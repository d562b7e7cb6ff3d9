import { decodeBfloat16 } from '../../tensor/index.ts';
import type { Constant } from '../constants.ts';
import type { ByteObserver } from './read-values.ts';
import { viewElements } from './stats.ts';

/** The greatest finite float16. */
export const greatestHalf = 65_504;
/** Below this, float16 has fewer than its 11 significant bits. */
const leastNormalHalf = 2 ** -14;
/** Up to this, float16 rounds to zero: half of its least subnormal, which ties to even. */
const greatestFlushed = 2 ** -25;

/** How the values of a constant would fit float16; NaN and infinities are not counted. */
export interface HalfRange {
  /** Finite ones beyond ±65504. */
  beyond: number;
  /** Those that are not zero and become a subnormal number, with fewer digits. */
  subnormal: number;
  /** Those that are not zero and become zero. */
  flushed: number;
}

/** Types that have numbers which float16 does not have. */
const widerTypes = { bfloat16: Uint16Array, float32: Float32Array, float64: Float64Array } as const;

/** Counts in `range` what it is shown; null for constants of other types and roles. */
export function observeHalfRange(constant: Constant, range: HalfRange): ByteObserver | null {
  const { elementType } = constant.tensor;
  const isWider =
    elementType === 'bfloat16' || elementType === 'float32' || elementType === 'float64';
  if (constant.role !== 'parameter' || !isWider) return null;
  return (bytes) => {
    const elements = viewElements(widerTypes[elementType], bytes);
    const values =
      elements instanceof Uint16Array
        ? decodeBfloat16(elements)
        : (elements as Float32Array | Float64Array);
    count(values, range);
  };
}

function count(values: Float32Array | Float64Array, range: HalfRange): void {
  let [beyond, subnormal, flushed] = [0, 0, 0];
  for (let at = 0; at < values.length; at += 1) {
    const size = Math.abs(values[at] as number);
    if (size > greatestHalf) {
      if (size !== Number.POSITIVE_INFINITY) beyond += 1;
    } else if (size < leastNormalHalf && size !== 0) {
      if (size <= greatestFlushed) flushed += 1;
      else subnormal += 1;
    }
  }
  range.beyond += beyond;
  range.subnormal += subnormal;
  range.flushed += flushed;
}
