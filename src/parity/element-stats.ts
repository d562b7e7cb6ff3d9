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
const noGate = { rtol: 0, atol: Number.POSITIVE_INFINITY, kappa: 0 } as const;

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
    const { reference, candidate, differences, ulp } = pair;
    const limits = this.#limits(this.#scan(reference));
    const count = reference.length;
    let equal = 0;
    for (let i = 0; i < count; i += 1) {
      const r = reference[i] as number;
      const a = candidate[i] as number;
      // A finite number minus itself is 0; NaN and the infinities give NaN.
      if (r - r !== 0 || a - a !== 0) {
        this.#classify({ sample, pair, index: i }, r, a);
        continue;
      }
      const d = Math.abs(differences === null ? a - r : (differences[i] as number));
      this.#addPair(r, a, d, limits);
      if (d === 0) equal += 1;
      else this.#addDifference(r, d, limits, { sample, pair, index: i });
    }
    this.total += count;
    this.neededAtol.addZeros(equal);
    if (ulp !== null) {
      this.hasUlp = true;
      this.ulp.addZeros(equal);
    }
  }

  /** Elements outside of the tolerance or of another class; with `bitwise`, also other zeros. */
  get mismatched(): number {
    return this.outside + this.classMismatches + (this.#bitwise ? this.signedZeros : 0);
  }

  #limits(scale: number): Limits {
    const { rtol, atol, kappa } = this.#gate ?? noGate;
    const ratio = rtol > 0 && Number.isFinite(atol) ? atol / rtol : 0;
    return {
      rtol,
      floor: Math.max(atol, kappa * scale),
      leastRelative: Math.max(ratio, leastRelativeScale * scale, Number.MIN_VALUE),
    };
  }

  #addPair(r: number, a: number, d: number, { leastRelative }: Limits): void {
    this.finitePairs += 1;
    this.referenceSquares += r * r;
    this.candidateSquares += a * a;
    this.products += r * a;
    const size = Math.abs(r);
    if (size < leastRelative) {
      this.relExcluded += 1;
    } else {
      const relative = d / size;
      if (this.maxRel === null || relative > this.maxRel) this.maxRel = relative;
    }
    if (r === 0 && d === 0 && !Object.is(r, a)) this.signedZeros += 1;
  }

  #addDifference(r: number, d: number, { rtol, floor }: Limits, place: Place): void {
    this.sumAbs += d;
    this.sumSquares += d * d;
    if (d > this.maxAbs) this.maxAbs = d;
    const { ulp } = place.pair;
    if (ulp !== null) this.ulp.add(ulp(place.index));
    const byRtol = rtol * Math.abs(r);
    const needed = d - byRtol;
    if (needed > 0) this.neededAtol.add(needed);
    else this.neededAtol.addZeros(1);
    const excess = d - (floor + byRtol);
    if (excess <= 0) return;
    this.outside += 1;
    if (this.worst !== null && excess <= this.#worstExcess) return;
    this.#worstExcess = excess;
    this.worst = elementAt(place);
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

  #classify(place: Place, r: number, a: number): void {
    count(this.reference, r);
    count(this.candidate, a);
    if (Object.is(r, a)) {
      this.equalNonFinite += 1;
      return;
    }
    this.classMismatches += 1;
    this.firstClassMismatch ??= elementAt(place);
  }
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
