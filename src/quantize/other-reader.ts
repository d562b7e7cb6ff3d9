import type { Node, Value } from '../graph/index.ts';

/**
 * Who else reads a constant, directly or through copies and transposes of it.
 *
 * @param quantized Nodes that will no longer read it, and the input by which they do.
 * @returns A label of the first other reader; null where there is none, so that the constant can go.
 */
export function otherReader(root: Value, quantized: ReadonlyMap<Node, number>): string | null {
  const seen = new Set<Value>([root]);
  for (const value of seen) {
    for (const use of value.uses) {
      if (use.kind === 'output') return `the output "${value.name}"`;
      const { node, index } = use;
      if (quantized.get(node) === index) continue;
      if (!isCopy(node)) return node.label;
      for (const output of node.outputs) if (output !== null) seen.add(output);
    }
  }
  return null;
}

function isCopy(node: Node): boolean {
  return node.domain === '' && (node.opType === 'Identity' || node.opType === 'Transpose');
}
