import { product, type Size } from '../../symbolic/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { axisOf, elementCount, movement } from '../sizes.ts';
import type { Element, Sizes } from '../types.ts';
import { contribRule } from './contrib-rule.ts';
import {
  elementAt,
  fillElements,
  indicesOf,
  listText,
  scalarElement,
  smallDims,
} from './element-arrays.ts';

/*
 * Sources: https://onnx.ai/onnx/operators/onnx__OneHot.html, onnx__NonZero.html, onnx__Compress.html,
 * onnx__Unique.html, onnx__NonMaxSuppression.html
 */

function oneHot(call: Call): void {
  const indices = call.shape(0);
  const depth = depthOf(call);
  const values = call.shape(2);
  if (
    values !== null &&
    (values.length !== 1 || (values[0] !== 2 && typeof values[0] === 'number'))
  ) {
    call.reject(`the values have shape ${listText(values)}, not [2]`);
  }
  const elementType = call.elementType(2);
  const rank = (indices?.length ?? 0) + 1;
  const axis = indices && axisOf(call, call.node.int('axis', -1), rank);
  if (indices === null || axis === null) {
    call.setTensor(0, indices && call.unknownSizes(rank), elementType);
    return;
  }
  const shape = [...indices.slice(0, axis), depth, ...indices.slice(axis)];
  call.setTensor(0, shape, elementType);
  oneHotElements(call, shape, axis);
}

function depthOf(call: Call): Size {
  const depth = scalarElement(call, 1);
  if (typeof depth !== 'number') return depth ?? call.unknown();
  if (depth < 0) call.reject(`the depth is ${depth}`);
  if (depth === 0) call.fail('the depth is 0');
  // The depth may be a float, which is cut.
  return depth >= 0 && Number.isFinite(depth) ? Math.trunc(depth) : call.unknown();
}

function oneHotElements(call: Call, shape: Sizes, axis: number): void {
  const depth = shape[axis];
  const known = smallDims(shape) && call.elements(0);
  const [off, on] = call.elements(2)?.values ?? [];
  if (known === null || off === undefined || on === undefined || typeof depth !== 'number') return;
  fillElements(call, shape, (index): Element => {
    const wanted = elementAt(known, index.toSpliced(axis, 1));
    if (typeof wanted !== 'number') return null;
    return (wanted < 0 ? wanted + depth : wanted) === index[axis] ? on : off;
  });
}

function nonZero(call: Call): void {
  const input = call.shape(0);
  // A scalar is taken for a list of one.
  const rank = input === null ? null : Math.max(1, input.length);
  const found = nonZeroIndices(call);
  const count = found?.length ?? everyIndex(call, input) ?? call.unknown();
  call.setTensor(0, [rank ?? call.unknown(), count], 'int64');
  if (found === null || rank === null) return;
  fillElements(call, [rank, found.length], ([axis = 0, at = 0]) => found[at]?.[axis] ?? 0);
}

/** Where the input is not zero, if all of it is known. */
function nonZeroIndices(call: Call): readonly (readonly number[])[] | null {
  const elements = call.elements(0);
  if (elements === null) return null;
  const found: (readonly number[])[] = [];
  for (const index of indicesOf(elements.dims)) {
    const value = elementAt(elements, index);
    if (typeof value !== 'number') return null;
    if (value !== 0) found.push([...index]);
  }
  return found;
}

/**
 * How many elements a tensor has that is not zero anywhere: older exporters write range(n) as the
 * NonZero of n ones.
 */
function everyIndex(call: Call, input: Sizes | null): Size | null {
  const producer = call.node.inputs[0]?.producer;
  if (input === null || producer?.opType !== 'ConstantOfShape' || producer.domain !== '')
    return null;
  const attribute = producer.attribute('value');
  if (attribute === undefined) return 0;
  if (attribute.type !== 'tensor') return null;
  const { elementType, dims } = attribute.value;
  if (elementType === null || elementType === 'string' || product(dims) !== 1) return null;
  return attribute.value.toFloat64()[0] === 0 ? 0 : product(input);
}

function compress(call: Call): void {
  const input = call.shape(0);
  const attribute = call.node.attribute('axis');
  if (attribute === undefined) {
    call.setTensor(0, [keptCount(call, input && elementCount(input)) ?? call.unknown()]);
    return;
  }
  const axis = input && axisOf(call, call.node.int('axis', 0), input.length);
  if (input === null || axis === null) {
    call.setTensor(0, input && call.unknownSizes(input.length));
    return;
  }
  const kept = keptCount(call, input[axis] ?? null) ?? call.unknown();
  call.setTensor(0, input.with(axis, kept));
}

/** How many a condition keeps; what it does not mention is dropped. */
function keptCount(call: Call, size: Size | null): Size | null {
  const condition = call.numbers(1);
  if (condition === null) return null;
  const isWhole = typeof size === 'number' && condition.length <= size;
  return isWhole ? condition.filter((each) => each !== 0).length : null;
}

function unique(call: Call): void {
  const input = call.shape(0);
  const count = call.unknown();
  const attribute = call.node.attribute('axis');
  const axis = attribute && input ? axisOf(call, call.node.int('axis', 0), input.length) : null;
  let all: Size = call.unknown();
  if (attribute === undefined) {
    call.setTensor(0, [count]);
    if (input !== null) all = elementCount(input);
  } else if (input !== null && axis !== null) {
    call.setTensor(0, input.with(axis, count));
    all = input[axis] ?? all;
  } else {
    call.setTensor(0, input && call.unknownSizes(input.length));
  }
  call.setTensor(1, [count], 'int64');
  call.setTensor(2, [all], 'int64');
  call.setTensor(3, [count], 'int64');
}

/** com.microsoft.Unique: the second output is what ONNX has third. */
function uniqueOfList(call: Call): void {
  const count = call.unknown();
  const input = call.shape(0);
  call.setTensor(0, [count]);
  call.setTensor(1, [input?.[0] ?? call.unknown()], 'int64');
  call.setTensor(2, [count], 'int64');
}

function nonMaxSuppression(call: Call): void {
  const boxes = call.shape(0);
  const scores = call.shape(1);
  for (const [name, shape] of [
    ['boxes', boxes],
    ['scores', scores],
  ] as const) {
    if (shape !== null && shape.length !== 3)
      call.fail(`the ${name} have rank ${shape.length}, not 3`);
  }
  const [batch, count, corners] = boxes ?? [];
  const [otherBatch, , otherCount] = scores ?? [];
  if (typeof corners === 'number' && corners !== 4)
    call.fail(`a box has ${corners} numbers, not 4`);
  for (const [a, b] of [
    [batch, otherBatch],
    [count, otherCount],
  ]) {
    if (typeof a === 'number' && typeof b === 'number' && a !== b) {
      call.fail(`boxes ${listText(boxes ?? [])} do not go with scores ${listText(scores ?? [])}`);
    }
  }
  call.setTensor(0, [call.unknown(), 3], 'int64');
}

export const selectRules: readonly OperatorRule[] = [
  { domain: '', ops: ['OneHot'], infer: oneHot, cost: movement },
  { domain: '', ops: ['NonZero'], infer: nonZero, cost: movement },
  { domain: '', ops: ['Compress'], infer: compress, cost: movement },
  { domain: '', ops: ['Unique'], infer: unique, cost: movement },
  // https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
  contribRule(['Unique'], uniqueOfList, movement),
  { domain: '', ops: ['NonMaxSuppression'], infer: nonMaxSuppression, cost: movement },
];
