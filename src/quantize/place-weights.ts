import { type Graph, type Model, tensorType, type Value } from '../graph/index.ts';
import type { Tensor } from '../tensor/index.ts';
import type { QuantizeConfig } from './config.ts';
import type { PlannedNode } from './plan.ts';
import { QuantizedWeight } from './quantized-weight.ts';

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

/** The constants of one quantized weight, added to the graph that had the float one when asked for. */
export class PlacedWeight {
  readonly weight: QuantizedWeight;
  readonly #root: Value;
  readonly #constants = new Map<string, Value>();

  constructor(root: Value, weight: QuantizedWeight) {
    this.#root = root;
    this.weight = weight;
  }

  values(): Value {
    return this.#constant('quantized', '', () => this.weight.values());
  }

  scale(factor: number): Value {
    return this.#constant('scale', String(factor), () => this.weight.scale(factor));
  }

  /** As {@link QuantizedWeight.zeroPoint}. */
  zeroPoint(leading: readonly number[]): Value {
    return this.#constant('zero_point', leading.join(), () => this.weight.zeroPoint(leading));
  }

  #constant(suffix: string, variant: string, make: () => Tensor): Value {
    const key = `${suffix} ${variant}`;
    let value = this.#constants.get(key);
    if (value === undefined) {
      value = addConstant(this.#root.graph, `${this.#root.name}_${suffix}`, make());
      this.#constants.set(key, value);
    }
    return value;
  }
}

/** Quantized weights by what they are made from, so that nodes that share one go on sharing it. */
export class WeightPlacer {
  readonly #placed = new Map<Value, Map<string, PlacedWeight>>();
  readonly #config: QuantizeConfig;

  constructor(config: QuantizeConfig) {
    this.#config = config;
  }

  place({ source, isPerTensor, node }: PlannedNode): PlacedWeight {
    const { root, tensor, isTransposed } = source;
    const ofRoot = this.#placed.get(root) ?? new Map<string, PlacedWeight>();
    this.#placed.set(root, ofRoot);
    const key = `${isTransposed} ${isPerTensor}`;
    const earlier = ofRoot.get(key);
    if (earlier !== undefined) return earlier;
    const settings = {
      type: this.#config.weights,
      isSymmetric: this.#config.symmetric,
      isPerTensor,
      isTransposed,
    };
    const named = tensor.with({ name: root.name });
    const placed = new PlacedWeight(root, new QuantizedWeight(named, settings, node.label));
    ofRoot.set(key, placed);
    return placed;
  }
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
