import type { Node, Value } from '../../graph/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import {
  bitsOf,
  channelsOf,
  elementsOf,
  type FoundWeight,
  intOf,
  isTensor,
  movedTensor,
  roleOf,
  symmetryOf,
  tensorOf,
} from './found-weight.ts';
import type { WeightFormat } from './report.ts';

/** Where an operator reads integers, and what says what they stand for; -1: nothing does. */
interface IntegerInput {
  readonly data: number;
  readonly scale: number;
  readonly zeroPoint: number;
  /** The axis of scales, if there are several; from the end if it is negative. */
  readonly axis: number;
}

interface IntegerOperator {
  readonly format: WeightFormat;
  readonly inputs: readonly IntegerInput[];
  /** Whether it quantizes its activation itself. */
  readonly isDynamic?: boolean;
}

function input(data: number, scale: number, zeroPoint: number, axis: number): IntegerInput {
  return { data, scale, zeroPoint, axis };
}

/** A bias in int32, whose scale is that of the product. */
function bias(data: number): IntegerInput {
  return input(data, -1, -1, 0);
}

const product: IntegerOperator = {
  format: 'integer',
  inputs: [input(0, -1, 2, -2), input(1, -1, 3, -1)],
};
const operands: IntegerOperator = {
  format: 'qoperator',
  inputs: [input(0, 1, 2, -1), input(3, 4, 5, -1)],
};
const convolution: IntegerOperator = {
  format: 'qoperator',
  inputs: [input(0, 1, 2, 0), input(3, 4, 5, 0), bias(8)],
};

/**
 * Operators that take integers as they are.
 *
 * Source: https://onnx.ai/onnx/operators/ and
 * https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
const table: Readonly<Record<string, IntegerOperator>> = {
  ConvInteger: { format: 'integer', inputs: [input(0, -1, 2, 0), input(1, -1, 3, 0)] },
  MatMulInteger: product,
  QLinearConv: convolution,
  QLinearMatMul: { format: 'qoperator', inputs: [input(0, 1, 2, -2), input(3, 4, 5, -1)] },
  'com.microsoft.DynamicQuantizeLSTM': {
    format: 'integer',
    inputs: [input(1, 8, 9, -1), input(2, 10, 11, -1)],
    isDynamic: true,
  },
  'com.microsoft.DynamicQuantizeMatMul': {
    format: 'integer',
    inputs: [input(1, 2, 3, -1)],
    isDynamic: true,
  },
  'com.microsoft.GemmFloat8': {
    format: 'qoperator',
    inputs: [input(0, 3, -1, 0), input(1, 4, -1, 0)],
  },
  'com.microsoft.MatMulInteger16': { format: 'integer', inputs: [input(1, -1, -1, -1)] },
  'com.microsoft.MatMulIntegerToFloat': {
    format: 'integer',
    inputs: [input(0, 2, 4, -2), input(1, 3, 5, -1)],
  },
  'com.microsoft.QAttention': { format: 'qoperator', inputs: [input(1, 4, 7, -1)] },
  'com.microsoft.QEmbedLayerNormalization': {
    format: 'qoperator',
    inputs: [2, 3, 4, 5, 6].map((at) => input(at, at + 6, at + 11, 0)),
  },
  'com.microsoft.QGemm': {
    format: 'qoperator',
    inputs: [input(0, 1, 2, 0), input(3, 4, 5, -1), bias(6)],
  },
  'com.microsoft.QLinearAdd': operands,
  'com.microsoft.QLinearConv': convolution,
  'com.microsoft.QLinearMul': operands,
  'com.microsoft.QOrderedMatMul': {
    format: 'qoperator',
    inputs: [input(0, 1, -1, 0), input(2, 3, -1, -1)],
  },
};

/** Whether an operator quantizes its activation itself. */
export function quantizesItself({ domain, opType }: Node): boolean {
  return operatorOf(domain, opType)?.isDynamic === true;
}

function operatorOf(domain: string, opType: string): IntegerOperator | undefined {
  const name = domain === '' ? opType : `${domain}.${opType}`;
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The constants that a node reads as integers. */
export function integerWeights(node: Node): FoundWeight[] {
  const operator = operatorOf(node.domain, node.opType);
  if (operator === undefined) return [];
  return operator.inputs
    .map((each) => weightAt(node, operator.format, each))
    .filter((each) => each !== null);
}

function weightAt(node: Node, format: WeightFormat, where: IntegerInput): FoundWeight | null {
  const at = (index: number): Value | null => (index < 0 ? null : (node.inputs[index] ?? null));
  const tensor = movedTensor(at(where.data));
  const dtype = tensor?.elementType ?? null;
  if (tensor === null || dtype === null || dtype === 'string') return null;
  const isBias = where.scale < 0 && where.zeroPoint < 0 && dtype === 'int32';
  const zeroPoint = at(where.zeroPoint);
  const isScaledBehind = where.scale < 0 && !isBias;
  const scale = isScaledBehind ? scaleBehind(node, where.data) : tensorOf(at(where.scale));
  // Where elements were moved, the axis is not that of the constant.
  const isMoved = tensorOf(at(where.data)) === null;
  const axis = where.axis < 0 ? tensor.dims.length + where.axis : where.axis;
  return {
    format,
    role: isBias ? 'bias' : roleOf(dtype),
    dtype,
    bits: bitsOf(tensor),
    symmetry: symmetryOf(dtype, zeroPoint),
    ...granularityOf(
      node,
      tensor,
      [scale, tensorOf(zeroPoint)],
      isMoved ? null : axisOf(node, where, axis),
    ),
    blockSize: null,
    tensor,
    node,
    elements: elementsOf(tensor),
    overhead: [scale, tensorOf(zeroPoint)].filter(isTensor),
  };
}

/** Where scales and zero points have different shapes, the finer one tells. */
function granularityOf(
  node: Node,
  tensor: Tensor,
  tensors: readonly (Tensor | null)[],
  axis: number | null,
): ReturnType<typeof channelsOf> {
  const known = tensors.filter(isTensor).toSorted((a, b) => elementsOf(b) - elementsOf(a));
  const [finest = null] = known;
  // A recurrent layer has a matrix for each direction.
  const isPerMatrix = finest !== null && elementsOf(finest) === tensor.dims[0];
  if (node.opType === 'DynamicQuantizeLSTM' && isPerMatrix) {
    return { granularity: 'tensor', axis: null };
  }
  return channelsOf(finest, axis);
}

function axisOf(node: Node, where: IntegerInput, axis: number): number {
  const isTransposed =
    node.opType === 'QGemm' && where.data === 3 && intOf(node, 'transB', 0) !== 0;
  return isTransposed ? 0 : axis;
}

/**
 * The constant that an operand of an integer product is scaled with: product, Cast, and a Mul with the
 * scale, or with the product of the scales of both sides; null: there is no such thing.
 */
function scaleBehind(node: Node, operand: number): Tensor | null {
  const cast = onlyReader(node.outputs[0]);
  if (cast?.opType !== 'Cast') return null;
  const multiplied = onlyReader(cast.outputs[0]);
  if (multiplied?.opType !== 'Mul') return null;
  const other = multiplied.inputs.find((each) => each !== cast.outputs[0]);
  const direct = movedTensor(other);
  if (direct !== null) return direct;
  const scales = other?.producer;
  if (scales?.opType !== 'Mul') return null;
  const both = scales.inputs.map((each) => movedTensor(each));
  // Where both are constants, they come in the order of the operands.
  return both.every(isTensor) ? (both[operand] ?? null) : (both.find(isTensor) ?? null);
}

function onlyReader(value: Value | null | undefined): Node | null {
  for (const use of value?.uses ?? []) if (use.kind === 'input') return use.node;
  return null;
}
