import {
  type Attribute,
  type GraphVisit,
  type Model,
  type Node,
  type SparseTensor,
  type ValueType,
  walkGraphs,
} from '../graph/index.ts';
import { graphOrigin, messageOrigin } from '../onnx/index.ts';
import { type DataType, dataTypeFromCode, dataTypes, type Tensor } from '../tensor/index.ts';

/** Something in a model that only exists from some IR version on. */
export interface IrFeature {
  /** In words: `the type bfloat16`. */
  readonly feature: string;
  /** The first IR version that has it. */
  readonly irVersion: number;
  /** The first place where it is used: `tensor "w"`, `Cast "c1"`. */
  readonly at: string;
  /** How many places use it. */
  readonly count: number;
}

/**
 * What a model uses that IR 1 did not have, newest first. Linear in the size of the structure; no
 * weights are read.
 *
 * Source: the comments on `enum Version` in onnx.proto, https://github.com/onnx/onnx.
 */
export function irFeatures(model: Model): IrFeature[] {
  const collector = new FeatureCollector();
  collector.model(model);
  return [...collector.found.values()].toSorted((a, b) => b.irVersion - a.irVersion);
}

/** Keys and values on graphs, nodes, values, functions and constants. */
export const partMetadata = 'metadata of parts of the model';

class FeatureCollector {
  readonly found = new Map<string, IrFeature>();

  model(model: Model): void {
    const origin = messageOrigin(model);
    if (model.opsets.length > 0) this.#add('operator set imports', 3, 'model');
    if (origin?.has('training_info')) this.#add('training information', 7, 'model');
    if (origin?.has('configuration')) this.#add('device configurations', 11, 'model');
    for (const definition of model.functions) {
      const at = `function "${definition.name}"`;
      this.#add('local functions', 8, at);
      if (definition.attributeDefaults.length > 0) {
        this.#add('defaults of function attributes', 9, at);
      }
      if (definition.overload !== '') this.#add('overloads of functions', 10, at);
      if (messageOrigin(definition)?.has('value_info')) {
        this.#add('types of values in functions', 10, at);
      }
      this.#metadata(definition, at);
      for (const attribute of definition.attributeDefaults) this.#attribute(attribute, at);
    }
    for (const visit of walkGraphs(model)) this.#graph(visit);
  }

  #graph({ graph, path }: GraphVisit): void {
    this.#metadata(graph, `graph ${path}`);
    if ((graphOrigin(graph)?.annotations.length ?? 0) > 0) {
      this.#add('quantization annotations', 5, `graph ${path}`);
    }
    for (const value of graph.initializers) {
      const at = `initializer "${value.name}"`;
      if (!value.isInput) this.#add('initializers that are no inputs', 4, at);
      if (value.initializer !== null) this.#tensor(value.initializer, at);
      if (value.sparseInitializer !== null) this.#sparse(value.sparseInitializer, at);
    }
    for (const value of graph.values()) {
      this.#type(value.type, `value "${value.name}"`);
      this.#metadata(value, `value "${value.name}"`);
    }
    for (const node of graph.nodes) this.#node(node);
  }

  #node(node: Node): void {
    const at = node.label;
    if (node.domain !== '') this.#add('operators of other domains', 3, at);
    if (node.overload !== '') this.#add('overloads of functions', 10, at);
    if (messageOrigin(node)?.has('device_configurations')) {
      this.#add('device configurations', 11, at);
    }
    this.#metadata(node, at);
    for (const attribute of node.attributes) {
      this.#attribute(attribute, at);
      const isType = node.domain === '' && typeAttributes.has(attribute.name);
      if (isType && attribute.type === 'int') {
        this.#dataType(dataTypeFromCode(Number(attribute.value))?.name ?? null, at);
      }
    }
  }

  #attribute(attribute: Attribute, at: string): void {
    switch (attribute.type) {
      case 'tensor':
        return this.#tensor(attribute.value, at);
      case 'tensors':
        return attribute.value.forEach((each) => this.#tensor(each, at));
      case 'sparse-tensor':
        return this.#sparse(attribute.value, at);
      case 'sparse-tensors':
        return attribute.value.forEach((each) => this.#sparse(each, at));
      case 'type':
        return this.#type(attribute.value, at);
      case 'types':
        return attribute.value.forEach((each) => this.#type(each, at));
      default:
        return undefined;
    }
  }

  #sparse(sparse: SparseTensor, at: string): void {
    this.#add('sparse tensors', 6, at);
    this.#tensor(sparse.values, at);
    this.#tensor(sparse.indices, at);
  }

  #tensor(tensor: Tensor, at: string): void {
    this.#dataType(tensor.elementType, at);
    this.#metadata(tensor, at);
  }

  #type(type: ValueType | null, at: string): void {
    switch (type?.kind) {
      case 'tensor':
        return this.#dataType(type.elementType, at);
      case 'sparse-tensor':
        this.#add('the type of sparse tensors', 8, at);
        return this.#dataType(type.elementType, at);
      case 'sequence':
        return this.#type(type.element, at);
      case 'optional':
        this.#add('optional types', 8, at);
        return this.#type(type.element, at);
      case 'map':
        this.#dataType(type.keyType, at);
        return this.#type(type.value, at);
      default:
        return undefined;
    }
  }

  #dataType(dtype: DataType | null, at: string): void {
    if (dtype !== null) this.#add(`the type ${dtype}`, dataTypes[dtype].minIrVersion, at);
  }

  /** The model itself has had metadata from the start, and is not asked. */
  #metadata(part: { readonly metadata: readonly unknown[] }, at: string): void {
    if (part.metadata.length > 0) this.#add(partMetadata, 10, at);
  }

  #add(feature: string, irVersion: number, at: string): void {
    if (irVersion <= 1) return;
    const earlier = this.found.get(feature);
    const count = (earlier?.count ?? 0) + 1;
    this.found.set(
      feature,
      earlier === undefined ? { feature, irVersion, at, count } : { ...earlier, count },
    );
  }
}

/** Attributes of ai.onnx operators whose integers are data types. */
const typeAttributes: ReadonlySet<string> = new Set(['to', 'dtype', 'output_dtype']);
