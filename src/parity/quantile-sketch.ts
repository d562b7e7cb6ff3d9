/** Values kept as they are before the histogram takes over. */
const exactValues = 65_536;

/**
 * Quantiles of non-negative numbers in bounded memory: exact up to 65,536 values above zero, and
 * from then on read from a histogram (2 MiB) whose buckets are 1/128 of a power of two wide, so a
 * quantile is at most 0.8% above the true one and never below.
 */
export class QuantileSketch {
  #zeros = 0;
  #count = 0;
  #max = 0;
  #exact: number[] = [];
  #buckets: Float64Array | null = null;

  /** Adds zeros, which cost nothing. */
  addZeros(count: number): void {
    this.#zeros += count;
  }

  /** Adds a value of at least 0; Infinity is one. */
  add(value: number): void {
    if (value === 0) {
      this.#zeros += 1;
      return;
    }
    this.#count += 1;
    if (value > this.#max) this.#max = value;
    if (this.#buckets !== null) {
      addTo(this.#buckets, value);
    } else {
      this.#exact.push(value);
      if (this.#exact.length > exactValues) this.#spill();
    }
  }

  get max(): number {
    return this.#max;
  }

  /**
   * The nearest-rank quantile: the smallest value that at least a share of `p` of all values does
   * not exceed. Null when there are no values.
   *
   * @param p 0 to 1.
   */
  quantile(p: number): number | null {
    const total = this.#zeros + this.#count;
    return total === 0 ? null : this.atRank(Math.max(Math.ceil(p * total), 1));
  }

  /** The value at a rank, from 1; 0 below that. */
  atRank(rank: number): number {
    let rest = rank - this.#zeros;
    if (rest <= 0) return 0;
    if (rest >= this.#count) return this.#max;
    if (this.#buckets === null) {
      return this.#exact.toSorted((a, b) => a - b)[rest - 1] ?? this.#max;
    }
    for (const [key, count] of this.#buckets.entries()) {
      rest -= count;
      if (rest <= 0) return Math.min(upperEdge(key), this.#max);
    }
    return this.#max;
  }

  #spill(): void {
    const buckets = new Float64Array(bucketCount);
    for (const value of this.#exact) addTo(buckets, value);
    this.#buckets = buckets;
    this.#exact = [];
  }
}

/** The exponent (11 bits) and the first 7 bits of the fraction of a float64 name its bucket. */
const droppedBits = 13;
const bucketCount = 1 << (11 + 7);
const scratch = new DataView(new ArrayBuffer(8));

function addTo(buckets: Float64Array, value: number): void {
  scratch.setFloat64(0, value);
  const key = scratch.getUint32(0) >>> droppedBits;
  buckets[key] = (buckets[key] ?? 0) + 1;
}

/** What every value of the bucket is below. */
function upperEdge(key: number): number {
  scratch.setUint32(0, (key + 1) << droppedBits);
  scratch.setUint32(4, 0);
  return scratch.getFloat64(0);
}
