import type { Issue } from '../check.ts';
import type { PlacedNode } from '../graph-facts.ts';

/**
 * Operators that came into ONNX and were taken back before they were released. onnx's checker lets
 * nodes of them pass, whatever they look like.
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/checker.cc
 */
const experimental: ReadonlySet<string> = new Set([
  'ATen',
  'Affine',
  'ConstantFill',
  'Crop',
  'DynamicSlice',
  'GRUUnit',
  'GivenTensorFill',
  'ImageScaler',
  'ParametricSoftplus',
  'Scale',
  'ScaledTanh',
]);

export function isExperimental({ node }: Pick<PlacedNode, 'node'>): boolean {
  return node.domain === '' && experimental.has(node.opType);
}

/** Who minds a node that is not as its operator's schema says: onnx knows no schema of Microsoft's. */
export function verdictOn({
  node,
  isReached,
}: Pick<PlacedNode, 'node' | 'isReached'>): Required<Pick<Issue, 'spec' | 'runtime'>> {
  return {
    spec: node.domain === 'com.microsoft' ? 'ok' : 'error',
    runtime: isReached ? 'rejects' : 'accepts',
  };
}

/** Where a node is, for issues. */
export function placeOf({ node, path }: Pick<PlacedNode, 'node' | 'path'>): {
  graph: string;
  node: string;
} {
  return { graph: path, node: node.label };
}
