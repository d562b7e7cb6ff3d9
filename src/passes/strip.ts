import {
  type Attribute,
  type Graph,
  type Model,
  type Node,
  type SparseTensor,
  type Value,
  walkGraphs,
} from '../graph/index.ts';
import type { Tensor } from '../tensor/index.ts';
import type { Change, Pass } from './pass.ts';

/** What can be taken out of a model without changing what it computes. */
export type Strippable = 'doc' | 'metadata' | 'value-info';

export const strippables: readonly Strippable[] = ['doc', 'metadata', 'value-info'];

export interface StripSettings {
  readonly what: ReadonlySet<Strippable>;
}

/**
 * Takes out what is there for people and tools only.
 *
 * `doc`: documentation texts of everything. `metadata`: keys and values of everything, the model's
 * own too. `value-info`: the types of values that are neither inputs nor outputs of their graph;
 * readers infer them, except around operators that they do not know.
 */
export const strip: Pass<StripSettings> = {
  name: 'strip',
  summary: 'takes out documentation, metadata, or types that can be inferred',
  run(model, { what }) {
    const texts = new TextStripper(what.has('doc'), what.has('metadata'));
    if (what.has('doc') || what.has('metadata')) texts.stripModel(model);
    return [
      removed(texts.docCount, 'documentation texts'),
      removed(texts.metadataCount, 'metadata entries'),
      removed(what.has('value-info') ? stripTypes(model) : 0, 'types of inner values'),
    ].flat();
  },
};

function removed(count: number, what: string): Change[] {
  if (count === 0) return [];
  const noun = count === 1 ? what.replace(/ies\b/, 'y').replace(/s\b/, '') : what;
  return [{ pass: strip.name, node: null, action: 'removed', reason: `${count} ${noun}` }];
}

function stripTypes(model: Model): number {
  let count = 0;
  for (const { graph } of walkGraphs(model)) {
    const described = new Set<Value>(
      graph.kind === 'function' ? [] : [...graph.inputs, ...graph.outputs],
    );
    for (const value of graph.values()) {
      if (value.type === null || described.has(value)) continue;
      graph.setType(value, null);
      count += 1;
    }
  }
  return count;
}

interface Described {
  docString: string;
  metadata: readonly (readonly [string, string])[];
}

class TextStripper {
  docCount = 0;
  metadataCount = 0;
  readonly #docs: boolean;
  readonly #metadata: boolean;

  constructor(docs: boolean, metadata: boolean) {
    this.#docs = docs;
    this.#metadata = metadata;
  }

  stripModel(model: Model): void {
    Object.assign(model, this.#without(model) ?? {});
    for (const definition of model.functions) {
      Object.assign(definition, this.#without(definition) ?? {});
      definition.attributeDefaults = definition.attributeDefaults.map(
        (each) => this.#attribute(each) ?? each,
      );
    }
    for (const { graph } of walkGraphs(model)) this.#graph(graph);
  }

  #graph(graph: Graph): void {
    Object.assign(graph, this.#without(graph) ?? {});
    for (const value of new Set([...graph.inputs, ...graph.values()])) this.#value(graph, value);
    for (const node of graph.nodes) this.#node(graph, node);
  }

  #value(graph: Graph, value: Value): void {
    const bare = this.#without(value);
    if (bare !== null) graph.annotate(value, bare);
    if (value.initializer !== null) {
      const tensor = this.#tensor(value.initializer);
      if (tensor !== null) graph.setInitializer(value, tensor);
    } else if (value.sparseInitializer !== null) {
      const sparse = this.#sparse(value.sparseInitializer);
      if (sparse !== null) graph.setSparseInitializer(value, sparse);
    }
  }

  #node(graph: Graph, node: Node): void {
    const bare = this.#without(node);
    if (bare !== null) graph.annotate(node, bare);
    for (const attribute of node.attributes) {
      const stripped = this.#attribute(attribute);
      if (stripped !== null) graph.setAttribute(node, stripped);
    }
  }

  /** Null when there is nothing to take out; graphs inside are walked on their own. */
  #attribute(attribute: Attribute): Attribute | null {
    const bare = this.#attributeDoc(attribute);
    const current = bare ?? attribute;
    switch (current.type) {
      case 'tensor': {
        const value = this.#tensor(current.value);
        return value === null ? bare : { ...current, value };
      }
      case 'sparse-tensor': {
        const value = this.#sparse(current.value);
        return value === null ? bare : { ...current, value };
      }
      case 'tensors': {
        const value = current.value.map((each) => this.#tensor(each) ?? each);
        return sameParts(value, current.value) ? bare : { ...current, value };
      }
      case 'sparse-tensors': {
        const value = current.value.map((each) => this.#sparse(each) ?? each);
        return sameParts(value, current.value) ? bare : { ...current, value };
      }
      default:
        return bare;
    }
  }

  #attributeDoc(attribute: Attribute): Attribute | null {
    if (!this.#docs || (attribute.docString ?? '') === '') return null;
    this.docCount += 1;
    return { ...attribute, docString: '' };
  }

  #tensor(tensor: Tensor): Tensor | null {
    const bare = this.#without(tensor);
    return bare === null ? null : tensor.with(bare);
  }

  #sparse(sparse: SparseTensor): SparseTensor | null {
    const values = this.#tensor(sparse.values);
    const indices = this.#tensor(sparse.indices);
    if (values === null && indices === null) return null;
    return { ...sparse, values: values ?? sparse.values, indices: indices ?? sparse.indices };
  }

  /** The two fields as they should be, or null when they are so already. */
  #without(part: Described): Described | null {
    const hasDoc = this.#docs && part.docString !== '';
    const hasMetadata = this.#metadata && part.metadata.length > 0;
    if (hasDoc) this.docCount += 1;
    if (hasMetadata) this.metadataCount += part.metadata.length;
    if (!hasDoc && !hasMetadata) return null;
    return {
      docString: hasDoc ? '' : part.docString,
      metadata: hasMetadata ? [] : part.metadata,
    };
  }
}

function sameParts<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.every((each, at) => each === b[at]);
}
