import { add, multiply, type Size } from '../../symbolic/index.ts';
import type { DataType } from '../../tensor/index.ts';
import type { Call, CostCall, NodeCost, OperatorRule } from '../rule.ts';
import { axisOf, elementCount, perOutputElement } from '../sizes.ts';
import type { Sizes } from '../types.ts';
import { contribRule } from './contrib-rule.ts';
import { typeAttribute } from './node-attributes.ts';
import { normalizationFlops } from './normalization.ts';
import { shapeIfRank, shapeOf } from './shape-agreement.ts';

/**
 * Normalizations of onnxruntime, and what it fuses with them.
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
/** As those of ONNX's own operators. */
const { layer: layerFlops, rms: rootMeanSquareFlops } = normalizationFlops;
/** A sigmoid and two products. */
const gateFlops = 3;
/** Two or three embeddings are added first. */
const embeddingFlops = 2;

/** Mean and deviation have one element for each normalized row. */
function rowShape(shape: Sizes | null, axis: number): Sizes | null {
  return shape && shape.map((size, at): Size => (at >= axis ? 1 : size));
}

/** Input and skip (and bias) are added, and the sum is given too. */
function inferSkip(call: Call): void {
  const shape = call.shape(0);
  call.setTensor(0, shape);
  const [factors] = call.shape(2) ?? [];
  const last = shape?.at(-1);
  if (typeof factors === 'number' && typeof last === 'number' && factors !== last) {
    call.fail(`there are ${factors} factors for ${last} elements of the input`);
  }
  const rows = rowShape(shape, (shape?.length ?? 1) - 1);
  call.setTensor(1, rows, 'float32');
  call.setTensor(2, rows, 'float32');
  call.setTensor(3, shape);
}

function skipCost(flops: number, bias: number): (call: CostCall) => NodeCost | null {
  return (call) => perOutputElement(flops + (call.has(bias) ? 2 : 1), 'normalization')(call);
}

/** Registered in ai.onnx by the runtime, where no version of ONNX has it. */
function inferSimplified(call: Call): void {
  const shape = call.shape(0);
  call.setTensor(0, shape, call.elementType(1) ?? call.elementType(0));
  const axis = shape && axisOf(call, call.node.int('axis', -1), shape.length);
  const stash: DataType = typeAttribute(call.node, 'stash_type') ?? 'float32';
  call.setTensor(1, axis === null ? null : rowShape(shape, axis), stash);
}

/** X, scale, bias, skip and a bias of channels; the sum is given too. */
function inferGroup(call: Call): void {
  call.setTensor(0, call.shape(0));
  call.setTensor(1, call.shape(0));
}

/** Which inputs an embedding has, and which type its tables are made to. */
interface Embedding {
  readonly word: number;
  readonly type: number;
}

function inferEmbedding({ word, type }: Embedding): (call: Call) => void {
  return (call) => {
    const [batch, length] = shapeIfRank(call, 0, 2) ?? call.unknownSizes(2);
    const hidden = shapeIfRank(call, word, 2)?.[1] ?? call.unknown();
    if (batch === undefined || length === undefined) return;
    const elementType = call.elementType(type);
    call.setTensor(0, [batch, length, hidden], elementType);
    call.setTensor(1, [batch], call.elementType(0));
    call.setTensor(2, [batch, length, hidden], elementType);
  };
}

/** Gate and value: what is normalized has the shape of the key. */
function inferEngram(call: Call): void {
  call.setTensor(0, call.shape(0));
  call.setTensor(1, call.shape(0));
}

/** Query and key are normalized and multiplied with each other. */
function costOfEngram(call: CostCall): NodeCost | null {
  const shape = call.shape(0);
  if (shape === null) return null;
  const elements = elementCount(shape);
  return {
    class: 'normalization',
    macs: 0,
    otherFlops: add(multiply(2 * rootMeanSquareFlops, elements), multiply(3, elements)),
  };
}

const simplified = ['SimplifiedLayerNormalization'];

export const contribNormalizationRules: readonly OperatorRule[] = [
  {
    domain: '',
    ops: simplified,
    infer: inferSimplified,
    cost: perOutputElement(rootMeanSquareFlops, 'normalization'),
  },
  contribRule(['SkipLayerNormalization'], inferSkip, skipCost(layerFlops, 4)),
  contribRule(['SkipSimplifiedLayerNormalization'], inferSkip, skipCost(rootMeanSquareFlops, 3)),
  contribRule(
    ['EmbedLayerNormalization'],
    inferEmbedding({ word: 2, type: 2 }),
    perOutputElement(layerFlops + embeddingFlops, 'normalization'),
  ),
  contribRule(
    ['QEmbedLayerNormalization'],
    inferEmbedding({ word: 2, type: 8 }),
    perOutputElement(layerFlops + embeddingFlops, 'normalization'),
  ),
  contribRule(['GroupNorm'], shapeOf(), perOutputElement(layerFlops, 'normalization')),
  contribRule(['SkipGroupNorm'], inferGroup, skipCost(layerFlops, 4)),
  contribRule(
    ['GatedRMSNorm'],
    shapeOf(),
    perOutputElement(rootMeanSquareFlops + gateFlops, 'normalization'),
  ),
  contribRule(
    ['QOrderedLayerNormalization'],
    shapeOf(),
    perOutputElement(layerFlops, 'normalization'),
  ),
  contribRule(['EngramGate'], inferEngram, costOfEngram),
];
