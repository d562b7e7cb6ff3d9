import { add, floorDivide, type Size, subtract } from '../../symbolic/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { axisOf, movement } from '../sizes.ts';
import type { Element, Sizes } from '../types.ts';
import { contradict } from './contradictions.ts';
import { contribRule } from './contrib-rule.ts';
import { elementAt, fillElements, listedSizes, listText } from './element-arrays.ts';

/* Source: https://onnx.ai/onnx/operators/onnx__Pad.html */

/** How much is added before and after the axes that are named; null: not known how much. */
interface Pads {
  readonly axes: readonly number[];
  readonly amounts: readonly Element[];
}

function pad(call: Call): void {
  const input = call.shape(0);
  const pads = input && padsOf(call, input);
  if (input === null || pads === null) {
    call.setTensor(0, input && call.unknownSizes(input.length));
    return;
  }
  const shape = input.map((size, axis) => paddedSize(call, size, axis, pads));
  call.setTensor(0, shape);
  padElements(call, shape, pads);
}

/** The version 1 attribute has another name than the one of version 2. */
function padsOf(call: Call, input: Sizes): Pads | null {
  const amounts = call.has(1)
    ? listedSizes(call, 1)
    : (call.node.ints('pads') ?? call.node.ints('paddings'));
  if (!amounts) return null;
  const axes =
    call.has(3) && call.node.domain === '' ? namedAxes(call, input) : input.map((_, axis) => axis);
  if (axes === null) return null;
  if (amounts.length !== 2 * axes.length) {
    const message = `${amounts.length} pads are given for ${axes.length} axes`;
    const isConstant = !call.has(1) || call.elements(1) !== null;
    contradict(call, isConstant && call.node.domain === '', message);
    return null;
  }
  return { axes, amounts };
}

/** Null: not known, or out of range. */
function namedAxes(call: Call, input: Sizes): readonly number[] | null {
  const axes = call.numbers(3)?.map((axis) => axisOf(call, axis, input.length));
  return axes?.every((axis) => axis !== null) ? axes : null;
}

function paddedSize(call: Call, size: Size, axis: number, { axes, amounts }: Pads): Size {
  const at = axes.indexOf(axis);
  if (at < 0) return size;
  const before = amounts[at] ?? null;
  const after = amounts[at + axes.length] ?? null;
  if (before === null || after === null) return call.unknown();
  const padded = add(size, add(before, after));
  if (typeof padded !== 'number' || padded >= 0) return padded;
  call.fail(`axis ${axis} of size ${listText([size])} is padded by ${listText([before, after])}`);
  return call.unknown();
}

/** Only what a constant surrounds is worked out. */
function padElements(call: Call, shape: Sizes, { axes, amounts }: Pads): void {
  const elements = call.elements(0);
  if (elements === null || call.node.string('mode', 'constant') !== 'constant') return;
  const fill = fillOf(call);
  const start = elements.dims.map(() => 0);
  for (const [at, axis] of axes.entries()) {
    const before = amounts[at];
    if (typeof before !== 'number') return;
    start[axis] = before;
  }
  fillElements(call, shape, (index) => {
    const source = index.map((at, axis) => at - (start[axis] ?? 0));
    const isInside = source.every((at, axis) => at >= 0 && at < (elements.dims[axis] ?? 0));
    return isInside ? elementAt(elements, source) : fill;
  });
}

function fillOf(call: Call): Element {
  if (call.has(2)) return call.elements(2)?.values[0] ?? null;
  return call.node.float('value', 0);
}

function unfold(call: Call): void {
  const input = call.shape(0);
  const { node } = call;
  const size = node.int('size', 0);
  const step = node.int('step', 1);
  const axis = input && axisOf(call, node.int('dim', -1), input.length, 'dim');
  if (input === null || axis === null) {
    call.setTensor(0, input && call.unknownSizes(input.length + 1));
    return;
  }
  const whole = input[axis] ?? 0;
  if (size < 1 || step < 1 || (typeof whole === 'number' && size > whole)) {
    call.reject(`windows of ${size} every ${step} are taken of ${listText([whole])}`);
    call.setTensor(0, call.unknownSizes(input.length + 1));
    return;
  }
  const windows = add(floorDivide(subtract(whole, size), step), 1);
  call.setTensor(0, [...input.with(axis, windows), size]);
}

export const padRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Pad'], infer: pad, cost: movement },
  // https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
  contribRule(['Pad'], pad, movement),
  contribRule(['UnfoldTensor'], unfold, movement),
];
