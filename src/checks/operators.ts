import { functionKey, type Model, type Node } from '../graph/index.ts';
import { runtimeLimits } from '../runtime/index.ts';

/** An operator's name as in reports: `Conv`, `com.microsoft.Gelu`. */
export function operatorName(node: Node): string {
  return node.domain === '' ? node.opType : `${node.domain}.${node.opType}`;
}

/** Names of operators that neither ONNX, onnxruntime nor the model itself defines, sorted. */
export function findCustomOperators(
  model: Model,
  nodes: Iterable<{ readonly node: Node }>,
): string[] {
  const functions = new Set(model.functions.map(functionKey));
  const custom = new Set<string>();
  for (const { node } of nodes) {
    const { domain, opType, overload } = node;
    if (runtimeLimits.opsets.has(domain)) continue;
    if (functions.has(functionKey({ domain, name: opType, overload }))) continue;
    custom.add(operatorName(node));
  }
  return [...custom].toSorted();
}
