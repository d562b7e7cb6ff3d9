import { multiply, product, type Size } from '../../symbolic/index.ts';
import type { DataType } from '../../tensor/index.ts';
import type { Call, CostCall, NodeCost, NodeFacts, OperatorRule } from '../rule.ts';
import { firstLength } from './node-attributes.ts';
import { shapeOfRank } from './shape-agreement.ts';

/**
 * Linear models and support vector machines of ai.onnx.ml.
 *
 * Source: https://onnx.ai/onnx/operators/onnx_aionnxml_LinearClassifier.html, …LinearRegressor.html,
 * …SVMClassifier.html, …SVMRegressor.html.
 */
const domain = 'ai.onnx.ml';

/** A transform of scores (softmax, logistic, probit) is counted as 5 operations, an intercept as 1. */
const scoreFlops = 6;
/** What a kernel does with a product: a power, an exponential or a hyperbolic tangent. */
const kernelFlops = 3;

/** Rows of X; one row may lack the first axis. */
export function rowsOf(facts: Pick<NodeFacts, 'shape'>): Size | null {
  const shape = facts.shape(0);
  if (shape?.length === 1) return 1;
  return shape?.[0] ?? null;
}

export function featuresOf(facts: Pick<NodeFacts, 'shape'>): Size | null {
  return facts.shape(0)?.at(-1) ?? null;
}

/** Labels are text where the attribute for it has any, else integers. */
export function labelType(facts: NodeFacts): DataType {
  return firstLength(facts.node, 'classlabels_strings') > 0 ? 'string' : 'int64';
}

/** Fails when rows of coefficients are not as long as the input's rows. */
function checkFeatures(call: Call, coefficients: number, rows: number): void {
  const features = featuresOf(call);
  if (rows <= 0 || coefficients === 0 || typeof features !== 'number') return;
  if (coefficients !== rows * features) {
    call.fail(`${coefficients} coefficients in ${rows} rows, the input has ${features} features`);
  }
}

/** Of two classes one row of coefficients is enough; intercepts count the rows. */
function inferLinearClassifier(call: Call): void {
  const { node } = call;
  shapeOfRank(call, 0, [1, 2], 'the input');
  const intercepts = firstLength(node, 'intercepts');
  const labels = firstLength(node, 'classlabels_strings', 'classlabels_ints');
  const classes = intercepts === 1 && labels === 2 ? 2 : intercepts;
  checkFeatures(call, firstLength(node, 'coefficients'), intercepts);
  const rows = rowsOf(call) ?? call.unknown();
  call.setTensor(0, [rows], labelType(call));
  call.setTensor(1, [rows, classes > 0 ? classes : call.unknown()], 'float32');
}

function targetsOf(facts: NodeFacts): number {
  return Math.max(1, facts.node.int('targets', 1));
}

function inferLinearRegressor(call: Call): void {
  const targets = targetsOf(call);
  checkFeatures(call, firstLength(call.node, 'coefficients'), targets);
  call.setTensor(0, [rowsOf(call) ?? call.unknown(), targets], 'float32');
}

/** rows · outputs · features. */
function costOfLinear(outputs: (call: CostCall) => number): (call: CostCall) => NodeCost | null {
  return (call) => {
    const rows = rowsOf(call);
    const features = featuresOf(call);
    if (rows === null || features === null) return null;
    const scores = multiply(rows, outputs(call));
    return {
      class: 'matrix',
      macs: multiply(scores, features),
      otherFlops: multiply(scoreFlops, scores),
    };
  };
}

function supportVectors(facts: NodeFacts): number {
  const perClass = facts.node.ints('vectors_per_class') ?? [];
  const count = perClass.reduce((total, each) => total + Math.max(0, each), 0);
  return Math.max(0, facts.node.int('n_supports', count));
}

/**
 * Without probabilities there is a score for each pair of classes, and two for two classes; without
 * vectors it is linear, with a score a class.
 */
function scoresOfMachine(facts: NodeFacts, classes: number): number {
  const hasProbabilities = firstLength(facts.node, 'prob_a') > 0;
  const isByPairs = !hasProbabilities && supportVectors(facts) > 0 && classes > 2;
  return isByPairs ? (classes * (classes - 1)) / 2 : classes;
}

function checkVectors(call: Call): void {
  const count = supportVectors(call);
  const features = featuresOf(call);
  const elements = firstLength(call.node, 'support_vectors');
  if (count === 0 || elements === 0 || typeof features !== 'number') return;
  if (elements !== count * features) {
    call.fail(
      `${elements} elements in ${count} support vectors, the input has ${features} features`,
    );
  }
}

function inferMachineClassifier(call: Call): void {
  const classes = firstLength(call.node, 'classlabels_strings', 'classlabels_ints');
  checkVectors(call);
  const rows = rowsOf(call) ?? call.unknown();
  call.setTensor(0, [rows], labelType(call));
  const scores = classes > 1 ? scoresOfMachine(call, classes) : call.unknown();
  call.setTensor(1, [rows, scores], 'float32');
}

function inferMachineRegressor(call: Call): void {
  checkVectors(call);
  call.setTensor(0, [rowsOf(call) ?? call.unknown(), 1], 'float32');
}

/**
 * A product with each support vector, and then of each output with its coefficients; of a linear
 * machine the products with the coefficients only.
 */
function costOfMachine(call: CostCall): NodeCost | null {
  const rows = rowsOf(call);
  const features = featuresOf(call);
  if (rows === null || features === null) return null;
  const vectors = supportVectors(call);
  const coefficients = firstLength(call.node, 'coefficients');
  if (vectors === 0) {
    return { class: 'matrix', macs: multiply(rows, coefficients), otherFlops: 0 };
  }
  return {
    class: 'matrix',
    macs: product([rows, vectors, features]),
    otherFlops: product([rows, kernelFlops * vectors + 2 * coefficients]),
  };
}

export const linearModelRules: readonly OperatorRule[] = [
  {
    domain,
    ops: ['LinearClassifier'],
    infer: inferLinearClassifier,
    cost: costOfLinear(({ node }) => Math.max(1, firstLength(node, 'intercepts'))),
  },
  {
    domain,
    ops: ['LinearRegressor'],
    infer: inferLinearRegressor,
    cost: costOfLinear(targetsOf),
  },
  { domain, ops: ['SVMClassifier'], infer: inferMachineClassifier, cost: costOfMachine },
  { domain, ops: ['SVMRegressor'], infer: inferMachineRegressor, cost: costOfMachine },
];
