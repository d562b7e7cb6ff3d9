import type { NumberPair } from './element-stats.ts';

/** Elements taken at a time: few enough that what is noted of them stays in the processor's cache. */
const blockSize = 2048;

/**
 * A stretch of the elements of one output, sorted into those that are equal, those that differ, and
 * those of which one is not finite. What follows then goes over plain arrays of numbers.
 */
export class ElementBlock {
  readonly size: number = blockSize;
  /** Pairs of finite values that differ: |r|, |a − r| and where they are. */
  differing = 0;
  readonly sizes: Float64Array = new Float64Array(blockSize);
  readonly errors: Float64Array = new Float64Array(blockSize);
  readonly indexes: Int32Array = new Int32Array(blockSize);
  /** Room for what is computed of each of them. */
  readonly relative: Float64Array = new Float64Array(blockSize);
  readonly needed: Float64Array = new Float64Array(blockSize);
  readonly ulps: Float64Array = new Float64Array(blockSize);
  /** Pairs of finite values that are equal: |r|. */
  equal = 0;
  readonly equalSizes: Float64Array = new Float64Array(blockSize);
  /** Where one of the two is not finite. */
  others = 0;
  readonly otherIndexes: Int32Array = new Int32Array(blockSize);
  referenceSquares = 0;
  candidateSquares = 0;
  products = 0;
  sumAbs = 0;
  sumSquares = 0;

  /** Takes the elements from `start` up to `end`, at most `size` of them. */
  fill(pair: NumberPair, start: number, end: number): void {
    const { reference, candidate, differences } = pair;
    const { sizes, errors, indexes, equalSizes } = this;
    let differing = 0;
    let equal = 0;
    let referenceSquares = 0;
    let candidateSquares = 0;
    let products = 0;
    this.others = 0;
    for (let i = start; i < end; i += 1) {
      const r = reference[i] as number;
      const a = candidate[i] as number;
      const difference = a - r;
      // Of finite numbers it is finite, but for overflow; minus itself it is then 0 and not NaN.
      if (difference - difference !== 0 && this.#isOther(r, a, i)) continue;
      referenceSquares += r * r;
      candidateSquares += a * a;
      products += r * a;
      const error = differences === null ? difference : (differences[i] as number);
      if (error === 0) {
        equalSizes[equal] = Math.abs(r);
        equal += 1;
      } else {
        sizes[differing] = Math.abs(r);
        errors[differing] = Math.abs(error);
        indexes[differing] = i;
        differing += 1;
      }
    }
    this.differing = differing;
    this.equal = equal;
    this.referenceSquares = referenceSquares;
    this.candidateSquares = candidateSquares;
    this.products = products;
    this.#addErrors();
  }

  /** Whether one of the two is not finite; notes where. */
  #isOther(r: number, a: number, index: number): boolean {
    if (Number.isFinite(r) && Number.isFinite(a)) return false;
    this.otherIndexes[this.others] = index;
    this.others += 1;
    return true;
  }

  #addErrors(): void {
    let sumAbs = 0;
    let sumSquares = 0;
    for (let i = 0; i < this.differing; i += 1) {
      const error = this.errors[i] as number;
      sumAbs += error;
      sumSquares += error * error;
    }
    this.sumAbs = sumAbs;
    this.sumSquares = sumSquares;
  }
}
