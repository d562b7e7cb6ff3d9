import type { Constant } from '../../checks/index.ts';
import type { Attribute, Dimension, Node } from '../../graph/index.ts';
import { byteLengthOf, type DataType, dataTypes, elementCountOf } from '../../tensor/index.ts';
import type { ValueReport } from '../item-report.ts';
import type { Field } from './fields.ts';

/** What a node or a constant has to say to a field. Several values: any of them may match. */
export interface FieldFacts {
  readonly texts: readonly string[];
  readonly numbers: readonly (number | bigint)[];
  readonly lists: readonly (readonly (Dimension | bigint)[])[];
  /** Whether there is anything at all, which may be nothing that can be compared. */
  readonly isKnown: boolean;
}

/** Something that is selected or not. */
export interface Subject {
  facts(field: Field, attribute: string): FieldFacts;
}

const nothing: FieldFacts = { texts: [], numbers: [], lists: [], isKnown: false };

function factsOf(fields: Partial<FieldFacts>): FieldFacts {
  const { texts = [], numbers = [], lists = [] } = fields;
  const isKnown = texts.length + numbers.length + lists.length > 0;
  return { texts, numbers, lists, isKnown };
}

/** A node. Types, shapes and sizes are those of its outputs. */
export class NodeSubject implements Subject {
  readonly #node: Node;
  readonly #graph: string;
  readonly #inputs: readonly (ValueReport | null)[];
  readonly #outputs: readonly (ValueReport | null)[];

  constructor(
    node: Node,
    graph: string,
    inputs: readonly (ValueReport | null)[],
    outputs: readonly (ValueReport | null)[],
  ) {
    this.#node = node;
    this.#graph = graph;
    this.#inputs = inputs;
    this.#outputs = outputs;
  }

  facts(field: Field, attribute: string): FieldFacts {
    const node = this.#node;
    switch (field) {
      case 'op':
        // First without its domain; see `matches.ts`.
        return factsOf({ texts: [node.opType, `${node.domain || 'ai.onnx'}.${node.opType}`] });
      case 'domain':
        return factsOf({ texts: [node.domain, ...(node.domain === '' ? ['ai.onnx'] : [])] });
      case 'name':
        return node.name === '' ? nothing : factsOf({ texts: [node.name] });
      case 'graph':
        return factsOf({ texts: [this.#graph] });
      case 'kind':
        return factsOf({ texts: ['node'] });
      case 'role':
        return nothing;
      case 'inputs':
        return namesOf(this.#inputs);
      case 'outputs':
        return namesOf(this.#outputs);
      case 'attr': {
        const found = node.attribute(attribute);
        return found === undefined ? nothing : attributeFacts(found);
      }
      case 'dtype':
      case 'shape':
      case 'rank':
      case 'elements':
      case 'bytes':
        return typeFacts(field, this.#outputs);
    }
  }
}

export class ConstantSubject implements Subject {
  readonly #constant: Constant;

  constructor(constant: Constant) {
    this.#constant = constant;
  }

  facts(field: Field): FieldFacts {
    const { name, graph, role, tensor, elements, bytes } = this.#constant;
    switch (field) {
      case 'name':
        return factsOf({ texts: [name] });
      case 'graph':
        return factsOf({ texts: [graph] });
      case 'kind':
        return factsOf({ texts: ['constant'] });
      case 'role':
        return factsOf({ texts: [role] });
      case 'dtype':
        return factsOf({ texts: tensor.elementType === null ? [] : [tensor.elementType] });
      case 'shape':
        return factsOf({ lists: [tensor.dims] });
      case 'rank':
        return factsOf({ numbers: [tensor.dims.length] });
      case 'elements':
        return factsOf({ numbers: elements === null ? [] : [elements] });
      case 'bytes':
        return factsOf({ numbers: [bytes] });
      case 'op':
      case 'domain':
      case 'inputs':
      case 'outputs':
      case 'attr':
        return nothing;
    }
  }
}

/** How many there are, those that are left out not counted, and their names. */
function namesOf(values: readonly (ValueReport | null)[]): FieldFacts {
  const texts = values.filter((each) => each !== null).map((each) => each.name);
  return factsOf({ texts, numbers: [texts.length] });
}

function typeFacts(
  field: 'dtype' | 'shape' | 'rank' | 'elements' | 'bytes',
  outputs: readonly (ValueReport | null)[],
): FieldFacts {
  const values = outputs.filter((each) => each !== null);
  if (field === 'dtype') {
    return factsOf({ texts: values.map((each) => each.type).filter((type) => type !== null) });
  }
  const lists = values.map((each) => each.shape).filter((shape) => shape !== null);
  if (field === 'shape') return factsOf({ lists });
  if (field === 'rank') return factsOf({ numbers: lists.map((each) => each.length) });
  const sizeOf = field === 'elements' ? elementsOf : bytesOf;
  return factsOf({ numbers: values.map(sizeOf).filter((size) => size !== null) });
}

function elementsOf({ shape }: ValueReport): number | null {
  const isFixed = (dims: readonly Dimension[]): dims is readonly number[] =>
    dims.every((size) => typeof size === 'number');
  return shape !== null && isFixed(shape) ? elementCountOf(shape) : null;
}

function bytesOf(value: ValueReport): number | null {
  const elements = elementsOf(value);
  const { type } = value;
  if (elements === null || type === null || type === 'string' || !isDataType(type)) return null;
  return byteLengthOf(type, elements);
}

function isDataType(text: string): text is DataType {
  return Object.hasOwn(dataTypes, text);
}

function attributeFacts(attribute: Attribute): FieldFacts {
  const decoder = new TextDecoder();
  switch (attribute.type) {
    case 'int':
    case 'float':
      return factsOf({ numbers: [attribute.value] });
    case 'string':
      return { ...factsOf({ texts: [decoder.decode(attribute.value)] }), isKnown: true };
    case 'ints':
    case 'floats':
      return { ...factsOf({ lists: [attribute.value] }), isKnown: true };
    case 'strings': {
      const texts = attribute.value.map((each) => decoder.decode(each));
      return { ...factsOf({ lists: [texts] }), isKnown: true };
    }
    default:
      return { ...nothing, isKnown: true };
  }
}
