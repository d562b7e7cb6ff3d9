import { MlkitError } from '../errors.ts';
import type { Tensor } from '../tensor/index.ts';
import type { Attribute } from './attribute.ts';
import type { Model } from './model.ts';
import { mutable } from './mutable.ts';
import { Node } from './node.ts';
import type { ValueType } from './shape.ts';
import { type SparseTensor, type Use, Value } from './value.ts';

export interface NodeFields {
  readonly opType: string;
  readonly domain?: string;
  readonly overload?: string;
  /** Absent: the model's allocator names it after its operator. */
  readonly name?: string;
  readonly inputs: readonly (Value | null)[];
  /**
   * Names of new outputs, which must be free; empty text leaves an optional output out. A value of
   * the graph instead of a name is taken over from the node that produced it so far, and keeps its
   * name and uses.
   */
  readonly outputs: readonly (string | Value)[];
  readonly attributes?: readonly Attribute[];
  readonly docString?: string;
}

/** Where a new node goes; at the end by default. */
export type Position = { readonly before: Node } | { readonly after: Node } | 'end';

/**
 * A graph: the main one, the body of a function, or a subgraph of a node. It owns its nodes and
 * values and is the only thing that changes them.
 *
 * Names resolve within the graph first, then outwards through the graphs around it. Broken graphs
 * (names defined twice, never, or late) can be represented: the first definition of a name is what
 * readers of that name get, and {@link checkGraph} reports the rest.
 */
export class Graph {
  readonly model: Model;
  readonly kind: 'main' | 'function' | 'subgraph';
  /** The graph around it, whose values it may read. */
  readonly parent: Graph | null;
  name = '';
  docString = '';
  metadata: readonly (readonly [string, string])[] = [];
  /** @internal Belongs to the reader that made the graph. */
  origin: unknown = undefined;

  readonly #values = new Map<string, Value>();
  readonly #inputs: Value[] = [];
  readonly #initializers = new Set<Value>();
  readonly #outputs: { value: Value; use: Use }[] = [];
  readonly #inputUses = new WeakMap<Node, (Use | null)[]>();
  #first: Node | null = null;
  #last: Node | null = null;
  #nodeCount = 0;
  #nodeList: readonly Node[] | null = null;

  constructor(model: Model, kind: Graph['kind'], parent: Graph | null) {
    this.model = model;
    this.kind = kind;
    this.parent = parent;
  }

  /** The nodes in execution order. A snapshot: edits make a new one, so iterating is safe. */
  get nodes(): readonly Node[] {
    if (this.#nodeList === null) {
      const list: Node[] = [];
      for (let node = this.#first; node !== null; node = node.next) list.push(node);
      this.#nodeList = list;
    }
    return this.#nodeList;
  }

  get nodeCount(): number {
    return this.#nodeCount;
  }

  get inputs(): readonly Value[] {
    return this.#inputs;
  }

  get outputs(): readonly Value[] {
    return this.#outputs.map((each) => each.value);
  }

  /** Constants of this graph, dense and sparse, in file order. */
  get initializers(): readonly Value[] {
    return [...this.#initializers];
  }

  /** Every value that this graph owns, names that it reads and nobody defines included. */
  values(): Iterable<Value> {
    return this.#values.values();
  }

  /** The value of that name in this graph itself. */
  value(name: string): Value | undefined {
    return this.#values.get(name);
  }

  /** The value that `name` means here: this graph's own, else that of the nearest graph around it. */
  resolve(name: string): Value | undefined {
    for (let graph: Graph | null = this; graph !== null; graph = graph.parent) {
      const value = graph.#values.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  // Nodes

  /**
   * Adds a node.
   *
   * @throws MlkitError USAGE when an output's name is defined here or in a graph around this one.
   */
  addNode(fields: NodeFields, position: Position = 'end'): Node {
    const { names } = this.model;
    for (const output of fields.outputs) {
      if (typeof output === 'string' && this.resolve(output)?.isDefined) throw nameTaken(output);
    }
    const name = fields.name ?? names.allocate(fields.opType);
    const node = new Node(this, { ...fields, name });
    const outputs = fields.outputs.map((each) => this.#output(each));
    names.reserve(name);
    this.attach(node, fields.inputs, outputs, fields.attributes ?? [], position);
    mutable(node).docString = fields.docString ?? '';
    return node;
  }

  /**
   * Removes a node and its outputs.
   *
   * @throws RangeError while one of its outputs is used, which is a defect of the caller.
   */
  removeNode(node: Node): void {
    this.#own(node);
    for (const output of node.outputs) {
      if (output !== null && output.uses.size > 0) {
        throw new RangeError(`${node.label} cannot be removed: "${output.name}" is still used`);
      }
    }
    for (let index = 0; index < node.inputs.length; index += 1) this.#clearUse(node, index);
    for (const subgraph of node.subgraphs) subgraph.#releaseCaptures();
    for (const output of node.outputs) if (output !== null) this.#forget(output);
    const { previous, next } = node;
    if (previous === null) this.#first = next;
    else mutable(previous).next = next;
    if (next === null) this.#last = previous;
    else mutable(next).previous = previous;
    mutable(node).attached = false;
    this.#nodeCount -= 1;
    this.#nodeList = null;
  }

  /** Moves a node to another place in the order. */
  moveNode(node: Node, position: Position): void {
    this.#own(node);
    const { previous, next } = node;
    if (previous === null) this.#first = next;
    else mutable(previous).next = next;
    if (next === null) this.#last = previous;
    else mutable(next).previous = previous;
    this.#nodeCount -= 1;
    this.#link(node, position);
  }

  /** Makes input `index` of a node read `value`; adds missing inputs before it as left out. */
  setInput(node: Node, index: number, value: Value | null): void {
    this.#own(node);
    const inputs = [...node.inputs];
    while (inputs.length <= index) inputs.push(null);
    this.#clearUse(node, index);
    inputs[index] = value;
    mutable(node).inputs = inputs;
    this.#recordUse(node, index, value);
  }

  /** Sets or replaces an attribute. */
  setAttribute(node: Node, attribute: Attribute): void {
    this.#own(node);
    const at = node.attributes.findIndex((each) => each.name === attribute.name);
    const attributes = [...node.attributes];
    if (at < 0) attributes.push(attribute);
    else attributes[at] = attribute;
    mutable(node).attributes = attributes;
  }

  removeAttribute(node: Node, name: string): void {
    this.#own(node);
    mutable(node).attributes = node.attributes.filter((each) => each.name !== name);
  }

  /** Renames a node; names of nodes carry no meaning, so any text will do. */
  renameNode(node: Node, name: string): void {
    this.#own(node);
    mutable(node).name = name;
    this.model.names.reserve(name);
  }

  // Values

  /**
   * Makes everything that reads `from` read `to`: nodes here and in subgraphs, and outputs of
   * graphs unless `keepOutputs`, which leaves the names that callers see alone.
   */
  replaceUses(from: Value, to: Value, options: { keepOutputs?: boolean } = {}): void {
    for (const use of [...from.uses]) {
      if (use.kind === 'input') use.node.graph.setInput(use.node, use.index, to);
      else if (!options.keepOutputs) use.graph.setOutput(use.index, to);
    }
  }

  /**
   * Renames a value wherever it is read.
   *
   * @throws MlkitError USAGE when the name is taken in the model.
   */
  renameValue(value: Value, name: string): void {
    this.#ownValue(value);
    if (value.name === name) return;
    if (name === '' || this.model.names.has(name)) throw nameTaken(name);
    if (this.#values.get(value.name) === value) this.#values.delete(value.name);
    mutable(value).name = name;
    this.#values.set(name, value);
    this.model.names.reserve(name);
  }

  setType(value: Value, type: ValueType | null): void {
    this.#ownValue(value);
    mutable(value).type = type;
  }

  /** Sets the documentation and metadata of a value or node of this graph. */
  annotate(
    part: Value | Node,
    fields: {
      docString?: string;
      metadata?: readonly (readonly [string, string])[];
    },
  ): void {
    if (fields.docString !== undefined) mutable(part).docString = fields.docString;
    if (fields.metadata !== undefined) mutable(part).metadata = fields.metadata;
  }

  /**
   * Adds a constant.
   *
   * @param name Must be free; `model.names.allocate` gives one that is.
   */
  addInitializer(name: string, tensor: Tensor): Value {
    const value = this.#declareNew(name);
    this.setInitializer(value, tensor);
    return value;
  }

  /** Gives a value a constant, or another one. */
  setInitializer(value: Value, tensor: Tensor): void {
    this.#ownValue(value);
    mutable(value).initializer = tensor;
    mutable(value).sparseInitializer = null;
    this.#initializers.add(value);
  }

  setSparseInitializer(value: Value, sparse: SparseTensor): void {
    this.#ownValue(value);
    mutable(value).initializer = null;
    mutable(value).sparseInitializer = sparse;
    this.#initializers.add(value);
  }

  /**
   * Takes a constant away. An input with a default stays an input.
   *
   * @throws RangeError while it is used and nothing else gives it a value.
   */
  removeInitializer(value: Value): void {
    this.#ownValue(value);
    if (value.uses.size > 0 && !value.isInput) {
      throw new RangeError(`initializer "${value.name}" cannot be removed: it is still used`);
    }
    mutable(value).initializer = null;
    mutable(value).sparseInitializer = null;
    this.#initializers.delete(value);
    if (!value.isInput) this.#forget(value);
  }

  /** Adds an input, or makes a constant one that callers can override. */
  addInput(name: string, type: ValueType | null): Value {
    const existing = this.#values.get(name);
    const value = existing?.initializer ? existing : this.#declareNew(name);
    mutable(value).isInput = true;
    mutable(value).type = type;
    this.#inputs.push(value);
    return value;
  }

  /**
   * Takes an input away; a default stays as a constant.
   *
   * @throws RangeError while it is used and has no default.
   */
  removeInput(value: Value): void {
    this.#ownValue(value);
    const at = this.#inputs.indexOf(value);
    if (at < 0) throw new RangeError(`"${value.name}" is not an input`);
    const isConstant = value.initializer !== null || value.sparseInitializer !== null;
    if (value.uses.size > 0 && !isConstant) {
      throw new RangeError(`input "${value.name}" cannot be removed: it is still used`);
    }
    this.#inputs.splice(at, 1);
    mutable(value).isInput = false;
    if (!isConstant) this.#forget(value);
  }

  addOutput(value: Value): void {
    const use: Use = { kind: 'output', graph: this, index: this.#outputs.length };
    this.#outputs.push({ value, use });
    (value.uses as Set<Use>).add(use);
  }

  /** Makes output `index` return another value. The name that callers see changes with it. */
  setOutput(index: number, value: Value): void {
    const output = this.#outputs[index];
    if (output === undefined) throw new RangeError(`there is no output ${index}`);
    (output.value.uses as Set<Use>).delete(output.use);
    (value.uses as Set<Use>).add(output.use);
    output.value = value;
  }

  removeOutput(index: number): void {
    const [gone] = this.#outputs.splice(index, 1);
    if (gone === undefined) throw new RangeError(`there is no output ${index}`);
    (gone.value.uses as Set<Use>).delete(gone.use);
    for (let at = index; at < this.#outputs.length; at += 1) {
      const output = this.#outputs[at];
      if (output !== undefined && output.use.kind === 'output') {
        (output.use as { index: number }).index = at;
      }
    }
  }

  // For readers, which must be able to build graphs that are wrong.

  /** @internal A value of this name; the first of a name is what the name resolves to. */
  declare(name: string): Value {
    const existing = this.#values.get(name);
    if (existing !== undefined && !existing.isDefined) return existing;
    const value = new Value(this, name);
    if (existing === undefined && name !== '') this.#values.set(name, value);
    return value;
  }

  /** @internal */
  declareInput(value: Value): void {
    mutable(value).isInput = true;
    this.#inputs.push(value);
  }

  /** @internal Adds a node without checking names. */
  attach(
    node: Node,
    inputs: readonly (Value | null)[],
    outputs: readonly (Value | null)[],
    attributes: readonly Attribute[],
    position: Position,
  ): void {
    const editable = mutable(node);
    editable.inputs = inputs;
    editable.outputs = outputs;
    editable.attributes = attributes;
    for (const [index, value] of inputs.entries()) this.#recordUse(node, index, value);
    for (const [index, value] of outputs.entries()) {
      if (value === null) continue;
      mutable(value).producer = node;
      mutable(value).producerIndex = index;
    }
    this.#link(node, position);
  }

  #output(output: string | Value): Value | null {
    if (output === '') return null;
    if (typeof output === 'string') {
      this.model.names.reserve(output);
      return this.declare(output);
    }
    this.#ownValue(output);
    const { producer, producerIndex } = output;
    if (producer !== null) {
      mutable(producer).outputs = producer.outputs.with(producerIndex, null);
    }
    return output;
  }

  #link(node: Node, position: Position): void {
    let previous: Node | null;
    let next: Node | null;
    if (position === 'end') [previous, next] = [this.#last, null];
    else if ('before' in position) [previous, next] = [position.before.previous, position.before];
    else [previous, next] = [position.after, position.after.next];
    const editable = mutable(node);
    editable.previous = previous;
    editable.next = next;
    editable.attached = true;
    if (previous === null) this.#first = node;
    else mutable(previous).next = node;
    if (next === null) this.#last = node;
    else mutable(next).previous = node;
    this.#nodeCount += 1;
    this.#nodeList = null;
  }

  #declareNew(name: string): Value {
    const existing = this.#values.get(name);
    // A name that was read and never defined is defined now; any other must be free.
    if (existing?.isDefined) throw nameTaken(name);
    this.model.names.reserve(name);
    return this.declare(name);
  }

  #forget(value: Value): void {
    if (this.#values.get(value.name) === value) this.#values.delete(value.name);
    mutable(value).producer = null;
  }

  #recordUse(node: Node, index: number, value: Value | null): void {
    let uses = this.#inputUses.get(node);
    if (uses === undefined) {
      uses = [];
      this.#inputUses.set(node, uses);
    }
    if (value === null) {
      uses[index] = null;
      return;
    }
    const use: Use = { kind: 'input', node, index };
    uses[index] = use;
    (value.uses as Set<Use>).add(use);
  }

  #clearUse(node: Node, index: number): void {
    const uses = this.#inputUses.get(node);
    const use = uses?.[index];
    if (uses === undefined || !use) return;
    (node.inputs[index]?.uses as Set<Use> | undefined)?.delete(use);
    uses[index] = null;
  }

  /** Gives up everything that this graph reads from the graphs around it. */
  #releaseCaptures(): void {
    for (const node of this.nodes) {
      for (let index = 0; index < node.inputs.length; index += 1) this.#clearUse(node, index);
      for (const subgraph of node.subgraphs) subgraph.#releaseCaptures();
    }
    for (const { value, use } of this.#outputs) (value.uses as Set<Use>).delete(use);
  }

  #own(node: Node): void {
    if (node.graph !== this || !node.attached) {
      throw new RangeError(`${node.label} is not a node of graph "${this.name}"`);
    }
  }

  #ownValue(value: Value): void {
    if (value.graph !== this) {
      throw new RangeError(`"${value.name}" is not a value of graph "${this.name}"`);
    }
  }
}

function nameTaken(name: string): MlkitError {
  return name === ''
    ? new MlkitError('USAGE', 'a value cannot have an empty name')
    : new MlkitError('USAGE', `the name "${name}" is taken in this model`, {
        hint: 'Choose another name.',
      });
}
