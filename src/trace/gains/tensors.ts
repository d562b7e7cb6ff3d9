import { executionOrder, type Model, type Node, type Value } from '../../graph/index.ts';
import type { ValuePair } from '../../matching/index.ts';
import { inferTypes } from '../../ops/index.ts';
import type { DataType } from '../../tensor/index.ts';
import { computedValues } from '../computed-values.ts';

/** A QuantizeLinear behind a value, and what makes floats of its integers again. */
export interface Quantizer {
  readonly node: Node;
  readonly output: Value;
  /** The outputs of the DequantizeLinear nodes that read it. */
  readonly views: readonly Value[];
}

/** A computed value of the reference and where the candidate has it. */
export interface PairedTensor {
  readonly reference: Value;
  /** In the candidate: as it is computed, before it is quantized for those that read it. */
  readonly raw: Value;
  readonly quantizers: readonly Quantizer[];
  /** Of the candidate's node that makes it, in the order in which nodes run; −1: an input. */
  readonly position: number;
}

/** A value that was quantized and is float again. */
export interface View {
  readonly tensor: PairedTensor;
  readonly value: Value;
}

/** The paired values of two models, those that the candidate quantizes and dequantizes at once too. */
export class PairedTensors {
  readonly all: readonly PairedTensor[];
  readonly #byReference = new Map<Value, PairedTensor>();
  readonly #byRaw = new Map<Value, PairedTensor>();
  readonly #views = new Map<Value, View>();

  constructor(reference: Model, candidate: Model, pairs: readonly ValuePair[]) {
    const computed = [computedValues(reference), computedValues(candidate)] as const;
    const types = [elementTypes(reference), elementTypes(candidate)] as const;
    const positions = new Map(executionOrder(candidate.graph).map((node, at) => [node, at]));
    // Names are the better evidence where two values of the reference claim one of the candidate.
    const inOrder = [...pairs].toSorted(
      (a, b) => Number(b.by === 'name') - Number(a.by === 'name'),
    );
    for (const pair of inOrder) {
      if (!computed[0].has(pair.reference) || !computed[1].has(pair.candidate)) continue;
      const raw = rawOf(pair.candidate, computed[1]);
      if (this.#byRaw.has(raw) || this.#byReference.has(pair.reference)) continue;
      const [one, two] = [types[0](pair.reference), types[1](raw)];
      if (one !== null && two !== null && one !== two) continue;
      const position = raw.producer === null ? -1 : (positions.get(raw.producer) ?? 0);
      const tensor = { reference: pair.reference, raw, quantizers: quantizersOf(raw), position };
      this.#byRaw.set(raw, tensor);
      this.#byReference.set(pair.reference, tensor);
      for (const value of tensor.quantizers.flatMap((each) => each.views)) {
        this.#views.set(value, { tensor, value });
      }
    }
    this.all = [...this.#byRaw.values()];
  }

  ofReference(value: Value): PairedTensor | undefined {
    return this.#byReference.get(value);
  }

  ofRaw(value: Value): PairedTensor | undefined {
    return this.#byRaw.get(value);
  }

  view(value: Value): View | undefined {
    return this.#views.get(value);
  }
}

/** Tells the element types of values; null: none, or it does not follow from the model. */
function elementTypes(model: Model): (value: Value) => DataType | 'integer' | null {
  const inference = inferTypes(model);
  return (value) => {
    // Operators of onnxruntime that nothing is inferred of.
    if (value.producer?.opType.startsWith('QLinear')) return 'integer';
    const type = inference.typeOf(value);
    return type?.kind === 'tensor' ? type.elementType : null;
  };
}

/** What is quantized to make a value, where it is made by QuantizeLinear and DequantizeLinear. */
function rawOf(value: Value, computed: ReadonlySet<Value>): Value {
  let raw = value;
  for (;;) {
    const opType = raw.producer?.opType;
    const [source] = raw.producer?.inputs ?? [];
    const isStep = opType === 'QuantizeLinear' || opType === 'DequantizeLinear';
    // Integers of something that is no QuantizeLinear are not what the value was made of.
    const isWhole = opType !== 'DequantizeLinear' || source?.producer?.opType === 'QuantizeLinear';
    if (!isStep || !isWhole || !source || !computed.has(source)) return raw;
    raw = source;
  }
}

function quantizersOf(raw: Value): Quantizer[] {
  return readersOf(raw, 'QuantizeLinear').flatMap((node) => {
    const [output] = node.outputs;
    if (!output) return [];
    const views = readersOf(output, 'DequantizeLinear').flatMap((each) => each.outputs[0] ?? []);
    return [{ node, output, views }];
  });
}

/** The nodes of an operator that have a value as their first input. */
function readersOf(value: Value, opType: string): Node[] {
  return [...value.uses].flatMap((use) => {
    const isOne = use.kind === 'input' && use.index === 0 && use.node.opType === opType;
    return isOne && use.node.graph === value.graph ? [use.node] : [];
  });
}
