import type { Size } from '../../symbolic/index.ts';
import type { DataType } from '../../tensor/index.ts';
import type { Call } from '../rule.ts';
import { type Element, type Elements, mostElements, type Sizes } from '../types.ts';

/** Sets the elements of the first output, each from the same element of input 0. */
export function mapElements(
  call: Call,
  map: (element: Size, type: DataType) => Element,
  outputType: DataType | null = call.elementType(0),
): void {
  const elements = outputType === null ? null : call.elements(0);
  if (elements === null || outputType === null) return;
  const values = elements.values.map((each) => (each === null ? null : map(each, outputType)));
  setKnown(call, elements.dims, values);
}

/** Sets the elements of the first output from those of some inputs, which broadcast. */
export function combineElements(
  call: Call,
  inputs: readonly number[],
  combine: (elements: readonly Element[]) => Element,
): void {
  // Constants are not read for what can be known at no rate.
  if (inputs.length === 0 || !inputs.every((at) => isSmall(call.shape(at)))) return;
  const all: Elements[] = [];
  for (const at of inputs) {
    const elements = call.elements(at);
    if (elements === null) return;
    all.push(elements);
  }
  const dims = broadcastDims(all.map((each) => each.dims));
  if (dims === null) return;
  const readers = all.map((each) => broadcastIndex(each.dims, dims));
  const count = countOf(dims);
  const values = Array.from({ length: count }, (_, index) =>
    combine(all.map((each, input) => each.values[readers[input]?.(index) ?? 0] ?? null)),
  );
  setKnown(call, dims, values);
}

/** Folds elements of several inputs, which broadcast, from the first to the last. */
export function foldElements(
  call: Call,
  inputs: readonly number[],
  combine: (a: Size, b: Size, type: DataType) => Element,
): void {
  const type = call.elementType(0);
  if (type === null) return;
  combineElements(call, inputs, (elements) =>
    elements.reduce((a, b) => (a === null || b === null ? null : combine(a, b, type))),
  );
}

/** Elements of which not one is known say nothing. */
function setKnown(call: Call, dims: readonly number[], values: readonly Element[]): void {
  if (values.length === 0 || values.some((each) => each !== null)) {
    call.setElements(0, dims, values);
  }
}

/** Whether a tensor is small enough to be looked into. */
export function isSmall(shape: Sizes | null): boolean {
  return (
    shape !== null &&
    shape.every((size) => typeof size === 'number') &&
    countOf(shape) <= mostElements
  );
}

export function countOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Null: they do not broadcast, or to more than is looked into. */
function broadcastDims(all: readonly (readonly number[])[]): number[] | null {
  const rank = Math.max(0, ...all.map((dims) => dims.length));
  const result: number[] = [];
  for (let axis = 0; axis < rank; axis += 1) {
    const sizes = all.map((dims) => dims[axis - rank + dims.length] ?? 1);
    const size = sizes.find((each) => each !== 1) ?? 1;
    if (sizes.some((each) => each !== 1 && each !== size)) return null;
    result.push(size);
  }
  return countOf(result) > mostElements ? null : result;
}

/** Where the element of a broadcast tensor at a row-major index comes from. */
function broadcastIndex(from: readonly number[], to: readonly number[]): (index: number) => number {
  const steps: { readonly size: number; readonly step: number }[] = [];
  let step = 1;
  for (let axis = to.length - 1; axis >= 0; axis -= 1) {
    const own = from[axis - to.length + from.length] ?? 1;
    steps.push({ size: to[axis] ?? 1, step: own === 1 ? 0 : step });
    step *= own;
  }
  return (index) => {
    let rest = index;
    let result = 0;
    for (const each of steps) {
      result += (rest % each.size) * each.step;
      rest = Math.floor(rest / each.size);
    }
    return result;
  };
}
