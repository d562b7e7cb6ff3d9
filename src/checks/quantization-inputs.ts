import type { Node } from '../graph/index.ts';

/** Operators that read scales and zero points, and at which inputs. */
type InputTable = ReadonlyMap<string, readonly number[]>;

const twoOperands = [1, 2, 4, 5, 6, 7];
const oneOperand = [1, 2, 3, 4];

/** Source: https://onnx.ai/onnx/operators/ */
const onnx: InputTable = new Map(
  Object.entries({
    ConvInteger: [2, 3],
    DequantizeLinear: [1, 2],
    MatMulInteger: [2, 3],
    QLinearConv: twoOperands,
    QLinearMatMul: twoOperands,
    QuantizeLinear: [1, 2],
  }),
);

/** Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md */
const contrib: InputTable = new Map(
  Object.entries({
    DequantizeLinear: [1, 2],
    DynamicQuantizeLSTM: [8, 9, 10, 11],
    DynamicQuantizeMatMul: [2, 3],
    GatherBlockQuantized: [2, 3],
    MatMulIntegerToFloat: [2, 3, 4, 5],
    MatMulNBits: [2, 3],
    MulInteger: [1, 3],
    QAttention: [3, 4, 6, 7],
    QEmbedLayerNormalization: [8, 9, 10, 11, 12, 13, 14, 15, 16, 17],
    QGemm: [1, 2, 4, 5, 7, 8],
    QLinearAdd: twoOperands,
    QLinearAveragePool: oneOperand,
    QLinearConv: twoOperands,
    QLinearGlobalAveragePool: oneOperand,
    QLinearLeakyRelu: oneOperand,
    QLinearMul: twoOperands,
    QLinearReduceMean: oneOperand,
    QLinearSigmoid: oneOperand,
    QLinearSoftmax: oneOperand,
    QLinearWhere: [2, 3, 5, 6, 7, 8],
    QMoE: [3, 6, 9, 11, 12, 13],
    QuantizeLinear: [1, 2],
  }),
);

/** Whether a node takes input `index` as a scale or a zero point. */
export function isQuantizationInput(node: Node, index: number): boolean {
  const { domain, opType } = node;
  if (domain === '') return onnx.get(opType)?.includes(index) === true || isProduct(node, index);
  if (domain !== 'com.microsoft') return false;
  // A scale and a zero point for the output, then tensor, scale and zero point of each input.
  if (opType === 'QLinearConcat') return index < 2 || index % 3 !== 2;
  return contrib.get(opType)?.includes(index) === true;
}

/**
 * Whether a product is that of two scales: integers that were quantized while running are scaled
 * back by the scale found there times that of the weight.
 */
function isProduct({ opType, inputs }: Node, index: number): boolean {
  const other = inputs[1 - index];
  return (
    opType === 'Mul' &&
    other?.producer?.opType === 'DynamicQuantizeLinear' &&
    other.producerIndex === 1
  );
}
