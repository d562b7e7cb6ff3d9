import type { Size } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, OperatorRule } from '../rule.ts';
import { elementCount, movement } from '../sizes.ts';
import type { Element, Elements, Sizes } from '../types.ts';
import { elementAt, indicesOf, listText, offsetOf, smallDims } from './element-arrays.ts';

/*
 * Sources: https://onnx.ai/onnx/operators/onnx__ScatterElements.html, onnx__ScatterND.html,
 * onnx__TensorScatter.html
 */

function scatterElements(call: Call): void {
  const data = call.shape(0);
  const indices = call.shape(1);
  call.setTensor(0, data);
  if (data === null || indices === null) return;
  if (data.length !== indices.length) {
    call.fail(`the data has rank ${data.length}, the indices ${indices.length}`);
    return;
  }
  const axis = call.node.int('axis', 0);
  if (axis < -data.length || axis >= data.length) {
    call.fail(`axis ${axis} is not in [${-data.length}, ${data.length - 1}]`);
    return;
  }
  checkUpdates(call, indices, call.shape(2));
  const at = axis < 0 ? axis + data.length : axis;
  checkRange(call, (value) => outside(value, data[at]));
  replaceElements(call, (known) => {
    const places: (number | null)[] = [];
    for (const index of indicesOf(known.indices.dims)) {
      const target = fromFront(elementAt(known.indices, index), data[at]);
      places.push(target === null ? null : offsetOf(known.data.dims, index.with(at, target)));
    }
    return places;
  });
}

function outside(value: Element, size: Size | undefined): boolean {
  if (typeof value !== 'number' || typeof size !== 'number') return false;
  return value < -size || value >= size;
}

function fromFront(index: Element, size: Size | undefined): number | null {
  if (typeof index !== 'number') return null;
  if (index >= 0) return index;
  return typeof size === 'number' ? index + size : null;
}

function checkRange(call: Call, isOutside: (value: Element, at: number) => boolean): void {
  const wrong = call.elements(1)?.values.find(isOutside);
  if (wrong !== undefined) call.fail(`index ${String(wrong)} is out of range`);
}

/** The updates must have a certain shape. */
function checkUpdates(call: Call, wanted: Sizes, updates: Sizes | null): void {
  if (updates === null) return;
  const isOther =
    wanted.length !== updates.length ||
    wanted.some((size, axis) => {
      const other = updates[axis];
      return typeof size === 'number' && typeof other === 'number' && size !== other;
    });
  if (isOther)
    call.fail(`the updates are ${listText(updates)} where ${listText(wanted)} are needed`);
}

interface KnownParts {
  readonly data: Elements;
  readonly indices: Elements;
}

/**
 * The elements of the data with those of the updates in the places that the indices say, one a row of
 * updates; null: not known where.
 */
function replaceElements(
  call: Call,
  placesOf: (known: KnownParts) => readonly (number | null)[],
): void {
  if (call.node.string('reduction', 'none') !== 'none' || smallDims(call.shape(0)) === null) return;
  const data = call.elements(0);
  const indices = data && call.elements(1);
  const updates = smallDims(call.shape(2));
  if (data === null || indices === null || updates === null) return;
  const places = placesOf({ data, indices });
  // Each place is the first of a run of elements.
  const run = updates.reduce((all, size) => all * size, 1) / Math.max(1, places.length);
  if (places.includes(null) || !Number.isInteger(run)) return;
  call.setElements(0, data.dims, replaced(call, data.values, places, run));
}

function replaced(
  call: Call,
  data: readonly Element[],
  places: readonly (number | null)[],
  run: number,
): readonly Element[] {
  const updates = call.elements(2)?.values;
  const values = [...data];
  for (const [row, place] of places.entries()) {
    for (let at = 0; at < run; at += 1)
      values[(place ?? 0) + at] = updates?.[row * run + at] ?? null;
  }
  return values;
}

function scatterNd(call: Call): void {
  const data = call.shape(0);
  const indices = call.shape(1);
  const depth = indices?.at(-1);
  call.setTensor(0, data);
  if (data === null || indices === null || typeof depth !== 'number') return;
  if (depth > data.length) {
    call.fail(`an index names ${depth} axes of ${data.length}`);
    return;
  }
  checkUpdates(call, [...indices.slice(0, -1), ...data.slice(depth)], call.shape(2));
  checkRange(call, (value, at) => outside(value, data[depth === 0 ? 0 : at % depth]));
  replaceElements(call, (known) => {
    const places: (number | null)[] = [];
    for (const index of indicesOf(known.indices.dims.slice(0, -1))) {
      const target: number[] = [];
      for (let axis = 0; axis < depth; axis += 1) {
        const one = fromFront(elementAt(known.indices, [...index, axis]), data[axis]);
        target.push(one ?? -1);
      }
      places.push(offsetOf(known.data.dims, target));
    }
    return places;
  });
}

/** Rows are written into a cache, along one axis that is not the first. */
function tensorScatter(call: Call): void {
  const cache = call.shape(0);
  const update = call.shape(1);
  call.setTensor(0, cache);
  if (cache === null || update === null) return;
  if (cache.length !== update.length) {
    call.reject(`the cache has rank ${cache.length}, the update ${update.length}`);
    return;
  }
  const axis = call.node.int('axis', -2);
  const at = axis < 0 ? axis + cache.length : axis;
  if (at < 1 || at >= cache.length) {
    call.reject(`axis ${axis} is none of rank ${cache.length} after the first`);
    return;
  }
  const shape = cache.map((size, one) =>
    one === at ? size : call.unify(size, update[one] ?? size, `axis ${one} of cache and update`),
  );
  call.setTensor(0, shape);
  const [rows, most] = [update[at], cache[at]];
  if (typeof rows === 'number' && typeof most === 'number' && rows > most) {
    call.fail(`${rows} rows are written into a cache of ${most}`);
  }
}

/** Updates that are added or compared cost one operation each; others are only moved. */
function scatterCost(call: CostCall): NodeCost | null {
  if (call.node.string('reduction', 'none') === 'none') return movement();
  const updates = call.shape(2);
  if (updates === null) return null;
  return { class: 'elementwise', macs: 0, otherFlops: elementCount(updates) };
}

export const scatterRules: readonly OperatorRule[] = [
  {
    domain: '',
    ops: ['Scatter', 'ScatterElements'],
    infer: scatterElements,
    cost: scatterCost,
  },
  { domain: '', ops: ['ScatterND'], infer: scatterNd, cost: scatterCost },
  { domain: '', ops: ['TensorScatter'], infer: tensorScatter, cost: movement },
];
