import type { Node } from '../graph/index.ts';

/** Operators of ai.onnx whose inputs may come in any order, bit for bit. */
const operators = new Set([
  'Add',
  'And',
  'BitwiseAnd',
  'BitwiseOr',
  'BitwiseXor',
  'Equal',
  'Max',
  'Min',
  'Mul',
  'Or',
  'Xor',
]);

/** Whether the two inputs of a node may be exchanged. Sums of more are rounded in their order. */
export function isCommutative({ opType, domain, inputs }: Node): boolean {
  return domain === '' && inputs.length === 2 && operators.has(opType);
}
