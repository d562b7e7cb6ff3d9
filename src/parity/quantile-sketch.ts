/** Values kept as they are before the histogram takes over. */
const exactValues = 65_536;
const smallestRoom = 256;

/**
 * Buckets: the exponent of a float64 (11 bits) and the first 7 bits of its fraction. Only a range of
 * them is kept, a few powers of two wider than the values, as usual data fill some 50 KiB of 2 MiB.
 */
const pageBuckets = 128;
const bucketCount = 2048 * pageBuckets;
const spare = 4 * pageBuckets;
const scratch = new Float64Array(1);
/** Which half of a float64 holds sign, exponent and the first bits of the fraction. */
const highWord = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** A bucket of values, from `least` up to `most`. */
export interface ValueCount {
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

/**
 * Quantiles of non-negative numbers in bounded memory: exact up to 65,536 values above zero, and
 * from then on read from a histogram (2 MiB at most) whose buckets are 1/128 of a power of two
 * wide, so a quantile is at most 0.8% above the true one and never below. Whole numbers below 256
 * have a bucket each.
 */
export class QuantileSketch {
  #zeros = 0;
  #count = 0;
  #max = 0;
  #exact: Float64Array = new Float64Array(smallestRoom);
  #isSorted = false;
  /** Counts of a range of buckets, the first of which is `#first`; null: all values are kept. */
  #counts: Float64Array | null = null;
  #first = 0;

  /** Adds zeros, which cost nothing. */
  addZeros(count: number): void {
    this.#zeros += count;
  }

  /** Adds a value of at least 0; Infinity is one. */
  add(value: number): void {
    scratch[0] = value;
    this.addAll(scratch, 1);
  }

  /** Adds the first values of an array, which are at least 0. */
  addAll(values: Float64Array, count: number): void {
    const mayOverflow = this.#counts === null && this.#count + count > exactValues;
    if (mayOverflow && this.#count + positive(values, count) > exactValues) this.#spill();
    if (this.#counts === null) this.#keep(values, count);
    else this.#tally(this.#counts, values, count);
  }

  /** How many values there are, zeros included. */
  get total(): number {
    return this.#zeros + this.#count;
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
    const { total } = this;
    return total === 0 ? null : this.atRank(Math.max(Math.ceil(p * total), 1));
  }

  /** The value at a rank, from 1; 0 below that. */
  atRank(rank: number): number {
    let rest = rank - this.#zeros;
    if (rest <= 0) return 0;
    if (rest >= this.#count) return this.#max;
    if (this.#counts === null) return this.#sorted()[rest - 1] ?? this.#max;
    for (const { most, count } of this.counts()) {
      rest -= count;
      if (rest <= 0) return Math.min(most, this.#max);
    }
    return this.#max;
  }

  /** How many values are at most that; of those in its own bucket, all. */
  countUpTo(limit: number): number {
    if (limit < 0) return 0;
    let sum = this.#zeros;
    for (const { least, count } of this.counts()) if (least <= limit) sum += count;
    return sum;
  }

  /** Values above zero with how often they came, ascending. */
  *counts(): Generator<ValueCount> {
    if (this.#counts === null) {
      yield* runsOf(this.#sorted());
      return;
    }
    for (const [at, count] of this.#counts.entries()) {
      const key = this.#first + at;
      if (count > 0) yield { least: edge(key), most: edge(key + 1), count };
    }
  }

  #keep(values: Float64Array, count: number): void {
    const end = this.#count;
    if (end + count > this.#exact.length) {
      const room = Math.min(Math.max(2 * this.#exact.length, end + count), exactValues);
      const grown = new Float64Array(room);
      grown.set(this.#exact);
      this.#exact = grown;
    }
    let [at, max] = [end, this.#max];
    for (let i = 0; i < count; i += 1) {
      const value = values[i] as number;
      if (value === 0) continue;
      this.#exact[at] = value;
      at += 1;
      if (value > max) max = value;
    }
    this.#zeros += count - (at - end);
    this.#count = at;
    this.#max = max;
    this.#isSorted = false;
  }

  #tally(counts: Float64Array, values: Float64Array, count: number): void {
    const words = new Uint32Array(values.buffer, values.byteOffset, 2 * count);
    let range = counts;
    let first = this.#first;
    let zeros = 0;
    let max = this.#max;
    for (let i = 0; i < count; i += 1) {
      const value = values[i] as number;
      if (value === 0) {
        zeros += 1;
        continue;
      }
      if (value > max) max = value;
      const key = (words[2 * i + highWord] as number) >>> 13;
      if (key < first || key >= first + range.length) {
        range = this.#widened(key);
        first = this.#first;
      }
      (range[key - first] as number) += 1;
    }
    this.#zeros += zeros;
    this.#count += count - zeros;
    this.#max = max;
  }

  /** Makes the range of buckets include one. */
  #widened(key: number): Float64Array {
    const before = this.#counts ?? new Float64Array(0);
    const isEmpty = before.length === 0;
    const end = isEmpty ? key + 1 : Math.max(this.#first + before.length, key + 1);
    const start = isEmpty ? key : Math.min(this.#first, key);
    const first = Math.max(start - (start === this.#first ? 0 : spare), 0);
    const last = Math.min(end + (key + 1 === end ? spare : 0), bucketCount);
    const after = new Float64Array(last - first);
    if (!isEmpty) after.set(before, this.#first - first);
    this.#counts = after;
    this.#first = first;
    return after;
  }

  #sorted(): Float64Array {
    const kept = this.#exact.subarray(0, this.#count);
    if (!this.#isSorted) kept.sort();
    this.#isSorted = true;
    return kept;
  }

  #spill(): void {
    const kept = this.#exact.subarray(0, this.#count);
    this.#counts = new Float64Array(0);
    this.#count = 0;
    this.#tally(this.#counts, kept, kept.length);
    this.#exact = new Float64Array(0);
  }
}

function positive(values: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i += 1) if ((values[i] as number) > 0) sum += 1;
  return sum;
}

function* runsOf(sorted: Float64Array): Generator<ValueCount> {
  let start = 0;
  for (let i = 1; i <= sorted.length; i += 1) {
    const value = sorted[start] as number;
    if (i < sorted.length && sorted[i] === value) continue;
    yield { least: value, most: value, count: i - start };
    start = i;
  }
}

/** The least value of a bucket, which is what every value of the one before lies below. */
function edge(key: number): number {
  const result = new Float64Array(1);
  new Uint32Array(result.buffer)[highWord] = (key << 13) >>> 0;
  return result[0] as number;
}
