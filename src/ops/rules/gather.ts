import type { Size } from '../../symbolic/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { axisOf, movement } from '../sizes.ts';
import type { Elements, Sizes } from '../types.ts';
import { contribRule } from './contrib-rule.ts';
import { elementAt, fillElements, listText } from './element-arrays.ts';

/*
 * Sources: https://onnx.ai/onnx/operators/onnx__Gather.html, onnx__GatherElements.html,
 * onnx__GatherND.html
 */

function gather(call: Call): void {
  const data = call.shape(0);
  const indices = call.shape(1);
  const axis = data && axisOf(call, call.node.int('axis', 0), data.length);
  if (data === null || axis === null || indices === null) {
    call.setTensor(0, null);
    return;
  }
  checkIndices(call, data[axis]);
  const shape = [...data.slice(0, axis), ...indices, ...data.slice(axis + 1)];
  call.setTensor(0, shape);
  const elements = call.elements(0);
  const known = elements && call.elements(1);
  if (elements === null || known === null) return;
  fillElements(call, shape, (index) => {
    const at = indexAt(known, index.slice(axis, axis + indices.length), data[axis]);
    if (at === null) return null;
    return elementAt(elements, [
      ...index.slice(0, axis),
      at,
      ...index.slice(axis + indices.length),
    ]);
  });
}

/** Indices that are known and out of range, which is found out when the node runs. */
function checkIndices(call: Call, size: Size | undefined): void {
  if (typeof size !== 'number') return;
  const wrong = call
    .elements(1)
    ?.values.find((index) => typeof index === 'number' && (index < -size || index >= size));
  if (wrong !== undefined) call.fail(`index ${String(wrong)} is not in [${-size}, ${size - 1}]`);
}

/** An index of a list of them, from the front; null where it is not a number. */
function indexAt(
  indices: Elements,
  where: readonly number[],
  size: Size | undefined,
): number | null {
  const index = elementAt(indices, where);
  if (typeof index !== 'number') return null;
  if (index >= 0) return index;
  return typeof size === 'number' ? index + size : null;
}

function gatherElements(call: Call): void {
  const data = call.shape(0);
  const indices = call.shape(1);
  call.setTensor(0, indices);
  if (data === null || indices === null) return;
  if (data.length !== indices.length) {
    call.fail(`the data has rank ${data.length}, the indices ${indices.length}`);
    return;
  }
  const axis = failingAxis(call, call.node.int('axis', 0), data.length);
  if (axis === null) return;
  checkIndices(call, data[axis]);
  const elements = call.elements(0);
  const known = elements && call.elements(1);
  if (elements === null || known === null) return;
  fillElements(call, indices, (index) => {
    const at = indexAt(known, index, data[axis]);
    return at === null ? null : elementAt(elements, index.with(axis, at));
  });
}

/** An axis that ONNX's inference does not look at. */
function failingAxis(call: Call, axis: number, rank: number): number | null {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  call.fail(`axis ${axis} is not in [${-rank}, ${rank - 1}]`);
  return null;
}

function gatherNd(call: Call): void {
  const data = call.shape(0);
  const indices = call.shape(1);
  const depth = indices?.at(-1);
  const batch = call.node.int('batch_dims', 0);
  if (data === null || indices === null || typeof depth !== 'number') {
    call.setTensor(0, null);
    return;
  }
  const isPossible = batch >= 0 && batch < indices.length && batch + depth <= data.length;
  if (!isPossible || depth < 1) {
    const text = `${listText(indices)} name ${depth} axes after ${batch} of ${listText(data)}`;
    call.reject(`indices of shape ${text}`);
    call.setTensor(0, null);
    return;
  }
  const leading = indices.slice(0, -1);
  const shape = [...leading, ...data.slice(batch + depth)];
  call.setTensor(0, shape);
  gatherNdElements(call, shape, { data, batch, depth, leading: leading.length });
}

interface NdPlan {
  readonly data: Sizes;
  readonly batch: number;
  /** How many axes an index names. */
  readonly depth: number;
  readonly leading: number;
}

function gatherNdElements(call: Call, shape: Sizes, { data, batch, depth, leading }: NdPlan): void {
  const elements = call.elements(0);
  const known = elements && call.elements(1);
  if (elements === null || known === null) return;
  fillElements(call, shape, (index) => {
    const source = index.slice(0, batch);
    for (let at = 0; at < depth; at += 1) {
      const one = indexAt(known, [...index.slice(0, leading), at], data[batch + at]);
      if (one === null) return null;
      source.push(one);
    }
    return elementAt(elements, [...source, ...index.slice(leading)]);
  });
}

export const gatherRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Gather'], infer: gather, cost: movement },
  { domain: '', ops: ['GatherElements'], infer: gatherElements, cost: movement },
  { domain: '', ops: ['GatherND'], infer: gatherNd, cost: movement },
  // https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
  contribRule(['GatherND'], gatherNd, movement),
];
