import {
  add,
  ceilDivide,
  floorDivide,
  formatSize,
  multiply,
  type Size,
  subtract,
} from '../../symbolic/index.ts';
import type { Call } from '../rule.ts';
import type { Sizes } from '../types.ts';

/** How a window moves over the spatial axes of a convolution or pooling, one entry an axis. */
export interface Window {
  /** Entries of the window along each axis. */
  readonly kernel: Sizes;
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Null: no pads are given. */
  readonly pads: readonly number[] | null;
  readonly autoPad: string;
  readonly roundsUp: boolean;
}

const autoPads: readonly string[] = ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'];

/**
 * Reads the attributes of a window; null, and a contradiction, when they do not fit the input.
 *
 * @param kernel Sizes that the weight has, where there is a weight.
 */
export function readWindow(call: Call, axes: number, kernel: Sizes | null): Window | null {
  const { node } = call;
  const wanted = node.ints('kernel_shape') ?? null;
  const sizes = wanted ?? kernel;
  const strides = spread(call, 'strides', axes);
  const dilations = spread(call, 'dilations', axes);
  if (sizes === null || strides === null || dilations === null) return null;
  if (!hasLength(call, 'kernel_shape', sizes, axes)) return null;
  if (wanted !== null && !isUsableKernel(call, wanted, kernel)) return null;
  const autoPad = node.string('auto_pad', 'NOTSET');
  if (!autoPads.includes(autoPad))
    call.refuse(`auto_pad ${autoPad} is not one of ${autoPads.join(', ')}`);
  const pads = node.ints('pads') ?? null;
  if (pads !== null && !areUsablePads(call, pads, axes)) return null;
  return {
    kernel: sizes,
    strides,
    dilations,
    pads,
    autoPad,
    roundsUp: node.int('ceil_mode', 0) !== 0,
  };
}

function isUsableKernel(call: Call, wanted: readonly number[], kernel: Sizes | null): boolean {
  if (kernel !== null) compareKernels(call, wanted, kernel);
  if (wanted.every((size) => size > 0)) return true;
  call.reject(`kernel_shape [${wanted.join(', ')}] must be positive`);
  return false;
}

function areUsablePads(call: Call, pads: readonly number[], axes: number): boolean {
  if (!hasLength(call, 'pads', pads, 2 * axes)) return false;
  if (pads.every((pad) => pad >= 0)) return true;
  call.reject(`pads [${pads.join(', ')}] must not be negative`);
  return false;
}

function spread(call: Call, name: string, axes: number): readonly number[] | null {
  const given = call.node.ints(name);
  if (given === undefined) return Array.from({ length: axes }, () => 1);
  if (!hasLength(call, name, given, axes)) return null;
  if (given.every((each) => each > 0)) return given;
  call.reject(`${name} [${given.join(', ')}] must be positive`);
  return null;
}

function hasLength(call: Call, name: string, list: readonly unknown[], wanted: number): boolean {
  if (list.length === wanted) return true;
  call.reject(`${name} has ${list.length} entries, the input needs ${wanted}`);
  return false;
}

function compareKernels(call: Call, wanted: readonly number[], kernel: Sizes): void {
  const differs = wanted.some((size, at) => typeof kernel[at] === 'number' && kernel[at] !== size);
  if (differs) {
    call.fail(`kernel_shape is [${wanted.join(', ')}], the weight's is [${kernel.join(', ')}]`);
  }
}

/** How many entries of the input the window spans along an axis: (kernel - 1) * dilation + 1. */
export function extent(window: Window, axis: number): Size {
  const steps = subtract(window.kernel[axis] ?? 1, 1);
  return add(multiply(steps, window.dilations[axis] ?? 1), 1);
}

/** Pads before and after an axis; none unless they are given. */
export function padsOf(window: Window, axis: number): readonly [number, number] {
  const { pads, kernel } = window;
  return [pads?.[axis] ?? 0, pads?.[axis + kernel.length] ?? 0];
}

/**
 * Sizes of the spatial axes after the window has moved over them. Source: the pages of the
 * operators, as https://onnx.ai/onnx/operators/onnx__MaxPool.html.
 *
 * @param least Of how many positions of the window the operator makes an output: convolutions fail
 *   without one, pools may have none.
 */
export function slide(call: Call, spatial: Sizes, window: Window, least: 0 | 1): Size[] {
  return spatial.map((size, axis) => {
    const stride = window.strides[axis] ?? 1;
    if (!window.autoPad.startsWith('SAME')) return positions(call, size, window, axis, least);
    // Both at once are forbidden, and one or the other counts.
    return window.pads === null ? ceilDivide(size, stride) : call.unknown();
  });
}

function positions(call: Call, size: Size, window: Window, axis: number, least: 0 | 1): Size {
  const stride = window.strides[axis] ?? 1;
  const [before, after] = padsOf(window, axis);
  const span = extent(window, axis);
  const room = subtract(add(size, before + after), span);
  if (typeof room === 'number') return countPositions(call, size, room, window, axis, least);
  if (!window.roundsUp) return add(floorDivide(room, stride), 1);
  const up = add(ceilDivide(room, stride), 1);
  // A window that would start in the padding behind is left out.
  const overhang = subtract(add(after, stride), span);
  if (typeof overhang !== 'number') return call.unknown();
  return overhang > 0 ? ceilDivide(add(size, before), stride) : up;
}

function countPositions(
  call: Call,
  size: Size,
  room: number,
  window: Window,
  axis: number,
  least: 0 | 1,
): Size {
  const stride = window.strides[axis] ?? 1;
  const [before, after] = padsOf(window, axis);
  // Runtimes divide integers, which cuts off toward zero.
  const count = Math.trunc((window.roundsUp ? room + stride - 1 : room) / stride) + 1;
  if (count < 0 || (least === 1 && room < 0)) {
    const padded = formatSize(add(size, before + after));
    const span = formatSize(extent(window, axis));
    call.fail(`the window spans ${span} entries of ${padded} along axis ${axis + 2}`);
    return call.unknown();
  }
  if (!window.roundsUp || typeof size !== 'number' || (count - 1) * stride < size + before) {
    return count;
  }
  // Inference rules before version 22 count the window that starts in the padding behind.
  return call.opset < 22 ? call.unknown() : count - 1;
}
