import {
  type AttributeInput,
  attributeFrom,
  type Graph,
  type Model,
  type Node,
  type Value,
} from '../graph/index.ts';
import { tensorFrom } from '../tensor/index.ts';
import type { QuantizeConfig } from './config.ts';
import { addConstant, type PlacedWeight, removeUnread, WeightPlacer } from './place-weights.ts';
import type { QuantizePlan } from './plan.ts';
import type {
  PlannedDynamic,
  PlannedLookup,
  PlannedNode,
  PlannedWeightOnly,
} from './planned-node.ts';
import { nodeName } from './selection.ts';
import { findWeight } from './weight-source.ts';

/**
 * Edits a model as a plan says. Weights are not read: the new constants compute their bytes when they
 * are written, and find then what is wrong with the float ones (MODEL_INVALID for NaN and infinity).
 */
export function applyPlan(plan: QuantizePlan, model: Model, config: QuantizeConfig): void {
  const editor = new Editor(model, config);
  for (const planned of plan.quantized) editor.apply(planned);
}

/** The three outputs of a DynamicQuantizeLinear. */
interface QuantizedActivation {
  /** What was quantized, or the transpose of what. */
  readonly source: Value;
  readonly isTransposed: boolean;
  readonly values: Value;
  readonly scale: Value;
  readonly zeroPoint: Value;
}

/** `DataType.FLOAT` */
const floatCode = 1;

class Editor {
  readonly #model: Model;
  readonly #weights: WeightPlacer;
  /** Whether Gemm may do without its third input. */
  readonly #hasOptionalBias: boolean;
  /** By the graph of their readers, so that what several products there read is quantized once. */
  readonly #activations = new Map<Graph, QuantizedActivation[]>();

  constructor(model: Model, config: QuantizeConfig) {
    this.#model = model;
    this.#weights = new WeightPlacer(config);
    this.#hasOptionalBias = (model.opset('') ?? 1) >= 11;
  }

  apply(planned: PlannedNode): void {
    const placed = this.#weights.place(planned);
    const read = new Set(planned.node.inputs);
    if (planned.form === 'lookup') this.#makeLookup(planned, placed);
    else if (planned.form === 'dynamic') this.#makeDynamic(planned, placed);
    else this.#makeWeightOnly(planned, placed);
    for (const value of read) if (value !== null) removeUnread(value, this.#model);
  }

  /**
   * Rows of integers and their scales are looked up and multiplied: only what is looked up becomes
   * float, while a DequantizeLinear would convert the whole table at every run.
   */
  #makeLookup({ node, use, isPerTensor }: PlannedLookup, placed: PlacedWeight): void {
    const rows = this.#add(node, 'Gather', [placed.values(), use.indices]);
    const floats = this.#add(node, 'Cast', [rows], { attributes: { to: floatCode } });
    const scales = placed.scale(1);
    const scale = isPerTensor ? scales : this.#add(node, 'Gather', [scales, use.indices]);
    this.#add(node, 'Mul', [floats, scale], { output: outputOf(node) });
    node.graph.removeNode(node);
  }

  /** `weight -> DequantizeLinear -> node`, which onnxruntime makes one MatMulNBits where it can. */
  #makeWeightOnly(planned: PlannedWeightOnly, placed: PlacedWeight): void {
    const { node, use: product, scalesProduct, needsGuard } = planned;
    const { graph } = node;
    const weight = this.#dequantized(planned, placed);
    if (scalesProduct || needsGuard) {
      this.#makeWithTail(planned, placed, weight);
      return;
    }
    graph.setInput(node, 1, weight);
    if (node.opType !== 'Gemm') return;
    // The integers are stored as they are multiplied with, and their scales contain alpha: only the
    // plain product can be fused.
    graph.removeAttribute(node, 'transB');
    graph.removeAttribute(node, 'alpha');
    const bias = this.#foldedBias(product.bias, product.beta);
    if (bias === 'unchanged' || (bias === null && !this.#hasOptionalBias)) return;
    if (node.inputs.length > 2) graph.setInput(node, 2, bias);
    graph.removeAttribute(node, 'beta');
  }

  #dequantized(planned: PlannedWeightOnly, placed: PlacedWeight): Value {
    const { node, use: product, isPerTensor, scalesProduct } = planned;
    const scale = scalesProduct ? placed.commonScale() : placed.scale(product.alpha);
    const inputs = [placed.values(), scale];
    if (placed.weight.needsZeroPoint) {
      inputs.push(scalesProduct ? placed.middle() : placed.zeroPoint([]));
    }
    // Version 10 has no axis, and needs none.
    const attributes = isPerTensor || scalesProduct ? {} : { axis: placed.weight.dims.length - 1 };
    const output = `${product.weight.name}_dequantized`;
    return this.#add(node, 'DequantizeLinear', inputs, { attributes, output });
  }

  /** The bare product, then what belongs to it: scales, bias, or a sum that changes nothing. */
  #makeWithTail(planned: PlannedWeightOnly, placed: PlacedWeight, weight: Value): void {
    const { node } = planned;
    const opType = this.#hasOptionalBias ? node.opType : 'MatMul';
    const steps = this.#tail(planned, placed, opType);
    let value = this.#bareProduct(planned, opType, weight);
    for (const [at, [step, operand]] of steps.entries()) {
      const isLast = at === steps.length - 1;
      const output = isLast ? { output: outputOf(node) } : {};
      value = this.#add(node, step, [value, operand], output);
    }
    node.graph.removeNode(node);
  }

  #bareProduct({ node, use }: PlannedWeightOnly, opType: string, weight: Value): Value {
    const isTransposed = use.transposesActivation;
    const activation =
      isTransposed && opType === 'MatMul'
        ? this.#add(node, 'Transpose', [use.activation], { attributes: { perm: [1, 0] } })
        : use.activation;
    return this.#add(node, opType, [activation, weight], {
      attributes: isTransposed && opType === 'Gemm' ? { transA: 1 } : {},
      ...(node.name !== '' && { name: node.name }),
    });
  }

  /** What is done with a bare product, step by step: operators and their second inputs. */
  #tail(
    { node, use, scalesProduct }: PlannedWeightOnly,
    placed: PlacedWeight,
    opType: string,
  ): [opType: string, operand: Value][] {
    const steps: [opType: string, operand: Value][] = [];
    if (scalesProduct) steps.push(['Mul', placed.relativeScale(use.alpha)]);
    const bias = this.#scaledBias(node, use.bias, use.beta);
    if (bias !== null) steps.push(['Add', bias]);
    // A sum behind a MatMul would be drawn into it; a difference is not.
    const needsDifference = steps.length === 0 || (opType === 'MatMul' && !scalesProduct);
    if (!needsDifference) return steps;
    // A vector, since onnxruntime takes away differences with scalars of zero.
    const zeros = new Float32Array(placed.weight.dims.at(-1) ?? 1);
    const tensor = tensorFrom('float32', [zeros.length], zeros);
    return [['Sub', addConstant(node.graph, `${nodeName(node)}_zeros`, tensor)], ...steps];
  }

  /**
   * The activation in uint8, an integer product, and the scales: the pattern that onnxruntime makes
   * one DynamicQuantizeMatMul of, or MatMulIntegerToFloat where several products share an activation.
   */
  #makeDynamic({ node, use: product }: PlannedDynamic, placed: PlacedWeight): void {
    const { graph } = node;
    const output = outputOf(node);
    const activation = this.#activation(node, product.activation, product.transposesActivation);
    const weightInputs = [placed.values()];
    const { dims } = placed.weight;
    // MatMulInteger takes zero points per column of a stack of matrices only in the shape [.., 1, N].
    const leading = dims.length > 2 ? [...dims.slice(0, -2), 1] : [];
    const zeroPoints = [activation.zeroPoint];
    if (placed.weight.needsZeroPoint) {
      zeroPoints.push(placed.zeroPoint(leading));
    }
    const integers = this.#add(node, 'MatMulInteger', [
      activation.values,
      ...weightInputs,
      ...zeroPoints,
    ]);
    const floats = this.#add(node, 'Cast', [integers], { attributes: { to: floatCode } });
    const scale = this.#add(node, 'Mul', [activation.scale, placed.scale(product.alpha)]);
    const bias = this.#scaledBias(node, product.bias, product.beta);
    if (bias === null) this.#add(node, 'Mul', [floats, scale], { output });
    else {
      const scaled = this.#add(node, 'Mul', [floats, scale]);
      this.#add(node, 'Add', [scaled, bias], { output });
    }
    graph.removeNode(node);
  }

  #activation(node: Node, value: Value, isTransposed: boolean): QuantizedActivation {
    const { graph } = node;
    const ofGraph = this.#activations.get(graph) ?? [];
    this.#activations.set(graph, ofGraph);
    const earlier = ofGraph.find(
      (each) => each.source === value && each.isTransposed === isTransposed,
    );
    if (earlier !== undefined) return earlier;
    const float = isTransposed
      ? this.#add(node, 'Transpose', [value], { attributes: { perm: [1, 0] } })
      : value;
    const { names } = this.#model;
    const added = graph.addNode(
      {
        opType: 'DynamicQuantizeLinear',
        name: names.allocate(`${nodeName(node)}_DynamicQuantizeLinear`),
        inputs: [float],
        outputs: ['quantized', 'scale', 'zero_point'].map((each) =>
          names.allocate(`${float.name}_${each}`),
        ),
      },
      { before: node },
    );
    const [values, scale, zeroPoint] = added.outputs;
    if (!values || !scale || !zeroPoint) throw new RangeError('an output is missing');
    const quantized = { source: value, isTransposed, values, scale, zeroPoint };
    ofGraph.push(quantized);
    return quantized;
  }

  /** `beta · bias`, computed now where the bias is a constant, or by a node. */
  #scaledBias(node: Node, bias: Value | null, beta: number): Value | null {
    if (bias === null) return null;
    const folded = this.#foldedBias(bias, beta);
    if (folded !== 'unchanged') return folded;
    const factor = tensorFrom('float32', [], Float32Array.of(beta));
    const constant = addConstant(node.graph, `${nodeName(node)}_beta`, factor);
    return this.#add(node, 'Mul', [bias, constant]);
  }

  /** `beta · bias` where that needs no computing while the model runs; null where there is no bias. */
  #foldedBias(bias: Value | null, beta: number): Value | null | 'unchanged' {
    if (bias === null || beta === 1) return bias;
    const found = findWeight(bias, this.#model.irVersion);
    if (found === 'computed' || 'reason' in found || found.isTransposed) return 'unchanged';
    const { tensor, root } = found;
    if (tensor.elementType !== 'float32') return 'unchanged';
    const scaled = Float32Array.from(tensor.data() as Float32Array, (each) => each * beta);
    return addConstant(
      root.graph,
      `${root.name}_scaled`,
      tensorFrom('float32', tensor.dims, scaled),
    );
  }

  /** Adds a node with one output before another one and returns the output. */
  #add(
    before: Node,
    opType: string,
    inputs: readonly Value[],
    options: {
      readonly attributes?: Readonly<Record<string, AttributeInput>>;
      /** A value to take over, or what the name of a new one begins with. */
      readonly output?: Value | string;
      /** That of the node it stands for; default: a new one. */
      readonly name?: string;
    } = {},
  ): Value {
    const { names } = this.#model;
    const base = nodeName(before);
    const output = options.output ?? `${base}_${opType}_output`;
    const added = before.graph.addNode(
      {
        opType,
        name: options.name ?? names.allocate(`${base}_${opType}`),
        inputs,
        outputs: [typeof output === 'string' ? names.allocate(output) : output],
        attributes: Object.entries(options.attributes ?? {}).map(([name, value]) =>
          attributeFrom(name, value),
        ),
      },
      { before },
    );
    const [result] = added.outputs;
    if (!result) throw new RangeError(`${added.label} has no output`);
    return result;
  }
}

/** The output that the result takes over; the planner takes no node without one. */
function outputOf(node: Node): Value {
  const [output] = node.outputs;
  if (!output) throw new RangeError(`${node.label} has no output`);
  return output;
}
