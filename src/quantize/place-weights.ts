import { type Graph, type Model, tensorType, type Value } from '../graph/index.ts';
import { type Tensor, tensorFrom } from '../tensor/index.ts';
import type { QuantizeConfig } from './config.ts';
import type { PlannedNode } from './planned-node.ts';
import { QuantizedWeight, type WeightSettings } from './quantized-weight.ts';

/** From this version on, initializers need not be inputs. */
const freeInitializersIr = 4;

/** Adds a constant to a graph, under a name like `base`. */
export function addConstant(graph: Graph, base: string, tensor: Tensor): Value {
  const { model } = graph;
  const name = model.names.allocate(base);
  const value = graph.addInitializer(name, tensor.with({ name }));
  if (model.irVersion < freeInitializersIr && graph.kind === 'main') {
    graph.addInput(name, tensorType(tensor.dtype, tensor.dims));
  }
  return value;
}

/** The constants of one quantized weight, added to a graph when they are asked for. */
export class PlacedWeight {
  readonly weight: QuantizedWeight;
  readonly #name: string;
  readonly #graph: Graph;
  readonly #constants = new Map<string, Value>();

  /**
   * @param name Of the float weight.
   * @param graph Where the constants go.
   */
  constructor(name: string, graph: Graph, weight: QuantizedWeight) {
    this.#name = name;
    this.#graph = graph;
    this.weight = weight;
  }

  values(): Value {
    return this.#constant('quantized', '', () => this.weight.values());
  }

  scale(factor: number): Value {
    return this.#constant('scale', String(factor), () => this.weight.scale(factor));
  }

  /** As {@link QuantizedWeight.commonScale}. */
  commonScale(): Value {
    return this.#constant('scale', 'common', () => this.weight.commonScale());
  }

  /** As {@link QuantizedWeight.relativeScale}. */
  relativeScale(factor: number): Value {
    return this.#constant('scales', String(factor), () => this.weight.relativeScale(factor));
  }

  /** What stands for zero in the weights of a symmetric type, a scalar. */
  middle(): Value {
    const isSigned = this.weight.type === 'int8';
    const data = isSigned ? Int8Array.of(0) : Uint8Array.of(128);
    const make = (): Tensor => tensorFrom(this.weight.type, [], data);
    return this.#constant('zero_point', 'middle', make);
  }

  /** As {@link QuantizedWeight.zeroPoint}. */
  zeroPoint(leading: readonly number[]): Value {
    return this.#constant('zero_point', leading.join(), () => this.weight.zeroPoint(leading));
  }

  #constant(suffix: string, variant: string, make: () => Tensor): Value {
    const key = `${suffix} ${variant}`;
    let value = this.#constants.get(key);
    if (value === undefined) {
      value = addConstant(this.#graph, `${this.#name}_${suffix}`, make());
      this.#constants.set(key, value);
    }
    return value;
  }
}

/** Quantized weights by what they are made from, so that nodes that share one go on sharing it. */
export class WeightPlacer {
  readonly #placed = new Map<Value, { readonly key: PlaceKey; readonly placed: PlacedWeight }[]>();
  readonly #config: QuantizeConfig;

  constructor(config: QuantizeConfig) {
    this.#config = config;
  }

  place(planned: PlannedNode): PlacedWeight {
    const { source, isPerTensor, node, form } = planned;
    const { root, tensor, isTransposed } = source;
    const isLookup = form === 'lookup';
    const mustBeSymmetric = isLookup || (form === 'weight-only' && planned.scalesProduct);
    const key: PlaceKey = {
      // onnxruntime 1.30 does not load a model in which it fuses a DequantizeLinear of a subgraph
      // with a weight of a graph around it ("Missing required weight").
      graph: form === 'weight-only' ? node.graph : root.graph,
      granularity: isPerTensor ? 'tensor' : isLookup ? 'row' : 'column',
      isTransposed,
      isSymmetric: mustBeSymmetric || this.#config.symmetric,
      type: isLookup ? 'int8' : this.#config.weights,
    };
    const ofRoot = this.#placed.get(root) ?? [];
    this.#placed.set(root, ofRoot);
    const earlier = ofRoot.find((each) => isSameKey(each.key, key));
    if (earlier !== undefined) return earlier.placed;
    const named = tensor.with({ name: root.name });
    const weight = new QuantizedWeight(named, key, node.label);
    const placed = new PlacedWeight(root.name, key.graph, weight);
    ofRoot.push({ key, placed });
    return placed;
  }
}

interface PlaceKey extends WeightSettings {
  readonly graph: Graph;
}

function isSameKey(a: PlaceKey, b: PlaceKey): boolean {
  return (
    a.graph === b.graph &&
    a.type === b.type &&
    a.granularity === b.granularity &&
    a.isTransposed === b.isTransposed &&
    a.isSymmetric === b.isSymmetric
  );
}

/** Removes a constant, and copies and transposes of it, when nothing reads them any more. */
export function removeUnread(value: Value, model: Model): void {
  if (value.uses.size > 0) return;
  const { graph, producer } = value;
  if (producer !== null) {
    const isConstant = ['Constant', 'Identity', 'Transpose'].includes(producer.opType);
    if (!isConstant || producer.domain !== '') return;
    const inputs = new Set(producer.inputs);
    graph.removeNode(producer);
    for (const input of inputs) if (input !== null) removeUnread(input, model);
    return;
  }
  if (value.initializer === null) return;
  // An input that callers may override belongs to the model's signature.
  if (value.isInput && model.irVersion >= freeInitializersIr) return;
  if (value.isInput) graph.removeInput(value);
  graph.removeInitializer(value);
}
