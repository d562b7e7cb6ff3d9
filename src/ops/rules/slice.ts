import type { Size } from '../../symbolic/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { movement } from '../sizes.ts';
import type { Element, Sizes } from '../types.ts';
import { contradict } from './contradictions.ts';
import { elementAt, fillElements, listedSizes, listText } from './element-arrays.ts';
import { type SliceRange, sliceRange } from './slice-length.ts';

/* Source: https://onnx.ai/onnx/operators/onnx__Slice.html */

/** What a slice does to the axes: of an axis that it names, what it takes, or null when unknown. */
type Ranges = Map<number, { range: SliceRange | null; step: number | null }>;

interface Bounds {
  readonly starts: readonly Element[];
  readonly ends: readonly Element[];
  readonly axes: readonly number[];
  readonly steps: readonly Element[];
}

function slice(call: Call): void {
  const input = call.shape(0);
  if (input === null) {
    call.setTensor(0, null);
    return;
  }
  const bounds = boundsOf(call, input.length);
  if (bounds === null) {
    call.setTensor(0, call.unknownSizes(input.length));
    return;
  }
  const ranges = rangesOf(call, input, bounds);
  const shape = input.map((size, axis): Size => {
    const taken = ranges.get(axis);
    return taken === undefined ? size : (taken.range?.length ?? call.unknown());
  });
  call.setTensor(0, shape);
  sliceElements(call, shape, ranges);
}

/** The bounds, before opset 10 attributes; null when not even the axes are known. */
function boundsOf(call: Call, rank: number): Bounds | null {
  const [starts, ends, axes, steps] = ['starts', 'ends', 'axes', 'steps'].map((name, at) =>
    call.opset < 10 ? call.node.ints(name) : listOrNothing(call, at + 1),
  );
  if (!starts || !ends || axes === null) return null;
  if (starts.length !== ends.length) {
    const message = `${starts.length} starts and ${ends.length} ends are given`;
    contradict(call, areConstant(call, [1, 2]), message);
    return null;
  }
  const named = axes ?? starts.map((_, at) => at);
  const numbers = named.filter((axis) => typeof axis === 'number');
  if (numbers.length < named.length) return null;
  if (numbers.length !== starts.length || (steps && steps.length !== starts.length)) {
    contradict(
      call,
      areConstant(call, [1, 2, 3, 4]),
      `${starts.length} starts go with ${numbers.length} axes and ${steps?.length ?? 'no'} steps`,
    );
    return null;
  }
  return {
    starts,
    ends,
    axes: frontAxes(call, numbers, rank),
    steps: steps ?? starts.map(() => 1),
  };
}

/** Whether the elements of these inputs are known, as far as they are given. */
function areConstant(call: Call, inputs: readonly number[]): boolean {
  return call.opset < 10 || inputs.every((at) => !call.has(at) || call.elements(at) !== null);
}

/** Undefined: the input is left out. */
function listOrNothing(call: Call, at: number): readonly Element[] | null | undefined {
  return call.has(at) ? listedSizes(call, at) : undefined;
}

function frontAxes(call: Call, axes: readonly number[], rank: number): readonly number[] {
  const front = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  const tell = (message: string): void =>
    call.opset < 10 ? call.fail(message) : call.reject(message);
  const outside = axes.find((axis) => axis < -rank || axis >= rank);
  if (outside !== undefined) tell(`axis ${outside} is not in [${-rank}, ${rank - 1}]`);
  if (new Set(front).size < front.length) tell(`the axes ${listText(axes)} name one twice`);
  return front;
}

function rangesOf(call: Call, input: Sizes, { starts, ends, axes, steps }: Bounds): Ranges {
  const ranges: Ranges = new Map();
  for (const [at, axis] of axes.entries()) {
    const size = input[axis];
    const [start, end, step] = [starts[at] ?? null, ends[at] ?? null, steps[at] ?? null];
    if (size === undefined) continue;
    if (step === 0) call.reject(`the step along axis ${axis} is 0`);
    const isKnown = typeof step === 'number' && step !== 0 && start !== null && end !== null;
    ranges.set(axis, {
      range: isKnown ? sliceRange(size, start, end, step) : null,
      step: typeof step === 'number' ? step : null,
    });
  }
  return ranges;
}

function sliceElements(call: Call, shape: Sizes, ranges: Ranges): void {
  const elements = call.elements(0);
  if (elements === null) return;
  for (const { range, step } of ranges.values()) {
    if (typeof range?.first !== 'number' || step === null) return;
  }
  fillElements(call, shape, (index) => {
    const source = index.map((at, axis) => {
      const taken = ranges.get(axis);
      return taken === undefined ? at : Number(taken.range?.first) + at * (taken.step ?? 1);
    });
    return elementAt(elements, source);
  });
}

export const sliceRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Slice'], infer: slice, cost: movement },
];
