import type { Node, Value } from '../graph/index.ts';

/**
 * Who else reads a constant, directly or through copies and transposes of it.
 *
 * @param quantized Nodes that will no longer read it.
 * @returns A label of the first other reader; null where there is none, so that the constant can go.
 */
export function otherReader(root: Value, quantized: ReadonlySet<Node>): string | null {
  const seen = new Set<Value>([root]);
  for (const value of seen) {
    for (const use of value.uses) {
      if (use.kind === 'output') return `the output "${value.name}"`;
      const { node, index } = use;
      // A quantized node lets go of its weight, which is input 1, and of nothing else.
      if (quantized.has(node) && index === 1) continue;
      if (!isCopy(node)) return node.label;
      for (const output of node.outputs) if (output !== null) seen.add(output);
    }
  }
  return null;
}

function isCopy(node: Node): boolean {
  return node.domain === '' && (node.opType === 'Identity' || node.opType === 'Transpose');
}
