import { multiply, type Size } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, NodeFacts, OperatorRule } from '../rule.ts';
import { labelType } from './ml-linear.ts';
import { firstLength, listLength } from './node-attributes.ts';
import { shapeIfRank, shapeOfRank } from './shape-agreement.ts';
import { depthsOfListedTrees, depthsOfRootedTrees } from './tree-depths.ts';

/**
 * Tree ensembles of ai.onnx.ml.
 *
 * Source: https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsembleClassifier.html,
 * …TreeEnsembleRegressor.html, …TreeEnsemble.html.
 */
const domain = 'ai.onnx.ml';

/** Versions in which ONNX's inference refuses an input that is not a matrix. */
const firstWithMatrixOnly = 3;
const lastWithMatrixOnly = 4;

function checkInput(call: Call): void {
  if (call.opset >= firstWithMatrixOnly && call.opset <= lastWithMatrixOnly) {
    shapeOfRank(call, 0, [2], 'the input');
    return;
  }
  const rank = call.shape(0)?.length ?? 2;
  if (rank > 2) call.fail(`the input has rank ${rank}, where 2 is needed`);
}

/** Runtimes do not agree whether a list is one row or one column. */
function rowsOf(facts: Pick<NodeFacts, 'shape'>): Size | null {
  return shapeIfRank(facts, 0, 2)?.[0] ?? null;
}

/** Fails when a node asks for a feature that the input does not have. */
function checkFeatures(call: Call): void {
  const features = shapeIfRank(call, 0, 2)?.[1];
  if (typeof features !== 'number') return;
  let most = -1;
  const isLeaf = leafModes(call.node);
  for (const [at, id] of (call.node.ints('nodes_featureids') ?? []).entries()) {
    if (isLeaf[at] !== true) most = Math.max(most, id);
  }
  if (most >= features) call.fail(`feature ${most} is asked for, the input has ${features}`);
}

/** Lists that say something of each node, or of each leaf, must be of one length. */
const nodeLists = [
  'nodes_falsenodeids',
  'nodes_truenodeids',
  'nodes_featureids',
  'nodes_nodeids',
  'nodes_treeids',
  'nodes_modes',
];

function checkLists(call: Call, leaf: 'class' | 'target'): void {
  const values = listLength(call.node, 'nodes_values');
  checkLengths(call, values === null ? nodeLists : [...nodeLists, 'nodes_values']);
  checkLengths(
    call,
    ['ids', 'nodeids', 'treeids', 'weights'].map((name) => `${leaf}_${name}`),
  );
}

function checkLengths(call: Call, names: readonly string[]): void {
  const [first, ...others] = names.flatMap((name) => {
    const length = listLength(call.node, name);
    return length === null ? [] : [{ name, length }];
  });
  const other = others.find(({ length }) => length !== first?.length);
  if (first === undefined || other === undefined) return;
  call.refuse(
    `${first.name} has ${first.length} elements, ${other.name} ${other.length}; they must be as many`,
  );
}

function inferClassifier(call: Call): void {
  checkInput(call);
  checkLists(call, 'class');
  checkFeatures(call);
  const rows = rowsOf(call) ?? call.unknown();
  const classes = firstLength(call.node, 'classlabels_strings', 'classlabels_int64s');
  call.setTensor(0, [rows], labelType(call));
  call.setTensor(1, [rows, classes > 0 ? classes : call.unknown()], 'float32');
}

/** How many results a row has, if the file says it. */
function inferRegression(call: Call, isFloat: boolean): void {
  checkFeatures(call);
  const targets = call.node.int('n_targets', 0);
  const rows = rowsOf(call) ?? call.unknown();
  const shape = [rows, targets > 0 ? targets : call.unknown()];
  call.setTensor(0, shape, isFloat ? 'float32' : call.elementType(0));
}

function inferRegressor(call: Call): void {
  checkInput(call);
  checkLists(call, 'target');
  inferRegression(call, true);
}

function inferEnsemble(call: Call): void {
  shapeOfRank(call, 0, [2], 'the input');
  inferRegression(call, false);
}

/**
 * A row takes one way through each tree: at most as many comparisons as it is deep, and one sum for
 * what the leaf says. So this is a bound, which trees that are not balanced stay below.
 */
function costOfTrees(
  depthsOf: (facts: NodeFacts) => readonly number[],
): (call: CostCall) => NodeCost | null {
  return (call) => {
    const rows = rowsOf(call);
    if (rows === null) return null;
    let steps = 0;
    for (const depth of depthsOf(call)) steps += depth + 1;
    return { class: 'other', macs: 0, otherFlops: multiply(rows, steps) };
  };
}

const listed = costOfTrees(({ node }) => {
  return depthsOfListedTrees({
    trees: node.ints('nodes_treeids') ?? [],
    ids: node.ints('nodes_nodeids') ?? [],
    whenTrue: node.ints('nodes_truenodeids') ?? [],
    whenFalse: node.ints('nodes_falsenodeids') ?? [],
    isLeaf: leafModes(node),
  });
});

const rooted = costOfTrees(({ node }) => {
  return depthsOfRootedTrees({
    roots: node.ints('tree_roots') ?? [],
    whenTrue: node.ints('nodes_truenodeids') ?? [],
    whenFalse: node.ints('nodes_falsenodeids') ?? [],
    isTrueLeaf: node.ints('nodes_trueleafs') ?? [],
    isFalseLeaf: node.ints('nodes_falseleafs') ?? [],
  });
});

function leafModes(node: NodeFacts['node']): readonly boolean[] {
  const modes = node.attribute('nodes_modes');
  if (modes?.type !== 'strings') return [];
  const decoder = new TextDecoder();
  return modes.value.map(
    (mode) => mode.length === leafName.length && decoder.decode(mode) === leafName,
  );
}

const leafName = 'LEAF';

export const treeRules: readonly OperatorRule[] = [
  { domain, ops: ['TreeEnsembleClassifier'], infer: inferClassifier, cost: listed },
  { domain, ops: ['TreeEnsembleRegressor'], infer: inferRegressor, cost: listed },
  { domain, ops: ['TreeEnsemble'], infer: inferEnsemble, cost: rooted },
];
