import { add, floorDivide, maximum, multiply, type Size } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, NodeFacts, OperatorRule } from '../rule.ts';
import type { Sizes } from '../types.ts';
import { attentionCost } from './attention-cost.ts';
import { contribRule } from './contrib-rule.ts';
import { shapeIfRank } from './shape-agreement.ts';

/**
 * Attention of onnxruntime over query, key and value that are projected already, with a cache of past
 * keys and values: (batch, heads, length, head size).
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
/** What is known of query, key and value together. */
interface Heads {
  readonly batch: Size;
  readonly heads: number;
  /** Heads of keys and values. */
  readonly groups: number;
  readonly queries: Size;
  /** Keys that are given now, without those of the past. */
  readonly keys: Size;
  readonly headSize: Size;
  readonly valueHeadSize: Size;
  /** All heads of the output. */
  readonly hidden: Size;
}

function countOf(facts: NodeFacts, name: string, fallback: number): number {
  return Math.max(1, facts.node.int(name, fallback));
}

/** Query, key and value in one tensor: (batch, length, heads, 3, head size). */
function fromPackedHeads(query: Sizes, heads: number): Heads | null {
  const [batch, queries, count, , headSize] = query;
  if (batch === undefined || queries === undefined) return null;
  if (count === undefined || headSize === undefined) return null;
  const hidden = multiply(count, headSize);
  const same = { headSize, valueHeadSize: headSize, hidden };
  return { batch, heads, groups: heads, queries, keys: queries, ...same };
}

/** Values as (batch, length, hidden), or (batch, heads, length, head size) when they are cached. */
function fromValue(query: Sizes, value: Sizes, heads: number): Heads | null {
  const [batch, queries, width] = query;
  const [, second, third, fourth] = value;
  if (batch === undefined || queries === undefined || width === undefined) return null;
  if (second === undefined || third === undefined) return null;
  const headSize = floorDivide(width, heads);
  const known = { batch, heads, groups: heads, queries, headSize };
  if (fourth === undefined) {
    return { ...known, keys: second, valueHeadSize: floorDivide(third, heads), hidden: third };
  }
  return { ...known, keys: third, valueHeadSize: fourth, hidden: multiply(second, fourth) };
}

/** Without values: keys and values in one tensor, (batch, length, heads, 2, head size), or all three. */
function withoutValue(facts: NodeFacts, query: Sizes, heads: number): Heads | null {
  const [batch, queries, width] = query;
  if (batch === undefined || queries === undefined || width === undefined) return null;
  const key = shapeIfRank(facts, 1, 5);
  const known = { batch, heads, groups: heads, queries };
  if (key?.[1] !== undefined) {
    const headSize = floorDivide(width, heads);
    return { ...known, keys: key[1], headSize, valueHeadSize: headSize, hidden: width };
  }
  if (facts.has(1) || facts.has(2)) return null;
  const hidden = floorDivide(width, 3);
  const headSize = floorDivide(hidden, heads);
  return { ...known, keys: queries, headSize, valueHeadSize: headSize, hidden };
}

function multiHeads(facts: NodeFacts): Heads | null {
  const heads = countOf(facts, 'num_heads', 1);
  const query = facts.shape(0);
  if (query?.length === 5) return fromPackedHeads(query, heads);
  if (query?.length !== 3) return null;
  const value = shapeIfRank(facts, 2, 3) ?? shapeIfRank(facts, 2, 4);
  return value === null ? withoutValue(facts, query, heads) : fromValue(query, value, heads);
}

/** Keys and values have fewer heads; without them the three are packed in the last axis of the query. */
function groupHeads(facts: NodeFacts): Heads | null {
  const heads = countOf(facts, 'num_heads', 1);
  const groups = countOf(facts, 'kv_num_heads', heads);
  const [batch, queries, width] = shapeIfRank(facts, 0, 3) ?? [];
  if (batch === undefined || queries === undefined || width === undefined) return null;
  if (facts.has(1) && facts.has(2)) {
    const headSize = floorDivide(width, heads);
    const keys = shapeIfRank(facts, 1, 3)?.[1] ?? shapeIfRank(facts, 2, 3)?.[1] ?? queries;
    const same = { headSize, valueHeadSize: headSize, hidden: width };
    return { batch, heads, groups, queries, keys, ...same };
  }
  const headSize = floorDivide(width, heads + 2 * groups);
  const same = { headSize, valueHeadSize: headSize, hidden: multiply(headSize, heads) };
  return { batch, heads, groups, queries, keys: queries, ...same };
}

/** How keys of the past are handed over. */
interface Cache {
  readonly past: number;
  /** Past and present lie in one buffer, of which only a part is in use. */
  readonly isShared: (facts: NodeFacts) => boolean;
  readonly mask: readonly number[];
}

const multiHead: Cache = {
  past: 6,
  isShared: (facts) => facts.has(6) && facts.has(8),
  mask: [4, 5],
};
const decoderMasked: Cache = {
  past: 5,
  isShared: (facts) => facts.node.int('past_present_share_buffer', 0) !== 0,
  mask: [3, 4],
};

/** How many keys a query meets; null when only the run can tell. */
function keysOf(facts: NodeFacts, cache: Cache, known: Heads): Size | null {
  if (!facts.has(cache.past)) return known.keys;
  if (cache.isShared(facts)) return null;
  const before = shapeIfRank(facts, cache.past, 4)?.[2];
  return before === undefined ? null : add(before, known.keys);
}

function inferMultiHead(cache: Cache): (call: Call) => void {
  return (call) => {
    const known = multiHeads(call);
    const query = call.shape(0);
    const [batch, queries] = query ?? [];
    const unknown = batch === undefined || queries === undefined ? null : [batch, queries];
    const output = known && [known.batch, known.queries, known.hidden];
    const elementType = call.elementType(0);
    call.setTensor(0, output ?? (unknown && [...unknown, call.unknown()]), elementType);
    if (known === null) return;
    const total = keysOf(call, cache, known) ?? call.unknown();
    for (const at of [1, 2]) {
      const past = shapeIfRank(call, cache.past + at - 1, 4);
      const headSize = at === 1 ? known.headSize : known.valueHeadSize;
      const grown = [known.batch, known.heads, total, headSize];
      const present = past !== null && cache.isShared(call) ? past : grown;
      call.setTensor(at, present, elementType);
    }
    call.setTensor(3, [known.batch, known.heads, known.queries, total]);
  };
}

function costOfHeads(cache: Cache): (call: CostCall) => NodeCost | null {
  return (call) => {
    const known = multiHeads(call);
    const keys = known && keysOf(call, cache, known);
    if (known === null || keys === null) return null;
    const isMasked =
      cache.mask.some((at) => call.has(at)) || call.node.int('unidirectional', 0) !== 0;
    return attentionCost({ ...known, keys, isMasked });
  };
}

/** Of packed tokens the padded sizes are known by the tokens' offsets, (batch, length). */
function inferPacked(call: Call): void {
  const query = call.shape(0);
  const [tokens, second, , fourth] = query ?? [];
  if (tokens === undefined || second === undefined) return;
  const packedHidden = fourth === undefined ? undefined : multiply(second, fourth);
  const hidden = packedHidden ?? shapeIfRank(call, 2, 2)?.[1] ?? call.unknown();
  call.setTensor(0, [tokens, hidden]);
}

function costOfPacked(call: CostCall): NodeCost | null {
  const [batch, length] = shapeIfRank(call, 4, 2) ?? [];
  const [, second, , fourth] = call.shape(0) ?? [];
  if (batch === undefined || length === undefined || second === undefined) return null;
  const heads = countOf(call, 'num_heads', 1);
  const headSize = fourth ?? floorDivide(second, heads);
  const value = shapeIfRank(call, 2, 2)?.[1];
  const valueHeadSize = value === undefined ? headSize : floorDivide(value, heads);
  const isMasked = call.has(6);
  return attentionCost({
    batch,
    heads,
    queries: length,
    keys: length,
    headSize,
    valueHeadSize,
    isMasked,
  });
}

const groupPast = 3;
const groupTotal = 6;
const sparseTotal = 7;

/** The most keys of a sequence, if the file says it. */
function totalGiven(facts: NodeFacts, at: number): Size | null {
  const total = facts.known(at)?.[0] ?? null;
  return typeof total === 'number' && total <= 0 ? null : total;
}

/** A cache grows when more is asked for than it holds. */
function groupTotalLength(call: Call, known: Heads): Size {
  const total = totalGiven(call, groupTotal);
  if (!call.has(groupPast)) return total ?? known.keys;
  const before = shapeIfRank(call, groupPast, 4)?.[2];
  return total === null || before === undefined ? call.unknown() : maximum(before, total);
}

function inferGroupQuery(call: Call): void {
  const known = groupHeads(call);
  const past = shapeIfRank(call, groupPast, 4);
  const cacheType = call.elementType(groupPast) ?? call.elementType(0);
  if (known === null) return;
  call.setTensor(0, [known.batch, known.queries, known.hidden], call.elementType(0));
  const isWindow = call.node.int('sliding_window_cache', 0) === 1 && past !== null;
  const total = isWindow ? (past[2] ?? call.unknown()) : groupTotalLength(call, known);
  const headSize = past?.[3] ?? known.headSize;
  for (const at of [1, 2]) {
    call.setTensor(at, [known.batch, known.groups, total, headSize], cacheType);
  }
  const keys = totalGiven(call, groupTotal) ?? call.unknown();
  call.setTensor(3, [known.batch, known.heads, known.queries, keys]);
}

function costOfGroupQuery(call: CostCall): NodeCost | null {
  const known = groupHeads(call);
  if (known === null) return null;
  const keys = totalGiven(call, groupTotal) ?? (call.has(groupPast) ? null : known.keys);
  const window = call.node.int('local_window_size', -1);
  if (keys === null) return null;
  const met = window > 0 && typeof keys === 'number' ? Math.min(keys, window) : keys;
  return attentionCost({ ...known, keys: met, isMasked: true });
}

/** Past and present share their buffers. */
function inferSparse(call: Call): void {
  const known = groupHeads(call);
  if (known !== null) call.setTensor(0, [known.batch, known.queries, known.hidden]);
  call.setTensor(1, call.shape(3));
  call.setTensor(2, call.shape(4));
}

/** As if no block were left out: which are, is known when it runs. */
function costOfSparse(call: CostCall): NodeCost | null {
  const known = groupHeads(call);
  const keys = totalGiven(call, sparseTotal);
  if (known === null || keys === null) return null;
  return attentionCost({ ...known, keys, isMasked: true });
}

function inferPaged(call: Call): void {
  const [tokens, width] = shapeIfRank(call, 0, 2) ?? [];
  const heads = countOf(call, 'num_heads', 1);
  const groups = countOf(call, 'kv_num_heads', heads);
  call.setTensor(1, call.shape(3), call.elementType(3));
  call.setTensor(2, call.shape(4), call.elementType(4));
  if (tokens === undefined || width === undefined) return;
  const valueHeadSize = call.node.int('v_head_size', 0);
  let hidden = width;
  if (call.node.string('kv_cache_layout', 'SEPARATE') === 'LATENT') {
    if (valueHeadSize > 0) hidden = heads * valueHeadSize;
  } else if (!call.has(2)) {
    hidden = multiply(floorDivide(width, heads + 2 * groups), heads);
  }
  call.setTensor(0, [tokens, hidden]);
}

export const contribHeadsRules: readonly OperatorRule[] = [
  contribRule(['MultiHeadAttention'], inferMultiHead(multiHead), costOfHeads(multiHead)),
  contribRule(
    ['DecoderMaskedMultiHeadAttention'],
    inferMultiHead(decoderMasked),
    costOfHeads(decoderMasked),
  ),
  contribRule(['PackedMultiHeadAttention'], inferPacked, costOfPacked),
  contribRule(['GroupQueryAttention'], inferGroupQuery, costOfGroupQuery),
  contribRule(['SparseAttention'], inferSparse, costOfSparse),
  // How long sequences are that lie in pages, only the run can tell.
  contribRule(['PagedAttention'], inferPaged, () => null),
];
