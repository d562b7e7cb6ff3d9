import { add, multiply, product, type Size } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, NodeFacts, OperatorRule } from '../rule.ts';
import { elementCount, movement } from '../sizes.ts';
import { costOfRotary, rotaryFlops } from './attention.ts';
import { contribRule } from './contrib-rule.ts';
import { shapeIfRank, shapeOf } from './shape-agreement.ts';

/**
 * Positions in onnxruntime: rotary embeddings and biases by distance.
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
/** Query and key are rotated by angles that are computed first: a sine and a cosine each. */
function costOfGemma(call: CostCall): NodeCost | null {
  const angles = call.shape(0);
  const query = call.shape(1);
  const key = call.shape(3);
  if (angles === null || query === null || key === null) return null;
  const rotated = add(elementCount(query), elementCount(key));
  const otherFlops = add(multiply(rotaryFlops, rotated), multiply(2, elementCount(angles)));
  return { class: 'elementwise', macs: 0, otherFlops };
}

function inferGemma(call: Call): void {
  call.setTensor(0, call.shape(1));
  call.setTensor(1, call.shape(3));
}

/** A length that is given, if it can be a size. */
function lengthGiven(call: Call, at: number): Size {
  const length = call.known(at)?.[0] ?? null;
  const isNegative = typeof length === 'number' && length < 0;
  return length === null || isNegative ? call.unknown() : length;
}

function inferRelativeBias(call: Call): void {
  const heads = shapeIfRank(call, 0, 2)?.[1] ?? call.unknown();
  call.setTensor(0, [1, heads, lengthGiven(call, 1), lengthGiven(call, 2)]);
}

/** Batch and length, of the tokens' offsets when padding is left out. */
function sequenceOf(facts: NodeFacts): readonly [Size, Size] | null {
  const [batch, length] = facts.has(6)
    ? (shapeIfRank(facts, 6, 2) ?? [])
    : (shapeIfRank(facts, 0, 3) ?? []);
  return batch === undefined || length === undefined ? null : [batch, length];
}

function inferGatedBias(call: Call): void {
  const [batch, length] = sequenceOf(call) ?? call.unknownSizes(2);
  const heads = call.node.int('num_heads', 0);
  if (batch === undefined || length === undefined) return;
  call.setTensor(0, [batch, heads > 0 ? heads : call.unknown(), length, length]);
}

/** Each head's query is multiplied by the gate's weight, (head size, D). */
function costOfGatedBias(call: CostCall): NodeCost | null {
  const output = call.outputShape(0);
  const weight = call.shape(3);
  const sequence = sequenceOf(call);
  if (output === null || weight === null || sequence === null) return null;
  const heads = Math.max(1, call.node.int('num_heads', 1));
  return {
    class: 'matrix',
    macs: product([...sequence, heads, ...weight]),
    otherFlops: elementCount(output),
  };
}

export const contribPositionRules: readonly OperatorRule[] = [
  contribRule(['RotaryEmbedding', 'MRotaryEmbedding'], shapeOf(), costOfRotary),
  contribRule(['GemmaRotaryEmbedding'], inferGemma, costOfGemma),
  contribRule(['RelativePositionBias'], inferRelativeBias, movement),
  contribRule(['GatedRelativePositionBias'], inferGatedBias, costOfGatedBias),
];
