/** Nodes of several trees, listed as parallel arrays; children are named by their ids. */
export interface ListedTrees {
  readonly trees: readonly number[];
  readonly ids: readonly number[];
  readonly whenTrue: readonly number[];
  readonly whenFalse: readonly number[];
  readonly isLeaf: readonly boolean[];
}

/** Inner nodes of several trees; children are positions, of leaves in a list of their own. */
export interface RootedTrees {
  readonly roots: readonly number[];
  readonly whenTrue: readonly number[];
  readonly whenFalse: readonly number[];
  readonly isTrueLeaf: readonly number[];
  readonly isFalseLeaf: readonly number[];
}

/**
 * Comparisons on the longest way through each tree, in the order in which trees first appear. The
 * first node of a tree is its root. A node that is reached twice, as in a circle, is followed once.
 * Linear in the number of nodes.
 */
export function depthsOfListedTrees(list: ListedTrees): number[] {
  const positions = new Map<number, Map<number, number>>();
  const roots: number[] = [];
  for (const [at, tree] of list.trees.entries()) {
    const ofTree = positions.get(tree) ?? new Map<number, number>();
    if (ofTree.size === 0) {
      positions.set(tree, ofTree);
      roots.push(at);
    }
    ofTree.set(list.ids[at] ?? at, at);
  }
  const childrenOf = (at: number): number[] => {
    if (list.isLeaf[at] === true) return [];
    const ofTree = positions.get(list.trees[at] ?? -1);
    return [list.whenTrue[at], list.whenFalse[at]].map((id) => ofTree?.get(id ?? -1) ?? -1);
  };
  return depths(roots, list.trees.length, childrenOf);
}

/** The same for trees whose leaves are listed apart: the last inner node also compares. */
export function depthsOfRootedTrees(list: RootedTrees): number[] {
  const childrenOf = (at: number): number[] => {
    const whenTrue = list.isTrueLeaf[at] === 0 ? (list.whenTrue[at] ?? leaf) : leaf;
    const whenFalse = list.isFalseLeaf[at] === 0 ? (list.whenFalse[at] ?? leaf) : leaf;
    return [whenTrue, whenFalse];
  };
  return depths(list.roots, list.whenTrue.length, childrenOf);
}

/** Stands for a child that is not in the list. */
const leaf = -1;

function depths(
  roots: readonly number[],
  count: number,
  childrenOf: (at: number) => readonly number[],
): number[] {
  const isSeen = new Uint8Array(count);
  return roots.map((root) => {
    let deepest = 0;
    let level = [root];
    for (let depth = 0; level.length > 0; depth += 1) {
      const next: number[] = [];
      for (const at of level) {
        if (at < 0 || at >= count || isSeen[at] === 1) continue;
        isSeen[at] = 1;
        const children = childrenOf(at);
        if (children.length > 0) deepest = Math.max(deepest, depth + 1);
        next.push(...children);
      }
      level = next;
    }
    return deepest;
  });
}
