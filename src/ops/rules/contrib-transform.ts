import { add, multiply, product, type Size, subtract } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, OperatorRule } from '../rule.ts';
import { broadcast, elementCount, perOutputElement } from '../sizes.ts';
import type { Sizes } from '../types.ts';
import { contribRule } from './contrib-rule.ts';
import { agree, shapeIfRank, shapeOf } from './shape-agreement.ts';
import { halfBins, transforms } from './signal.ts';

/**
 * Transforms, images and distances in onnxruntime.
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */

/** Four neighbours, weighted and added up. */
const bilinearFlops = 8;
/** A product of complex numbers: 4 products and 2 sums for two elements. */
const complexFlops = 3;

/** Real numbers become half as many complex ones and one more: (…, n) → (…, n/2 + 1, 2). */
function inferRfft(call: Call): void {
  const x = call.shape(0);
  const points = x?.at(-1);
  if (x === null || points === undefined || call.node.int('signal_ndim', 1) !== 1) return;
  call.setTensor(0, [...x.slice(0, -1), halfBins(points), 2]);
}

function inferIrfft(call: Call): void {
  const x = call.shape(0);
  const bins = x?.at(-2);
  if (x === null || bins === undefined || call.node.int('signal_ndim', 1) !== 1) return;
  const points = multiply(2, subtract(bins, 1));
  const isPossible = typeof points !== 'number' || points > 0;
  call.setTensor(0, [...x.slice(0, -2), isPossible ? points : call.unknown()]);
}

function costOfTransform(real: 'input' | 'output'): (call: CostCall) => NodeCost | null {
  return (call) => {
    const signal = real === 'input' ? call.shape(0) : call.outputShape(0);
    const points = signal?.at(-1);
    if (signal === null || points === undefined) return null;
    return transforms(elementCount(signal.slice(0, -1)), points);
  };
}

function inferComplex(call: Call): void {
  call.setTensor(0, broadcast(call, [call.shape(0), call.shape(1)]));
}

/** n³ multiply-accumulates for each matrix of n rows. */
function costOfInverse(call: CostCall): NodeCost | null {
  const x = call.shape(0);
  const rows = x?.at(-1);
  if (x === null || rows === undefined) return null;
  return { class: 'matrix', macs: multiply(elementCount(x), rows), otherFlops: 0 };
}

/** Each row of one with each of the other: (M, N) and (K, N) give (M, K). */
function inferDistances(call: Call): void {
  const a = shapeIfRank(call, 0, 2);
  const b = shapeIfRank(call, 1, 2);
  agree(call, a?.[1], b?.[1], (left, right) => `rows of ${left} and ${right} elements`);
  call.setTensor(0, [a?.[0] ?? call.unknown(), b?.[0] ?? call.unknown()]);
}

function costOfDistances(call: CostCall): NodeCost | null {
  const output = call.outputShape(0);
  const width = shapeIfRank(call, 0, 2)?.[1];
  if (output === null || width === undefined) return null;
  return { class: 'matrix', macs: product([...output, width]), otherFlops: 0 };
}

function inferGridSample(call: Call): void {
  const x = shapeIfRank(call, 0, 4);
  const grid = shapeIfRank(call, 1, 4);
  const [batch, channels] = x ?? [];
  const unknown = call.unknownSizes(4);
  const sizes = [batch ?? grid?.[0], channels, grid?.[1], grid?.[2]];
  call.setTensor(
    0,
    sizes.map((size, at) => size ?? unknown[at] ?? 1),
    call.elementType(0),
  );
}

/** Each region of interest is resized to the size given. */
function inferCrops(call: Call): void {
  const regions = shapeIfRank(call, 1, 2)?.[0];
  const channels = shapeIfRank(call, 0, 4)?.[1];
  const [height, width] = call.known(3) ?? [];
  const unknown = call.unknownSizes(4);
  const sizes = [regions, channels, height, width];
  call.setTensor(
    0,
    sizes.map((size, at) => (isPossible(size) ? size : (unknown[at] ?? 1))),
  );
}

function isPossible(size: Size | undefined): size is Size {
  return size !== undefined && (typeof size !== 'number' || size >= 0);
}

/** Rows of a table behind indices. */
function inferEmbedding(call: Call): void {
  const indices = call.shape(1);
  const width = shapeIfRank(call, 0, 2)?.[1];
  call.setTensor(0, indices && [...indices, width ?? call.unknown()]);
}

/**
 * Each word, a row of characters, becomes one vector: as long as there are filters of a convolution
 * over them.
 */
function inferWordEmbedding(call: Call): void {
  const words = call.shape(0)?.[0] ?? call.unknown();
  call.setTensor(0, [words, call.shape(1)?.[0] ?? call.unknown()], 'float32');
}

function costOfWordEmbedding(call: CostCall): NodeCost | null {
  const [words, characters] = shapeIfRank(call, 0, 2) ?? [];
  const weight = call.shape(1);
  const window = weight?.[2];
  if (words === undefined || characters === undefined) return null;
  if (weight === null || window === undefined) return null;
  const positions = add(subtract(characters, window), 1);
  return { class: 'matrix', macs: product([words, positions, ...weight]), otherFlops: 0 };
}

/** The way through a table of distances: pairs of indices. */
function inferWarping(call: Call): void {
  call.setTensor(0, [2, call.unknown()], 'int32');
}

/** A sum and a comparison of three for each distance. */
function costOfWarping(call: CostCall): NodeCost | null {
  const x = call.shape(0);
  return x && { class: 'other', macs: 0, otherFlops: multiply(3, elementCount(x)) };
}

function perSample(call: CostCall): NodeCost | null {
  const isNearest = call.node.string('mode', 'bilinear') === 'nearest';
  return perOutputElement(isNearest ? 0 : bilinearFlops)(call);
}

/** Without padding the tokens of all sequences follow each other. */
function inferRemovePadding(call: Call): void {
  const [batch, length, width] = shapeIfRank(call, 0, 3) ?? call.unknownSizes(3);
  if (batch === undefined || length === undefined || width === undefined) return;
  call.setTensor(0, [call.unknown(), width]);
  call.setTensor(1, [batch, length]);
  call.setTensor(2, [add(batch, 1)]);
  call.setTensor(3, [1]);
}

function inferRestorePadding(call: Call): void {
  const offsets: Sizes = shapeIfRank(call, 1, 2) ?? call.unknownSizes(2);
  call.setTensor(0, [...offsets, shapeIfRank(call, 0, 2)?.[1] ?? call.unknown()]);
}

const noFlops = perOutputElement(0, 'movement');

export const contribTransformRules: readonly OperatorRule[] = [
  contribRule(['Rfft'], inferRfft, costOfTransform('input')),
  contribRule(['Irfft'], inferIrfft, costOfTransform('output')),
  contribRule(['ComplexMul', 'ComplexMulConj'], inferComplex, perOutputElement(complexFlops)),
  contribRule(['Inverse'], shapeOf(), costOfInverse),
  contribRule(['CDist'], inferDistances, costOfDistances),
  contribRule(['GridSample'], inferGridSample, perSample),
  contribRule(['CropAndResize'], inferCrops, perSample),
  contribRule(['TorchEmbedding'], inferEmbedding, noFlops),
  contribRule(['WordConvEmbedding'], inferWordEmbedding, costOfWordEmbedding),
  contribRule(['DynamicTimeWarping'], inferWarping, costOfWarping),
  contribRule(['RemovePadding'], inferRemovePadding, noFlops),
  contribRule(['RestorePadding'], inferRestorePadding, noFlops),
];
