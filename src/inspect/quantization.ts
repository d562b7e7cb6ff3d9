import { type Constant, compareText, operatorName, sharedConstants } from '../checks/index.ts';
import { type Model, type Node, walkNodes } from '../graph/index.ts';
import type { DataType, Tensor } from '../tensor/index.ts';
import { channelsOf, type FoundWeight, symmetryOf, tensorOf } from './quantization/found-weight.ts';
import { integerWeights, quantizesItself } from './quantization/integer-operators.ts';
import { packedWeights } from './quantization/packed-operators.ts';
import {
  dequantizedWeight,
  isDequantize,
  isQuantize,
  lookedUpWeight,
  quantizedType,
} from './quantization/qdq-weights.ts';
import type {
  ActivationsReport,
  QuantizationReport,
  WeightFormat,
  WeightScheme,
} from './quantization/report.ts';

export type { ActivationsReport, QuantizationReport, WeightScheme } from './quantization/report.ts';

/**
 * How a model is quantized: by node, which constants are weights in few bits, and by which scheme.
 * Reads no constants but small zero points. Null: nothing is quantized, and nothing is in half
 * precision.
 *
 * @param constants Those of the model, as `ModelFacts` finds them.
 */
export function describeQuantization(
  model: Model,
  constants: readonly Constant[],
): QuantizationReport | null {
  const weights = new Map<Tensor, FoundWeight>();
  const activations = new Activations();
  const readers = new Map<Tensor, Map<string, number>>();
  for (const { node } of walkNodes(model)) {
    const found = weightsOf(node);
    for (const weight of found) {
      // A weight that several nodes read is that of the first.
      if (!weights.has(weight.tensor)) weights.set(weight.tensor, weight);
      count(readers, weight.tensor, operatorName(weight.node));
    }
    activations.add(node, found);
  }
  const totals = totalsOf(constants, weights);
  const { float16, bfloat16 } = totals;
  if (weights.size === 0 && activations.isEmpty && float16 + bfloat16 === 0) return null;
  const schemes = schemesOf(weights, readers, totals.bytesOf);
  const { quantized, others } = totals;
  const parameters = quantized.parameters + others.parameters;
  const bytes = quantized.bytes + others.bytes;
  return {
    formats: formatsOf(schemes),
    effectiveParameters: parameters,
    quantizedParameters: quantized.parameters,
    quantizedShare: parameters === 0 ? 0 : quantized.parameters / parameters,
    bytes,
    quantizedBytes: quantized.bytes,
    quantizedBytesShare: bytes === 0 ? 0 : quantized.bytes / bytes,
    bitsPerParameter: parameters === 0 ? null : (8 * bytes) / parameters,
    float16Parameters: float16,
    bfloat16Parameters: bfloat16,
    weights: schemes,
    activations: activations.report(),
  };
}

function weightsOf(node: Node): FoundWeight[] {
  if (isDequantize(node)) {
    const weight = dequantizedWeight(node);
    return weight === null ? [] : [weight];
  }
  const lookedUp = lookedUpWeight(node);
  if (lookedUp !== null) return [lookedUp];
  return [...integerWeights(node), ...packedWeights(node)];
}

function count(readers: Map<Tensor, Map<string, number>>, tensor: Tensor, op: string): void {
  const counts = readers.get(tensor) ?? new Map<string, number>();
  readers.set(tensor, counts);
  counts.set(op, (counts.get(op) ?? 0) + 1);
}

interface Amount {
  parameters: number;
  bytes: number;
}

interface Totals {
  /** Of weights that are stored as they are quantized, with scales and zero points. */
  readonly quantized: Amount;
  /** Of all other parameters. */
  readonly others: Amount;
  readonly float16: number;
  readonly bfloat16: number;
  readonly bytesOf: (tensor: Tensor) => number;
}

/** Constants that lie in the same bytes count once. */
function totalsOf(
  constants: readonly Constant[],
  weights: ReadonlyMap<Tensor, FoundWeight>,
): Totals {
  const shared = sharedConstants(constants);
  const own = constants.filter((each) => !shared.has(each));
  const sizes = new Map(constants.map((each) => [each.tensor, each.bytes]));
  const bytesOf = (tensor: Tensor): number => sizes.get(tensor) ?? tensor.byteLength;
  const overhead = new Set([...weights.values()].flatMap((each) => each.overhead));
  const quantized = { parameters: 0, bytes: 0 };
  const others = { parameters: 0, bytes: 0 };
  const half = new Map<DataType | null, number>();
  for (const { tensor, role, elements, bytes } of own) {
    const weight = weights.get(tensor);
    if (overhead.has(tensor)) quantized.bytes += bytes;
    else if (weight !== undefined && weight.format !== 'qdq-float') {
      quantized.parameters += weight.elements;
      quantized.bytes += bytes;
    } else if (role === 'parameter') {
      others.parameters += elements ?? 0;
      others.bytes += bytes;
      const { elementType } = tensor;
      half.set(elementType, (half.get(elementType) ?? 0) + (elements ?? 0));
    }
  }
  const [float16 = 0, bfloat16 = 0] = [half.get('float16'), half.get('bfloat16')];
  return { quantized, others, float16, bfloat16, bytesOf };
}

interface SchemeSum {
  readonly first: FoundWeight;
  readonly operators: Map<string, number>;
  readonly overhead: Set<Tensor>;
  tensors: number;
  parameters: number;
  bytes: number;
}

function schemesOf(
  weights: ReadonlyMap<Tensor, FoundWeight>,
  readers: ReadonlyMap<Tensor, ReadonlyMap<string, number>>,
  bytesOf: (tensor: Tensor) => number,
): WeightScheme[] {
  const sums = new Map<string, SchemeSum>();
  for (const weight of weights.values()) {
    const { format, role, dtype, symmetry, granularity, axis, blockSize } = weight;
    const key = [format, role, dtype, symmetry, granularity, axis, blockSize].join(' ');
    const sum: SchemeSum = sums.get(key) ?? {
      first: weight,
      operators: new Map(),
      overhead: new Set(),
      tensors: 0,
      parameters: 0,
      bytes: 0,
    };
    sums.set(key, sum);
    sum.tensors += 1;
    sum.parameters += weight.elements;
    sum.bytes += bytesOf(weight.tensor);
    for (const each of weight.overhead) sum.overhead.add(each);
    for (const [op, nodes] of readers.get(weight.tensor) ?? []) {
      sum.operators.set(op, (sum.operators.get(op) ?? 0) + nodes);
    }
  }
  return [...sums.values()]
    .map(({ first, operators, overhead, ...sum }): WeightScheme => {
      const { format, role, dtype, bits, symmetry, granularity, axis, blockSize } = first;
      return {
        format,
        role,
        dtype,
        bits,
        symmetry,
        granularity,
        axis,
        blockSize,
        operators: Object.fromEntries(byCount(operators)),
        ...sum,
        scaleBytes: [...overhead].reduce((total, each) => total + bytesOf(each), 0),
      };
    })
    .toSorted((a, b) => b.parameters - a.parameters || b.tensors - a.tensors);
}

function formatsOf(schemes: readonly WeightScheme[]): WeightFormat[] {
  const sums = new Map<WeightFormat, number>();
  for (const { format, parameters } of schemes) {
    sums.set(format, (sums.get(format) ?? 0) + parameters);
  }
  return byCount(sums).map(([format]) => format);
}

function byCount<Key extends string>(counts: ReadonlyMap<Key, number>): [Key, number][] {
  return [...counts].toSorted((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
}

/** Counts the nodes that quantize what the model works on. */
class Activations {
  #pairs = 0;
  #quantizeOnly = 0;
  #dequantizeOnly = 0;
  #dynamic = 0;
  readonly #types = new Map<string, ActivationsReport['types'][number]>();

  get isEmpty(): boolean {
    return this.#pairs + this.#quantizeOnly + this.#dequantizeOnly + this.#dynamic === 0;
  }

  /** @param weights Those that the node reads. */
  add(node: Node, weights: readonly FoundWeight[]): void {
    const isDynamicLinear = node.domain === '' && node.opType === 'DynamicQuantizeLinear';
    if (isDynamicLinear || quantizesItself(node)) this.#dynamic += 1;
    else if (isDequantize(node)) {
      if (weights.length === 0 && !isQuantize(node.inputs[0]?.producer)) this.#dequantizeOnly += 1;
    } else if (isQuantize(node) && tensorOf(node.inputs[0]) === null) this.#addQuantize(node);
  }

  #addQuantize(node: Node): void {
    const uses = [...(node.outputs[0]?.uses ?? [])];
    const isPair = uses.some((use) => use.kind === 'input' && isDequantize(use.node));
    if (isPair) this.#pairs += 1;
    else this.#quantizeOnly += 1;
    const dtype = quantizedType(node) ?? 'unknown';
    const symmetry = symmetryOf(dtype, node.inputs[2]);
    const { granularity } = channelsOf(tensorOf(node.inputs[1]), null);
    const key = `${dtype} ${symmetry} ${granularity}`;
    const nodes = (this.#types.get(key)?.nodes ?? 0) + 1;
    this.#types.set(key, { dtype, symmetry, granularity, nodes });
  }

  report(): ActivationsReport {
    return {
      pairs: this.#pairs,
      quantizeOnly: this.#quantizeOnly,
      dequantizeOnly: this.#dequantizeOnly,
      dynamic: this.#dynamic,
      types: [...this.#types.values()].toSorted((a, b) => b.nodes - a.nodes),
    };
  }
}
