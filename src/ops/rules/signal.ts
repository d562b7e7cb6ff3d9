import { add, floorDivide, multiply, product, type Size, subtract } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, NodeFacts, OperatorRule } from '../rule.ts';
import { elementCount, perOutputElement } from '../sizes.ts';
import type { Sizes } from '../types.ts';
import { contradict, isConstant } from './contradictions.ts';
import { typeAttribute } from './node-attributes.ts';
import { sizeOrUnknown } from './shape-agreement.ts';

/**
 * Signal processing.
 *
 * Source: https://onnx.ai/onnx/operators/onnx__DFT.html (versions 17 and 20), onnx__STFT.html,
 * onnx__HannWindow.html, onnx__HammingWindow.html, onnx__BlackmanWindow.html,
 * onnx__MelWeightMatrix.html.
 */

/**
 * A transform of n points is counted as 5 · n · log2(n) operations, the usual estimate for the radix-2
 * algorithm, whatever the runtime does. Source: https://www.fftw.org/speed/method.html
 */
const transformFlops = 5;
/** A cosine, a product and a sum for each of the two terms. */
const windowFlops = 6;
/** Difference and quotient of two frequencies. */
const melFlops = 2;

/** The first element of a small integer tensor. */
export function scalarOf(facts: NodeFacts, at: number): Size | null {
  return facts.known(at)?.[0] ?? null;
}

/** The first element of a small integer tensor, if it can be a size. */
function sizeGiven(facts: NodeFacts, at: number): Size | null {
  const size = scalarOf(facts, at);
  return typeof size === 'number' && !(Number.isSafeInteger(size) && size >= 0) ? null : size;
}

/** How many of the bins of a transform of real numbers are not the mirror of another. */
export function halfBins(length: Size): Size {
  return add(floorDivide(length, 2), 1);
}

/** The transformed axis: -1 is where real and imaginary parts are. Null: not known. */
function axisGiven(facts: NodeFacts): Size | null {
  if (facts.opset < 20) return facts.node.int('axis', 1);
  return facts.has(2) ? scalarOf(facts, 2) : -2;
}

function dftAxis(call: Call, rank: number): number | null {
  const axis = axisGiven(call);
  if (typeof axis !== 'number') return null;
  if (axis >= -rank && axis < rank - 1 && axis !== -1) return axis < 0 ? axis + rank : axis;
  const message = `axis ${axis} is not in [${-rank}, -2] or [0, ${rank - 2}]`;
  contradict(call, call.opset < 20 || isConstant(call, 2), message);
  return null;
}

/** Elements along the axis: the points given, cut or filled up to the length that is asked for. */
function dftLength(call: Call, size: Size, isInverse: boolean, isOneSided: boolean): Size {
  if (call.has(1)) return sizeGiven(call, 1) ?? call.unknown();
  return isInverse && isOneSided ? sizeOrUnknown(call, multiply(2, subtract(size, 1))) : size;
}

function inferDft(call: Call): void {
  const x = call.shape(0);
  if (x === null) return;
  const rank = x.length;
  if (rank < 2) {
    call.reject(`the input has rank ${rank}, where at least 2 is needed`);
    return;
  }
  const isInverse = call.node.int('inverse', 0) !== 0;
  const isOneSided = call.node.int('onesided', 0) !== 0;
  const parts = x[rank - 1];
  const wanted = isInverse ? 2 : 1;
  if (isOneSided && typeof parts === 'number' && parts !== wanted) {
    call.reject(`the last axis has ${parts} elements, where ${wanted} is needed for onesided`);
  }
  const axis = dftAxis(call, rank);
  const lastSize = isInverse && isOneSided ? 1 : 2;
  const sizes = x.slice(0, -1).map((size, at) => {
    if (axis === null) return isOneSided || call.has(1) ? call.unknown() : size;
    if (at !== axis) return size;
    const length = dftLength(call, size, isInverse, isOneSided);
    return isOneSided && !isInverse ? halfBins(length) : length;
  });
  call.setTensor(0, [...sizes, lastSize]);
}

/** 5 · n · log2(n) for each of a number of transforms of n points, n a number. */
export function transforms(count: Size, points: Size): NodeCost | null {
  if (typeof points !== 'number') return null;
  const flops = points > 1 ? Math.round(transformFlops * points * Math.log2(points)) : 0;
  return { class: 'other', macs: 0, otherFlops: multiply(count, flops) };
}

function costOfDft(call: CostCall): NodeCost | null {
  const x = call.shape(0);
  const given = axisGiven(call);
  if (x === null || typeof given !== 'number') return null;
  const axis = given < 0 ? given + x.length : given;
  const length = call.has(1) ? sizeGiven(call, 1) : pointsOf(call, axis);
  if (length === null) return null;
  const others = x.slice(0, -1).filter((_, at) => at !== axis);
  return transforms(elementCount(others), length);
}

/** The inverse of half of the bins makes more points than it is given. */
function pointsOf(call: CostCall, axis: number): Size | null {
  const [given, made] = [call.shape(0)?.[axis], call.outputShape(0)?.[axis]];
  return (call.node.int('inverse', 0) === 0 ? given : made) ?? null;
}

/** Points of each frame: as long as the window, else as asked for, else as the signal. */
function frameLength(facts: NodeFacts): Size | null {
  const window = facts.shape(2);
  if (window?.length === 1 && window[0] !== undefined) return window[0];
  if (facts.has(3)) return sizeGiven(facts, 3);
  return facts.has(2) ? null : (facts.shape(0)?.[1] ?? null);
}

function frameCount(call: Call, length: Size | null): Size {
  const signal = call.shape(0)?.[1];
  const step = scalarOf(call, 1);
  if (signal === undefined || step === null || length === null) return call.unknown();
  if (typeof step === 'number' && step <= 0) {
    call.fail(`frame_step is ${step}, where a positive number is needed`);
    return call.unknown();
  }
  const room = subtract(signal, length);
  if (typeof room === 'number' && room < 0) {
    call.fail(`the signal has ${String(signal)} elements, a frame ${String(length)}`);
    return call.unknown();
  }
  return add(floorDivide(room, step), 1);
}

/** ONNX compares the window with the frame when it knows all that the count of frames depends on. */
function canBeFollowed(call: Call): boolean {
  const isStatic = typeof call.shape(0)?.[1] === 'number';
  return isStatic && isConstant(call, 1) && isConstant(call, 3);
}

function inferStft(call: Call): void {
  const signal = call.shape(0);
  if (signal !== null && signal.length < 2) {
    call.reject(`the signal has rank ${signal.length}, where at least 2 is needed`);
  }
  const window = call.shape(2);
  const [found] = window?.length === 1 ? window : [];
  const wanted = sizeGiven(call, 3);
  if (typeof found === 'number' && typeof wanted === 'number' && found !== wanted) {
    const message = `the window has ${found} elements, a frame ${wanted}`;
    contradict(call, canBeFollowed(call), message);
  }
  const length = frameLength(call);
  const bins = call.node.int('onesided', 1) === 0 ? length : length && halfBins(length);
  const batch = signal?.[0] ?? call.unknown();
  call.setTensor(0, [batch, frameCount(call, length), bins ?? call.unknown(), 2]);
}

function costOfStft(call: CostCall): NodeCost | null {
  const frames = call.outputShape(0)?.slice(0, 2);
  const length = frameLength(call);
  return frames === undefined || length === null ? null : transforms(product(frames), length);
}

/** A tensor of sizes given by inputs, of the type that an attribute names (float32 when none does). */
function setFromInputs(call: Call, sizes: Sizes): void {
  const elementType = typeAttribute(call.node, 'output_datatype') ?? 'float32';
  call.setTensor(0, sizes, elementType);
}

function inferWindow(call: Call): void {
  const size = scalarOf(call, 0);
  if (typeof size === 'number' && size <= 0) {
    contradict(call, isConstant(call, 0), `the size is ${size}, where it must be positive`);
    setFromInputs(call, [call.unknown()]);
    return;
  }
  setFromInputs(call, [sizeGiven(call, 0) ?? call.unknown()]);
}

function inferMelWeights(call: Call): void {
  const bands = sizeGiven(call, 0);
  const length = sizeGiven(call, 1);
  setFromInputs(call, [
    length === null ? call.unknown() : halfBins(length),
    bands ?? call.unknown(),
  ]);
}

export const signalRules: readonly OperatorRule[] = [
  { domain: '', ops: ['DFT'], infer: inferDft, cost: costOfDft },
  { domain: '', ops: ['STFT'], infer: inferStft, cost: costOfStft },
  {
    domain: '',
    ops: ['HannWindow', 'HammingWindow', 'BlackmanWindow'],
    infer: inferWindow,
    cost: perOutputElement(windowFlops),
  },
  {
    domain: '',
    ops: ['MelWeightMatrix'],
    infer: inferMelWeights,
    cost: perOutputElement(melFlops),
  },
];
