import { ceilDivide, multiply, type Size } from '../../symbolic/index.ts';
import type { DataType } from '../../tensor/index.ts';
import type { Call, CostCall, NodeCost, OperatorRule } from '../rule.ts';
import { elementCount, perInputElement } from '../sizes.ts';
import type { Element, Elements, Sizes } from '../types.ts';
import { checkedAxis, contradict, isConstant } from './contradictions.ts';
import {
  type Arithmetic,
  addElements,
  divideElements,
  largerElement,
  multiplyElements,
  smallerElement,
} from './element-arithmetic.ts';
import { countOf } from './element-values.ts';

/** Operators that make one element of many. */

/** Makes one element of those that are reduced; null: not known. */
type Reduction = (elements: readonly Size[], type: DataType) => Element;

function folding(combine: Arithmetic, empty: Element): Reduction {
  return (elements, type) => {
    let result: Element = elements[0] ?? empty;
    for (const each of elements.slice(1)) {
      if (result === null) return null;
      result = combine(result, each, type);
    }
    return result;
  };
}

const mean: Reduction = (elements, type) => {
  const sum = folding(addElements, null)(elements, type);
  return sum === null ? null : divideElements(sum, elements.length, type);
};

/** The axes to reduce. Null: not known. Undefined: none are given. */
function axesOf(call: Call): readonly number[] | null | undefined {
  return call.has(1) ? call.numbers(1) : call.node.ints('axes');
}

function reduction(reduce: Reduction | null): (call: Call) => void {
  return (call) => {
    const shape = call.shape(0);
    const axes = axesOf(call);
    const keeps = call.node.int('keepdims', 1) === 1;
    if (shape === null) {
      call.setTensor(0, null);
      return;
    }
    if (axes === null) {
      call.setTensor(0, shapeWithoutAxes(call, shape, keeps));
      return;
    }
    if ((axes?.length ?? 0) === 0 && call.node.int('noop_with_empty_axes', 0) !== 0) {
      call.setTensor(0, shape);
      return;
    }
    const isReduced = reducedAxes(call, axes ?? [], shape.length);
    if (isReduced === null) {
      call.setTensor(0, keeps ? call.unknownSizes(shape.length) : null);
      return;
    }
    call.setTensor(0, withoutReduced(shape, isReduced, keeps));
    if (reduce !== null) setReduced(call, isReduced, keeps, reduce);
  };
}

/** With axes that are only known when the model runs: every size may be left or become 1. */
function shapeWithoutAxes(call: Call, shape: Sizes, keeps: boolean): Sizes | null {
  if (keeps) return shape.map((size) => (size === 1 ? 1 : call.unknown()));
  const [count] = call.shape(1) ?? [];
  if (typeof count !== 'number' || count === 0 || count > shape.length) return null;
  return call.unknownSizes(shape.length - count);
}

/** Of each axis, whether it is reduced; no axes are all. Null, and a contradiction, if one is odd. */
function reducedAxes(call: Call, axes: readonly number[], rank: number): boolean[] | null {
  const isReduced = Array.from({ length: rank }, () => axes.length === 0);
  // The first version that checks is 11; as an input, only constants are seen.
  const isRejected = call.opset >= 11 && (!call.has(1) || isConstant(call, 1));
  for (const each of axes) {
    const axis = checkedAxis(call, each, rank, isRejected);
    if (axis === null) return null;
    isReduced[axis] = true;
  }
  return isReduced;
}

function withoutReduced<Item>(
  list: readonly Item[],
  isReduced: readonly boolean[],
  keeps: boolean,
): (Item | 1)[] {
  const kept = list.map((item, at) => (isReduced[at] ? 1 : item));
  return keeps ? kept : kept.filter((_, at) => !isReduced[at]);
}

function setReduced(
  call: Call,
  isReduced: readonly boolean[],
  keeps: boolean,
  reduce: Reduction,
): void {
  const elements = call.elements(0);
  const type = call.elementType(0);
  if (elements === null || type === null || elements.dims.length !== isReduced.length) return;
  const groups = groupsOf(elements, isReduced);
  const values = groups.map((group) =>
    group.every((each) => each !== null) ? reduce(group, type) : null,
  );
  if (values.every((each) => each === null)) return;
  call.setElements(0, withoutReduced(elements.dims, isReduced, keeps), values);
}

/** The elements that each element of the result is made of. */
function groupsOf({ dims, values }: Elements, isReduced: readonly boolean[]): Element[][] {
  const kept = dims.filter((_, axis) => !isReduced[axis]);
  const groups = Array.from({ length: Math.min(countOf(kept), 1024) }, (): Element[] => []);
  for (const [index, value] of values.entries()) {
    let [rest, group, step] = [index, 0, 1];
    for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
      const size = dims[axis] ?? 1;
      const position = rest % size;
      rest = Math.floor(rest / size);
      if (isReduced[axis]) continue;
      group += position * step;
      step *= size;
    }
    groups[group]?.push(value);
  }
  return groups;
}

function argExtremum(call: Call): void {
  const shape = call.shape(0);
  if (shape === null) {
    call.setTensor(0, null, 'int64');
    return;
  }
  const keeps = call.node.int('keepdims', 1) === 1;
  const axis = checkedAxis(call, call.node.int('axis', 0), shape.length, call.opset >= 11);
  const isReduced = shape.map((_, at) => at === axis);
  call.setTensor(0, axis === null ? null : withoutReduced(shape, isReduced, keeps), 'int64');
}

/** Sums or products of all elements so far. */
function cumulative(combine: Arithmetic, start: number): (call: Call) => void {
  return (call) => {
    const shape = call.shape(0);
    call.setTensor(0, shape);
    const axis = call.numbers(1)?.[0];
    if (shape === null || axis === undefined) return;
    if (checkedAxis(call, axis, shape.length, false) === null || shape.length !== 1) return;
    const type = call.elementType(0);
    const elements = call.elements(0);
    if (elements === null || type === null) return;
    const values =
      call.node.int('reverse', 0) === 0 ? elements.values : elements.values.toReversed();
    const isExclusive = call.node.int('exclusive', 0) !== 0;
    let total: Element = start;
    const results = values.map((each): Element => {
      const before: Element = total;
      total = total === null || each === null ? null : combine(total, each, type);
      return isExclusive ? before : total;
    });
    call.setElements(
      0,
      elements.dims,
      call.node.int('reverse', 0) === 0 ? results : results.toReversed(),
    );
  };
}

/** The number was an attribute in the first version. */
function topK(call: Call): void {
  const shape = call.shape(0);
  const count = call.has(1) ? call.known(1)?.[0] : call.node.int('k', 0);
  if (shape === null) {
    setBoth(call, null);
    return;
  }
  const axis = checkedAxis(call, call.node.int('axis', -1), shape.length, true);
  if (axis === null) {
    setBoth(call, call.unknownSizes(shape.length));
    return;
  }
  const size = shape[axis];
  if (typeof count === 'number' && typeof size === 'number' && (count > size || count < 0)) {
    const isRejected = count > size && isConstant(call, 1);
    contradict(
      call,
      isRejected,
      `the largest ${count} of ${size} along axis ${axis} are asked for`,
    );
    setBoth(
      call,
      shape.map((each, at) => (at === axis ? call.unknown() : each)),
    );
    return;
  }
  const found = count ?? call.unknown();
  setBoth(
    call,
    shape.map((each, at) => (at === axis ? found : each)),
  );
}

function setBoth(call: Call, shape: Sizes | null): void {
  call.setTensor(0, shape);
  call.setTensor(1, shape, 'int64');
}

function determinant(call: Call): void {
  const shape = call.shape(0);
  if (shape === null) {
    call.setTensor(0, null);
    return;
  }
  const [rows, columns] = shape.slice(-2);
  if (rows === undefined || columns === undefined) {
    call.reject(`the input has rank ${shape.length}, at least 2 is needed`);
    call.setTensor(0, null);
    return;
  }
  call.unify(rows, columns, 'rows and columns');
  call.setTensor(0, shape.slice(0, -2));
}

/** Gaussian elimination: n^3 / 3 multiplications with additions for each n x n matrix. */
function determinantCost(call: CostCall): NodeCost | null {
  const shape = call.shape(0);
  const size = shape?.at(-1);
  if (shape === null || size === undefined) return null;
  // Divided upward as a whole, which stays exact for symbols.
  const macs = ceilDivide(multiply(elementCount(shape), size), 3);
  return { class: 'other', macs, otherFlops: 0 };
}

/** A rule of some reductions that take as many operations for each element of the input. */
function rule(ops: string, flops: number, reduce: Reduction | null): OperatorRule {
  return {
    domain: '',
    ops: ops.split(' '),
    infer: reduction(reduce),
    cost: perInputElement(flops),
  };
}

/**
 * Operations an element: one to add, multiply or compare; one more for an absolute value or square;
 * for LogSumExp a comparison, a subtraction, an exponential and an addition.
 * Sources: https://onnx.ai/onnx/operators/onnx__ReduceSum.html and the pages of the others.
 */
export const reduceRules: readonly OperatorRule[] = [
  rule('ReduceSum', 1, folding(addElements, 0)),
  rule('ReduceProd', 1, folding(multiplyElements, 1)),
  rule('ReduceMax', 1, folding(largerElement, null)),
  rule('ReduceMin', 1, folding(smallerElement, null)),
  rule('ReduceMean', 1, mean),
  rule('ReduceLogSum', 1, null),
  rule('ReduceL1 ReduceL2 ReduceSumSquare', 2, null),
  rule('ReduceLogSumExp', 4, null),
  { domain: '', ops: ['ArgMax', 'ArgMin'], infer: argExtremum, cost: perInputElement(1) },
  { domain: '', ops: ['CumSum'], infer: cumulative(addElements, 0), cost: perInputElement(1) },
  {
    domain: '',
    ops: ['CumProd'],
    infer: cumulative(multiplyElements, 1),
    cost: perInputElement(1),
  },
  // A comparison an element at least.
  { domain: '', ops: ['TopK'], infer: topK, cost: perInputElement(1) },
  { domain: '', ops: ['Det'], infer: determinant, cost: determinantCost },
];
