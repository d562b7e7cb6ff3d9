import type { Model, Node, Value } from '../graph/index.ts';
import type { Inference, InferredType } from '../ops/index.ts';
import { dataTypes } from '../tensor/index.ts';
import { type ModelMatch, matchModels } from './match-models.ts';

/** Two values of the main graphs of two models that should hold the same numbers. */
export interface ValuePair {
  readonly reference: Value;
  readonly candidate: Value;
  /** What they were paired by. */
  readonly by: 'name' | 'structure';
}

export interface PairValuesSettings {
  /** How inputs and outputs of the models are paired; default `name`. */
  readonly match?: 'name' | 'position';
  /**
   * What is known of the values' types, the more the better: pairs of other types or shapes are none.
   * Default: what the models declare.
   */
  readonly types?: {
    readonly reference: Pick<Inference, 'typeOf'>;
    readonly candidate: Pick<Inference, 'typeOf'>;
  };
  /** What corresponds, where that is known already; else it is found out. */
  readonly found?: ModelMatch;
}

/** Names are trusted if structure has told the same of so many of the nodes that it has matched. */
const trustedShare = 0.5;

/**
 * Which values of the main graphs of two models correspond: inputs, and what nodes make; constants
 * are left out. In the order in which the reference computes them.
 *
 * Names come first, since rewriters keep those of the values that they leave alone. But exporters
 * number their values, so that one name may stand for two things: a name counts only where types
 * allow it, what has it in the candidate does not stand for something else there, and names are the
 * same elsewhere, too.
 *
 * A value of the reference may be in two pairs: where the candidate quantizes it and takes it back to
 * float, with the value before and with the one behind.
 */
export function pairValues(
  reference: Model,
  candidate: Model,
  settings: PairValuesSettings = {},
): readonly ValuePair[] {
  const found =
    settings.found ??
    matchModels(reference, candidate, {
      byPosition: settings.match === 'position',
      readWeights: true,
    });
  return new ValuePairing(found, settings).run();
}

class ValuePairing {
  readonly #match: ModelMatch;
  readonly #types: PairValuesSettings['types'];
  readonly #trustsNames: boolean;
  readonly #pairs = new Map<Value, ValuePair[]>();
  /** What values of the candidate are paired with. */
  readonly #originals = new Map<Value, Value>();

  constructor(match: ModelMatch, { types }: PairValuesSettings) {
    this.#match = match;
    this.#types = types;
    this.#trustsNames = shareOfSameNames(match) >= trustedShare;
  }

  run(): ValuePair[] {
    const { before, after } = this.#match;
    for (const { before: a, after: b } of this.#match.inputs.pairs) {
      this.#add(a, b, a.name === b.name ? 'name' : 'structure');
    }
    const nodes = before.nodes(before.model.graph);
    for (const value of nodes.flatMap(outputsOf)) this.#pairByName(value);
    for (const value of nodes.flatMap(outputsOf)) this.#pairByStructure(value);
    for (const node of after.nodes(after.model.graph)) this.#pairRestored(node);
    const order = [...before.model.graph.inputs, ...nodes.flatMap(outputsOf)];
    return order.flatMap((value) => this.#pairs.get(value) ?? []);
  }

  #pairByName(value: Value): void {
    const { after, pairing } = this.#match;
    const other = after.model.graph.value(value.name);
    if (other === undefined || !this.#isComputed(other)) return;
    const counterpart = pairing.value(other);
    const isTrusted = this.#trustsNames && counterpart === undefined && this.#fit(value, other);
    if (counterpart === value || isTrusted) this.#add(value, other, 'name');
  }

  /** What stands in the same place, or has the same name and is not known to stand elsewhere. */
  #pairByStructure(value: Value): void {
    const { after, pairing } = this.#match;
    if (this.#pairs.has(value)) return;
    const counterpart = pairing.value(value);
    if (counterpart !== undefined) {
      if (this.#isComputed(counterpart) && this.#fit(value, counterpart)) {
        this.#add(value, counterpart, 'structure');
      }
      return;
    }
    const other = after.model.graph.value(value.name);
    if (other === undefined || !this.#isComputed(other) || pairing.value(other) !== undefined)
      return;
    // A number is a name that says nothing, unless the same operator makes it.
    const [one, two] = [value.producer?.opType, other.producer?.opType];
    if (one !== two && /^\d+$/.test(value.name)) return;
    if (this.#fit(value, other)) this.#add(value, other, 'name');
  }

  /** A value that is quantized and taken back to float stands for what it was before, too. */
  #pairRestored(node: Node): void {
    const quantizer = isOperator(node, 'DequantizeLinear') ? node.inputs[0]?.producer : null;
    const [source] = quantizer && isOperator(quantizer, 'QuantizeLinear') ? quantizer.inputs : [];
    const [restored] = node.outputs;
    if (!source || !restored || this.#originals.has(restored)) return;
    const original = this.#originals.get(source);
    if (original !== undefined) this.#add(original, restored, 'structure');
  }

  #add(reference: Value, candidate: Value, by: ValuePair['by']): void {
    if (this.#originals.has(candidate)) return;
    this.#originals.set(candidate, reference);
    const pairs = this.#pairs.get(reference);
    if (pairs === undefined) this.#pairs.set(reference, [{ reference, candidate, by }]);
    else pairs.push({ reference, candidate, by });
  }

  #isComputed(value: Value): boolean {
    return value.producer !== null && this.#match.after.leaf(value) === null;
  }

  /** Whether both may hold the same numbers, as far as is known. */
  #fit(a: Value, b: Value): boolean {
    const one = this.#types?.reference.typeOf(a) ?? a.type;
    const other = this.#types?.candidate.typeOf(b) ?? b.type;
    return one === null || other === null || typesFit(one, other);
  }
}

type AnyType = InferredType | NonNullable<Value['type']>;

function typesFit(a: AnyType, b: AnyType): boolean {
  if (a.kind === 'unknown' || b.kind === 'unknown') return true;
  if (a.kind !== b.kind) return false;
  if (a.kind !== 'tensor' || b.kind !== 'tensor') return true;
  const [one, other] = [a.elementType, b.elementType];
  const areFloats = [one, other].every((each) => each !== null && dataTypes[each].kind === 'float');
  if (one !== null && other !== null && one !== other && !areFloats) return false;
  if (a.shape === null || b.shape === null) return true;
  const shape = b.shape;
  return (
    a.shape.length === shape.length &&
    a.shape.every((size, axis) => {
      const there = shape[axis];
      return typeof size !== 'number' || typeof there !== 'number' || size === there;
    })
  );
}

/** Of the nodes that structure has matched, how many name their results alike; 1 if it matched none. */
function shareOfSameNames({ before, pairing }: ModelMatch): number {
  let same = 0;
  let all = 0;
  for (const node of before.nodes(before.model.graph)) {
    const other = pairing.node(node);
    if (other === undefined) continue;
    all += 1;
    if (outputsOf(node)[0]?.name === outputsOf(other)[0]?.name) same += 1;
  }
  return all === 0 ? 1 : same / all;
}

function outputsOf(node: Node): Value[] {
  return node.outputs.filter((each) => each !== null);
}

function isOperator(node: Node, opType: string): boolean {
  return node.opType === opType && (node.domain === '' || node.domain === 'com.microsoft');
}
