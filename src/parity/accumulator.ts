import {
  type DataType,
  dataTypes,
  isTensor,
  type NumericArray,
  type Tensor,
  type TensorValue,
  tensorsOfValue,
  toFloat64,
} from '../tensor/index.ts';
import { ClassAgreement } from './class-agreement.ts';
import { ElementStats, type NumberPair } from './element-stats.ts';
import { type JudgedOutput, judge } from './judge.ts';
import type { OutputParity, ToleranceOverrides } from './parity.ts';
import { type Gates, type ProfileName, profiles } from './profile.ts';
import { type OutputTolerance, toleranceFor } from './tolerance.ts';
import { ulpDistance } from './ulp.ts';

export interface AccumulatorSettings {
  /** What the output is called in reports and in the patterns of `overrides`. */
  readonly name: string;
  /** A profile, or gates of one's own. */
  readonly profile: ProfileName | Gates;
  readonly overrides?: ToleranceOverrides;
  /**
   * What NaN and Inf in the reference mean. `invalid` (default): the data cannot decide, so the
   * verdict is at best inconclusive. `expected`: they are results like others, as in recorded
   * outputs. Either way a finite value never equals one.
   */
  readonly nonFiniteReference?: 'invalid' | 'expected';
  /** Accept another float type in the candidate. */
  readonly castIo?: boolean;
  /** Why two runs need not agree (random operators); a difference is then inconclusive. */
  readonly nondeterministic?: string;
  /** Why there is nothing to compare, where that is known. */
  readonly incomparable?: string;
}

/**
 * Compares one output over any number of samples, keeping none of them: memory is bounded whatever
 * their number. All sums are float64.
 */
export class OutputAccumulator {
  readonly #settings: AccumulatorSettings;
  readonly #failures = new Set<string>();
  readonly #agreement = new ClassAgreement();
  #first: { dtype: DataType; dims: readonly (number | null)[] } | null = null;
  #tolerance: OutputTolerance | null = null;
  #stats: ElementStats | null = null;
  #samples = 0;
  /** Those in which there was nothing on both sides: an empty sequence, or no value. */
  #emptySamples = 0;
  /** Text: there is no arithmetic on it. */
  #isText = false;
  #fitsClasses = true;

  constructor(settings: AccumulatorSettings) {
    this.#settings = settings;
  }

  /**
   * Adds a sample. Sequences are compared element by element, all in one; an optional must be there in
   * both or in neither.
   *
   * @throws MlkitError MODEL_INVALID when the bytes of a tensor do not fit its shape.
   */
  add(reference: TensorValue, candidate: TensorValue): void {
    const sample = this.#samples;
    this.#samples += 1;
    const [left, right] = [kindOf(reference), kindOf(candidate)];
    if (left !== right) {
      this.fail(`it is ${right} instead of ${left}`);
      return;
    }
    if (isTensor(reference)) {
      this.#addTensor(sample, reference, candidate as Tensor, '');
      return;
    }
    this.#fitsClasses = false;
    const [expected, found] = [tensorsOfValue(reference), tensorsOfValue(candidate)];
    if (expected.length !== found.length) {
      this.fail(`it has ${elements(found.length)} instead of ${expected.length}`);
    }
    if (expected.length === 0 && found.length === 0) this.#emptySamples += 1;
    for (const [at, each] of expected.entries()) {
      const other = found[at];
      if (other !== undefined) this.#addTensor(sample, each, other, `element ${at}: `);
    }
  }

  /** Notes something that makes the output fail whatever its values are. */
  fail(reason: string): void {
    this.#failures.add(reason);
  }

  #addTensor(sample: number, reference: Tensor, candidate: Tensor, where: string): void {
    this.#first ??= { dtype: reference.dtype, dims: reference.dims };
    const { dtype } = this.#first;
    this.#first = { dtype, dims: commonDims(this.#first.dims, reference.dims) };
    const tolerance = this.#toleranceFor(dtype);
    const stats = (this.#stats ??= new ElementStats(tolerance.element, tolerance.bitwise));
    const differs = this.#difference(reference, candidate);
    if (differs !== null) {
      this.fail(where + differs);
      return;
    }
    if (reference.dtype === 'string') {
      this.#isText = true;
      stats.add(sample, textPair(reference, candidate));
      return;
    }
    const { dims } = reference;
    const pair = numberPair(reference, candidate);
    stats.add(sample, pair);
    const isFloat = dataTypes[reference.dtype].kind === 'float';
    this.#fitsClasses &&= isFloat && ClassAgreement.fits(dims);
    if (this.#fitsClasses) this.#agreement.add(pair.reference, pair.candidate, dims.at(-1) ?? 0);
  }

  /** The comparison so far. */
  finish(): OutputParity {
    const { name, nonFiniteReference = 'invalid', nondeterministic, incomparable } = this.#settings;
    const { dtype, dims } = this.#first ?? { dtype: null, dims: [] };
    const judged: JudgedOutput = {
      name,
      dtype,
      dims,
      failures: [...this.#failures],
      stats: this.#stats ?? new ElementStats(null, false),
      isText: this.#isText,
      agreement: this.#fitsClasses ? this.#agreement : null,
      tolerance: this.#toleranceFor(dtype ?? 'float32'),
      expectsNonFinite: nonFiniteReference === 'expected',
      nondeterministic: nondeterministic ?? null,
      incomparable: incomparable ?? 'nothing was compared',
    };
    const parity = judge(judged);
    const isEmpty = dtype === null && this.#emptySamples > 0 && this.#failures.size === 0;
    if (!isEmpty) return parity;
    // They are equal, so it is no doubt; and they have no element that could differ.
    const what = 'in both it is an empty sequence or an absent optional';
    return { ...parity, verdict: 'pass', reasons: [], warnings: [`proves little: ${what}`] };
  }

  #toleranceFor(dtype: DataType): OutputTolerance {
    const { name, profile, overrides } = this.#settings;
    const gates = typeof profile === 'string' ? profiles[profile] : profile;
    this.#tolerance ??= toleranceFor(name, dtype, gates, overrides);
    return this.#tolerance;
  }

  /** Why the two cannot be compared element by element, or null. */
  #difference(reference: Tensor, candidate: Tensor): string | null {
    const [left, right] = [reference.dtype, candidate.dtype];
    const areFloats = dataTypes[left].kind === 'float' && dataTypes[right].kind === 'float';
    if (left !== right && !(this.#settings.castIo === true && areFloats)) {
      return `its type is ${right} instead of ${left}`;
    }
    const isSame =
      reference.dims.length === candidate.dims.length &&
      reference.dims.every((size, axis) => size === candidate.dims[axis]);
    if (isSame) return null;
    return `its shape is [${candidate.dims.join(', ')}] instead of [${reference.dims.join(', ')}]`;
  }
}

/** What a value is, for messages. */
function kindOf(value: TensorValue): string {
  if (value === null) return 'absent';
  return isTensor(value) ? 'a tensor' : 'a sequence';
}

function elements(count: number): string {
  return `${count} ${count === 1 ? 'element' : 'elements'}`;
}

/** Sizes that two samples share; those of the first where they have different ranks. */
function commonDims(
  dims: readonly (number | null)[],
  others: readonly number[],
): readonly (number | null)[] {
  if (dims.length !== others.length) return dims;
  return dims.map((size, axis) => (size === others[axis] ? size : null));
}

function numberPair(reference: Tensor, candidate: Tensor): NumberPair {
  const [r, a] = [reference.data(), candidate.data()];
  const { dtype } = reference;
  return {
    dims: reference.dims,
    reference: numbers(dtype, r),
    candidate: numbers(candidate.dtype, a),
    differences: exactDifferences(r, a),
    ulp: dtype === candidate.dtype ? ulpDistance(dtype, r, a) : null,
  };
}

/** Elements as numbers, without a copy where the array holds them as such. */
function numbers(dtype: DataType, data: NumericArray): ArrayLike<number> {
  const { kind, bits } = dataTypes[dtype];
  const isPlain = (kind === 'float' && bits >= 32) || (kind !== 'float' && bits <= 32);
  return isPlain ? (data as Float64Array) : toFloat64(dtype, data);
}

/** Differences of 64-bit integers, which float64 would round to nothing beyond 2^53. */
function exactDifferences(r: NumericArray, a: NumericArray): Float64Array | null {
  const isWide = (data: NumericArray): data is BigInt64Array | BigUint64Array =>
    data instanceof BigInt64Array || data instanceof BigUint64Array;
  if (!isWide(r) || !isWide(a)) return null;
  const result = new Float64Array(r.length);
  for (let i = 0; i < r.length; i += 1) {
    const [left, right] = [r[i] ?? 0n, a[i] ?? 0n];
    if (left !== right) result[i] = Number(right - left);
  }
  return result;
}

/** Text as numbers of which only equality has a meaning. */
function textPair(reference: Tensor, candidate: Tensor): NumberPair {
  const right = candidate.toStrings();
  const differences = reference.toStrings().map((text, at) => (text === right[at] ? 0 : 1));
  const ones = new Float64Array(differences.length).fill(1);
  return { dims: reference.dims, reference: ones, candidate: ones, differences, ulp: null };
}
