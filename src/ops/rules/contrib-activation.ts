import { ceilDivide, floorDivide, type Size } from '../../symbolic/index.ts';
import type { DataType } from '../../tensor/index.ts';
import type { Call, CostCall, NodeCost, OperatorRule } from '../rule.ts';
import { broadcast, elementCount, perOutputElement } from '../sizes.ts';
import { contribRule } from './contrib-rule.ts';
import { shapeOf } from './shape-agreement.ts';

/**
 * Activations, biases and dropout of onnxruntime.
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
/** An activation counts as 1 operation an element, whatever it is made of, and a bias as 1 more. */
const activationFlops = 1;
const softmaxFlops = 5;

function withBias(flops: number, bias: number): (call: CostCall) => NodeCost | null {
  return (call) => perOutputElement(flops + (call.has(bias) ? 1 : 0))(call);
}

/** One half of the last axis is the gate of the other. */
function inferSplit(call: Call): void {
  const shape = call.shape(0);
  const last = shape?.at(-1);
  if (shape === null || last === undefined) return;
  call.setTensor(0, [...shape.slice(0, -1), floorDivide(last, 2)]);
}

/** The mask of what is kept: of the input's shape, or its bits in a list of words. */
function inferDropout(maskType: DataType, bitsPerWord: number): (call: Call) => void {
  return (call) => {
    const shape = call.shape(0);
    call.setTensor(0, shape);
    const words = (count: Size) => [ceilDivide(count, bitsPerWord)];
    const mask = bitsPerWord === 1 ? shape : shape && words(elementCount(shape));
    call.setTensor(1, mask, maskType);
  };
}

const boolMask = inferDropout('bool', 1);
const bitMask = inferDropout('uint32', 32);

/** One addend for each element of the last axis. */
function inferBiased(call: Call): void {
  const shape = call.shape(0);
  call.setTensor(0, shape);
  const [size] = call.shape(1) ?? [];
  const last = shape?.at(-1);
  if (typeof size === 'number' && typeof last === 'number' && size !== last) {
    call.fail(`the bias has ${size} elements for ${last} of the input`);
  }
}

export const contribActivationRules: readonly OperatorRule[] = [
  contribRule(['Gelu', 'QuickGelu', 'QOrderedGelu'], shapeOf(), perOutputElement(activationFlops)),
  contribRule(['BiasGelu', 'FastGelu'], inferBiased, withBias(activationFlops, 1)),
  // Bias, activation of the gate, product.
  contribRule(['BiasSplitGelu'], inferSplit, perOutputElement(4)),
  // Two sums.
  contribRule(['BiasAdd'], shapeOf(), perOutputElement(2)),
  contribRule(
    ['GatedAdd'],
    (call) => call.setTensor(0, broadcast(call, [call.shape(0), call.shape(1)])),
    perOutputElement(2),
  ),
  contribRule(['BiasSoftmax'], shapeOf(), perOutputElement(softmaxFlops + 1, 'normalization')),
  contribRule(['BiasDropout'], boolMask, withBias(1, 2)),
  contribRule(['BitmaskBiasDropout'], bitMask, withBias(1, 2)),
  contribRule(['BitmaskDropout'], bitMask, perOutputElement(0)),
];
