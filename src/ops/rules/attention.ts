import { add, floorDivide, multiply, product, type Size } from '../../symbolic/index.ts';
import type { DataType } from '../../tensor/index.ts';
import type { Call, CostCall, NodeCost, NodeFacts, OperatorRule } from '../rule.ts';
import { elementCount } from '../sizes.ts';
import { type Sizes, tensorOf } from '../types.ts';
import { attentionCost, linearAttentionCost } from './attention-cost.ts';
import { typeAttribute } from './node-attributes.ts';
import { agree, shapeIfRank, shapeOfRank, sizeOrUnknown } from './shape-agreement.ts';

/**
 * Attention.
 *
 * Source: https://onnx.ai/onnx/operators/onnx__Attention.html, onnx__RotaryEmbedding.html,
 * onnx__LinearAttention.html, onnx__CausalConvWithState.html, onnx_aionnxpreview_FlexAttention.html.
 */

/** One of query, key and value: (batch, heads, length, head size), or heads packed in the last. */
interface Operand {
  readonly batch: Size;
  readonly heads: Size;
  readonly length: Size;
  readonly headSize: Size;
}

/** All heads of the output, when each has as many elements as one of the packed heads of values. */
export function packedHeads(packed: Size, from: number, to: number): Size {
  return to % from === 0 ? multiply(packed, to / from) : multiply(floorDivide(packed, from), to);
}

function operandOf(facts: NodeFacts, at: number, headsAttribute: string): Operand | null {
  const shape = facts.shape(at);
  const [first, second, third, fourth] = shape ?? [];
  if (first === undefined || second === undefined || third === undefined) return null;
  if (fourth !== undefined) {
    return { batch: first, heads: second, length: third, headSize: fourth };
  }
  const heads = facts.node.int(headsAttribute, 0);
  if (heads <= 0) return null;
  return { batch: first, heads, length: second, headSize: floorDivide(third, heads) };
}

const past = 4;

/** How many keys there are, of the past and the present. */
function keysOf(facts: NodeFacts, present: Size): Size | null {
  if (!facts.has(past)) return present;
  const pastLength = shapeIfRank(facts, past, 4)?.[2];
  return pastLength === undefined ? null : add(pastLength, present);
}

/** What ONNX refuses, as far as it is not said elsewhere. */
function checkAttention(call: Call): void {
  const query = shapeOfRank(call, 0, [3, 4], 'the query');
  shapeOfRank(call, 1, [3, 4], 'the key');
  shapeOfRank(call, 2, [3, 4], 'the value');
  if (query?.length !== 3) return;
  for (const name of ['q_num_heads', 'kv_num_heads']) {
    const heads = call.node.int(name, 0);
    if (call.node.attribute(name) === undefined) {
      call.reject(`${name} is needed with a query of rank 3`);
    } else if (heads <= 0) {
      call.fail(`${name} is ${heads}, it must be positive`);
    }
  }
}

function checkOperands(call: Call, query: Operand, key: Operand, value: Operand): void {
  agree(call, query.headSize, key.headSize, (q, k) => {
    return `heads of the query have ${q} elements, those of the key ${k}`;
  });
  agree(call, key.length, value.length, (k, v) => `${k} keys and ${v} values`);
  const { heads } = query;
  if (typeof heads !== 'number' || typeof key.heads !== 'number' || key.heads === 0) return;
  if (heads % key.heads !== 0) {
    call.fail(`${heads} heads of the query do not share ${key.heads} of the key evenly`);
  }
}

function inferAttention(call: Call): void {
  checkAttention(call);
  const query = operandOf(call, 0, 'q_num_heads');
  const key = operandOf(call, 1, 'kv_num_heads');
  const value = operandOf(call, 2, 'kv_num_heads');
  const rank = call.shape(0)?.length;
  if (query === null || value === null || rank === undefined) {
    call.setTensor(0, rank === 3 || rank === 4 ? call.unknownSizes(rank) : null);
    return;
  }
  if (key !== null) checkOperands(call, query, key, value);
  const { batch, heads, length } = query;
  call.setTensor(
    0,
    rank === 4
      ? [batch, heads, length, value.headSize]
      : [batch, length, packedValues(call, heads, value)],
  );
  const total = keysOf(call, value.length) ?? call.unknown();
  const keyHeadSize = key?.headSize ?? query.headSize;
  call.setTensor(1, [batch, key?.heads ?? value.heads, total, keyHeadSize]);
  call.setTensor(2, [batch, value.heads, total, value.headSize]);
  call.setTensor(3, [batch, heads, length, total]);
}

/** The last size of an output whose heads are packed. */
function packedValues(call: Call, heads: Size, value: Operand): Size {
  const packed = shapeIfRank(call, 2, 3)?.[2];
  if (packed === undefined || typeof heads !== 'number' || typeof value.heads !== 'number') {
    return multiply(heads, value.headSize);
  }
  return packedHeads(packed, value.heads, heads);
}

function costOfAttention(call: CostCall): NodeCost | null {
  const query = operandOf(call, 0, 'q_num_heads');
  const value = operandOf(call, 2, 'kv_num_heads');
  if (query === null || value === null) return null;
  const keys = keysOf(call, value.length);
  if (keys === null) return null;
  const { batch, heads, length: queries, headSize } = query;
  const isMasked = call.has(3) || call.node.int('is_causal', 0) !== 0;
  const valueHeadSize = value.headSize;
  return attentionCost({ batch, heads, queries, keys, headSize, valueHeadSize, isMasked });
}

/** ONNX computes scores of half precision in float32 unless another type is asked for. */
function scoreType(call: Call): DataType | null {
  const asked = typeAttribute(call.node, 'softmax_precision');
  if (asked !== null) return asked;
  const elementType = call.elementType(0);
  if (elementType === 'float64') return elementType;
  return elementType === null ? null : 'float32';
}

function inferFlexAttention(call: Call): void {
  const q = shapeOfRank(call, 0, [4], 'the query');
  const k = shapeOfRank(call, 1, [4], 'the key');
  const v = shapeOfRank(call, 2, [4], 'the value');
  const query = q && operandOf(call, 0, '');
  const key = k && operandOf(call, 1, '');
  const value = v && operandOf(call, 2, '');
  if (query && key && value) checkOperands(call, query, key, value);
  const unknown = call.unknownSizes(4);
  const size = (from: Sizes | null, axis: number) => from?.[axis] ?? unknown[axis] ?? 1;
  const batch = size(q ?? k ?? v, 0);
  call.setTensor(0, [batch, size(q, 1), size(q, 2), size(v, 3)]);
  const scores = tensorOf(scoreType(call), [batch, size(q, 1), size(q, 2), size(k, 2)]);
  for (const graph of call.node.subgraphs) {
    call.inferGraph(graph, [{ type: scores, elements: null }]);
  }
}

function costOfFlexAttention(call: CostCall): NodeCost | null {
  const q = shapeIfRank(call, 0, 4);
  const v = shapeIfRank(call, 2, 4);
  const [batch, heads, queries, headSize] = q ?? [];
  const [keys, valueHeadSize] = v?.slice(2) ?? [];
  if (batch === undefined || heads === undefined || queries === undefined) return null;
  if (headSize === undefined || keys === undefined || valueHeadSize === undefined) return null;
  return attentionCost({ batch, heads, queries, keys, headSize, valueHeadSize, isMasked: false });
}

function inferRotary(call: Call): void {
  const shape = shapeOfRank(call, 0, [3, 4], 'the input');
  if (shape?.length === 3 && call.node.attribute('num_heads') === undefined) {
    call.reject('num_heads is needed with an input of rank 3');
  }
  call.setTensor(0, call.shape(0));
}

/** A rotation of pairs: 2 products and 1 sum an element. */
export const rotaryFlops = 3;

export function costOfRotary(call: CostCall): NodeCost | null {
  const shape = call.outputShape(0);
  return (
    shape && {
      class: 'elementwise',
      macs: 0,
      otherFlops: multiply(rotaryFlops, elementCount(shape)),
    }
  );
}

function inferLinearAttention(call: Call): void {
  const q = shapeOfRank(call, 0, [3], 'the query');
  const v = shapeOfRank(call, 2, [3], 'the value');
  const query = q && operandOf(call, 0, 'q_num_heads');
  const value = v && operandOf(call, 2, 'kv_num_heads');
  // Without a state of the past, one of the query's type is begun with.
  const stateType = call.elementType(3) ?? call.elementType(0);
  if (!query || !value) {
    call.setTensor(0, [q?.[0] ?? call.unknown(), q?.[1] ?? call.unknown(), call.unknown()]);
    call.setTensor(1, shapeIfRank(call, 3, 4) ?? call.unknownSizes(4), stateType);
    return;
  }
  const { batch, heads, length, headSize } = query;
  call.setTensor(0, [batch, length, packedValues(call, heads, value)]);
  call.setTensor(1, [batch, value.heads, headSize, value.headSize], stateType);
}

function costOfLinearAttention(call: CostCall): NodeCost | null {
  const query = shapeIfRank(call, 0, 3) && operandOf(call, 0, 'q_num_heads');
  const value = shapeIfRank(call, 2, 3) && operandOf(call, 2, 'kv_num_heads');
  if (query === null || value === null) return null;
  return linearAttentionCost({
    batch: query.batch,
    steps: query.length,
    queryHeads: query.heads,
    stateHeads: value.heads,
    keySize: query.headSize,
    valueSize: value.headSize,
    rule: call.node.string('update_rule', 'gated_delta'),
  });
}

function inferCausalConv(call: Call): void {
  const x = shapeOfRank(call, 0, [3], 'the input');
  const w = shapeOfRank(call, 1, [3], 'the weight');
  const state = shapeIfRank(call, 3, 3);
  const kernel = w?.[2];
  const batch = x?.[0] ?? state?.[0] ?? call.unknown();
  const [found, wanted] = [x?.[1] ?? call.unknown(), w?.[0] ?? call.unknown()];
  const channels = call.unify(found, wanted, 'channels of input and weight');
  call.setTensor(0, x === null ? null : [batch, channels, x[2] ?? call.unknown()]);
  const kept = kernel === undefined ? state?.[2] : sizeOrUnknown(call, add(kernel, -1));
  call.setTensor(1, [batch, channels, kept ?? call.unknown()]);
}

/** Depthwise: as many products an element as the kernel is long. */
export function costOfCausalConv(call: CostCall): NodeCost | null {
  const shape = call.outputShape(0);
  const kernel = call.shape(1)?.slice(2);
  if (shape === null || kernel === undefined) return null;
  const elements = elementCount(shape);
  const perElement =
    (call.has(2) ? 1 : 0) + (call.node.string('activation', 'none') === 'none' ? 0 : 2);
  return {
    class: 'matrix',
    macs: product([elements, ...kernel]),
    otherFlops: multiply(perElement, elements),
  };
}

export const attentionRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Attention'], infer: inferAttention, cost: costOfAttention },
  { domain: '', ops: ['RotaryEmbedding'], infer: inferRotary, cost: costOfRotary },
  {
    domain: '',
    ops: ['LinearAttention'],
    infer: inferLinearAttention,
    cost: costOfLinearAttention,
  },
  { domain: '', ops: ['CausalConvWithState'], infer: inferCausalConv, cost: costOfCausalConv },
  {
    domain: 'ai.onnx.preview',
    ops: ['FlexAttention'],
    infer: inferFlexAttention,
    cost: costOfFlexAttention,
  },
];
