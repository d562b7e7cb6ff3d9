import type { Gates, OutputTolerance } from '../parity/index.ts';
import { toleranceFor } from '../parity/index.ts';
import {
  type DataType,
  dataTypes,
  haveSameBytes,
  type NumericArray,
  type Tensor,
  toFloat64,
} from '../tensor/index.ts';

/** How a value of the candidate differs from the reference's. */
export interface ValueError {
  readonly maxAbs: number | null;
  readonly relativeError: number | null;
  readonly sqnrDb: number | null;
  readonly cosine: number | null;
  readonly classMismatches: number;
  readonly total: number;
  /** Whether any element is another one; zeros of two signs are one. */
  readonly differs: boolean;
  readonly isDiverged: boolean;
}

export interface ElementTypes {
  readonly reference: DataType;
  readonly candidate: DataType;
}

/**
 * Sums over the elements of a value, sample by sample, in float64: what the trace needs of a
 * comparison, in two passes over what differs and one over what does not.
 */
export class ValueComparison {
  /** Of the first sample. */
  dims: readonly number[] = [];
  /** The element types in the two models. */
  types: ElementTypes | null = null;
  /** Why the two cannot be compared element by element; null: they can. */
  incomparable: string | null = null;
  readonly #name: string;
  readonly #gates: Gates;
  #total = 0;
  #finite = 0;
  #classMismatches = 0;
  #outside = 0;
  #maxAbs = 0;
  #errorSquares = 0;
  #referenceSquares = 0;
  #candidateSquares = 0;
  #products = 0;
  #isText = false;

  constructor(name: string, gates: Gates) {
    this.#name = name;
    this.#gates = gates;
  }

  /** @param types Those in the models, which the tensors may stand for with wider ones. */
  add(reference: Tensor, candidate: Tensor, types: Partial<ElementTypes> = {}): void {
    if (this.types === null) {
      this.dims = reference.dims;
      const { reference: one = reference.dtype, candidate: other = candidate.dtype } = types;
      this.types = { reference: one, candidate: other };
    }
    this.incomparable ??= difference(reference, candidate);
    if (this.incomparable !== null) return;
    if (reference.dtype === 'string') {
      this.#addTexts(reference, candidate);
      return;
    }
    const r = numbersOf(reference);
    if (reference.dtype === candidate.dtype && haveSameBytes(reference, candidate)) {
      this.#addEqual(r);
      return;
    }
    this.#addNumbers(r, numbersOf(candidate), exactDifferences(reference, candidate));
  }

  finish(): ValueError {
    const differs = this.#maxAbs > 0 || this.#classMismatches > 0;
    const hasNumbers = this.#finite > 0 && !this.#isText;
    const [signal, noise] = [Math.sqrt(this.#referenceSquares), Math.sqrt(this.#errorSquares)];
    const relativeError = noise === 0 ? 0 : signal === 0 ? null : noise / signal;
    // Minus infinity where nothing is to be found again of a signal that is zero.
    const sqnrDb = noise === 0 ? Number.POSITIVE_INFINITY : 20 * Math.log10(signal / noise);
    const error = {
      maxAbs: hasNumbers ? this.#maxAbs : null,
      relativeError: hasNumbers ? relativeError : null,
      sqnrDb: hasNumbers ? sqnrDb : null,
      cosine: hasNumbers ? this.#cosine() : null,
      classMismatches: this.#classMismatches,
      total: this.#total,
      differs,
    };
    const isDiverged = differs && this.#isBeyond(error);
    return { ...error, sqnrDb: error.relativeError === null ? null : error.sqnrDb, isDiverged };
  }

  #addEqual(values: ArrayLike<number>): void {
    this.#total += values.length;
    let [finite, squares] = [0, 0];
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at] as number;
      if (value - value !== 0) continue;
      finite += 1;
      squares += value * value;
    }
    this.#finite += finite;
    this.#referenceSquares += squares;
    this.#candidateSquares += squares;
    this.#products += squares;
  }

  #addNumbers(
    reference: ArrayLike<number>,
    candidate: ArrayLike<number>,
    differences: Float64Array | null,
  ): void {
    const { rtol, floor } = this.#limits(reference);
    this.#total += reference.length;
    for (let at = 0; at < reference.length; at += 1) {
      const r = reference[at] as number;
      const a = candidate[at] as number;
      // A finite number minus itself is 0; NaN and the infinities give NaN.
      if (r - r !== 0 || a - a !== 0) {
        if (!Object.is(r, a)) this.#classMismatches += 1;
        continue;
      }
      const d = Math.abs(differences === null ? a - r : (differences[at] as number));
      this.#finite += 1;
      this.#referenceSquares += r * r;
      this.#candidateSquares += a * a;
      this.#products += r * a;
      this.#errorSquares += d * d;
      if (d > this.#maxAbs) this.#maxAbs = d;
      if (d > floor + rtol * Math.abs(r)) this.#outside += 1;
    }
  }

  /** There is no arithmetic on text: it is equal or not. */
  #addTexts(reference: Tensor, candidate: Tensor): void {
    this.#isText = true;
    const others = candidate.toStrings();
    const differing = reference.toStrings().filter((text, at) => text !== others[at]).length;
    this.#total += others.length;
    this.#outside += differing;
    if (differing > 0) this.#maxAbs = 1;
  }

  #limits(reference: ArrayLike<number>): { rtol: number; floor: number } {
    const { element } = this.#tolerance();
    if (element === null) return { rtol: 0, floor: Number.POSITIVE_INFINITY };
    let scale = 0;
    for (let at = 0; at < reference.length; at += 1) {
      const size = Math.abs(reference[at] as number);
      if (size > scale && size !== Number.POSITIVE_INFINITY) scale = size;
    }
    return { rtol: element.rtol, floor: Math.max(element.atol, element.kappa * scale) };
  }

  #tolerance(): OutputTolerance {
    return toleranceFor(this.#name, this.types?.reference ?? 'float32', this.#gates);
  }

  #cosine(): number | null {
    const norms = Math.sqrt(this.#referenceSquares) * Math.sqrt(this.#candidateSquares);
    if (norms > 0) return Math.min(1, Math.max(-1, this.#products / norms));
    return this.#referenceSquares === this.#candidateSquares ? 1 : 0;
  }

  #isBeyond({ sqnrDb, cosine }: Pick<ValueError, 'sqnrDb' | 'cosine'>): boolean {
    const { element, minSqnrDb, minCosine } = this.#tolerance();
    if (this.#classMismatches > 0) return true;
    if (element !== null && this.#outside > Math.floor(element.allowedOutside * this.#total)) {
      return true;
    }
    if (this.#isText) return false;
    return isBelow(sqnrDb, minSqnrDb) || isBelow(cosine, minCosine);
  }
}

function isBelow(value: number | null, limit: number | null): boolean {
  return value !== null && limit !== null && value < limit;
}

/** Why two tensors cannot be compared element by element. Sizes of 1 may be there or not. */
function difference(reference: Tensor, candidate: Tensor): string | null {
  const [one, other] = [reference.dtype, candidate.dtype];
  const areFloats = dataTypes[one].kind === 'float' && dataTypes[other].kind === 'float';
  if (one !== other && !areFloats) return `${one} in the reference and ${other} in the candidate`;
  const sizes = (dims: readonly number[]): string => dims.filter((size) => size !== 1).join();
  if (sizes(reference.dims) === sizes(candidate.dims)) return null;
  return `[${reference.dims.join(', ')}] in the reference and [${candidate.dims.join(', ')}] in the candidate`;
}

/** Elements as numbers, without a copy where the array holds them as such. */
function numbersOf(tensor: Tensor): ArrayLike<number> {
  const data = tensor.data();
  const { kind, bits } = dataTypes[tensor.dtype];
  const isPlain = (kind === 'float' && bits >= 32) || (kind !== 'float' && bits <= 32);
  return isPlain ? (data as Float64Array) : toFloat64(tensor.dtype, data);
}

/** Differences of 64-bit integers, which float64 would round to nothing beyond 2^53. */
function exactDifferences(reference: Tensor, candidate: Tensor): Float64Array | null {
  const [r, a] = [reference.data(), candidate.data()];
  if (!isWide(r) || !isWide(a)) return null;
  const result = new Float64Array(r.length);
  for (let at = 0; at < r.length; at += 1) {
    const [one, other] = [r[at] as bigint, a[at] as bigint];
    if (one !== other) result[at] = Number(other - one);
  }
  return result;
}

function isWide(data: NumericArray): data is BigInt64Array | BigUint64Array {
  return data instanceof BigInt64Array || data instanceof BigUint64Array;
}
