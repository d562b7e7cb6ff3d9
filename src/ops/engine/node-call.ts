import type { Graph, Node } from '../../graph/index.ts';
import { allowedTypes, type OperatorSchema, parameterAt } from '../../schemas/index.ts';
import type { Size } from '../../symbolic/index.ts';
import { type DataType, dataTypes } from '../../tensor/index.ts';
import type { Call, Known } from '../rule.ts';
import {
  type Element,
  type Elements,
  type InferredType,
  mostElements,
  type Sizes,
  tensorOf,
} from '../types.ts';
import type { Frame } from './frame.ts';
import { moreKnown } from './merge-types.ts';
import { KnownNode, type ValueFacts } from './node-facts.ts';

/** What a call needs of the engine besides the facts about values. */
export interface CallServices extends ValueFacts {
  unknown(): Size;
  inferGraph(graph: Graph, inputs: readonly (Known | null)[], isOptional: boolean): Known[];
  contradict(kind: 'rejects' | 'refuses' | 'fails', message: string): void;
}

/** One question to a rule: collects what the rule says of the outputs. */
export class NodeCall extends KnownNode implements Call {
  readonly #services: CallServices;
  readonly #types: (InferredType | undefined)[] = [];
  readonly #elements: (Elements | undefined)[] = [];

  constructor(node: Node, schema: OperatorSchema | null, frame: Frame, services: CallServices) {
    super(node, schema, frame, services);
    this.#services = services;
  }

  unknown(): Size {
    return this.#services.unknown();
  }

  unknownSizes(rank: number): Sizes {
    return Array.from({ length: rank }, () => this.unknown());
  }

  unify(a: Size, b: Size, what: string): Size {
    if (typeof a === 'number' && typeof b === 'number' && a !== b) {
      this.reject(`${what}: ${a} and ${b} are not the same`);
    }
    return moreKnown(a, b);
  }

  setType(at: number, type: InferredType): void {
    this.#types[at] = type;
  }

  setTensor(at: number, shape: Sizes | null, elementType?: DataType | null): void {
    this.#types[at] = tensorOf(elementType ?? this.#elementTypeBySchema(at), shape);
  }

  setElements(at: number, dims: readonly number[], values: readonly Element[]): void {
    const count = dims.reduce((product, size) => product * size, 1);
    if (values.length > mostElements || values.length !== count) return;
    this.#elements[at] = { dims, values };
  }

  inferGraph(graph: Graph, inputs: readonly (Known | null)[], isOptional = false): Known[] {
    return this.#services.inferGraph(graph, inputs, isOptional);
  }

  reject(message: string): void {
    this.#services.contradict('rejects', message);
  }

  refuse(message: string): void {
    this.#services.contradict('refuses', message);
  }

  fail(message: string): void {
    this.#services.contradict('fails', message);
  }

  /** What the rule said of output `at`, completed by what the schema says; null: nothing. */
  result(at: number): Known {
    const elements = this.#elements[at] ?? null;
    const type = this.#types[at] ?? this.#typeBySchema(at, elements);
    return { type: type && this.#possible(type), elements };
  }

  /** The type, with what is no size as unknown: what hostile attributes and constants make of rules. */
  #possible(type: InferredType): InferredType {
    if (type.kind === 'sequence' || type.kind === 'optional') {
      return { kind: type.kind, element: type.element && this.#possible(type.element) };
    }
    if (type.kind !== 'tensor' && type.kind !== 'sparse-tensor') return type;
    if (type.shape === null || type.shape.every(isPossible)) return type;
    return { ...type, shape: type.shape.map((size) => (isPossible(size) ? size : this.unknown())) };
  }

  #typeBySchema(at: number, elements: Elements | null): InferredType | null {
    if (elements !== null) return tensorOf(this.#elementTypeBySchema(at), elements.dims);
    const { schema } = this;
    const parameter = schema && parameterAt(schema.outputs, at);
    if (!schema || !parameter) return null;
    const isTensor = [...allowedTypes(schema, parameter)].every((each) => each in dataTypes);
    return isTensor ? tensorOf(this.#elementTypeBySchema(at), null) : null;
  }

  /** The element type that an output has because an input with the same type parameter has it. */
  #elementTypeBySchema(at: number): DataType | null {
    const { schema } = this;
    const parameter = schema && parameterAt(schema.outputs, at);
    if (!schema || !parameter?.isHomogeneous) return null;
    const allowed = [...allowedTypes(schema, parameter)];
    const [only] = allowed;
    if (allowed.length === 1 && only !== undefined && only in dataTypes) return only as DataType;
    for (let input = 0; input < this.inputCount; input += 1) {
      if (parameterAt(schema.inputs, input)?.type !== parameter.type) continue;
      const elementType = this.elementType(input);
      if (elementType !== null) return elementType;
    }
    return null;
  }
}

function isPossible(size: Size): boolean {
  return typeof size !== 'number' || (Number.isInteger(size) && size >= 0);
}
