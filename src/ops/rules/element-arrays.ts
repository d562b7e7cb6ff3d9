import { formatSize } from '../../symbolic/index.ts';
import type { Call } from '../rule.ts';
import { type Element, type Elements, mostElements, type Sizes } from '../types.ts';

/** Ranks beyond this are not followed: no tensor has them, and a hostile file may ask for 10^9. */
export const mostAxes = 256;

/** A shape as numbers, if all are known and it has at most `mostElements` elements. */
export function smallDims(shape: Sizes | null): readonly number[] | null {
  if (shape === null || shape.length > mostAxes) return null;
  const dims = shape.filter((size) => typeof size === 'number');
  if (dims.length < shape.length || dims.some((size) => size < 0)) return null;
  return dims.reduce((count, size) => count * size, 1) <= mostElements ? dims : null;
}

/** Position in row-major order; null when an index is out of range. */
export function offsetOf(dims: readonly number[], index: readonly number[]): number | null {
  let offset = 0;
  for (const [axis, size] of dims.entries()) {
    const at = index[axis] ?? 0;
    if (at < 0 || at >= size) return null;
    offset = offset * size + at;
  }
  return offset;
}

/** The element at an index; null where it is not known or out of range. */
export function elementAt(elements: Elements, index: readonly number[]): Element {
  const offset = offsetOf(elements.dims, index);
  return offset === null ? null : (elements.values[offset] ?? null);
}

/** All indices of a shape in row-major order. The array is one and the same, changed in place. */
export function* indicesOf(dims: readonly number[]): Generator<readonly number[]> {
  if (dims.some((size) => size <= 0)) return;
  const index = dims.map(() => 0);
  for (;;) {
    yield index;
    let axis = dims.length - 1;
    while (axis >= 0 && (index[axis] ?? 0) + 1 >= (dims[axis] ?? 0)) {
      index[axis] = 0;
      axis -= 1;
    }
    if (axis < 0) return;
    index[axis] = (index[axis] ?? 0) + 1;
  }
}

/** Sets the elements of output 0 by index, if it is small and any of them is known. */
export function fillElements(
  call: Call,
  shape: Sizes | null,
  valueAt: (index: readonly number[]) => Element,
): void {
  const dims = smallDims(shape);
  if (dims === null) return;
  const values: Element[] = [];
  for (const index of indicesOf(dims)) values.push(valueAt(index));
  if (values.length === 0 || values.some((each) => each !== null)) {
    call.setElements(0, dims, values);
  }
}

/** The same elements in another shape. */
export function keepElements(call: Call, shape: Sizes | null, from = 0): void {
  const elements = call.elements(from);
  const dims = elements && smallDims(shape);
  if (elements && dims) call.setElements(0, dims, elements.values);
}

/**
 * The sizes that an input lists, as the shape inputs of Reshape, Expand and ConstantOfShape do: null
 * where one is not known. Null as a whole: not even how many there are is known.
 */
export function listedSizes(call: Call, at: number): readonly Element[] | null {
  const elements = call.elements(at);
  if (elements !== null) {
    return elements.values.length > mostAxes ? null : elements.values.map(integerOf);
  }
  const shape = call.shape(at);
  if (shape === null) return null;
  const count = shape.length === 0 ? 1 : shape[0];
  if (typeof count !== 'number' || count < 0 || count > mostAxes) return null;
  return Array.from({ length: count }, () => null);
}

/** Only a file whose types are wrong has others. */
function integerOf(value: Element): Element {
  return typeof value !== 'number' || Number.isInteger(value) ? value : null;
}

/** The one element of an input that is a scalar or has a single element. */
export function scalarElement(call: Call, at: number): Element {
  const values = call.elements(at)?.values;
  return values?.length === 1 ? (values[0] ?? null) : null;
}

/** Axes without doubt: those that are in range, from the front, each once. */
export function axesFromFront(axes: readonly number[], rank: number): readonly number[] {
  const inside = axes.filter((axis) => axis >= -rank && axis < rank);
  return [...new Set(inside.map((axis) => (axis < 0 ? axis + rank : axis)))];
}

/** `[1, 3, seq]`, for messages. */
export function listText(list: readonly Element[]): string {
  return `[${list.map((each) => (each === null ? '?' : formatSize(each))).join(', ')}]`;
}
