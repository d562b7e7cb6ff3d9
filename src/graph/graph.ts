import type { Tensor } from '../tensor/index.ts';
import type { Attribute } from './attribute.ts';
import type { Model } from './model.ts';
import { mutable } from './mutable.ts';
import { nameTaken } from './names.ts';
import { graphsOf, Node, type NodeFields } from './node.ts';
import { NodeList, type Position } from './node-list.ts';
import type { ValueType } from './shape.ts';
import { addUse, clearInput, dropUse, recordInput } from './uses.ts';
import { type SparseTensor, type Use, Value } from './value.ts';
import { walkGraphs } from './walk.ts';

/**
 * A graph: the main one, the body of a function, or a subgraph of a node. It owns its nodes and
 * values and is the only thing that changes them.
 *
 * Names resolve within the graph first, then outwards through the graphs around it. Broken graphs
 * (names defined twice, never, or late) can be represented: the first definition of a name is what
 * readers of that name get, and {@link checkStructure} reports the rest.
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
  readonly #nodes = new NodeList();
  /** The node whose attribute this subgraph is; null for other graphs, and between two nodes. */
  #owner: Node | null = null;
  /** Whether it has given up its captures, because the node that owned it is gone. */
  #isReleased = false;

  constructor(model: Model, kind: Graph['kind'], parent: Graph | null) {
    this.model = model;
    this.kind = kind;
    this.parent = parent;
  }

  /** The nodes in execution order. A snapshot: edits make a new one, so iterating is safe. */
  get nodes(): readonly Node[] {
    return this.#nodes.snapshot;
  }

  get nodeCount(): number {
    return this.#nodes.count;
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

  /**
   * Every value that this graph owns, names that it reads and nobody defines included. A snapshot,
   * so iterating is safe.
   */
  values(): Iterable<Value> {
    return [...this.#values.values()];
  }

  /** The value of that name in this graph itself. */
  value(name: string): Value | undefined {
    return this.#values.get(name);
  }

  /** The value that `name` means here: this graph's own, else that of the nearest graph around it. */
  resolve(name: string): Value | undefined {
    return this.#values.get(name) ?? this.parent?.resolve(name);
  }

  // Nodes

  /**
   * Adds a node.
   *
   * @throws MlkitError USAGE when an output's name is defined here or in a graph around this one.
   */
  addNode(fields: NodeFields, position: Position = 'end'): Node {
    const { names } = this.model;
    this.#ownPosition(position);
    const seen = new Set<string>();
    for (const output of fields.outputs) {
      if (output === '') continue;
      if (typeof output !== 'string') this.#takeable(output);
      else if (this.resolve(output)?.isDefined) throw nameTaken(output);
      const outputName = typeof output === 'string' ? output : output.name;
      if (seen.has(outputName)) throw nameTaken(outputName);
      seen.add(outputName);
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
    for (let index = 0; index < node.inputs.length; index += 1) clearInput(node, index);
    for (const attribute of node.attributes) this.#disown(node, attribute);
    for (const output of node.outputs) if (output !== null) this.#forget(output);
    this.#nodes.remove(node);
  }

  /** Moves a node to another place in the order. */
  moveNode(node: Node, position: Position): void {
    this.#own(node);
    this.#ownPosition(position);
    if (position !== 'end' && ('before' in position ? position.before : position.after) === node) {
      return;
    }
    this.#nodes.remove(node);
    this.#nodes.insert(node, position);
  }

  /** Makes input `index` of a node read `value`; adds missing inputs before it as left out. */
  setInput(node: Node, index: number, value: Value | null): void {
    this.#own(node);
    const inputs = [...node.inputs];
    while (inputs.length <= index) inputs.push(null);
    clearInput(node, index);
    inputs[index] = value;
    mutable(node).inputs = inputs;
    recordInput(node, index, value);
  }

  /** Sets or replaces an attribute. */
  setAttribute(node: Node, attribute: Attribute): void {
    this.#own(node);
    const at = node.attributes.findIndex((each) => each.name === attribute.name);
    const attributes = [...node.attributes];
    const earlier = attributes[at];
    if (earlier !== undefined) this.#disown(node, earlier);
    if (at < 0) attributes.push(attribute);
    else attributes[at] = attribute;
    mutable(node).attributes = attributes;
    this.#adopt(node, attribute);
  }

  removeAttribute(node: Node, name: string): void {
    this.#own(node);
    for (const each of node.attributes) if (each.name === name) this.#disown(node, each);
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
    const uses = [...from.uses];
    for (const use of uses) {
      if (use.kind === 'input') use.node.graph.setInput(use.node, use.index, to);
      else if (!options.keepOutputs) use.graph.setOutput(use.index, to);
    }
  }

  /**
   * Renames a value wherever it is read. Costs a walk over the model when the name was used before.
   *
   * @throws MlkitError USAGE when a value of the model has the name.
   */
  renameValue(value: Value, name: string): void {
    this.#ownValue(value);
    if (value.name === name) return;
    if (name === '' || this.#isValueName(name)) throw nameTaken(name);
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

  /** Gives a value a constant, or another one; a node that produced it so far no longer does. */
  setInitializer(value: Value, tensor: Tensor): void {
    this.#takeFromProducer(value);
    mutable(value).initializer = tensor;
    mutable(value).sparseInitializer = null;
    this.#initializers.add(value);
  }

  setSparseInitializer(value: Value, sparse: SparseTensor): void {
    this.#takeFromProducer(value);
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
    if (!this.#initializers.has(value)) throw new RangeError(`"${value.name}" is no initializer`);
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
    const isConstant = existing !== undefined && this.#initializers.has(existing);
    const value = isConstant && !existing.isInput ? existing : this.#declareNew(name);
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
    addUse(value, use);
  }

  /** Makes output `index` return another value. The name that callers see changes with it. */
  setOutput(index: number, value: Value): void {
    const output = this.#outputs[index];
    if (output === undefined) throw new RangeError(`there is no output ${index}`);
    dropUse(output.value, output.use);
    addUse(value, output.use);
    output.value = value;
  }

  removeOutput(index: number): void {
    const [gone] = this.#outputs.splice(index, 1);
    if (gone === undefined) throw new RangeError(`there is no output ${index}`);
    dropUse(gone.value, gone.use);
    for (let at = index; at < this.#outputs.length; at += 1) {
      const output = this.#outputs[at];
      if (output !== undefined && output.use.kind === 'output') {
        (output.use as { index: number }).index = at;
      }
    }
  }

  // For readers, which must be able to build graphs that are wrong.

  /** @internal A new value; the first of a name is what the name resolves to. */
  define(name: string): Value {
    const value = new Value(this, name);
    if (name !== '' && !this.#values.has(name)) this.#values.set(name, value);
    return value;
  }

  /** @internal Notes what the reader has put on a value. */
  remember(value: Value, origin: unknown): void {
    mutable(value).origin = origin;
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
    for (const [index, value] of inputs.entries()) recordInput(node, index, value);
    for (const [index, value] of outputs.entries()) {
      if (value === null) continue;
      mutable(value).producer = node;
      mutable(value).producerIndex = index;
    }
    for (const attribute of attributes) this.#adopt(node, attribute);
    this.#nodes.insert(node, position);
  }

  #output(output: string | Value): Value | null {
    if (output === '') return null;
    if (typeof output === 'string') {
      this.model.names.reserve(output);
      return this.#claim(output);
    }
    this.#takeFromProducer(output);
    this.#values.set(output.name, output);
    return output;
  }

  /** Whether a node may take `value` over as its output. */
  #takeable(value: Value): void {
    this.#ownValue(value);
    if (value.isInput || this.#initializers.has(value)) {
      throw new RangeError(`"${value.name}" is no output of a node, so none can take it over`);
    }
    const holder = this.#values.get(value.name);
    if (holder !== undefined && holder !== value) throw nameTaken(value.name);
  }

  #takeFromProducer(value: Value): void {
    this.#ownValue(value);
    const { producer, producerIndex } = value;
    if (producer === null) return;
    mutable(producer).outputs = producer.outputs.with(producerIndex, null);
    mutable(value).producer = null;
    mutable(value).producerIndex = 0;
  }

  /** Whether some value has this name; the allocator also keeps names that are free again. */
  #isValueName(name: string): boolean {
    if (!this.model.names.has(name)) return false;
    if (this.resolve(name) !== undefined) return true;
    for (const { graph } of walkGraphs(this.model)) if (graph.#values.has(name)) return true;
    return false;
  }

  #declareNew(name: string): Value {
    // A name that was read and never defined is defined now; any other must be free.
    if (name === '' || this.resolve(name)?.isDefined) throw nameTaken(name);
    this.model.names.reserve(name);
    return this.#claim(name);
  }

  /** The value that defining `name` defines: one that was read and never defined, or a new one. */
  #claim(name: string): Value {
    const existing = this.#values.get(name);
    return existing === undefined || existing.isDefined ? this.define(name) : existing;
  }

  #forget(value: Value): void {
    if (this.#values.get(value.name) === value) this.#values.delete(value.name);
    mutable(value).producer = null;
  }

  /** Makes the graphs of an attribute the node's: what they read counts as used again. */
  #adopt(node: Node, attribute: Attribute): void {
    for (const subgraph of graphsOf(attribute)) {
      subgraph.#owner = node;
      if (subgraph.#isReleased) subgraph.#restoreUses();
      subgraph.#isReleased = false;
    }
  }

  /** Lets the graphs of an attribute go, unless another node has adopted them in the meantime. */
  #disown(node: Node, attribute: Attribute): void {
    for (const subgraph of graphsOf(attribute)) {
      if (subgraph.#owner !== node) continue;
      subgraph.#owner = null;
      subgraph.#releaseUses();
      subgraph.#isReleased = true;
    }
  }

  /** Gives up everything that this graph and the graphs in it read. */
  #releaseUses(): void {
    for (const node of this.nodes) {
      for (let index = 0; index < node.inputs.length; index += 1) clearInput(node, index);
      for (const subgraph of node.subgraphs) subgraph.#releaseUses();
    }
    for (const { value, use } of this.#outputs) dropUse(value, use);
  }

  #restoreUses(): void {
    for (const node of this.nodes) {
      for (const [index, value] of node.inputs.entries()) recordInput(node, index, value);
      for (const subgraph of node.subgraphs) subgraph.#restoreUses();
    }
    for (const { value, use } of this.#outputs) addUse(value, use);
  }

  #own(node: Node): void {
    if (node.graph !== this || !node.attached) {
      throw new RangeError(`${node.label} is not a node of graph "${this.name}"`);
    }
  }

  #ownPosition(position: Position): void {
    if (position !== 'end') this.#own('before' in position ? position.before : position.after);
  }

  #ownValue(value: Value): void {
    if (value.graph !== this) {
      throw new RangeError(`"${value.name}" is not a value of graph "${this.name}"`);
    }
  }
}
