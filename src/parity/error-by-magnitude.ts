/** How many elements of about this size are off by about that much. */
export interface ErrorBin {
  /** |r|: the middle of the bin on a logarithmic scale; 0: the reference is zero. */
  readonly magnitude: number;
  /** |a − r| in the same way; 0: the two are equal. */
  readonly error: number;
  readonly count: number;
}

/** Bins reach from 2^-160 to 2^160, which is more than float32 has; what lies beyond is in the last. */
const leastExponent = -160;
const bins = 321;
/** In front of them: zero. */
const width = bins + 1;
/** What float64 adds to an exponent. */
const bias = 1023;
const highWord = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;

/**
 * A histogram of errors over the size of what they are errors of, for a chart with logarithmic axes:
 * a bin for each power of two in both directions (3.3 a decade). Memory: 2.6 KiB for each power of
 * two that occurs as a size, 830 KiB at most.
 */
export class ErrorByMagnitude {
  readonly #rows: (Float64Array | undefined)[] = [];
  /** Elements without an error. */
  readonly #equal = new Float64Array(width);

  /** Adds the first pairs of two arrays: |r| and |a − r|. */
  addAll(magnitudes: Float64Array, errors: Float64Array, count: number): void {
    const sizes = new Uint32Array(magnitudes.buffer, magnitudes.byteOffset, 2 * count);
    const offs = new Uint32Array(errors.buffer, errors.byteOffset, 2 * count);
    const rows = this.#rows;
    for (let i = 0; i < count; i += 1) {
      const size = binOf(sizes[2 * i + highWord] as number, magnitudes[i] as number);
      const row = (rows[size] ??= new Float64Array(width));
      (row[binOf(offs[2 * i + highWord] as number, errors[i] as number)] as number) += 1;
    }
  }

  /** Adds elements of these magnitudes that are equal in both. */
  addEqual(magnitudes: Float64Array, count: number): void {
    const sizes = new Uint32Array(magnitudes.buffer, magnitudes.byteOffset, 2 * count);
    const counts = this.#equal;
    for (let i = 0; i < count; i += 1) {
      (counts[binOf(sizes[2 * i + highWord] as number, magnitudes[i] as number)] as number) += 1;
    }
  }

  /** Bins that are not empty, by magnitude and then by error. */
  bins(): ErrorBin[] {
    const result: ErrorBin[] = [];
    for (let magnitude = 0; magnitude < width; magnitude += 1) {
      const equal = this.#equal[magnitude] ?? 0;
      const size = centre(magnitude);
      if (equal > 0) result.push({ magnitude: size, error: 0, count: equal });
      for (const [error, count] of this.#rows[magnitude]?.entries() ?? []) {
        if (count > 0) result.push({ magnitude: size, error: centre(error), count });
      }
    }
    return result;
  }
}

/** By the upper half of a float64: 0 for zero, then powers of two. */
function binOf(high: number, value: number): number {
  const exponent = (high & 0x7fffffff) >>> 20;
  if (exponent === 0) return value === 0 ? 0 : 1;
  const bin = exponent - bias - leastExponent + 1;
  return bin < 1 ? 1 : bin > bins ? bins : bin;
}

/** The geometric middle of a bin. */
function centre(bin: number): number {
  return bin === 0 ? 0 : 2 ** (bin - 1 + leastExponent) * Math.SQRT2;
}
