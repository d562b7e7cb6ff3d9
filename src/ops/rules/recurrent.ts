import { add, multiply, product, type Size } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, NodeFacts, OperatorRule } from '../rule.ts';
import type { Sizes } from '../types.ts';
import { contribRule } from './contrib-rule.ts';
import { listLength } from './node-attributes.ts';
import { agree, shapeOfRank } from './shape-agreement.ts';

/**
 * Recurrent layers.
 *
 * Source: https://onnx.ai/onnx/operators/onnx__LSTM.html, onnx__GRU.html, onnx__RNN.html (all versions),
 * https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md (DynamicQuantizeLSTM,
 * AttnLSTM).
 */
interface Cell {
  readonly gates: number;
  /** Functions that it applies in each direction. */
  readonly activations: number;
  /**
   * Operations for each hidden unit and step besides the products: activations, and what combines
   * gates with the state (LSTM: 5 activations, 3 products, 1 sum; GRU: 3 activations, 5 to reset and
   * blend).
   */
  readonly stateFlops: number;
  /** Axes of W and R that are as long as an input and as the hidden state. */
  readonly inputAxis: number;
  readonly hiddenAxis: number;
  /** Whether W takes nothing but X. */
  readonly isPlain: boolean;
}

const plain = { inputAxis: 2, hiddenAxis: 2, isPlain: true };
const rnn: Cell = { gates: 1, activations: 1, stateFlops: 1, ...plain };
const gru: Cell = { gates: 3, activations: 2, stateFlops: 8, ...plain };
const lstm: Cell = { gates: 4, activations: 3, stateFlops: 9, ...plain };
/** Its weights are stored transposed. */
const quantizedLstm: Cell = { ...lstm, inputAxis: 1, hiddenAxis: 1 };
/** W also takes what the attention gives. */
const attentionLstm: Cell = { ...lstm, isPlain: false };

const biasInput = 3;

/** What is known of the sizes of a layer; undefined: nothing. */
interface Layer {
  readonly steps: Size | undefined;
  readonly batch: Size | undefined;
  readonly directions: Size | undefined;
  readonly hidden: Size | undefined;
  readonly input: Size | undefined;
}

function isBatchFirst(facts: NodeFacts): boolean {
  return facts.node.int('layout', 0) !== 0;
}

function directionsOf(facts: NodeFacts): Size | undefined {
  const direction = facts.node.string('direction', 'forward').toLowerCase();
  if (direction === 'bidirectional') return 2;
  return direction === 'forward' || direction === 'reverse' ? 1 : undefined;
}

function layerOf(facts: NodeFacts, cell: Cell): Layer {
  const x = facts.shape(0);
  const w = facts.shape(1);
  const r = facts.shape(2);
  const batchAxis = isBatchFirst(facts) ? 0 : 1;
  const hidden = facts.node.int('hidden_size', 0);
  const fromWeights = w?.[cell.inputAxis];
  return {
    steps: x?.[1 - batchAxis],
    batch: x?.[batchAxis],
    directions: directionsOf(facts) ?? w?.[0],
    hidden: hidden > 0 ? hidden : r?.[cell.hiddenAxis],
    input: cell.isPlain ? (x?.[2] ?? fromWeights) : fromWeights,
  };
}

/** Holds the weights against the input and the attributes: the runtime does so when it runs. */
function check(call: Call, cell: Cell, layer: Layer): void {
  const { gates, inputAxis, hiddenAxis } = cell;
  const w = call.shape(1);
  const r = call.shape(2);
  if (w?.length === 3 && cell.isPlain) {
    agree(call, layer.input, w[inputAxis], (x, weight) => {
      return `input has ${x} features, the weight takes ${weight}`;
    });
  }
  if (w?.length === 3) {
    agree(call, layer.directions, w[0], (wanted, weight) => {
      return `weights of ${weight} directions where there are ${wanted}`;
    });
  }
  if (r?.length === 3) {
    agree(call, layer.hidden, r[hiddenAxis], (hidden, weight) => {
      return `hidden size is ${hidden}, the recurrence weight takes ${weight}`;
    });
  }
  const bias = call.shape(biasInput);
  if (bias?.length === 2 && layer.hidden !== undefined) {
    agree(call, multiply(2 * gates, layer.hidden), bias[1], (wanted, found) => {
      return `bias of ${found} where 2 x ${gates} gates of the hidden size are ${wanted}`;
    });
  }
}

/** What the runtime needs to make a kernel. */
function checkAttributes(call: Call, { activations }: Cell): void {
  const { node } = call;
  if (node.domain !== '') return;
  if (node.attribute('hidden_size') === undefined) call.refuse('there is no hidden_size');
  const given = listLength(node, 'activations') ?? 0;
  if (given === 0 || activations === 1) return;
  const directions = directionsOf(call) ?? 1;
  const needed = activations * Number(directions);
  if (given !== needed) {
    call.refuse(`${given} activations are given where ${needed} are needed`);
  }
}

function infer(cell: Cell): (call: Call) => void {
  return (call) => {
    shapeOfRank(call, 0, [3], 'the input sequence');
    // Up to version 6 it is not said which outputs there are unless a sequence is asked for.
    if (call.node.domain === '' && call.opset < 7 && call.node.int('output_sequence', 0) === 0) {
      return;
    }
    const layer = layerOf(call, cell);
    check(call, cell, layer);
    checkAttributes(call, cell);
    const steps = layer.steps ?? call.unknown();
    const batch = layer.batch ?? call.unknown();
    const directions = layer.directions ?? call.unknown();
    const hidden = layer.hidden ?? call.unknown();
    const batchFirst = isBatchFirst(call);
    const all: Sizes = batchFirst
      ? [batch, steps, directions, hidden]
      : [steps, directions, batch, hidden];
    const last: Sizes = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
    const elementType = call.elementType(0);
    call.setTensor(0, all, elementType);
    call.setTensor(1, last, elementType);
    call.setTensor(2, last, elementType);
  };
}

/** directions · steps · batch · gates · hidden · (input + hidden) multiply-accumulates. */
function cost(cell: Cell): (call: CostCall) => NodeCost | null {
  return (call) => {
    const { steps, batch, directions, hidden, input } = layerOf(call, cell);
    if (steps === undefined || batch === undefined || directions === undefined) return null;
    if (hidden === undefined || input === undefined) return null;
    const units = product([directions, steps, batch, hidden]);
    const biasFlops = call.has(biasInput) ? cell.gates : 0;
    return {
      class: 'matrix',
      macs: product([units, cell.gates, add(input, hidden)]),
      otherFlops: multiply(cell.stateFlops + biasFlops, units),
    };
  };
}

function layerRule(op: string, cell: Cell): OperatorRule {
  return { domain: '', ops: [op], infer: infer(cell), cost: cost(cell) };
}

export const recurrentRules: readonly OperatorRule[] = [
  layerRule('RNN', rnn),
  layerRule('GRU', gru),
  layerRule('LSTM', lstm),
  contribRule(['DynamicQuantizeLSTM'], infer(quantizedLstm), cost(quantizedLstm)),
  contribRule(['AttnLSTM'], infer(attentionLstm), cost(attentionLstm)),
];
