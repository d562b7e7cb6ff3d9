import { add, multiply, type Size } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, OperatorRule } from '../rule.ts';
import { elementCount } from '../sizes.ts';

/** Operators of the preview domain for training. */

const domain = 'ai.onnx.preview.training';

/** A learning rate and a step count come before what is optimized. */
const leading = 2;

/**
 * Steps of optimizers: after the leading inputs come groups of as many tensors each: what is
 * optimized, gradients, and states. Outputs are all groups but the gradients, changed.
 */
function optimizer(groups: number): (call: Call) => void {
  return (call) => {
    const rest = call.inputCount - leading;
    if (rest % groups !== 0)
      call.reject(`${rest} tensors are not ${groups} for each optimized one`);
    const count = Math.floor(rest / groups);
    for (let at = 0; at < call.node.outputs.length; at += 1) {
      // Behind the first group, the gradients are left out.
      const from = leading + at + (at < count ? 0 : count);
      call.setTensor(at, call.shape(from), call.elementType(from));
    }
  };
}

/** The gradient for each of `xs`, which are the first inputs. */
function gradient(call: Call): void {
  const xs = call.node.attribute('xs');
  const count = xs?.type === 'strings' ? xs.value.length : 0;
  for (let at = 0; at < Math.min(count, call.node.outputs.length); at += 1) {
    call.setTensor(at, call.shape(at), call.elementType(at));
  }
}

/** Some operations for each element that is optimized. */
function optimizerCost(groups: number, flops: number): (call: CostCall) => NodeCost | null {
  return (call) => {
    const count = Math.floor((call.inputCount - leading) / groups);
    let total: Size = 0;
    for (let at = 0; at < count; at += 1) {
      const shape = call.shape(leading + at);
      if (shape === null) return null;
      total = add(total, elementCount(shape));
    }
    return { class: 'elementwise', macs: 0, otherFlops: multiply(flops, total) };
  };
}

/**
 * Operations an element: Momentum regularizes (2), moves the momentum (3) and the tensor (2);
 * Adagrad regularizes (2), squares and adds (2), takes the root, divides and steps (5); Adam
 * regularizes (2), moves two momenta (6), and takes the root, divides and steps (6).
 * Sources: https://onnx.ai/onnx/operators/onnx_aionnxpreviewtraining_Adam.html and the others.
 */
export const trainingRules: readonly OperatorRule[] = [
  { domain, ops: ['Momentum'], infer: optimizer(3), cost: optimizerCost(3, 7) },
  { domain, ops: ['Adagrad'], infer: optimizer(3), cost: optimizerCost(3, 9) },
  { domain, ops: ['Adam'], infer: optimizer(4), cost: optimizerCost(4, 14) },
  // What it differentiates is elsewhere in the graph.
  { domain, ops: ['Gradient'], infer: gradient, cost: () => null },
];
