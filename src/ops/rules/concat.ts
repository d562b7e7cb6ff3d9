import {
  ceilDivide,
  differ,
  divideExactly,
  floorDivide,
  multiply,
  type Size,
  subtract,
  sum,
} from '../../symbolic/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { axisOf, movement } from '../sizes.ts';
import { type Element, type Elements, mostElements, type Sizes } from '../types.ts';
import { contradict } from './contradictions.ts';
import { elementAt, fillElements, indicesOf, listText, smallDims } from './element-arrays.ts';

/*
 * Sources: https://onnx.ai/onnx/operators/onnx__Concat.html, onnx__Split.html (the last chunk is
 * smaller when num_outputs does not divide)
 */

function concat(call: Call): void {
  const shapes = Array.from({ length: call.inputCount }, (_, at) => call.shape(at));
  const known = shapes.filter((shape) => shape !== null);
  const [first] = known;
  if (first === undefined) {
    call.setTensor(0, null);
    return;
  }
  const rank = first.length;
  // The runtime leaves out what is empty, whatever its shape, where ONNX's inference does not see it.
  if (known.some((shape) => shape.includes(0))) {
    concatWithEmpty(call, known, known.length === shapes.length);
    return;
  }
  const other = known.find((shape) => shape.length !== rank);
  if (other !== undefined) {
    call.reject(`inputs of rank ${rank} and ${other.length} are joined`);
    call.setTensor(0, null);
    return;
  }
  // Version 1 had a default.
  const axis = axisOf(call, call.node.int('axis', 1), rank);
  if (axis === null) {
    call.setTensor(0, call.unknownSizes(rank));
    return;
  }
  const shape = joined(call, known, axis, known.length === shapes.length);
  call.setTensor(0, shape);
  joinElements(call, shape, axis);
}

/** Without a word on what does not fit together: what is empty may be left out. */
function concatWithEmpty(call: Call, shapes: readonly Sizes[], isAll: boolean): void {
  const rank = shapes[0]?.length ?? 0;
  const axis = call.node.int('axis', 1);
  const isFitting = shapes.every(
    (shape) =>
      shape.length === rank &&
      shape.every(
        (size, at) =>
          at === (axis < 0 ? axis + rank : axis) || !differ(size, shapes[0]?.[at] ?? size),
      ),
  );
  const at = isFitting ? axisOf(call, axis, rank) : null;
  const shape = at === null ? null : joined(call, shapes, at, isAll);
  call.setTensor(0, shape);
  if (shape !== null && at !== null) joinElements(call, shape, at);
}

/** The shape of inputs of one rank, joined along an axis. */
function joined(call: Call, shapes: readonly Sizes[], axis: number, isAll: boolean): Sizes {
  const [first = []] = shapes;
  return first.map((size, at): Size => {
    const sizes = shapes.map((shape) => shape[at] ?? size);
    if (at === axis) return isAll ? sum(sizes) : call.unknown();
    return sizes.reduce((a, b) => call.unify(a, b, `axis ${at} of what is joined`));
  });
}

function joinElements(call: Call, shape: Sizes, axis: number): void {
  if (smallDims(shape) === null) return;
  const owners: { part: Elements | null; at: number }[] = [];
  let isAnyKnown = false;
  for (let input = 0; input < call.inputCount; input += 1) {
    const length = call.shape(input)?.[axis];
    const part = call.elements(input);
    if (part !== null) isAnyKnown = true;
    if (typeof length !== 'number') return;
    for (let at = 0; at < Math.min(length, mostElements); at += 1) owners.push({ part, at });
  }
  if (!isAnyKnown) return;
  fillElements(call, shape, (index): Element => {
    const owner = owners[index[axis] ?? 0];
    if (!owner?.part) return null;
    return elementAt(owner.part, index.with(axis, owner.at));
  });
}

function split(call: Call): void {
  const input = call.shape(0);
  const count = call.node.outputs.length;
  const rank = input?.length ?? 0;
  const axis = input && axisOf(call, call.node.int('axis', 0), rank);
  if (input === null || axis === null) {
    for (let at = 0; at < count; at += 1) {
      call.setTensor(at, input && call.unknownSizes(rank));
    }
    return;
  }
  const parts = partsOf(call, input[axis] ?? call.unknown(), count);
  for (const [at, size] of parts.entries()) call.setTensor(at, input.with(axis, size));
  splitElements(call, axis, parts);
}

/** The sizes of the parts along the axis that is split. */
function partsOf(call: Call, size: Size, count: number): readonly Size[] {
  const given = call.has(1) ? call.elements(1)?.values : call.node.ints('split');
  if (given !== undefined) return givenParts(call, size, given, count);
  if (call.has(1)) return call.unknownSizes(count);
  const wanted = call.node.attribute('num_outputs');
  if (wanted !== undefined && call.node.int('num_outputs', 1) < 1) {
    call.reject(`num_outputs is ${call.node.int('num_outputs', 1)}, it must be positive`);
  }
  if (wanted !== undefined) return chunks(call, size, count);
  // The runtime splits evenly all the same, where ONNX's inference does not see a shape.
  if (call.opset >= 18 && call.node.inputs[0]?.isInput) {
    call.reject('neither "split" nor "num_outputs" is given');
  }
  const part = divideExactly(size, count);
  if (part !== null) return Array.from({ length: count }, () => part);
  if (typeof size === 'number') {
    call.reject(`${size} does not split into ${count} equal parts`);
    return call.unknownSizes(count);
  }
  const quotient = floorDivide(size, Math.max(1, count));
  return Array.from({ length: count }, () => quotient);
}

function givenParts(
  call: Call,
  size: Size,
  given: readonly Element[],
  count: number,
): readonly Size[] {
  if (given.length !== count) {
    call.reject(`${given.length} sizes are given for ${count} outputs`);
    return call.unknownSizes(count);
  }
  const known = given.filter((part) => part !== null);
  const total = sum(known);
  if (given.some((part) => typeof part === 'number' && part < 0)) {
    const isOther = typeof size === 'number' && typeof total === 'number' && total !== size;
    contradict(
      call,
      isOther && known.length === count,
      `the parts ${listText(given)} are not sizes`,
    );
    return call.unknownSizes(count);
  }
  if (known.length < count) {
    const isOnly = known.length === count - 1;
    return given.map((part) => part ?? (isOnly ? subtract(size, total) : call.unknown()));
  }
  if (typeof size === 'number' && typeof total === 'number' && total !== size) {
    call.reject(`${size} is split into ${listText(given)}, which makes ${total}`);
  }
  return known;
}

/** As many equal parts as there are outputs, the last one what is left. */
function chunks(call: Call, size: Size, count: number): readonly Size[] {
  if (call.node.int('num_outputs', count) !== count || count === 0) return call.unknownSizes(count);
  const exact = divideExactly(size, count);
  const part = exact ?? ceilDivide(size, count);
  const last = subtract(size, multiply(part, count - 1));
  if (typeof size === 'number' && typeof last === 'number' && size > 0 && last <= 0) {
    call.fail(`${size} does not split into ${count} parts of ${String(part)} and a smaller one`);
    return call.unknownSizes(count);
  }
  return Array.from({ length: count }, (_, at) => (at === count - 1 ? last : part));
}

function splitElements(call: Call, axis: number, parts: readonly Size[]): void {
  const elements = call.elements(0);
  if (elements === null || axis >= elements.dims.length) return;
  let start = 0;
  for (const [at, part] of parts.entries()) {
    if (typeof part !== 'number' || part < 0 || part > mostElements) return;
    const dims = elements.dims.with(axis, part);
    const values: Element[] = [];
    for (const index of indicesOf(dims)) {
      values.push(elementAt(elements, index.with(axis, (index[axis] ?? 0) + start)));
    }
    call.setElements(at, dims, values);
    start += part;
  }
}

export const concatRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Concat'], infer: concat, cost: movement },
  { domain: '', ops: ['Split'], infer: split, cost: movement },
];
