import { add, multiply, product, type Size, subtract } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, OperatorRule } from '../rule.ts';
import { elementCount, perInputElement } from '../sizes.ts';
import type { Sizes } from '../types.ts';
import { agree } from './shape-agreement.ts';
import { padsOf, readWindow, slide, type Window } from './windows.ts';

/** The least rank: a batch, channels and one spatial axis. */
const leastRank = 3;

function pool(call: Call): void {
  setBoth(call, pooled(call));
}

/** MaxPool also gives the indices of what it took. */
function setBoth(call: Call, shape: Sizes | null): void {
  call.setTensor(0, shape);
  call.setTensor(1, shape, 'int64');
}

function pooled(call: Call): Sizes | null {
  const kernel = call.node.ints('kernel_shape');
  const x = call.shape(0);
  if (x === null) return kernel === undefined ? null : call.unknownSizes(kernel.length + 2);
  if (x.length < leastRank) {
    call.reject(`the input has rank ${x.length}, at least ${leastRank} is needed`);
    return null;
  }
  const axes = x.length - 2;
  const window = readWindow(call, axes, null);
  if (window !== null) checkPads(call, window);
  const spatial = window === null ? call.unknownSizes(axes) : slide(call, x.slice(2), window, 0);
  return [...x.slice(0, 2), ...spatial];
}

/** A window that lies in the padding has nothing to take. */
function checkPads(call: Call, { pads, kernel }: Window): void {
  const isOdd = pads?.some((pad, at) => pad >= Number(kernel[at % kernel.length])) ?? false;
  if (isOdd) call.refuse(`pads [${pads?.join(', ')}] must be smaller than the window`);
}

function globalPool(call: Call): void {
  const x = call.shape(0);
  if (x !== null && x.length < leastRank) {
    call.fail(`the input has rank ${x.length}, at least ${leastRank} is needed`);
  }
  call.setTensor(0, x && x.map((size, axis) => (axis < 2 ? size : 1)));
}

/** The reverse of a max pooling: the size that the pooling may have come from, or the one given. */
function maxUnpool(call: Call): void {
  const x = call.shape(0);
  if (x === null) {
    call.setTensor(0, null);
    return;
  }
  const axes = Math.max(x.length - 2, 0);
  const given = call.has(2) ? call.elements(2) : null;
  if (call.has(2)) {
    const [count] = call.shape(2) ?? [];
    if (typeof count === 'number' && count !== x.length) {
      call.reject(`output_shape has ${count} elements, the input's rank is ${x.length}`);
    }
    const sizes = given?.values.length === x.length ? given.values : x.map(() => null);
    call.setTensor(
      0,
      sizes.map((size) => size ?? call.unknown()),
    );
    return;
  }
  const window = readWindow(call, axes, null);
  const channels = agree(
    call,
    x[1],
    call.shape(1)?.[1],
    (a, b) => `the input has ${a} channels, the indices have ${b}`,
  );
  const spatial = x.slice(2).map((size, axis): Size => {
    if (window === null) return call.unknown();
    const [before, after] = padsOf(window, axis);
    const moved = multiply(subtract(size, 1), window.strides[axis] ?? 1);
    return subtract(add(moved, window.kernel[axis] ?? 1), before + after);
  });
  call.setTensor(0, [x[0] ?? 1, channels, ...spatial]);
}

function maxRoiPool(call: Call): void {
  const sizes = call.node.ints('pooled_shape');
  const isUsable = sizes?.length === 2 && sizes.every((size) => size > 0);
  if (sizes !== undefined && !isUsable) {
    call.reject(`pooled_shape [${sizes.join(', ')}] must be two positive numbers`);
  }
  const spatial = isUsable ? sizes : call.unknownSizes(2);
  call.setTensor(0, [regions(call, 1, 5), channelsOf(call), ...spatial]);
}

function roiAlign(call: Call): void {
  const { node } = call;
  const count = regions(call, 1, 4);
  const [other] = call.shape(2) ?? [];
  const spatial = [node.int('output_height', 1), node.int('output_width', 1)];
  const regionCount = other === undefined ? count : call.unify(count, other, 'regions');
  call.setTensor(0, [
    regionCount,
    channelsOf(call),
    ...spatial.map((size) => (size < 0 ? call.unknown() : size)),
  ]);
}

/** How many regions an input holds, a row each. */
function regions(call: Call, at: number, columns: number): Size {
  const shape = call.shape(at);
  if (shape === null) return call.unknown();
  const [count, found] = shape;
  if (shape.length !== 2) {
    call.reject(`the regions have rank ${shape.length}, it must be 2`);
  } else if (typeof found === 'number' && found !== columns) {
    call.fail(`a region has ${found} numbers, it must have ${columns}`);
  }
  return count ?? call.unknown();
}

function channelsOf(call: Call): Size {
  const x = call.shape(0);
  if (x === null) return call.unknown();
  if (x.length !== 4) call.reject(`the input has rank ${x.length}, it must be 4`);
  return x[1] ?? call.unknown();
}

/** An operation for each entry of the window and element of the output. */
function poolCost(call: CostCall): NodeCost | null {
  const out = call.outputShape(0);
  const kernel = call.node.ints('kernel_shape');
  if (out === null || kernel === undefined) return null;
  const otherFlops = multiply(elementCount(out), product(kernel.map((size) => Math.max(size, 0))));
  return { class: 'reduction', macs: 0, otherFlops };
}

/** A bilinear sample: weights and values of four neighbours, and the sum of samples. */
const flopsPerSample = 8;

/** Without a sampling ratio, the number of samples depends on the regions; one a bin is counted. */
function roiAlignCost(call: CostCall): NodeCost | null {
  const out = call.outputShape(0);
  if (out === null) return null;
  const samples = Math.max(call.node.int('sampling_ratio', 0), 1) ** 2;
  const otherFlops = multiply(elementCount(out), samples * flopsPerSample);
  return { class: 'reduction', macs: 0, otherFlops };
}

/** Unpooling only moves; its output is as good as free of arithmetic. */
function noArithmetic(): NodeCost {
  return { class: 'movement', macs: 0, otherFlops: 0 };
}

/** Sources: https://onnx.ai/onnx/operators/onnx__AveragePool.html and the pages of the others. */
export const poolRules: readonly OperatorRule[] = [
  { domain: '', ops: ['AveragePool', 'MaxPool', 'LpPool'], infer: pool, cost: poolCost },
  {
    domain: '',
    ops: ['GlobalAveragePool', 'GlobalMaxPool', 'GlobalLpPool'],
    infer: globalPool,
    cost: perInputElement(1),
  },
  { domain: '', ops: ['MaxUnpool'], infer: maxUnpool, cost: noArithmetic },
  // How many elements fall into a bin depends on the regions: one comparison a bin at least.
  {
    domain: '',
    ops: ['MaxRoiPool'],
    infer: maxRoiPool,
    cost: (call) => {
      const out = call.outputShape(0);
      return out && { class: 'reduction', macs: 0, otherFlops: elementCount(out) };
    },
  },
  { domain: '', ops: ['RoiAlign'], infer: roiAlign, cost: roiAlignCost },
];
