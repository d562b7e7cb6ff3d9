import { add, floorDivide, multiply, product, type Size, sum } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, NodeFacts, OperatorRule } from '../rule.ts';
import { elementCount } from '../sizes.ts';
import type { Sizes } from '../types.ts';
import { attentionCost } from './attention-cost.ts';
import { contribRule } from './contrib-rule.ts';
import { shapeIfRank, shapeOf, sizeOrUnknown } from './shape-agreement.ts';

/**
 * Attention of onnxruntime that projects its input to query, key and value itself: the weights of the
 * three are merged, (input size, query + key + value).
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
/** Where an operator has its inputs; -1: it has none. */
interface Inputs {
  readonly weight: number;
  readonly bias: number;
  readonly past: number;
  readonly mask: number;
  /** Attention bias, besides the mask. */
  readonly extra: number;
}

const attention: Inputs = { weight: 1, bias: 2, mask: 3, past: 4, extra: 5 };
const quantized: Inputs = { weight: 1, bias: 2, mask: 5, past: 8, extra: -1 };
const packed: Inputs = { weight: 1, bias: 2, mask: -1, past: -1, extra: 5 };

/** Hidden sizes of query, key and value; null: not known. */
function hiddenSizes(facts: NodeFacts, inputs: Inputs): readonly [Size, Size, Size] | null {
  const [q, k, v] = facts.node.ints('qkv_hidden_sizes') ?? [];
  if (q !== undefined && k !== undefined && v !== undefined && Math.min(q, k, v) > 0) {
    return [q, k, v];
  }
  const all = facts.shape(inputs.bias)?.[0] ?? shapeIfRank(facts, inputs.weight, 2)?.[1];
  if (all === undefined) return null;
  const each = floorDivide(all, 3);
  return [each, each, each];
}

function headsOf(facts: NodeFacts): number {
  return Math.max(1, facts.node.int('num_heads', 1));
}

/** Past and present lie in one buffer, of which only a part is in use. */
function isShared(facts: NodeFacts): boolean {
  return facts.node.int('past_present_share_buffer', 0) !== 0;
}

function inferAttention(inputs: Inputs): (call: Call) => void {
  return (call) => {
    const x = call.shape(0);
    const hidden = hiddenSizes(call, inputs);
    const output = x && [...x.slice(0, -1), hidden?.[2] ?? call.unknown()];
    const elementType = call.elementType(inputs.bias) ?? call.elementType(inputs.past);
    call.setTensor(0, output, elementType);
    call.setTensor(1, presentShape(call, inputs, hidden?.[0] ?? null), elementType);
  };
}

/** (2, batch, heads, length, head size). */
function presentShape(call: Call, inputs: Inputs, hidden: Size | null): Sizes {
  const past = shapeIfRank(call, inputs.past, 5);
  if (past !== null && isShared(call)) return past;
  const [batch, length] = shapeIfRank(call, 0, 3) ?? [];
  const heads = headsOf(call);
  const before = call.has(inputs.past) ? past?.[3] : 0;
  const total = length === undefined || before === undefined ? call.unknown() : add(before, length);
  const headSize = past?.[4] ?? (hidden === null ? call.unknown() : floorDivide(hidden, heads));
  return [2, batch ?? past?.[1] ?? call.unknown(), heads, total, headSize];
}

function isMasked(facts: NodeFacts, inputs: Inputs): boolean {
  return (
    facts.has(inputs.mask) || facts.has(inputs.extra) || facts.node.int('unidirectional', 0) !== 0
  );
}

/** How many keys a query meets; null when only the run can tell. */
function keysOf(facts: NodeFacts, inputs: Inputs, length: Size): Size | null {
  if (isShared(facts)) return null;
  if (!facts.has(inputs.past)) return length;
  const before = shapeIfRank(facts, inputs.past, 5)?.[3];
  return before === undefined ? null : add(before, length);
}

function costOfAttention(inputs: Inputs): (call: CostCall) => NodeCost | null {
  return (call) => {
    const [batch, queries, width] = shapeIfRank(call, 0, 3) ?? [];
    const hidden = hiddenSizes(call, inputs);
    if (batch === undefined || queries === undefined || width === undefined) return null;
    const keys = keysOf(call, inputs, queries);
    if (hidden === null || keys === null) return null;
    const heads = headsOf(call);
    return attentionCost({
      batch,
      heads,
      queries,
      keys,
      headSize: floorDivide(hidden[0], heads),
      valueHeadSize: floorDivide(hidden[2], heads),
      isMasked: isMasked(call, inputs),
      projectionMacs: product([batch, queries, width, sum(hidden)]),
    });
  };
}

/** Tokens of all sequences follow each other; what they are padded to is known by their offsets. */
function costOfPacked(call: CostCall): NodeCost | null {
  const [tokens, width] = shapeIfRank(call, 0, 2) ?? [];
  const [batch, length] = shapeIfRank(call, 3, 2) ?? [];
  const hidden = hiddenSizes(call, packed);
  if (tokens === undefined || width === undefined || hidden === null) return null;
  if (batch === undefined || length === undefined) return null;
  const heads = headsOf(call);
  return attentionCost({
    batch,
    heads,
    queries: length,
    keys: length,
    headSize: floorDivide(hidden[0], heads),
    valueHeadSize: floorDivide(hidden[2], heads),
    isMasked: isMasked(call, packed),
    projectionMacs: product([tokens, width, sum(hidden)]),
  });
}

/**
 * Each token meets the tokens of its window, on both sides. Those few that meet all, and which they
 * are, only the run can tell: they are not counted, but the projections are, local and global.
 */
function costOfLongformer(call: CostCall): NodeCost | null {
  const [batch, length, width] = shapeIfRank(call, 0, 3) ?? [];
  if (batch === undefined || length === undefined || width === undefined) return null;
  const heads = headsOf(call);
  const headSize = floorDivide(width, heads);
  return attentionCost({
    batch,
    heads,
    queries: length,
    keys: 2 * Math.max(0, call.node.int('window', 0)) + 1,
    headSize,
    valueHeadSize: headSize,
    isMasked: true,
    projectionMacs: product([6, batch, length, width, width]),
  });
}

/** Its axes are (length, batch, hidden); which cache it reads is known when it runs. */
function inferDecoderAttention(call: Call): void {
  const query = call.shape(0);
  const cache = shapeIfRank(call, 6, 4);
  call.setTensor(0, query);
  const heads = headsOf(call);
  const width = shapeIfRank(call, 0, 3)?.[2];
  const headSize = cache?.[3] ?? (width === undefined ? call.unknown() : floorDivide(width, heads));
  const batch = cache?.[0] ?? shapeIfRank(call, 0, 3)?.[1] ?? call.unknown();
  for (const at of [1, 2]) call.setTensor(at, [batch, heads, call.unknown(), headSize]);
}

function inferOrderedAttention(call: Call): void {
  const x = call.shape(0);
  const width = call.node.ints('qkv_hidden_sizes')?.[2] ?? call.shape(13)?.[0];
  const last = width === undefined ? call.unknown() : sizeOrUnknown(call, width);
  call.setTensor(0, x && [...x.slice(0, -1), last]);
}

/** Queries meet as many keys as there are in the present sequence, projected one by one. */
function costOfOrderedAttention(call: CostCall): NodeCost | null {
  const [batch, length, width] = shapeIfRank(call, 0, 3) ?? [];
  if (batch === undefined || length === undefined || width === undefined) return null;
  const heads = headsOf(call);
  const headSize = floorDivide(width, heads);
  const weights = [5, 6, 7].map((at) => call.shape(at));
  if (weights.some((each) => each === null)) return null;
  const perToken = sum(weights.map((each) => elementCount(each ?? [])));
  return attentionCost({
    batch,
    heads,
    queries: length,
    keys: length,
    headSize,
    valueHeadSize: headSize,
    isMasked: call.has(17),
    projectionMacs: product([batch, length, perToken]),
  });
}

/** Query, keys and values are projected, and queries meet all keys, if nothing is cached. */
function costOfDecoderAttention(call: CostCall): NodeCost | null {
  const [queries, batch, width] = shapeIfRank(call, 0, 3) ?? [];
  const keys = shapeIfRank(call, 1, 3)?.[0];
  if (queries === undefined || batch === undefined || width === undefined) return null;
  if (keys === undefined) return null;
  const heads = headsOf(call);
  const headSize = floorDivide(width, heads);
  const projected = add(queries, multiply(2, keys));
  return attentionCost({
    batch,
    heads,
    queries,
    keys,
    headSize,
    valueHeadSize: headSize,
    isMasked: call.has(5),
    projectionMacs: product([batch, projected, width, width]),
  });
}

export const contribAttentionRules: readonly OperatorRule[] = [
  contribRule(
    ['Attention', 'DecoderMaskedSelfAttention'],
    inferAttention(attention),
    costOfAttention(attention),
  ),
  contribRule(['QAttention'], inferAttention(quantized), costOfAttention(quantized)),
  contribRule(['PackedAttention'], inferAttention(packed), costOfPacked),
  contribRule(['LongformerAttention', 'QOrderedLongformerAttention'], shapeOf(), costOfLongformer),
  contribRule(['DecoderAttention'], inferDecoderAttention, costOfDecoderAttention),
  contribRule(['QOrderedAttention'], inferOrderedAttention, costOfOrderedAttention),
];
