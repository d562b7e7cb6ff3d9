import type { Attribute } from './attribute.ts';
import { Graph } from './graph.ts';
import type { FunctionDefinition, Model } from './model.ts';
import { Node } from './node.ts';
import type { Value } from './value.ts';

/**
 * Copies nodes and graphs into a model, from another one or from itself. What is copied is as it was,
 * broken parts included, but for names that are asked for; constants share their bytes with the
 * original, which must stay open as long as they are read.
 */
export class GraphCopier {
  readonly #model: Model;
  readonly #values = new Map<Value, Value>();
  /** What copies read in place of what the original computes. */
  readonly #bound = new Set<Value>();

  /** @param model Where to. */
  constructor(model: Model) {
    this.#model = model;
  }

  /**
   * Makes copies read `copy` where the original reads `original`. A copied node that makes `original`
   * makes something that nobody reads instead.
   */
  bind(original: Value, copy: Value): void {
    this.#values.set(original, copy);
    this.#bound.add(original);
  }

  /** What stands for a value of the original in the copy. */
  valueOf(original: Value): Value | undefined {
    return this.#values.get(original);
  }

  /** Copies a constant. An input with a default becomes one. */
  copyInitializer(original: Value, into: Graph, name: string = original.name): Value {
    const copy = this.#declare(original, into, name);
    if (original.isInput) into.declareInput(copy);
    if (original.initializer !== null) into.setInitializer(copy, original.initializer);
    else if (original.sparseInitializer !== null) {
      into.setSparseInitializer(copy, original.sparseInitializer);
    }
    return copy;
  }

  /**
   * Copies nodes of one graph to the end of another, in order, with the graphs inside them. What they
   * read must be bound, copied before, or an output of one of them; anything else is taken for a name
   * that nothing defines.
   *
   * @param nameOf What the copies of values are called; default: as the original.
   */
  copyNodes(
    nodes: Iterable<Node>,
    into: Graph,
    nameOf: (original: Value) => string = ({ name }) => name,
  ): void {
    const { names } = this.#model;
    const copies = [...nodes].map((node) => {
      const outputs = node.outputs.map((output) => {
        if (output === null) return null;
        return this.#bound.has(output)
          ? into.define(names.allocate(`${output.name}_unread`))
          : this.#declare(output, into, nameOf(output));
      });
      return { node, outputs };
    });
    for (const { node, outputs } of copies) this.#copyNode(node, outputs, into);
  }

  /** Copies a function with its body. */
  copyFunction(definition: FunctionDefinition): FunctionDefinition {
    const { body, attributeDefaults, origin: _, ...rest } = definition;
    const copy = this.#copyGraph(body, null);
    return {
      ...rest,
      body: copy,
      attributeDefaults: attributeDefaults.map((each) => this.#copyAttribute(each, copy)),
    };
  }

  #copyNode(original: Node, outputs: readonly (Value | null)[], into: Graph): void {
    const { opType, domain, overload, name, docString, metadata } = original;
    const node = new Node(into, { opType, domain, overload, name });
    const read = (value: Value | null): Value | null =>
      value === null ? null : (this.#values.get(value) ?? this.#undefined(value, into));
    into.attach(
      node,
      original.inputs.map(read),
      outputs,
      original.attributes.map((each) => this.#copyAttribute(each, into)),
      'end',
    );
    into.annotate(node, { docString, metadata });
    this.#model.names.reserve(name);
  }

  #copyAttribute(attribute: Attribute, around: Graph): Attribute {
    if (attribute.type === 'graph') {
      return { ...attribute, value: this.#copyGraph(attribute.value, around) };
    }
    if (attribute.type !== 'graphs') return attribute;
    return { ...attribute, value: attribute.value.map((each) => this.#copyGraph(each, around)) };
  }

  #copyGraph(original: Graph, parent: Graph | null): Graph {
    const copy = new Graph(this.#model, original.kind, parent);
    copy.name = original.name;
    copy.docString = original.docString;
    copy.metadata = original.metadata;
    for (const input of original.inputs) {
      copy.declareInput(this.#declare(input, copy, input.name));
    }
    for (const value of original.initializers) {
      if (!value.isInput) this.copyInitializer(value, copy);
      else if (value.initializer !== null) this.#setDefault(value, copy);
    }
    this.copyNodes(original.nodes, copy);
    for (const output of original.outputs) {
      copy.addOutput(this.#values.get(output) ?? this.#undefined(output, copy));
    }
    return copy;
  }

  #setDefault(original: Value, into: Graph): void {
    const copy = this.#values.get(original);
    if (copy && original.initializer !== null) into.setInitializer(copy, original.initializer);
  }

  /** A name that is read and that nothing defines is that in the copy too. */
  #undefined(original: Value, into: Graph): Value {
    return into.resolve(original.name) ?? this.#declare(original, into, original.name);
  }

  #declare(original: Value, into: Graph, name: string): Value {
    const copy = into.define(name);
    const { type, docString, metadata } = original;
    into.setType(copy, type);
    into.annotate(copy, { docString, metadata });
    if (name !== '') this.#model.names.reserve(name);
    this.#values.set(original, copy);
    return copy;
  }
}
