import type { Graph, Node } from '../../graph/index.ts';
import type { Leaf } from '../../matching/index.ts';
import type {
  AttributeChange,
  InterfaceChange,
  LoneConstant,
  MetadataChange,
  MovedConstant,
  Rename,
  Replacement,
  Rewiring,
} from './report.ts';

/** Two constants to compare, and what they are called in reports. */
export interface ConstantPair {
  readonly graph: string;
  readonly name: string;
  readonly before: Pick<Leaf, 'tensors' | 'dims' | 'dtype'>;
  readonly after: Pick<Leaf, 'tensors' | 'dims' | 'dtype'>;
}

/** A node and the path of its graph. */
export interface PlacedNode {
  readonly graph: string;
  readonly node: Node;
}

interface OperatorVersions {
  readonly before: number | null;
  readonly after: number | null;
  nodes: number;
}

/** What has been found so far, graph by graph. */
export class Differences {
  readonly metadata: MetadataChange[] = [];
  readonly inputs: InterfaceChange[] = [];
  readonly outputs: InterfaceChange[] = [];
  readonly renamed: Rename[] = [];
  readonly attributes: AttributeChange[] = [];
  readonly replaced: Replacement[] = [];
  readonly rewired: Rewiring[] = [];
  readonly moved: MovedConstant[] = [];
  readonly reordered: string[] = [];
  readonly nodesRemoved: PlacedNode[] = [];
  readonly nodesAdded: PlacedNode[] = [];
  readonly constantsRemoved: LoneConstant[] = [];
  readonly constantsAdded: LoneConstant[] = [];
  readonly functionsRemoved: string[] = [];
  readonly functionsAdded: string[] = [];
  readonly constants: ConstantPair[] = [];
  /** Operators whose definitions differ, by name, and how many nodes have them. */
  readonly versions: Map<string, OperatorVersions> = new Map();
  /** Counts of differences in what nodes and values say of themselves. */
  readonly annotations: Map<string, number> = new Map();
  matchedNodes = 0;

  annotate(what: string): void {
    this.annotations.set(what, (this.annotations.get(what) ?? 0) + 1);
  }
}

/** Path of a subgraph, as `walkGraphs` makes it. */
export function subgraphPath(
  path: string,
  node: Node,
  attribute: string,
  index: number | null,
): string {
  const name = node.name === '' ? node.opType : node.name;
  return `${path}/${name}:${attribute}${index === null ? '' : `[${index}]`}`;
}

/** A graph and its path. */
export interface PlacedGraph {
  readonly graph: Graph;
  readonly path: string;
}
