import type { Node, Value } from '../../graph/index.ts';
import { byteLengthOf, dataTypes, elementCountOf, type Tensor } from '../../tensor/index.ts';
import type { Granularity, Symmetry, WeightScheme } from './report.ts';

/** A constant that a node reads as a quantized weight. */
export interface FoundWeight
  extends Pick<
    WeightScheme,
    'format' | 'role' | 'dtype' | 'bits' | 'symmetry' | 'granularity' | 'axis' | 'blockSize'
  > {
  readonly tensor: Tensor;
  readonly node: Node;
  /** Numbers that it stands for. */
  readonly elements: number;
  /** Scales and zero points that are constants. */
  readonly overhead: readonly Tensor[];
}

/** The constant that a value is, whether callers may override it or not. */
export function tensorOf(value: Value | null | undefined): Tensor | null {
  return value ? (value.initializer ?? value.constant) : null;
}

/** Operators that hand on elements as they are. */
const movements = new Set([
  'Flatten',
  'Gather',
  'Identity',
  'Reshape',
  'Slice',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
]);
const mostMovements = 8;

/** The constant that a value is, or is made of by moving elements; null: it is no such thing. */
export function movedTensor(value: Value | null | undefined): Tensor | null {
  let current = value ?? null;
  for (let step = 0; step < mostMovements && current !== null; step += 1) {
    const tensor = tensorOf(current);
    if (tensor !== null) return tensor;
    const producer: Node | null = current.producer;
    if (producer?.domain !== '' || !movements.has(producer.opType)) return null;
    current = producer.inputs[0] ?? null;
  }
  return null;
}

/** Larger zero points are not read. */
const mostZeroPointBytes = 256 * 1024;

/**
 * Whether zero is in the middle of what the integers can be: at 0 of signed ones, at half of the range
 * of unsigned ones. Floats are symmetric.
 *
 * @param zeroPoint Null: there is none, which makes it 0.
 */
export function symmetryOf(dtype: string | null, zeroPoint: Value | null | undefined): Symmetry {
  const info = Object.values(dataTypes).find((each) => each.name === dtype);
  if (info === undefined) return 'unknown';
  if (info.kind === 'float') return 'symmetric';
  const middle = info.kind === 'uint' ? 2 ** (info.bits - 1) : 0;
  if (!zeroPoint) return middle === 0 ? 'symmetric' : 'asymmetric';
  const tensor = tensorOf(zeroPoint);
  const values = tensor === null ? null : smallValues(tensor);
  if (values === null) return 'unknown';
  return values.every((each) => each === middle) ? 'symmetric' : 'asymmetric';
}

/** The values of a small constant; null: it is large, or cannot be read. */
export function smallValues(tensor: Tensor): Float64Array | null {
  const { elementType, dims } = tensor;
  const count = elementCountOf(dims);
  if (elementType === null || elementType === 'string' || count === null) return null;
  if (count > mostZeroPointBytes || byteLengthOf(elementType, count) > mostZeroPointBytes)
    return null;
  try {
    return tensor.toFloat64();
  } catch {
    // What is wrong with constants is told by the checks.
    return null;
  }
}

export function elementsOf({ dims }: Tensor): number {
  return elementCountOf(dims) ?? 0;
}

/** Bits of an element type; 0 where there is none. */
export function bitsOf({ elementType }: Tensor): number {
  return elementType === null ? 0 : dataTypes[elementType].bits;
}

/** By the shape of the scales: one for all, or one for each index of an axis. */
export function channelsOf(
  scale: Tensor | null,
  axis: number | null,
): { granularity: Granularity; axis: number | null } {
  if (scale === null) return { granularity: 'unknown', axis: null };
  if (elementsOf(scale) <= 1) return { granularity: 'tensor', axis: null };
  return { granularity: 'channel', axis };
}

/** An integer attribute; the fallback where it is missing or something else. */
export function intOf(node: Node, name: string, fallback: number): number {
  const attribute = node.attribute(name);
  return attribute?.type === 'int' ? Number(attribute.value) : fallback;
}

export function isTensor(tensor: Tensor | null): tensor is Tensor {
  return tensor !== null;
}

/** Biases of integer products are 32-bit integers. */
export function roleOf(dtype: string | null): WeightScheme['role'] {
  return dtype === 'int32' ? 'bias' : 'weight';
}
