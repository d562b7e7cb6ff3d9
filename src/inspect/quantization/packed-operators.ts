import type { Node, Value } from '../../graph/index.ts';
import { dataTypes, type Tensor, toFloat64, unpackElements } from '../../tensor/index.ts';
import {
  elementsOf,
  type FoundWeight,
  intOf,
  isTensor,
  smallValues,
  symmetryOf,
  tensorOf,
} from './found-weight.ts';
import type { Symmetry } from './report.ts';

/** A weight in few bits: where it is, and what it stands for. */
interface PackedInput {
  readonly data: number;
  readonly scales: readonly number[];
  readonly zeroPoint?: number;
  /** Numbers that it stands for; null: that cannot be told. */
  readonly elements: (node: Node, tensor: Tensor) => number | null;
}

interface PackedOperator {
  readonly inputs: readonly PackedInput[];
  readonly type: (node: Node, tensor: Tensor) => { readonly dtype: string; readonly bits: number };
  readonly axis: (node: Node) => number | null;
  readonly blockSize: (node: Node) => number;
  readonly symmetry: (node: Node, tensor: Tensor, zeroPoint: Value | null) => Symmetry;
}

/** K · N, the sizes of the matrix, which attributes give. */
function matrix(inner: string, width: string): PackedInput['elements'] {
  return (node) => {
    const count = intOf(node, inner, 0) * intOf(node, width, 0);
    return count > 0 ? count : null;
  };
}

/** Two or more to a byte. */
function perByte(bits: number): PackedInput['elements'] {
  return (_node, tensor) =>
    elementsOf(tensor) * (tensor.elementType === 'uint8' ? Math.floor(8 / bits) : 1);
}

function typeOfBits(node: Node, name: string): { readonly dtype: string; readonly bits: number } {
  const bits = intOf(node, name, 4);
  return { dtype: `uint${bits}`, bits };
}

const alwaysSymmetric = (): Symmetry => 'symmetric';
const rows = (): number => 1;

const nBits: Omit<PackedOperator, 'inputs'> = {
  type: (node) => typeOfBits(node, 'bits'),
  axis: () => 0,
  blockSize: (node) => intOf(node, 'block_size', 0),
  symmetry: nBitsSymmetry,
};

/**
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
const table: Readonly<Record<string, PackedOperator>> = {
  MatMulNBits: {
    ...nBits,
    inputs: [{ data: 1, scales: [2], zeroPoint: 3, elements: matrix('K', 'N') }],
  },
  MatMulNBitsMlp: {
    ...nBits,
    inputs: [
      { data: 3, scales: [4], elements: matrix('K', 'N') },
      { data: 6, scales: [7], elements: matrix('K', 'N') },
    ],
  },
  MatMulNBitsQkv: {
    ...nBits,
    inputs: [
      { data: 3, scales: [4], elements: matrix('K', 'Nq') },
      { data: 6, scales: [7], elements: matrix('K', 'Nkv') },
      { data: 9, scales: [10], elements: matrix('K', 'Nkv') },
    ],
  },
  MatMulBnb4: {
    inputs: [{ data: 1, scales: [2], elements: matrix('K', 'N') }],
    type: (node) => ({ dtype: intOf(node, 'quant_type', 1) === 0 ? 'fp4' : 'nf4', bits: 4 }),
    axis: () => null,
    blockSize: (node) => intOf(node, 'block_size', 0),
    symmetry: alwaysSymmetric,
  },
  MatMulFpQ4: {
    inputs: [{ data: 1, scales: [], elements: (node) => productOf(tensorOf(node.inputs[2])) }],
    type: () => ({ dtype: 'int4', bits: 4 }),
    axis: () => 0,
    // What the blocks are is inside the blob; all of its formats have 32 numbers in one.
    blockSize: () => 32,
    symmetry: (node) => (intOf(node, 'blk_quant_type', 1) === 1 ? 'symmetric' : 'asymmetric'),
  },
  GatherBlockQuantized: {
    inputs: [
      {
        data: 0,
        scales: [2],
        zeroPoint: 3,
        elements: (node, tensor) => perByte(intOf(node, 'bits', 4))(node, tensor),
      },
    ],
    type: (node, { elementType }) => {
      if (elementType === 'uint8' || elementType === null) return typeOfBits(node, 'bits');
      return { dtype: elementType, bits: dataTypes[elementType].bits };
    },
    axis: (node) => intOf(node, 'quantize_axis', 1),
    blockSize: (node) => intOf(node, 'block_size', 128),
    symmetry: (node, tensor, zeroPoint) => {
      // Packed bytes have their middle as zero unless told; other types have 0.
      if (tensor.elementType === 'uint8') return nBitsSymmetry(node, tensor, zeroPoint);
      return symmetryOf(tensor.elementType, zeroPoint);
    },
  },
  MatMulBlockQuantizedFp8Weight: {
    inputs: [{ data: 1, scales: [2], elements: (_node, tensor) => elementsOf(tensor) }],
    type: (_node, { elementType }) => ({ dtype: elementType ?? 'float8', bits: 8 }),
    axis: rows,
    blockSize: (node) => intOf(node, 'block_size', 128),
    symmetry: alwaysSymmetric,
  },
  MatMulBlockQuantizedFp4Weight: {
    inputs: [{ data: 1, scales: [2, 3], elements: perByte(4) }],
    type: () => ({ dtype: 'float4e2m1', bits: 4 }),
    axis: rows,
    blockSize: (node) => intOf(node, 'block_size', 16),
    symmetry: alwaysSymmetric,
  },
  QMoE: {
    inputs: [
      [2, 3, 11],
      [5, 6, 12],
      [8, 9, 13],
    ].map(([data = 0, scale = 0, zeroPoint = 0]) => ({
      data,
      scales: [scale],
      zeroPoint,
      elements: (node, tensor) => perByte(intOf(node, 'expert_weight_bits', 4))(node, tensor),
    })),
    type: (node) => typeOfBits(node, 'expert_weight_bits'),
    axis: () => 2,
    blockSize: (node) => intOf(node, 'block_size', 0),
    symmetry: (_node, _tensor, zeroPoint) => (zeroPoint === null ? 'symmetric' : 'unknown'),
  },
};

function productOf(shape: Tensor | null): number | null {
  const sizes = shape === null ? null : smallValues(shape);
  return sizes === null ? null : sizes.reduce((product, size) => product * size, 1);
}

/** The constants in few bits that a node reads. */
export function packedWeights(node: Node): FoundWeight[] {
  if (node.domain !== 'com.microsoft' || !Object.hasOwn(table, node.opType)) return [];
  const operator = table[node.opType];
  if (operator === undefined) return [];
  return operator.inputs
    .map((each) => weightAt(node, operator, each))
    .filter((each) => each !== null);
}

function weightAt(node: Node, operator: PackedOperator, where: PackedInput): FoundWeight | null {
  const tensor = tensorOf(node.inputs[where.data]);
  if (tensor === null) return null;
  const zeroPoint = where.zeroPoint === undefined ? null : (node.inputs[where.zeroPoint] ?? null);
  const blockSize = operator.blockSize(node);
  const overhead = [...where.scales.map((at) => node.inputs[at]), zeroPoint].map(tensorOf);
  return {
    format: 'packed',
    role: 'weight',
    ...operator.type(node, tensor),
    symmetry: operator.symmetry(node, tensor, zeroPoint),
    granularity: blockSize > 0 ? 'block' : 'channel',
    axis: operator.axis(node),
    blockSize: blockSize > 0 ? blockSize : null,
    tensor,
    node,
    elements: where.elements(node, tensor) ?? elementsOf(tensor),
    overhead: overhead.filter(isTensor),
  };
}

/**
 * Without zero points, zero is in the middle. These are packed as the weights are, each row of blocks
 * in bytes of its own; or floats, one a block.
 */
function nBitsSymmetry(node: Node, _tensor: Tensor, zeroPoint: Value | null): Symmetry {
  if (zeroPoint === null) return 'symmetric';
  const tensor = tensorOf(zeroPoint);
  const bits = intOf(node, 'bits', 4);
  if (tensor === null) return 'unknown';
  const middle = 2 ** (bits - 1);
  const values =
    tensor.elementType === 'uint8' ? unpackRows(node, tensor, bits) : smallValues(tensor);
  if (values === null) return 'unknown';
  return values.every((each) => each === middle) ? 'symmetric' : 'asymmetric';
}

/** Zero points as numbers, without what fills up the last byte of each row. */
function unpackRows(node: Node, tensor: Tensor, bits: number): number[] | null {
  const bytes = smallValues(tensor);
  if (bytes === null) return null;
  const dtype = bits === 2 ? 'uint2' : bits === 4 ? 'uint4' : 'uint8';
  if (dtype === 'uint8') return [...bytes];
  const blockSize = intOf(node, 'block_size', 0);
  const isMatrix = intOf(node, 'K', 0) > 0 && blockSize > 0;
  // Of what is not a product, the last axis is that of the packed bytes.
  const blocks = isMatrix
    ? Math.ceil(intOf(node, 'K', 0) / blockSize)
    : ((tensor.dims.at(-1) ?? 1) * 8) / bits;
  const rowBytes = Math.ceil((blocks * bits) / 8);
  const values: number[] = [];
  for (let at = 0; at < bytes.length; at += rowBytes) {
    const row = Uint8Array.from(bytes.subarray(at, at + rowBytes));
    const count = Math.min(blocks, (row.length * 8) / bits);
    values.push(...toFloat64(dtype, unpackElements(dtype, row, count)));
  }
  return values;
}
