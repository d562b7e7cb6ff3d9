import { add, multiply, product, type Size } from '../../symbolic/index.ts';
import type { NodeCost } from '../rule.ts';

/**
 * Operations on each score of a query and a key besides the two products: a softmax is counted as 5
 * (maximum, difference, exponential, sum, quotient), scaling as 1, and a mask or bias as 1.
 */
const scoreFlops = 6;
const maskFlops = 1;

export interface AttentionSizes {
  readonly batch: Size;
  /** Of the query. Heads of keys and values that several share are computed with once each. */
  readonly heads: Size;
  readonly queries: Size;
  /** Of past and present together. */
  readonly keys: Size;
  readonly headSize: Size;
  readonly valueHeadSize: Size;
  readonly isMasked: boolean;
  /** Multiply-accumulates of projections that the same node does. */
  readonly projectionMacs?: Size;
}

/** batch · heads · queries · keys · (head size of keys + that of values) multiply-accumulates. */
export function attentionCost(sizes: AttentionSizes): NodeCost {
  const scores = product([sizes.batch, sizes.heads, sizes.queries, sizes.keys]);
  return {
    class: 'matrix',
    macs: add(
      multiply(scores, add(sizes.headSize, sizes.valueHeadSize)),
      sizes.projectionMacs ?? 0,
    ),
    otherFlops: multiply(scoreFlops + (sizes.isMasked ? maskFlops : 0), scores),
  };
}

export interface LinearAttentionSizes {
  readonly batch: Size;
  readonly steps: Size;
  readonly queryHeads: Size;
  /** Each has a state of its own. */
  readonly stateHeads: Size;
  readonly keySize: Size;
  readonly valueSize: Size;
  /** `linear`, `gated`, `delta` or `gated_delta`. */
  readonly rule: string;
}

/**
 * Each step adds an outer product to the state of each head (key size · value size), for the delta
 * rules first looks up what the key retrieves (as much), and reads the state once a query head. Gates
 * scale the state: one operation an element.
 */
export function linearAttentionCost(sizes: LinearAttentionSizes): NodeCost {
  const { rule, stateHeads, queryHeads } = sizes;
  const stateSize = product([sizes.batch, sizes.steps, sizes.keySize, sizes.valueSize]);
  const states = multiply(stateSize, stateHeads);
  const updates = rule === 'delta' || rule === 'gated_delta' ? 2 : 1;
  return {
    class: 'matrix',
    macs: add(multiply(updates, states), multiply(stateSize, queryHeads)),
    otherFlops: rule === 'gated' || rule === 'gated_delta' ? states : 0,
  };
}
