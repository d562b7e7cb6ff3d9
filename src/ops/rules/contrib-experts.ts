import { multiply, product, type Size, sum } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, NodeFacts, OperatorRule } from '../rule.ts';
import { elementCount } from '../sizes.ts';
import type { Sizes } from '../types.ts';
import { contribRule } from './contrib-rule.ts';
import { agree, shapeIfRank, shapeOf, sizeOrUnknown } from './shape-agreement.ts';

/**
 * Products of onnxruntime whose weights are packed to a few bits, and mixtures of experts.
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */

/** A size that an attribute gives; null when it is missing or none. */
function sizeAttribute(facts: NodeFacts, name: string): number | null {
  const size = facts.node.int(name, 0);
  return size > 0 ? size : null;
}

function checkRows(call: Call, name: string): void {
  const taken = sizeAttribute(call, name);
  if (taken === null) return;
  agree(call, call.shape(0)?.at(-1), taken, (found, wanted) => {
    return `rows have ${found} elements, the weight takes ${wanted}`;
  });
}

/** All rows of the first input, each as long as asked for. */
function rowsOf(call: Call, length: Size | null): Sizes | null {
  const x = call.shape(0);
  if (x === null || x.length === 0) return null;
  return [...x.slice(0, -1), length ?? call.unknown()];
}

/** Attributes say what the weight is: K and N, swapped when the weight is not transposed. */
function inferPacked(call: Call): void {
  const isTransposed = call.node.int('transB', 1) !== 0;
  checkRows(call, isTransposed ? 'K' : 'N');
  call.setTensor(0, rowsOf(call, sizeAttribute(call, isTransposed ? 'N' : 'K')));
}

/** rows · K · N for each of some weights; a bias is 1 an element. */
function costOfPacked(
  widths: readonly string[],
  flopsPerElement: (call: CostCall) => number,
): (call: CostCall) => NodeCost | null {
  return (call) => {
    const x = call.shape(0);
    const output = call.outputShape(0);
    const inner = sizeAttribute(call, 'K');
    const sizes = widths.map((name) => sizeAttribute(call, name) ?? 0);
    if (x === null || x.length === 0 || output === null || inner === null) return null;
    const rows = elementCount(x.slice(0, -1));
    return {
      class: 'matrix',
      macs: product([rows, inner, sum(sizes)]),
      otherFlops: multiply(flopsPerElement(call), elementCount(output)),
    };
  };
}

/** Gate and value of a multi-layer perceptron in one; normalized first, if there is a scale. */
function inferPerceptron(call: Call): void {
  checkRows(call, 'K');
  call.setTensor(0, rowsOf(call, sizeAttribute(call, 'N')));
  call.setTensor(1, call.shape(0));
}

/** Query, key and value in one. */
function inferProjections(call: Call): void {
  checkRows(call, 'K');
  call.setTensor(0, rowsOf(call, sizeAttribute(call, 'Nq')));
  call.setTensor(1, rowsOf(call, sizeAttribute(call, 'Nkv')));
  call.setTensor(2, rowsOf(call, sizeAttribute(call, 'Nkv')));
  call.setTensor(3, call.shape(0));
}

/** The shape of the weight is an input: (K, N). */
function inferBlob(call: Call): void {
  const [inner, width] = call.known(2) ?? [];
  agree(call, call.shape(0)?.at(-1), inner, (found, wanted) => {
    return `rows have ${found} elements, the weight takes ${wanted}`;
  });
  call.setTensor(0, rowsOf(call, width === undefined ? null : sizeOrUnknown(call, width)));
}

function costOfBlob(call: CostCall): NodeCost | null {
  const x = call.shape(0);
  const [inner, width] = call.known(2) ?? [];
  if (x === null || inner === undefined || width === undefined) return null;
  return {
    class: 'matrix',
    macs: product([...x.slice(0, -1), inner, width]),
    otherFlops: 0,
  };
}

/** Blocks of small floats: a row of the weight for each column of the output. */
function inferFloatBlocks(call: Call): void {
  call.setTensor(0, rowsOf(call, shapeIfRank(call, 1, 2)?.[0] ?? null));
}

function costOfFloatBlocks(call: CostCall): NodeCost | null {
  const inner = call.shape(0)?.at(-1);
  const output = call.outputShape(0);
  if (inner === undefined || output === null) return null;
  return { class: 'matrix', macs: multiply(elementCount(output), inner), otherFlops: 0 };
}

/** Softmax over the experts of a row. */
const routerFlops = 5;

/** How many weights one element of a packed tensor holds. */
function weightsPerElement(call: CostCall, at: number): number {
  if (call.elementType(at) !== 'uint8') return 1;
  const bits = call.node.int('expert_weight_bits', 4);
  return bits > 0 && bits < 8 ? Math.floor(8 / bits) : 1;
}

/** Each row goes through the layers of k experts. */
function costOfExperts(layers: readonly number[]): (call: CostCall) => NodeCost | null {
  return (call) => {
    const x = call.shape(0);
    const router = call.shape(1);
    if (x === null || x.length === 0) return null;
    const weights = layers.filter((at) => call.has(at));
    const perExpert: Size[] = [];
    for (const at of weights) {
      const shape = shapeIfRank(call, at, 3);
      if (shape === null) return null;
      perExpert.push(product([...shape.slice(1), weightsPerElement(call, at)]));
    }
    const chosen = Math.max(1, call.node.int('k', 1));
    return {
      class: 'matrix',
      macs: product([...x.slice(0, -1), chosen, sum(perExpert)]),
      otherFlops: router === null ? 0 : multiply(routerFlops, elementCount(router)),
    };
  };
}

/** Gate and value: an activation and a product. */
const gateFlops = 2;

export const contribExpertRules: readonly OperatorRule[] = [
  contribRule(
    ['MatMulNBits'],
    inferPacked,
    costOfPacked(['N'], (call) => (call.has(5) ? 1 : 0)),
  ),
  contribRule(
    ['MatMulBnb4'],
    inferPacked,
    costOfPacked(['N'], () => 0),
  ),
  contribRule(
    ['MatMulNBitsMlp'],
    inferPerceptron,
    costOfPacked(['N', 'N'], () => gateFlops),
  ),
  contribRule(
    ['MatMulNBitsQkv'],
    inferProjections,
    costOfPacked(['Nq', 'Nkv', 'Nkv'], () => 0),
  ),
  contribRule(['MatMulFpQ4'], inferBlob, costOfBlob),
  contribRule(
    ['MatMulBlockQuantizedFp8Weight', 'MatMulBlockQuantizedFp4Weight'],
    inferFloatBlocks,
    costOfFloatBlocks,
  ),
  contribRule(['MoE'], shapeOf(), costOfExperts([2, 4, 6])),
  contribRule(['QMoE'], shapeOf(), costOfExperts([2, 5, 8])),
];
