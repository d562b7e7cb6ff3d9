import { ElementBlock } from './element-block.ts';
import { ErrorByMagnitude } from './error-by-magnitude.ts';
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

/** Where there is no gate, nothing is outside. */
const noGate = { rtol: 0, atol: Number.POSITIVE_INFINITY, kappa: 0, allowedOutside: 0 } as const;

interface Limits {
  readonly rtol: number;
  /** What is allowed whatever the reference's value. */
  readonly floor: number;
  /** Below this, a reference value is too small to divide by. */
  readonly leastRelative: number;
}

interface Place {
  readonly sample: number;
  readonly pair: NumberPair;
  readonly index: number;
}

/** One for all outputs: whatever is noted in it is used before `add` returns. */
const block = new ElementBlock();

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
  readonly #gate: ElementGate;
  readonly #bitwise: boolean;
  total = 0;
  finitePairs = 0;
  outside = 0;
  /** Elements of which one is finite and the other not, or both are not and differ. */
  classMismatches = 0;
  equalNonFinite = 0;
  /** Those of them that are NaN in both. */
  equalNan = 0;
  readonly reference: Mutable<ClassCounts> = { nan: 0, posInf: 0, negInf: 0 };
  readonly candidate: Mutable<ClassCounts> = { nan: 0, posInf: 0, negInf: 0 };
  maxRel: number | null = null;
  relExcluded = 0;
  sumAbs = 0;
  sumSquares = 0;
  referenceSquares = 0;
  candidateSquares = 0;
  products = 0;
  /** Zeros that differ in sign only; counted with `bitwise`. */
  signedZeros = 0;
  /** Least and greatest finite value of the reference. */
  least: number = Number.POSITIVE_INFINITY;
  greatest: number = Number.NEGATIVE_INFINITY;
  /** |a − r|. */
  readonly absolute: QuantileSketch = new QuantileSketch();
  /**
   * |a − r| / |r|, and |a| where r is zero: whatever the size of r. Like `byMagnitude`, it is to
   * give a picture: of more than a million elements, it takes a quarter of the rest.
   */
  readonly relative: QuantileSketch = new QuantileSketch();
  readonly ulp: QuantileSketch = new QuantileSketch();
  hasUlp = false;
  /** Not of 64-bit integers and text. */
  readonly byMagnitude: ErrorByMagnitude = new ErrorByMagnitude();
  /** The κ that, with the gate's rtol and no atol, leaves no element outside. */
  neededKappa = 0;
  worst: WorstElement | null = null;
  firstClassMismatch: WorstElement | null = null;
  /** Greatest of all that `relative` is about. */
  worstRelative = 0;
  #worstExcess = 0;
  #blocks = 0;
  /** What atol would have to be for each element, given the rtol and no floor. */
  readonly #neededAtol = new QuantileSketch();
  #greatestNeeded = 0;

  constructor(gate: ElementGate | null, bitwise: boolean) {
    this.#gate = gate ?? noGate;
    this.#bitwise = bitwise;
  }

  add(sample: number, pair: NumberPair): void {
    const scale = this.#scan(pair.reference);
    const limits = this.#limits(scale);
    const count = pair.reference.length;
    const greatestBefore = this.#greatestNeeded;
    this.#greatestNeeded = 0;
    for (let start = 0; start < count; start += block.size) {
      const end = Math.min(start + block.size, count);
      block.fill(pair, start, end);
      for (let i = 0; i < block.others; i += 1) {
        this.#classify({ sample, pair, index: block.otherIndexes[i] as number });
      }
      this.#addSums();
      if (this.#bitwise) this.#addSignedZeros(pair, start, end);
      this.#addRelative(limits.leastRelative);
      this.#addToSketches(pair);
      this.#addToGate(limits, sample, pair);
    }
    this.total += count;
    if (this.#greatestNeeded > 0) {
      this.neededKappa = Math.max(this.neededKappa, this.#greatestNeeded / scale);
    }
    this.#greatestNeeded = Math.max(this.#greatestNeeded, greatestBefore);
    if (pair.ulp !== null) this.hasUlp = true;
  }

  /** Greatest |a − r|. */
  get maxAbs(): number {
    return this.absolute.max;
  }

  /** Elements outside of the tolerance or of another class; with `bitwise`, also other zeros. */
  get mismatched(): number {
    return this.outside + this.classMismatches + (this.#bitwise ? this.signedZeros : 0);
  }

  /**
   * The atol that, with the gate's rtol and no floor, leaves that many elements outside.
   *
   * @param allowed At most what the gate allows.
   */
  neededAtol(allowed: number): number {
    if (allowed === 0) return this.#greatestNeeded;
    return this.#neededAtol.atRank(this.finitePairs - allowed);
  }

  #limits(scale: number): Limits {
    const { rtol, atol, kappa } = this.#gate;
    const ratio = rtol > 0 && Number.isFinite(atol) ? atol / rtol : 0;
    return {
      rtol,
      floor: Math.max(atol, kappa * scale),
      leastRelative: Math.max(ratio, leastRelativeScale * scale, Number.MIN_VALUE),
    };
  }

  #addSums(): void {
    this.finitePairs += block.differing + block.equal;
    this.referenceSquares += block.referenceSquares;
    this.candidateSquares += block.candidateSquares;
    this.products += block.products;
    this.sumAbs += block.sumAbs;
    this.sumSquares += block.sumSquares;
  }

  #addSignedZeros({ reference, candidate }: NumberPair, start: number, end: number): void {
    for (let i = start; i < end; i += 1) {
      if (reference[i] === 0 && candidate[i] === 0 && !Object.is(reference[i], candidate[i])) {
        this.signedZeros += 1;
      }
    }
  }

  #addRelative(leastRelative: number): void {
    const { sizes, errors, relative, differing, equal, equalSizes } = block;
    let excluded = 0;
    let greatest = -1;
    let worst = this.worstRelative;
    for (let i = 0; i < differing; i += 1) {
      const size = sizes[i] as number;
      const error = errors[i] as number;
      const share = size === 0 ? error : error / size;
      relative[i] = share;
      if (share > worst) worst = share;
      if (size < leastRelative) excluded += 1;
      else if (share > greatest) greatest = share;
    }
    let small = 0;
    for (let i = 0; i < equal; i += 1) if ((equalSizes[i] as number) < leastRelative) small += 1;
    if (small < equal && greatest < 0) greatest = 0;
    this.worstRelative = worst;
    this.relExcluded += excluded + small;
    if (greatest >= 0 && greatest >= (this.maxRel ?? 0)) this.maxRel = greatest;
  }

  #addToSketches({ differences, ulp }: NumberPair): void {
    const { sizes, errors, relative, ulps, indexes, differing, equal, equalSizes } = block;
    this.absolute.addZeros(equal);
    this.absolute.addAll(errors, differing);
    this.#blocks += 1;
    if (isSampled(this.#blocks)) {
      this.relative.addZeros(equal);
      this.relative.addAll(relative, differing);
      if (differences === null) {
        this.byMagnitude.addAll(sizes, errors, differing);
        this.byMagnitude.addEqual(equalSizes, equal);
      }
    }
    if (ulp === null) return;
    for (let i = 0; i < differing; i += 1) ulps[i] = ulp(indexes[i] as number);
    this.ulp.addZeros(equal);
    this.ulp.addAll(ulps, differing);
  }

  #addToGate({ rtol, floor }: Limits, sample: number, pair: NumberPair): void {
    const { sizes, errors, needed, indexes, differing, equal } = block;
    let greatest = this.#greatestNeeded;
    for (let i = 0; i < differing; i += 1) {
      const error = errors[i] as number;
      const byRtol = rtol * (sizes[i] as number);
      const rest = Math.max(error - byRtol, 0);
      needed[i] = rest;
      if (rest > greatest) greatest = rest;
      const excess = error - (floor + byRtol);
      if (excess <= 0) continue;
      this.outside += 1;
      if (this.worst !== null && excess <= this.#worstExcess) continue;
      this.#worstExcess = excess;
      this.worst = elementAt({ sample, pair, index: indexes[i] as number });
    }
    this.#greatestNeeded = greatest;
    // Where none may lie outside, the greatest tells all.
    if (this.#gate.allowedOutside === 0) return;
    this.#neededAtol.addZeros(equal);
    this.#neededAtol.addAll(needed, differing);
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

  #classify(place: Place): void {
    const r = place.pair.reference[place.index] ?? 0;
    const a = place.pair.candidate[place.index] ?? 0;
    count(this.reference, r);
    count(this.candidate, a);
    if (Object.is(r, a)) {
      this.equalNonFinite += 1;
      if (Number.isNaN(r)) this.equalNan += 1;
      return;
    }
    this.classMismatches += 1;
    this.firstClassMismatch ??= elementAt(place);
  }
}

/** All of the first million elements, then a quarter of the blocks, in no regular order. */
function isSampled(number: number): boolean {
  return number <= 2 ** 20 / block.size || Math.imul(number, 0x9e3779b1) >>> 30 === 0;
}

function elementAt({ sample, pair, index }: Place): WorstElement {
  let rest = index;
  const at = pair.dims.toReversed().map((size) => {
    const here = rest % size;
    rest = (rest - here) / size;
    return here;
  });
  return {
    sample,
    at: at.toReversed(),
    reference: pair.reference[index] ?? 0,
    candidate: pair.candidate[index] ?? 0,
  };
}

function count(counts: Mutable<ClassCounts>, value: number): void {
  if (Number.isNaN(value)) counts.nan += 1;
  else if (value === Number.POSITIVE_INFINITY) counts.posInf += 1;
  else if (value === Number.NEGATIVE_INFINITY) counts.negInf += 1;
}
