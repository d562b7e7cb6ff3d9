import type { Node, Value } from '../../graph/index.ts';
import { dataTypeFromCode, type Tensor } from '../../tensor/index.ts';
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
import type { Granularity } from './report.ts';

export function isQuantize(node: Node | null | undefined): boolean {
  return node?.opType === 'QuantizeLinear' && isKnownDomain(node.domain);
}

export function isDequantize(node: Node | null | undefined): boolean {
  return node?.opType === 'DequantizeLinear' && isKnownDomain(node.domain);
}

function isKnownDomain(domain: string): boolean {
  return domain === '' || domain === 'com.microsoft';
}

/** The constant that a DequantizeLinear turns into floats, as integers or by rounding. */
export function dequantizedWeight(node: Node): FoundWeight | null {
  const [data, scale, zeroPoint] = node.inputs;
  const tensor = movedTensor(data);
  if (tensor !== null) return weightOf(node, node, tensor, tensor.elementType, 'qdq');
  const rounding = data?.producer ?? null;
  if (rounding === null || !isQuantize(rounding)) return null;
  const float = movedTensor(rounding.inputs[0]);
  if (float === null || scale === undefined) return null;
  const dtype = quantizedType(rounding, zeroPoint);
  return weightOf(node, rounding, float, dtype, 'qdq-float');
}

function weightOf(
  node: Node,
  scaled: Node,
  tensor: Tensor,
  dtype: string | null,
  format: 'qdq' | 'qdq-float',
): FoundWeight | null {
  if (dtype === null) return null;
  const [, scale, zeroPoint] = scaled.inputs;
  const scales = tensorOf(scale);
  return {
    format,
    role: roleOf(dtype),
    dtype,
    bits: format === 'qdq' ? bitsOf(tensor) : bitsOfName(dtype),
    symmetry: symmetryOf(dtype, zeroPoint),
    ...granularityOf(scaled, tensor, scales),
    tensor,
    node: readerOf(node),
    elements: elementsOf(tensor),
    overhead: [scales, tensorOf(zeroPoint)].filter(isTensor),
  };
}

function granularityOf(
  node: Node,
  tensor: Tensor,
  scale: Tensor | null,
): { granularity: Granularity; axis: number | null; blockSize: number | null } {
  const rank = tensor.dims.length;
  const given = intOf(node, 'axis', 1);
  const axis = given < 0 ? given + rank : Math.min(given, Math.max(0, rank - 1));
  const blockSize = intOf(node, 'block_size', 0);
  // Where elements were moved, the axis is not that of the constant.
  const own = tensorOf(node.inputs[0]) === null ? null : axis;
  if (blockSize > 0) return { granularity: 'block', axis: own, blockSize };
  return { ...channelsOf(scale, own), blockSize: null };
}

/** What reads the floats, which tells more than the DequantizeLinear; itself if that is nothing. */
function readerOf(node: Node): Node {
  for (const use of node.outputs[0]?.uses ?? []) if (use.kind === 'input') return use.node;
  return node;
}

/** The type that a QuantizeLinear makes: that of its zero point, or as it says, or uint8. */
export function quantizedType(node: Node, otherZeroPoint?: Value | null): string | null {
  const zeroPoint = node.inputs[2] ?? otherZeroPoint;
  if (zeroPoint) {
    const declared = zeroPoint.type?.kind === 'tensor' ? zeroPoint.type.elementType : null;
    return tensorOf(zeroPoint)?.elementType ?? declared;
  }
  const code = intOf(node, 'output_dtype', 0);
  return code === 0 ? 'uint8' : (dataTypeFromCode(code)?.name ?? null);
}

function bitsOfName(dtype: string): number {
  return Number(/\d+/.exec(dtype)?.[0] ?? 0);
}

/** A Gather of integers whose rows are then made floats and scaled. */
export function lookedUpWeight(node: Node): FoundWeight | null {
  if (node.domain !== '' || node.opType !== 'Gather') return null;
  const tensor = tensorOf(node.inputs[0]);
  const dtype = tensor?.elementType ?? null;
  if (tensor === null || dtype === null || !/^u?int[248]$/.test(dtype)) return null;
  const found = scalingBehind(node);
  if (found === null) return null;
  return {
    format: 'lookup',
    role: 'weight',
    dtype,
    bits: bitsOf(tensor),
    symmetry: symmetryOf(dtype, null),
    ...channelsOf(found.scale, found.axis),
    blockSize: null,
    tensor,
    node,
    elements: elementsOf(tensor),
    overhead: [found.scale].filter(isTensor),
  };
}

/** The Cast and the Mul that make floats of looked up integers. */
function scalingBehind(
  node: Node,
): { readonly scale: Tensor | null; readonly axis: number } | null {
  const cast = firstReader(node.outputs[0]);
  const multiplied = cast?.opType === 'Cast' ? firstReader(cast.outputs[0]) : null;
  if (multiplied?.opType !== 'Mul') return null;
  const other = multiplied.inputs.find((each) => each !== cast?.outputs[0]);
  // Scales of rows are looked up as the rows are.
  const lookup = other?.producer?.opType === 'Gather' ? other.producer : null;
  const scale = tensorOf(lookup === null ? other : lookup.inputs[0]);
  return { scale, axis: lookup === null ? 1 : 0 };
}

function firstReader(value: Value | null | undefined): Node | null {
  for (const use of value?.uses ?? []) if (use.kind === 'input') return use.node;
  return null;
}
