import type { Node, Value } from '../graph/index.ts';
import type { Product } from './rules/index.ts';

/**
 * Whether a product with a dequantized weight runs into a Relu or Clip, at once or behind the sum with
 * a bias that onnxruntime draws into it.
 *
 * onnxruntime 1.30 takes such a Relu for the end of a quantized operation, finds no QuantizeLinear
 * behind it, and then leaves the DequantizeLinear before the product alone: the whole weight is
 * converted at every run, which can take twenty times as long as the product. Found out by looking at
 * the graphs that it runs; the places are `NodeGroupSelector::GetQDQSelection` and MatMulAddFusion.
 */
export function runsIntoRelu(node: Node, product: Product): boolean {
  const output = node.outputs[0] ?? null;
  const reader = onlyReader(output);
  if (reader === null) return false;
  if (isClamp(reader)) return true;
  // Of more than two axes, products and sums stay two operations.
  if (node.opType !== 'MatMul' || rankOf(product.activation) > 2) return false;
  if (reader.domain !== '' || reader.opType !== 'Add') return false;
  const other = reader.inputs.find((value) => value !== output)?.constant ?? null;
  const behind = onlyReader(reader.outputs[0] ?? null);
  return other !== null && behind !== null && isClamp(behind);
}

/** The one node that reads a value; null where there are more, or a graph returns it. */
function onlyReader(value: Value | null): Node | null {
  const [use, second] = value?.uses ?? [];
  return use?.kind === 'input' && second === undefined ? use.node : null;
}

/** A Relu or Clip whose result goes on to another node. */
function isClamp(node: Node): boolean {
  if (node.domain !== '' || (node.opType !== 'Relu' && node.opType !== 'Clip')) return false;
  return [...(node.outputs[0]?.uses ?? [])].some((use) => use.kind === 'input');
}

/** The number of axes where it is known, else 2: the guard is right for any number. */
function rankOf({ type }: Value): number {
  return type?.kind === 'tensor' && type.shape !== null ? type.shape.length : 2;
}
