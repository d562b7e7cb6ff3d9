import type { ElementGate } from './profile.ts';
import { QuantileSketch } from './quantile-sketch.ts';

/** The element that lies furthest outside of the tolerance. */
export interface WorstElement {
  /** From 0. */
  readonly sample: number;
  /** Its coordinates. */
  readonly at: readonly number[];
  readonly reference: number;
  readonly candidate: number;
}

/** Numbers of one sample, as float64 or exactly representable in it. */
export interface NumberPair {
  readonly dims: readonly number[];
  readonly reference: ArrayLike<number>;
  readonly candidate: ArrayLike<number>;
  /** Differences candidate − reference where they must not be taken in float64 (64-bit integers). */
  readonly differences: ArrayLike<number> | null;
  /** Distance in units of the last place at an index. */
  readonly ulp: ((index: number) => number) | null;
}

/** Differences count relative to the reference only where it is at least this share of the greatest. */
const leastRelativeScale = 1e-3;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
export interface ClassCounts {
  readonly nan: number;
  readonly posInf: number;
  readonly negInf: number;
}

/**
 * Sums over the elements of one output, sample by sample, in float64. Every element is classified
 * (finite, NaN, +Inf, −Inf) before any arithmetic; only pairs of finite values enter the sums.
 */
export class ElementStats {
  readonly #gate: ElementGate | null;
  readonly #bitwise: boolean;
  total = 0;
  finitePairs = 0;
  outside = 0;
  /** Elements of which one is finite and the other not, or both are not and differ. */
  classMismatches = 0;
  equalNonFinite = 0;
  readonly reference: Mutable<ClassCounts> = { nan: 0, posInf: 0, negInf: 0 };
  readonly candidate: Mutable<ClassCounts> = { nan: 0, posInf: 0, negInf: 0 };
  maxAbs = 0;
  maxRel: number | null = null;
  relExcluded = 0;
  sumAbs = 0;
  sumSquares = 0;
  referenceSquares = 0;
  candidateSquares = 0;
  products = 0;
  /** Zeros that differ in sign only. */
  signedZeros = 0;
  /** Least and greatest finite value of the reference. */
  least: number = Number.POSITIVE_INFINITY;
  greatest: number = Number.NEGATIVE_INFINITY;
  readonly ulp: QuantileSketch = new QuantileSketch();
  hasUlp = false;
  /** What atol would have to be for each element, given the rtol and no floor. */
  readonly neededAtol: QuantileSketch = new QuantileSketch();
  worst: WorstElement | null = null;
  firstClassMismatch: WorstElement | null = null;
  #worstExcess = 0;

  constructor(gate: ElementGate | null, bitwise: boolean) {
    this.#gate = gate;
    this.#bitwise = bitwise;
  }

  add(sample: number, pair: NumberPair): void {
    const { reference, candidate, differences, ulp, dims } = pair;
    const scale = this.#scan(reference);
    const { rtol, atol, kappa } = this.#gate ?? { rtol: 0, atol: Number.POSITIVE_INFINITY, kappa: 0 };
    const floor = Math.max(atol, kappa * scale);
    const leastRelative = Math.max(
      rtol > 0 && Number.isFinite(atol) ? atol / rtol : 0,
      leastRelativeScale * scale,
    );
    let [sumAbs, sumSquares, referenceSquares, candidateSquares, products] = [0, 0, 0, 0, 0];
    let [maxAbs, maxRel, relExcluded, pairs, equal] = [0, -1, 0, 0, 0];
    const count = reference.length;
    for (let i = 0; i < count; i += 1) {
      const r = reference[i] as number;
      const a = candidate[i] as number;
      // A finite number minus itself is 0; NaN and the infinities give NaN.
      if (r - r !== 0 || a - a !== 0) {
        this.#classify(sample, dims, i, r, a);
        continue;
      }
      pairs += 1;
      const size = Math.abs(r);
      referenceSquares += r * r;
      candidateSquares += a * a;
      products += r * a;
      const d = Math.abs(differences === null ? a - r : (differences[i] as number));
      if (size < leastRelative || size === 0) relExcluded += 1;
      else if (d / size > maxRel) maxRel = d / size;
      if (d === 0) {
        equal += 1;
        if (r === 0 && !Object.is(r, a)) this.signedZeros += 1;
        continue;
      }
      sumAbs += d;
      sumSquares += d * d;
      if (d > maxAbs) maxAbs = d;
      if (ulp !== null) this.ulp.add(ulp(i));
      const needed = d - rtol * size;
      if (needed > 0) this.neededAtol.add(needed);
      else this.neededAtol.addZeros(1);
      const excess = d - (floor + rtol * size);
      if (!(excess <= 0)) {
        this.outside += 1;
        if (this.worst === null || excess > this.#worstExcess) {
          this.#worstExcess = excess;
          this.worst = { sample, at: coordinates(i, dims), reference: r, candidate: a };
        }
      }
    }
    this.total += count;
    this.finitePairs += pairs;
    this.neededAtol.addZeros(equal);
    if (ulp !== null) {
      this.hasUlp = true;
      this.ulp.addZeros(equal);
    }
    this.sumAbs += sumAbs;
    this.sumSquares += sumSquares;
    this.referenceSquares += referenceSquares;
    this.candidateSquares += candidateSquares;
    this.products += products;
    this.relExcluded += relExcluded;
    if (maxAbs > this.maxAbs) this.maxAbs = maxAbs;
    if (maxRel >= 0) this.maxRel = Math.max(this.maxRel ?? 0, maxRel);
  }

  /** Elements outside of the tolerance or of another class; with `bitwise`, also other zeros. */
  get mismatched(): number {
    return this.outside + this.classMismatches + (this.#bitwise ? this.signedZeros : 0);
  }

  /** The greatest finite magnitude; notes the range on the way. */
  #scan(reference: ArrayLike<number>): number {
    let { least, greatest } = this;
    let scale = 0;
    for (let i = 0; i < reference.length; i += 1) {
      const r = reference[i] as number;
      if (r - r !== 0) continue;
      if (r < least) least = r;
      if (r > greatest) greatest = r;
      const size = Math.abs(r);
      if (size > scale) scale = size;
    }
    this.least = least;
    this.greatest = greatest;
    return scale;
  }

  #classify(
    sample: number,
    dims: readonly number[],
    index: number,
    r: number,
    a: number,
  ): void {
    count(this.reference, r);
    count(this.candidate, a);
    if (Object.is(r, a)) {
      this.equalNonFinite += 1;
      return;
    }
    this.classMismatches += 1;
    const at = coordinates(index, dims);
    this.firstClassMismatch ??= { sample, at, reference: r, candidate: a };
  }
}

function coordinates(index: number, dims: readonly number[]): number[] {
  let rest = index;
  return dims
    .toReversed()
    .map((size) => {
      const at = rest % size;
      rest = (rest - at) / size;
      return at;
    })
    .toReversed();
}

function count(counts: Mutable<ClassCounts>, value: number): void {
  if (Number.isNaN(value)) counts.nan += 1;
  else if (value === Number.POSITIVE_INFINITY) counts.posInf += 1;
  else if (value === Number.NEGATIVE_INFINITY) counts.negInf += 1;
}
