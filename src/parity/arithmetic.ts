import {
  type Attribute,
  type Model,
  type Node,
  type ValueType,
  walkGraphs,
} from '../graph/index.ts';
import { type DataType, dataTypes, type Tensor } from '../tensor/index.ts';

/** What a model computes in, as far as its graph tells. */
export interface Arithmetic {
  /** Nodes that quantize, dequantize or compute with integers in place of floats. */
  readonly integerNodes: number;
  /** Those of them whose weights have 4 bits or less. */
  readonly fourBitNodes: number;
  /** Those that round what depends on the inputs: another order of additions may move it a step. */
  readonly roundingNodes: number;
  /** Constants of two dimensions or more in types of 8 bits or less, whoever makes floats of them. */
  readonly integerWeights: number;
  /** Whether there are constants, casts, inputs or outputs of that type. */
  readonly float16: boolean;
  readonly bfloat16: boolean;
}

const integerOperators: ReadonlySet<string> = new Set([
  'QuantizeLinear',
  'DequantizeLinear',
  'DynamicQuantizeLinear',
  'MatMulInteger',
  'ConvInteger',
  'MatMulIntegerToFloat',
  'DynamicQuantizeMatMul',
  'DynamicQuantizeLSTM',
  'QGemm',
  'QAttention',
  'QMoE',
  'GatherBlockQuantized',
  'MatMulNBits',
  'MatMulBnb4',
]);

/** Of these, only weights are integers, or the result of an exact computation. */
const notRounding: ReadonlySet<string> = new Set([
  'DequantizeLinear',
  'MatMulInteger',
  'ConvInteger',
  'MatMulIntegerToFloat',
  'GatherBlockQuantized',
  'MatMulNBits',
  'MatMulBnb4',
]);

export function arithmeticOf(model: Model): Arithmetic {
  const types = new Set<DataType>();
  const note = (type: DataType | null | undefined): void => {
    if (type) types.add(type);
  };
  let [integerNodes, fourBitNodes, roundingNodes, integerWeights] = [0, 0, 0, 0];
  for (const { graph } of walkGraphs(model)) {
    for (const { initializer } of graph.initializers) {
      note(constantType(initializer));
      if (isIntegerWeight(constantType(initializer), initializer?.dims.length ?? 0)) {
        integerWeights += 1;
      }
    }
    for (const value of [...graph.inputs, ...graph.outputs]) note(tensorTypeOf(value.type));
    for (const node of graph.nodes) {
      for (const attribute of node.attributes) note(attributeType(node, attribute));
      if (!isInteger(node.opType)) continue;
      integerNodes += 1;
      if (!notRounding.has(node.opType)) roundingNodes += 1;
      if (hasFourBits(node)) fourBitNodes += 1;
    }
  }
  return {
    integerNodes,
    fourBitNodes,
    roundingNodes,
    integerWeights,
    float16: types.has('float16'),
    bfloat16: types.has('bfloat16'),
  };
}

/**
 * The same by the operators of a model with how many there are of each (in a domain of its own as
 * `com.microsoft.QLinearAdd`), and its constants.
 */
export function arithmeticOfCounts(
  operators: Readonly<Record<string, number>>,
  constants: readonly { readonly dtype: string | null; readonly shape: readonly number[] | null }[],
): Arithmetic {
  let [integerNodes, fourBitNodes, roundingNodes] = [0, 0, 0];
  const types = new Set(constants.map(({ dtype }) => dtype));
  const hasFourBits = [...types].some((type) => /^u?int[24]$/.test(type ?? ''));
  for (const [operator, count] of Object.entries(operators)) {
    const opType = operator.slice(operator.lastIndexOf('.') + 1);
    if (!isInteger(opType)) continue;
    integerNodes += count;
    if (!notRounding.has(opType)) roundingNodes += count;
    const isFourBit =
      fourBitOperators.has(opType) || (opType === 'DequantizeLinear' && hasFourBits);
    if (isFourBit) fourBitNodes += count;
  }
  return {
    integerNodes,
    fourBitNodes,
    roundingNodes,
    integerWeights: constants.filter(({ dtype, shape }) =>
      isIntegerWeight(dtype, shape?.length ?? 0),
    ).length,
    float16: types.has('float16'),
    bfloat16: types.has('bfloat16'),
  };
}

function isIntegerWeight(type: string | null, rank: number): boolean {
  return rank >= 2 && /^(u?int[248]|float[468]e.*)$/.test(type ?? '');
}

/** Of 4 bits where they do not say. */
const fourBitOperators: ReadonlySet<string> = new Set([
  'MatMulNBits',
  'MatMulBnb4',
  'GatherBlockQuantized',
]);

function isInteger(opType: string): boolean {
  return integerOperators.has(opType) || opType.startsWith('QLinear');
}

function hasFourBits(node: Node): boolean {
  const bits = node.attribute('bits');
  if (bits?.type === 'int') return bits.value <= 4n;
  if (fourBitOperators.has(node.opType)) return true;
  const weight = node.inputs[0];
  const type = weight?.initializer?.elementType ?? tensorTypeOf(weight?.type ?? null);
  return (
    node.opType === 'DequantizeLinear' &&
    type !== null &&
    type !== 'string' &&
    dataTypes[type].bits <= 4
  );
}

function constantType(tensor: Tensor | null): DataType | null {
  return tensor?.elementType ?? null;
}

function tensorTypeOf(type: ValueType | null): DataType | null {
  return type?.kind === 'tensor' ? type.elementType : null;
}

/** The type of a constant, or the one that is cast to. */
function attributeType(node: Node, attribute: Attribute): DataType | null {
  if (attribute.type === 'tensor') return constantType(attribute.value);
  if (node.opType !== 'Cast' || attribute.name !== 'to' || attribute.type !== 'int') return null;
  const code = Number(attribute.value);
  return Object.values(dataTypes).find((info) => info.code === code)?.name ?? null;
}
