import {
  differ,
  divideExactly,
  floorDivide,
  product,
  type Size,
  sameSize,
} from '../../symbolic/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { axisOf, elementCount, movement } from '../sizes.ts';
import type { Element, Sizes } from '../types.ts';
import { contribRule } from './contrib-rule.ts';
import { axesFromFront, keepElements, listedSizes, listText } from './element-arrays.ts';

/*
 * Sources: https://onnx.ai/onnx/operators/onnx__Reshape.html, onnx__Flatten.html, onnx__Squeeze.html,
 * onnx__Unsqueeze.html
 */

function reshape(call: Call): void {
  const input = call.shape(0);
  const target = call.has(1) ? listedSizes(call, 1) : (call.node.ints('shape') ?? null);
  if (target === null) {
    call.setTensor(0, null);
    return;
  }
  const shape = reshapedTo(call, input, target);
  call.setTensor(0, shape);
  keepElements(call, shape);
}

function reshapedTo(call: Call, input: Sizes | null, target: readonly Element[]): Sizes {
  const isZeroKept = call.node.int('allowzero', 0) === 1;
  const isOpen = (size: Element): boolean => size === -1;
  if (target.filter(isOpen).length > 1) call.reject(`the shape ${listText(target)} has two -1`);
  const negative = target.find((size) => typeof size === 'number' && size < -1);
  if (negative !== undefined) call.reject(`the shape ${listText(target)} is not one`);
  const sizes = target.map((size, at): Element => {
    if (size !== 0 || isZeroKept) return size;
    if (input === null) return null;
    if (at >= input.length) {
      call.reject(`0 in the shape ${listText(target)} stands for a size that the input lacks`);
    }
    return input[at] ?? null;
  });
  const missing = sizes.flatMap((size, at) => (isMissing(size) ? [at] : []));
  const result = sizes.map((size): Size => (isMissing(size) ? call.unknown() : size));
  if (input === null) return result;
  const [only] = missing;
  if (only === undefined) compareCounts(call, input, result);
  else if (missing.length === 1) result[only] = restOf(call, input, target, sizes, only);
  return result;
}

/** What only the number of elements can tell. */
function isMissing(size: Element): size is null {
  return size === null || (typeof size === 'number' && size < 0);
}

function compareCounts(call: Call, input: Sizes, result: Sizes): void {
  const [before, after] = withoutCommon(input, result);
  if (differ(product(before), product(after))) {
    call.fail(`${listText(input)} does not become ${listText(result)}: the counts differ`);
  }
}

/** Both without the sizes that they share, which may be 0 and then say nothing of the others. */
function withoutCommon(a: Sizes, b: Sizes): [Sizes, Sizes] {
  const right = [...b];
  const left = a.filter((size) => {
    const at = typeof size === 'number' ? -1 : right.findIndex((other) => sameSize(size, other));
    if (at >= 0) right.splice(at, 1);
    return at < 0;
  });
  return [left, right];
}

/** The one size that is left over when the others are taken. */
function restOf(
  call: Call,
  input: Sizes,
  target: readonly Element[],
  sizes: readonly Element[],
  at: number,
): Size {
  const others = sizes.filter((size, axis): size is Size => axis !== at && size !== null);
  const taken = product(others);
  const isNegative = target[at] !== null;
  if (taken === 0) {
    if (isNegative) call.reject(`-1 beside a size of 0 in ${listText(target)} can be anything`);
    return call.unknown();
  }
  // What both have cancels out, so that 0 of either is no matter: [b, s] to [b, -1].
  const [before, after] = withoutCommon(input, others);
  const [total, divisor] = [product(before), product(after)];
  const exact = divideExactly(total, divisor);
  if (exact !== null) return exact;
  if (typeof total === 'number' && typeof divisor === 'number') {
    const message = `${listText(input)} does not become ${listText(target)}: ${total} elements are no multiple of ${divisor}`;
    if (isNegative) call.reject(message);
    else call.fail(message);
    return call.unknown();
  }
  // It divides without a rest when the model runs, whatever the symbols are.
  return typeof divisor === 'number' && divisor > 0 ? floorDivide(total, divisor) : call.unknown();
}

function flatten(call: Call): void {
  const input = call.shape(0);
  const axis = call.node.int('axis', 1);
  if (input === null) {
    call.setTensor(0, axis === 0 ? [1, call.unknown()] : call.unknownSizes(2));
    return;
  }
  const rank = input.length;
  if (axis < -rank || axis > rank) {
    call.reject(`axis ${axis} is not in [${-rank}, ${rank}]`);
    call.setTensor(0, call.unknownSizes(2));
    return;
  }
  const at = axis < 0 ? axis + rank : axis;
  const shape = [elementCount(input.slice(0, at)), elementCount(input.slice(at))];
  call.setTensor(0, shape);
  keepElements(call, shape);
}

/** The axes that Squeeze and Unsqueeze name; undefined: none are given; null: not known. */
function namedAxes(call: Call): readonly number[] | null | undefined {
  if (call.has(1)) return call.numbers(1);
  return call.node.ints('axes');
}

function squeeze(call: Call): void {
  const input = call.shape(0);
  const axes = namedAxes(call);
  const shape = input && squeezed(call, input, axes);
  call.setTensor(0, shape);
  keepElements(call, shape);
}

function squeezed(
  call: Call,
  input: Sizes,
  axes: readonly number[] | null | undefined,
): Sizes | null {
  if (axes === null) {
    const count = listedSizes(call, 1)?.length ?? input.length + 1;
    return count > input.length ? null : call.unknownSizes(input.length - count);
  }
  if (axes === undefined) {
    // A symbol may be 1, so that not even the rank is known.
    return input.every((size) => typeof size === 'number')
      ? input.filter((size) => size !== 1)
      : null;
  }
  const dropped = axes.map((axis) => axisOf(call, axis, input.length));
  for (const axis of dropped) {
    const size = axis === null ? 1 : (input[axis] ?? 1);
    if (typeof size === 'number' && size !== 1) {
      call.reject(`axis ${axis} of ${listText(input)} has size ${size}, not 1`);
    }
  }
  return input.filter((_, axis) => !dropped.includes(axis));
}

function unsqueeze(call: Call): void {
  const axes = namedAxes(call) ?? null;
  const input = call.shape(0);
  if (axes === null) {
    const count = call.has(1) ? listedSizes(call, 1)?.length : undefined;
    const isKnown = input !== null && count !== undefined;
    call.setTensor(0, isKnown ? call.unknownSizes(input.length + count) : null);
    return;
  }
  if (input === null) {
    call.setTensor(0, null);
    return;
  }
  const shape = withAxes(call, input, axes);
  call.setTensor(0, shape);
  keepElements(call, shape);
}

function withAxes(call: Call, input: Sizes, axes: readonly number[]): Sizes {
  const rank = input.length + axes.length;
  for (const axis of axes) axisOf(call, axis, rank);
  const added = new Set(axesFromFront(axes, rank));
  const isInside = axes.every((axis) => axis >= -rank && axis < rank);
  if (isInside && added.size < axes.length)
    call.reject(`the axes ${listText(axes)} name one twice`);
  const rest = [...input];
  return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() ?? 1)));
}

/** com.microsoft.ExpandDims: the axis is a scalar input. */
function expandDims(call: Call): void {
  const input = call.shape(0);
  const [axis] = call.numbers(1) ?? [];
  if (input === null || axis === undefined) {
    call.setTensor(0, input && call.unknownSizes(input.length + 1));
    return;
  }
  const shape = withAxes(call, input, [axis]);
  call.setTensor(0, shape);
  keepElements(call, shape);
}

export const reshapeRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Reshape'], infer: reshape, cost: movement },
  { domain: '', ops: ['Flatten'], infer: flatten, cost: movement },
  { domain: '', ops: ['Squeeze'], infer: squeeze, cost: movement },
  { domain: '', ops: ['Unsqueeze'], infer: unsqueeze, cost: movement },
  // https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
  contribRule(['ExpandDims'], expandDims, movement),
];
