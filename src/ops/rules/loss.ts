import { multiply, type Size } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, OperatorRule } from '../rule.ts';
import { elementCount } from '../sizes.ts';
import type { Sizes } from '../types.ts';
import { contradict } from './contradictions.ts';

/** Losses of scores [N, C, d1, ...] by labels [N, d1, ...]. */

function negativeLogLikelihood(call: Call): void {
  call.setTensor(0, lossShape(call, true));
}

function crossEntropy(call: Call): void {
  call.setTensor(0, lossShape(call, false));
  call.setTensor(1, call.shape(0));
}

/** A number for each label, or one for all. Sizes that do not fit are rejected by one of the two. */
function lossShape(call: Call, isRejected: boolean): Sizes | null {
  const scores = call.shape(0);
  const labels = call.shape(1);
  const isReduced = call.node.string('reduction', 'mean') !== 'none';
  if (scores !== null && labels !== null) {
    if (scores.length < 2) {
      contradict(call, isRejected, `the scores have rank ${scores.length}, at least 2 is needed`);
      return isReduced ? [] : null;
    }
    if (labels.length !== scores.length - 1) {
      const ranks = `${scores.length} and ${labels.length}`;
      contradict(call, isRejected, `scores and labels have the ranks ${ranks}`);
      return isReduced ? [] : labels;
    }
  }
  if (scores === null || scores.length < 2) return isReduced ? [] : labels;
  const each = scores.flatMap((size, axis) => {
    if (axis === 1) return [];
    const other = labels?.[axis === 0 ? 0 : axis - 1];
    return [sameSizes(call, size, other, isRejected)];
  });
  return isReduced ? [] : each;
}

function sameSizes(call: Call, a: Size, b: Size | undefined, isRejected: boolean): Size {
  if (typeof a === 'number' && typeof b === 'number' && a !== b) {
    contradict(call, isRejected, `scores and labels have the sizes ${a} and ${b}`);
  }
  return typeof b === 'number' ? b : a;
}

/** One operation a label: what it points at is taken and summed. */
function labelCost(call: CostCall): NodeCost | null {
  const labels = call.shape(1);
  return labels && { class: 'reduction', macs: 0, otherFlops: elementCount(labels) };
}

/** The softmax of all scores, and its logarithm, as LogSoftmax. */
const logSoftmaxFlops = 5;

function crossEntropyCost(call: CostCall): NodeCost | null {
  const scores = call.shape(0);
  if (scores === null) return null;
  const otherFlops = multiply(logSoftmaxFlops, elementCount(scores));
  return { class: 'normalization', macs: 0, otherFlops };
}

/**
 * Sources: https://onnx.ai/onnx/operators/onnx__NegativeLogLikelihoodLoss.html and
 * https://onnx.ai/onnx/operators/onnx__SoftmaxCrossEntropyLoss.html
 */
export const lossRules: readonly OperatorRule[] = [
  { domain: '', ops: ['NegativeLogLikelihoodLoss'], infer: negativeLogLikelihood, cost: labelCost },
  { domain: '', ops: ['SoftmaxCrossEntropyLoss'], infer: crossEntropy, cost: crossEntropyCost },
];
