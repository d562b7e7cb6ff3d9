import { type Graph, type Model, readsOf, type Value } from '../../graph/index.ts';
import type { ValuePair } from '../../matching/index.ts';
import { type Inference, inferTypes } from '../../ops/index.ts';
import { type DataType, dataTypes } from '../../tensor/index.ts';
import { computedValues } from '../computed-values.ts';

/** Between which values the parts of two models lie. */
export interface PairedCut {
  /** Where they begin. */
  readonly begin: readonly ValuePair[];
  /** Those of the candidate that its part reads, and their types as far as these are known. */
  readonly readByCandidate: ReadonlyMap<Value, DataType | null>;
  /** Whether inputs and outputs of one pair differ in float type. */
  readonly mixesFloats: boolean;
}

/** Finds the smallest parts of two models that compute a pair of values from paired values. */
export class CutFinder {
  readonly #usable: readonly ValuePair[];
  readonly #reference: Side;
  readonly #candidate: Side;

  /** @param pairs Values that should hold the same, inputs of the models included. */
  constructor(reference: Model, candidate: Model, pairs: readonly ValuePair[]) {
    this.#reference = new Side(reference);
    this.#candidate = new Side(candidate);
    this.#usable = onePerReference(pairs.filter((pair) => this.#isUsable(pair)));
  }

  /**
   * The parts that begin at the nearest pairs above a target, or why there are none.
   *
   * @param passed Values of the reference at which the parts shall not begin, as to be larger.
   */
  find(target: ValuePair, passed: ReadonlySet<Value>): PairedCut | { readonly reason: string } {
    const stops = this.#usable.filter(
      (pair) =>
        !passed.has(pair.reference) &&
        pair.reference !== target.reference &&
        pair.candidate !== target.candidate,
    );
    const byCandidate = new Map(stops.map((pair) => [pair.candidate, pair]));
    const byReference = new Map(stops.map((pair) => [pair.reference, pair]));
    const above = this.#candidate.nearest(target.candidate, byCandidate);
    const beside = this.#reference.nearest(target.reference, byReference);
    const lost = above.lost ?? beside.lost;
    if (lost !== null) {
      const whose = above.lost === null ? 'reference' : 'candidate';
      return { reason: `the input "${lost.name}" of the ${whose} has no counterpart of its type` };
    }
    const begin = [...new Set([...above.found, ...beside.found])];
    return {
      begin,
      readByCandidate: new Map(
        above.found.map(({ candidate }) => [candidate, this.#candidate.dtype(candidate)]),
      ),
      mixesFloats: [...begin, target].some(
        (pair) =>
          this.#reference.dtype(pair.reference) !==
          (this.#candidate.dtype(pair.candidate) ?? this.#reference.dtype(pair.reference)),
      ),
    };
  }

  /** Whether the values are tensors that can be given to both: numbers of one kind, not constants. */
  #isUsable({ reference, candidate }: ValuePair): boolean {
    if (!this.#reference.isComputed(reference) || !this.#candidate.isComputed(candidate)) {
      return false;
    }
    if (!this.#reference.isTensor(reference) || !this.#candidate.isTensor(candidate)) return false;
    const [r, c] = [this.#reference.dtype(reference), this.#candidate.dtype(candidate)];
    if (r === null || c === null || r === c) return true;
    return dataTypes[r].kind === 'float' && dataTypes[c].kind === 'float';
  }
}

/**
 * Values that are quantized may be paired twice: before, and where they are float again. Parts begin
 * before, so that what quantizes them is in the part.
 */
function onePerReference(pairs: readonly ValuePair[]): ValuePair[] {
  const chosen = new Map<Value, ValuePair>();
  for (const pair of pairs) {
    const earlier = chosen.get(pair.reference);
    const isRestored = earlier?.candidate.producer?.opType === 'DequantizeLinear';
    if (earlier === undefined || isRestored) chosen.set(pair.reference, pair);
  }
  return [...chosen.values()];
}

class Side {
  readonly #graph: Graph;
  readonly #model: Model;
  readonly #computed: ReadonlySet<Value>;
  #inference: Inference | null = null;

  constructor(model: Model) {
    this.#model = model;
    this.#graph = model.graph;
    this.#computed = computedValues(model);
  }

  isComputed(value: Value): boolean {
    return this.#computed.has(value);
  }

  /** Whether it is one, as far as is known. */
  isTensor(value: Value): boolean {
    const kind = this.#type(value)?.kind ?? 'unknown';
    return kind === 'tensor' || kind === 'unknown';
  }

  /** Null: it does not follow from the model. */
  dtype(value: Value): DataType | null {
    const type = this.#type(value);
    return type?.kind === 'tensor' ? type.elementType : null;
  }

  #type(value: Value): ReturnType<Inference['typeOf']> {
    this.#inference ??= inferTypes(this.#model);
    return this.#inference.typeOf(value);
  }

  /** The first pairs above a value, and an input of the model that none of them stands before. */
  nearest(
    target: Value,
    stops: ReadonlyMap<Value, ValuePair>,
  ): { found: ValuePair[]; lost: Value | null } {
    const found = new Set<ValuePair>();
    const seen = new Set<Value>([target]);
    const stack = [target];
    for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
      const pair = stops.get(value);
      if (pair !== undefined) found.add(pair);
      else if (value.producer !== null) {
        for (const read of readsOf(value.producer, this.#graph)) {
          if (seen.has(read)) continue;
          seen.add(read);
          stack.push(read);
        }
      } else if (this.#computed.has(value)) return { found: [], lost: value };
    }
    return { found: [...found], lost: null };
  }
}
