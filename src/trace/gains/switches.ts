import {
  type Attribute,
  attributeFrom,
  executionOrder,
  Graph,
  GraphCopier,
  type Model,
  type Node,
  readsOf,
  tensorType,
  type Use,
  type Value,
} from '../../graph/index.ts';
import { irVersion } from '../../passes/index.ts';
import { type Tensor, tensorFrom } from '../../tensor/index.ts';
import type { Settled } from './settle.ts';
import type { PairedTensor } from './tensors.ts';
import type { Unit } from './units.ts';

/** A model that computes any of its units in float or quantized, as it is told at each run. */
export interface SwitchedModel {
  /** The input that tells. */
  readonly flagsName: string;
  /** The names of the outputs, in the order of the candidate's. */
  readonly outputs: readonly string[];
  flags(settled: Settled): Tensor;
}

/**
 * Puts switches into the candidate, with what the reference computes in its place beside what is
 * quantized: `y = If(flag, float y, quantized y)`, of which onnxruntime runs what is asked for.
 *
 * Where y is quantized for those who read it, the switch stands behind QuantizeLinear, so that the
 * runtime finds the pattern that it makes integer operators of. Such a y is read as it is by units in
 * float where nothing quantized makes or reads it, else dequantized, as all others do.
 *
 * @param units In the order in which the reference runs.
 * @param free The values that some choice of units makes float.
 */
export function addSwitches(
  candidate: Model,
  reference: Model,
  units: readonly Unit[],
  free: ReadonlySet<PairedTensor>,
): SwitchedModel {
  // Before IR 4 every constant must be an input, which nothing can be folded with.
  if (candidate.irVersion < 4) irVersion.run(candidate, { version: 8 });
  const builder = new SwitchBuilder(candidate, free);
  for (const { domain, version } of reference.opsets) {
    if (candidate.opset(domain) === undefined) candidate.setOpset(domain, version);
  }
  for (const unit of units) builder.addUnit(unit);
  return builder.finish();
}

class SwitchBuilder {
  readonly #model: Model;
  readonly #graph: Graph;
  readonly #free: ReadonlySet<PairedTensor>;
  readonly #flags: Value;
  readonly #switches = new Map<Unit | PairedTensor, Value>();
  /** The constants of the reference that are in the candidate by now. */
  readonly #constants = new Map<Value, Value>();
  /** What stands for a value that a unit makes. */
  readonly #switched = new Map<PairedTensor, Value>();
  /** What stands for dequantized values. */
  readonly #views = new Map<Value, Value>();

  constructor(model: Model, free: ReadonlySet<PairedTensor>) {
    this.#model = model;
    this.#graph = model.graph;
    this.#free = free;
    const name = model.names.allocate('float_flags');
    this.#flags = this.#graph.addInput(name, tensorType('bool', null));
  }

  addUnit(unit: Unit): void {
    const { names } = this.#model;
    const inFloat = this.#branch('then');
    const quantized = this.#branch('else');
    const copier = new GraphCopier(this.#model);
    for (const [tensor, view] of unit.inputs) {
      copier.bind(tensor.reference, this.#read(tensor, view));
    }
    this.#bindConstants(unit, copier);
    copier.copyNodes(unit.nodes, inFloat, ({ name }) => names.allocate(`${name}_float`));
    // What is added below reads these too, and must go on to.
    const readers = unit.outputs.map((tensor) => readersBefore(tensor));
    const rewirings: { uses: readonly Use[]; tensor: PairedTensor | null }[] = [];
    for (const [at, tensor] of unit.outputs.entries()) {
      const value = copier.valueOf(tensor.reference);
      const { ofRaw, ofQuantized } = readers[at] ?? { ofRaw: [], ofQuantized: [] };
      if (value === undefined) throw new RangeError(`no node of the unit makes it`);
      inFloat.addOutput(value);
      quantized.addOutput(this.#quantizedForm(quantized, tensor, ofRaw.length > 0));
      rewirings.push({ uses: ofRaw, tensor });
      for (const [which, { node, output }] of tensor.quantizers.entries()) {
        rewirings.push({ uses: ofQuantized[which] ?? [], tensor: null });
        inFloat.addOutput(this.#again(inFloat, node, value));
        quantized.addOutput(this.#add(quantized, 'Identity', [output]));
      }
    }
    const results = this.#if(this.#flag(unit), inFloat, quantized, unit.outputs[0]?.raw.name ?? '');
    for (const [at, { uses, tensor }] of rewirings.entries()) {
      const result = results[at];
      if (result === undefined) continue;
      for (const use of uses) rewire(use, result);
      if (tensor !== null) this.#switched.set(tensor, result);
    }
  }

  finish(): SwitchedModel {
    // Outputs that callers get dequantized are floats where nothing quantized makes them.
    for (const tensor of this.#free) {
      for (const view of tensor.quantizers.flatMap((each) => each.views)) {
        const outputs = [...view.uses].filter(
          (use) => use.kind === 'output' && use.graph === this.#graph,
        );
        for (const use of outputs) rewire(use, this.#read(tensor, view));
      }
    }
    for (const node of executionOrder(this.#graph)) this.#graph.moveNode(node, 'end');
    const order = [...this.#switches.keys()];
    return {
      flagsName: this.#flags.name,
      outputs: this.#graph.outputs.map((output) => output.name),
      flags: ({ units, tensors }) => {
        const on = order.map((key) => units.has(key as Unit) || tensors.has(key as PairedTensor));
        // A model without switches still has the input.
        const bytes = Uint8Array.from(on.length === 0 ? [false] : on, Number);
        return tensorFrom('bool', [bytes.length], bytes);
      },
    };
  }

  /** What a unit in float reads. */
  #read(tensor: PairedTensor, view: Value | null): Value {
    const raw = this.#switched.get(tensor) ?? tensor.raw;
    if (view === null) return raw;
    if (!this.#free.has(tensor)) return view;
    const earlier = this.#views.get(view);
    if (earlier !== undefined) return earlier;
    const branches = [raw, view].map((value, at) => {
      const branch = this.#branch(at === 0 ? 'then' : 'else');
      branch.addOutput(this.#add(branch, 'Identity', [value]));
      return branch;
    });
    const [inFloat, quantized] = branches as [Graph, Graph];
    const [result] = this.#if(this.#flag(tensor), inFloat, quantized, view.name);
    if (result === undefined) throw new RangeError('a switch has an output');
    this.#views.set(view, result);
    return result;
  }

  #bindConstants({ nodes, inputs }: Unit, copier: GraphCopier): void {
    const [first] = nodes;
    if (first === undefined) return;
    for (const value of nodes.flatMap((node) => readsOf(node, first.graph))) {
      const isRead = [...inputs.keys()].some((each) => each.reference === value);
      if (value.initializer === null || isRead) continue;
      let copy = this.#constants.get(value);
      if (copy === undefined) {
        const name = this.#model.names.allocate(`${value.name}_float`);
        copy = this.#graph.addInitializer(name, value.initializer);
        this.#constants.set(value, copy);
      }
      copier.bind(value, copy);
    }
  }

  /** The value that a unit makes when it is quantized. */
  #quantizedForm(branch: Graph, { raw, quantizers }: PairedTensor, isReadAsItIs: boolean): Value {
    const [view] = quantizers.flatMap((each) => each.views);
    // A further reader would keep the runtime from making one operation of it and QuantizeLinear.
    return isReadAsItIs || !view?.producer
      ? this.#add(branch, 'Identity', [raw])
      : this.#again(branch, view.producer, quantizers[0]?.output ?? raw);
  }

  /** A node of the candidate once more, with another first input. */
  #again(branch: Graph, { opType, domain, inputs, attributes }: Node, first: Value): Value {
    return this.#add(branch, opType, [first, ...inputs.slice(1)], attributes, domain);
  }

  #add(
    graph: Graph,
    opType: string,
    inputs: readonly (Value | null)[],
    attributes: readonly Attribute[] = [],
    domain = '',
  ): Value {
    const outputs = [this.#model.names.allocate(`${opType}_switched`)];
    const node = graph.addNode({ opType, domain, inputs, outputs, attributes });
    return node.outputs[0] as Value;
  }

  #branch(name: string): Graph {
    const branch = new Graph(this.#model, 'subgraph', this.#graph);
    branch.name = this.#model.names.allocate(name);
    return branch;
  }

  #if(flag: Value, inFloat: Graph, quantized: Graph, name: string): Value[] {
    const { names } = this.#model;
    const node = this.#graph.addNode({
      opType: 'If',
      inputs: [flag],
      outputs: inFloat.outputs.map(() => names.allocate(`${name}_switched`)),
      attributes: [attributeFrom('then_branch', inFloat), attributeFrom('else_branch', quantized)],
    });
    return node.outputs.filter((value) => value !== null);
  }

  /** The flag of its own that a switch has. */
  #flag(key: Unit | PairedTensor): Value {
    const earlier = this.#switches.get(key);
    if (earlier !== undefined) return earlier;
    const { names } = this.#model;
    const at = tensorFrom('int64', [], BigInt64Array.of(BigInt(this.#switches.size)));
    const index = this.#graph.addInitializer(names.allocate('float_flag_index'), at);
    const flag = this.#add(this.#graph, 'Gather', [this.#flags, index]);
    this.#switches.set(key, flag);
    return flag;
  }
}

/** Who reads a value, but for what quantizes it, and who reads its quantized forms. */
function readersBefore({ raw, quantizers }: PairedTensor): {
  ofRaw: readonly Use[];
  ofQuantized: readonly (readonly Use[])[];
} {
  const isQuantizer = (use: Use): boolean =>
    use.kind === 'input' && quantizers.some(({ node }) => node === use.node);
  return {
    ofRaw: [...raw.uses].filter((use) => !isQuantizer(use)),
    ofQuantized: quantizers.map(({ output }) => [...output.uses]),
  };
}

function rewire(use: Use, value: Value): void {
  if (use.kind === 'input') use.node.graph.setInput(use.node, use.index, value);
  else use.graph.setOutput(use.index, value);
}
