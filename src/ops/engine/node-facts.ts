import type { Node, Value } from '../../graph/index.ts';
import type { OperatorSchema } from '../../schemas/index.ts';
import type { Size } from '../../symbolic/index.ts';
import type { DataType } from '../../tensor/index.ts';
import type { CostCall } from '../rule.ts';
import type { Elements, InferredType, Sizes, TensorType } from '../types.ts';
import type { Frame } from './frame.ts';

/** Where the facts about values come from. */
export interface ValueFacts {
  typeOf(value: Value, frame: Frame): InferredType | null;
  elementsOf(value: Value, frame: Frame): Elements | null;
}

/** What is known of one node in one execution of its graph. */
export class KnownNode implements CostCall {
  readonly node: Node;
  readonly opset: number;
  readonly schema: OperatorSchema | null;
  readonly #values: ValueFacts;
  readonly #frame: Frame;

  /** @param node With the attributes that it has in this execution. */
  constructor(node: Node, schema: OperatorSchema | null, frame: Frame, values: ValueFacts) {
    this.node = node;
    this.schema = schema;
    this.opset = frame.opsets.get(node.domain) ?? schema?.since ?? 1;
    this.#frame = frame;
    this.#values = values;
  }

  get inputCount(): number {
    return this.node.inputs.length;
  }

  get outputCount(): number {
    return this.node.outputs.length;
  }

  has(at: number): boolean {
    return (this.node.inputs[at] ?? null) !== null;
  }

  type(at: number): InferredType | null {
    const value = this.node.inputs[at];
    return value ? this.#values.typeOf(value, this.#frame) : null;
  }

  tensor(at: number): TensorType | null {
    return asTensor(this.type(at));
  }

  elementType(at: number): DataType | null {
    return this.tensor(at)?.elementType ?? null;
  }

  shape(at: number): Sizes | null {
    return this.tensor(at)?.shape ?? null;
  }

  elements(at: number): Elements | null {
    const value = this.node.inputs[at];
    return value ? this.#values.elementsOf(value, this.#frame) : null;
  }

  known(at: number): readonly Size[] | null {
    const values = this.elements(at)?.values;
    return values?.every((each) => each !== null) ? values : null;
  }

  numbers(at: number): readonly number[] | null {
    const values = this.elements(at)?.values;
    return values?.every((each) => typeof each === 'number') ? values : null;
  }

  outputType(at: number): InferredType | null {
    const value = this.node.outputs[at];
    return value ? this.#values.typeOf(value, this.#frame) : null;
  }

  outputShape(at: number): Sizes | null {
    return asTensor(this.outputType(at))?.shape ?? null;
  }
}

function asTensor(type: InferredType | null): TensorType | null {
  return type?.kind === 'tensor' || type?.kind === 'sparse-tensor' ? type : null;
}
