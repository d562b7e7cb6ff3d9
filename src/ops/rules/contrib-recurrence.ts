import {
  add,
  floorDivide,
  maximum,
  multiply,
  product,
  type Size,
  subtract,
} from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, NodeFacts, OperatorRule } from '../rule.ts';
import { perOutputElement } from '../sizes.ts';
import type { Sizes } from '../types.ts';
import { costOfCausalConv } from './attention.ts';
import { linearAttentionCost } from './attention-cost.ts';
import { contribRule } from './contrib-rule.ts';
import { shapeIfRank, sizeOrUnknown } from './shape-agreement.ts';

/**
 * Operators of onnxruntime that carry a state of fixed size from step to step: linear attention, and
 * the short convolutions before it.
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
/** More states than this are not kept. */
const mostStates = 8;

/** States of the last steps come first, if any are asked for. */
function windowed(facts: NodeFacts, state: Sizes): Sizes {
  const states = facts.node.int('state_window', 0);
  return states > 0 && states <= mostStates ? [states, ...state] : state;
}

interface Linear {
  readonly batch: Size;
  readonly steps: Size;
  readonly queryHeads: number;
  readonly stateHeads: number;
  readonly keySize: Size;
  readonly valueSize: Size;
}

function linearOf(facts: NodeFacts): Linear | null {
  const queryHeads = Math.max(1, facts.node.int('q_num_heads', 1));
  const stateHeads = Math.max(1, facts.node.int('kv_num_heads', 1));
  const [batch, steps, queryWidth] = shapeIfRank(facts, 0, 3) ?? [];
  const valueWidth = shapeIfRank(facts, 2, 3)?.[2];
  if (batch === undefined || steps === undefined) return null;
  if (queryWidth === undefined || valueWidth === undefined) return null;
  const keySize = floorDivide(queryWidth, queryHeads);
  const valueSize = floorDivide(valueWidth, stateHeads);
  return { batch, steps, queryHeads, stateHeads, keySize, valueSize };
}

function inferLinear(call: Call): void {
  const known = linearOf(call);
  if (known === null) return;
  const { batch, steps, queryHeads, stateHeads, keySize, valueSize } = known;
  const heads = Math.max(queryHeads, stateHeads);
  call.setTensor(0, [batch, steps, multiply(heads, valueSize)]);
  const state = windowed(call, [batch, stateHeads, keySize, valueSize]);
  call.setTensor(1, state, call.elementType(3) ?? call.elementType(0));
}

function costOfLinear(call: CostCall): NodeCost | null {
  const known = linearOf(call);
  const rule = call.node.string('update_rule', 'gated_delta');
  if (known === null) return null;
  const queryHeads = Math.max(known.queryHeads, known.stateHeads);
  return linearAttentionCost({ ...known, queryHeads, rule });
}

/** (tokens, heads, head size), or batch and steps instead of tokens. */
interface DeltaNet {
  readonly tokens: Sizes;
  readonly keyHeads: Size;
  readonly keySize: Size;
  readonly valueHeads: Size;
  readonly valueSize: Size;
}

function deltaNetOf(facts: NodeFacts): DeltaNet | null {
  const query = facts.shape(0);
  const value = facts.shape(2);
  if (query === null || query.length !== value?.length) return null;
  if (query.length !== 3 && query.length !== 4) return null;
  const [keyHeads, keySize] = query.slice(-2);
  const [valueHeads, valueSize] = value.slice(-2);
  if (keyHeads === undefined || keySize === undefined) return null;
  if (valueHeads === undefined || valueSize === undefined) return null;
  return { tokens: query.slice(0, -2), keyHeads, keySize, valueHeads, valueSize };
}

function inferDeltaNet(call: Call): void {
  const known = deltaNetOf(call);
  if (known === null) return;
  const { tokens, keyHeads, keySize, valueHeads, valueSize } = known;
  call.setTensor(0, [...tokens, maximum(keyHeads, valueHeads), valueSize]);
  const before = shapeIfRank(call, 6, 4);
  const counted = shapeIfRank(call, 9, 1)?.[0];
  const rows = tokens.length === 2 ? tokens[0] : before?.[0];
  const batch = counted ?? rows ?? call.unknown();
  call.setTensor(1, before ?? [batch, valueHeads, valueSize, keySize], 'float32');
  const captured = Math.max(0, call.node.int('state_update_capacity', 0));
  const factors = add(
    valueHeads,
    add(multiply(keyHeads, keySize), multiply(valueHeads, valueSize)),
  );
  call.setTensor(2, [batch, multiply(captured, factors)], 'float32');
}

function costOfDeltaNet(call: CostCall): NodeCost | null {
  const known = deltaNetOf(call);
  if (known === null) return null;
  return linearAttentionCost({
    batch: 1,
    steps: product(known.tokens),
    queryHeads: maximum(known.keyHeads, known.valueHeads),
    stateHeads: known.valueHeads,
    keySize: known.keySize,
    valueSize: known.valueSize,
    rule: call.node.string('update_rule', 'gated_delta'),
  });
}

/** What of the sequence before is looked at: (kernel - 1) · dilation. */
function carried(call: Call): Size {
  const dilation = Math.max(1, call.node.int('dilation', 1));
  const kernel = call.shape(1)?.at(-1);
  if (kernel === undefined) return call.unknown();
  return sizeOrUnknown(call, multiply(subtract(kernel, 1), dilation));
}

function inferCausalConv(call: Call): void {
  const x = call.shape(0);
  call.setTensor(0, x);
  const [batch, second] = x ?? [];
  if (x === null || batch === undefined || second === undefined) return;
  const state = carried(call);
  if (call.node.int('channels_last', 0) === 1) {
    call.setTensor(1, windowed(call, [batch, state, ...x.slice(2)]));
    return;
  }
  const spatial = Math.min(3, Math.max(1, call.node.int('ndim', 1)));
  call.setTensor(1, windowed(call, [batch, second, ...x.slice(2, 1 + spatial), state]));
}

/** Tokens of all sequences follow each other; their bounds are one more than the sequences. */
function inferVariedCausalConv(call: Call): void {
  const x = shapeIfRank(call, 0, 2);
  call.setTensor(0, call.shape(0));
  const channels = x?.[1] ?? call.unknown();
  const bounds = shapeIfRank(call, 2, 1)?.[0];
  const batch = bounds === undefined ? call.unknown() : sizeOrUnknown(call, subtract(bounds, 1));
  call.setTensor(1, [batch, channels, carried(call)]);
  const captured = Math.max(0, call.node.int('state_update_capacity', 0));
  call.setTensor(2, [batch, captured, channels]);
}

/** Decay of each head and step, and how much is updated. */
function inferGate(call: Call): void {
  call.setTensor(0, call.shape(0));
  call.setTensor(1, call.shape(3));
}

/** Sum, softplus (3), product. */
const gateFlops = 5;

export const contribRecurrenceRules: readonly OperatorRule[] = [
  contribRule(['LinearAttention'], inferLinear, costOfLinear),
  contribRule(['GatedDeltaNet'], inferDeltaNet, costOfDeltaNet),
  contribRule(['CausalConvWithState'], inferCausalConv, costOfCausalConv),
  contribRule(['VarlenCausalConvWithState'], inferVariedCausalConv, costOfCausalConv),
  contribRule(['LinearAttentionGate'], inferGate, perOutputElement(gateFlops)),
];
