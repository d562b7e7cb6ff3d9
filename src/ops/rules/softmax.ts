import type { Call, OperatorRule } from '../rule.ts';
import { perOutputElement } from '../sizes.ts';
import { checkedAxis } from './contradictions.ts';

/** The axis was the second unless given, before opset 13; since then it is the last. */
function softmax(call: Call): void {
  const shape = call.shape(0);
  call.setTensor(0, shape);
  if (shape === null) return;
  if (shape.length === 0) {
    // A scalar has no axis; the first version that checks is 11.
    if (call.opset >= 11) call.reject('the input has rank 0, at least 1 is needed');
    return;
  }
  const axis = call.node.int('axis', call.opset < 13 ? 1 : -1);
  checkedAxis(call, axis, shape.length, call.opset >= 11);
}

/** For each element: compared for the largest, which is subtracted; exponential, sum, division. */
const softmaxFlops = 5;

/** Compared for the largest, and made 0 or 1. */
const hardmaxFlops = 2;

/** Sources: https://onnx.ai/onnx/operators/onnx__Softmax.html and the pages of the others. */
export const softmaxRules: readonly OperatorRule[] = [
  {
    domain: '',
    ops: ['Softmax', 'LogSoftmax'],
    infer: softmax,
    cost: perOutputElement(softmaxFlops, 'normalization'),
  },
  {
    domain: '',
    ops: ['Hardmax'],
    infer: softmax,
    cost: perOutputElement(hardmaxFlops, 'normalization'),
  },
];
