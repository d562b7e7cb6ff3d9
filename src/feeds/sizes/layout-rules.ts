import { broadcastSizes } from './elementwise-rules.ts';
import { axisOf, countOf, misfit, type RuleContext, type SizeRule } from './rule.ts';
import { sliceRanges } from './slice-ranges.ts';

/** Operators that rearrange: the number of elements, or the sizes of other axes, must work out. */

const transpose: SizeRule = ({ node, sizes }) => {
  const x = sizes(0);
  if (x === null) return [null];
  const order = node.ints('perm') ?? x.map((_, axis) => x.length - 1 - axis);
  if (order.length !== x.length) return misfit(`rank ${x.length} where ${order.length} is needed`);
  return [order.map((axis) => x[axis] ?? 0)];
};

const reshape: SizeRule = ({ node, sizes, integers }) => {
  const x = sizes(0);
  const target = node.ints('shape') ?? integers(1);
  if (x === null || target === null) return [null];
  const keepsZero = node.int('allowzero', 0) === 1;
  const filled = target.map((size, axis) => (size === 0 && !keepsZero ? (x[axis] ?? 0) : size));
  const count = countOf(x);
  const rest = countOf(filled.filter((size) => size !== -1));
  const isOpen = filled.includes(-1);
  const works = isOpen ? (rest === 0 ? count === 0 : count % rest === 0) : rest === count;
  if (!works) {
    const rows = x[0] === 0 ? 1 : (x[0] ?? 1);
    return misfit(`[${x.join(', ')}] does not become [${target.join(', ')}]`, rest, rest / rows);
  }
  return [filled.map((size) => (size === -1 ? (rest === 0 ? 0 : count / rest) : size))];
};

const flatten: SizeRule = ({ node, sizes }) => {
  const x = sizes(0);
  if (x === null) return [null];
  const axis = node.int('axis', 1);
  const at = axis < 0 ? axis + x.length : axis;
  return [[countOf(x.slice(0, at)), countOf(x.slice(at))]];
};

function axesOf({ node, integers }: RuleContext, input: number): readonly number[] | null {
  const isGiven = node.inputs[input] !== undefined && node.inputs[input] !== null;
  return node.ints('axes') ?? (isGiven ? integers(input) : null);
}

const squeeze: SizeRule = (context) => {
  const x = context.sizes(0);
  const axes = axesOf(context, 1);
  if (x === null) return [null];
  if (axes === null) return [context.node.inputs[1] ? null : x.filter((size) => size !== 1)];
  const dropped = axes.map((axis) => axisOf(axis, x.length));
  const odd = dropped.find((axis) => axis === null || x[axis] !== 1);
  if (odd !== undefined)
    return misfit(`an axis to drop has size ${odd === null ? 'none' : x[odd]}`, 1);
  return [x.filter((_, axis) => !dropped.includes(axis))];
};

const unsqueeze: SizeRule = (context) => {
  const x = context.sizes(0);
  const axes = axesOf(context, 1);
  if (x === null || axes === null) return [null];
  const rank = x.length + axes.length;
  const added = axes.map((axis) => axisOf(axis, rank));
  const rest = [...x];
  return [
    Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : (rest.shift() ?? 1))),
  ];
};

const concat: SizeRule = ({ node, sizes }) => {
  const all = node.inputs.map((_, index) => sizes(index));
  const known = all.filter((each) => each !== null);
  const [first] = known;
  if (first === undefined) return [null];
  const axis = axisOf(node.int('axis', 1), first.length);
  if (axis === null) return misfit(`rank ${first.length} has no axis to join along`);
  for (const each of known) {
    const at = first.findIndex((size, index) => index !== axis && size !== each[index]);
    if (each.length !== first.length)
      return misfit(`ranks ${first.length} and ${each.length} differ`);
    if (at < 0) continue;
    const [a = 0, b = 0] = [first[at], each[at]];
    return misfit(`sizes ${a} and ${b} of axis ${at} differ`, a, b);
  }
  if (known.length < all.length) return [null];
  return [
    first.with(
      axis,
      known.reduce((sum, each) => sum + (each[axis] ?? 0), 0),
    ),
  ];
};

const split: SizeRule = ({ node, sizes, integers }) => {
  const x = sizes(0);
  const nothing = node.outputs.map(() => null);
  if (x === null) return nothing;
  const axis = axisOf(node.int('axis', 0), x.length);
  if (axis === null) return misfit(`rank ${x.length} has no axis to split`);
  const size = x[axis] ?? 0;
  const given = node.ints('split') ?? (node.inputs[1] ? integers(1) : null);
  if (given === null && node.inputs[1]) return nothing;
  const count = node.outputs.length;
  const part = Math.ceil(size / count);
  const parts = given ?? node.outputs.map((_, at) => Math.min(part, size - part * at));
  const total = parts.reduce((sum, each) => sum + each, 0);
  if (given === null && node.attribute('num_outputs') === undefined && size % count !== 0) {
    return misfit(`${size} does not split into ${count} equal parts`, part * count);
  }
  if (total !== size) return misfit(`${size} is split into ${total}`, total);
  return parts.map((each) => x.with(axis, each));
};

const gather: SizeRule = ({ node, sizes, integers }) => {
  const data = sizes(0);
  const indices = sizes(1);
  if (data === null || indices === null) return [null];
  const axis = axisOf(node.int('axis', 0), data.length);
  if (axis === null) return misfit(`rank ${data.length} has no axis ${node.int('axis', 0)}`);
  const most = Math.max(-1, ...(integers(1) ?? []));
  if (most >= (data[axis] ?? 0)) return misfit(`index ${most} of ${data[axis]}`, most + 1);
  return [[...data.slice(0, axis), ...indices, ...data.slice(axis + 1)]];
};

const slice: SizeRule = (context) => {
  const x = context.sizes(0);
  const ranges = x === null ? null : sliceRanges(context, x);
  if (x === null || ranges === null) return [null];
  const result = [...x];
  for (const { axis, length } of ranges) result[axis] = length;
  return [result];
};

const pad: SizeRule = ({ node, sizes, integers }) => {
  const x = sizes(0);
  const pads = node.ints('pads') ?? integers(1);
  if (x === null || pads === null || node.inputs[3]) return [null];
  if (pads.length !== 2 * x.length) return misfit(`${pads.length} pads for rank ${x.length}`);
  const isReflecting = node.string('mode', 'constant') === 'reflect';
  const result: number[] = [];
  for (const [axis, size] of x.entries()) {
    const [before = 0, after = 0] = [pads[axis], pads[axis + x.length]];
    const most = Math.max(before, after);
    if (isReflecting && most >= size) {
      return misfit(`${size} is too short to reflect ${most}`, most + 1, 4 * most);
    }
    result.push(Math.max(0, size + before + after));
  }
  return [result];
};

const expand: SizeRule = ({ sizes, integers }) => {
  const fit = broadcastSizes([sizes(0), integers(1)]);
  return fit !== null && 'reason' in fit ? fit : [fit];
};

const tile: SizeRule = ({ sizes, integers }) => {
  const x = sizes(0);
  const repeats = integers(1);
  return [
    x === null || repeats === null ? null : x.map((size, axis) => size * (repeats[axis] ?? 1)),
  ];
};

const reduce: SizeRule = (context) => {
  const { node, opset } = context;
  const x = context.sizes(0);
  if (x === null || (node.inputs[1] && context.integers(1) === null)) return [null];
  const axes = axesOf(context, 1) ?? [];
  const isNoop = axes.length === 0 && node.int('noop_with_empty_axes', 0) === 1 && opset >= 13;
  if (isNoop) return [x];
  const gone = axes.map((axis) => axisOf(axis, x.length));
  if (gone.includes(null)) return misfit(`rank ${x.length} has no axis ${axes.join(', ')}`);
  const isGone = (axis: number): boolean => axes.length === 0 || gone.includes(axis);
  if (node.int('keepdims', 1) === 1) return [x.map((size, axis) => (isGone(axis) ? 1 : size))];
  return [x.filter((_, axis) => !isGone(axis))];
};

const argReduce: SizeRule = ({ node, sizes }) => {
  const x = sizes(0);
  if (x === null) return [null];
  const axis = axisOf(node.int('axis', 0), x.length);
  if (axis === null) return misfit(`rank ${x.length} has no axis ${node.int('axis', 0)}`);
  return [node.int('keepdims', 1) === 1 ? x.with(axis, 1) : x.toSpliced(axis, 1)];
};

const depthToSpace: SizeRule = ({ node, sizes }) => {
  const x = sizes(0);
  const block = node.int('blocksize', 1);
  if (x === null) return [null];
  const [n = 0, c = 0, h = 0, w = 0] = x;
  const area = block * block;
  if (node.opType === 'DepthToSpace') {
    if (c % area !== 0) return misfit(`${c} channels do not fill blocks of ${area}`, area);
    return [[n, c / area, h * block, w * block]];
  }
  if (h % block !== 0 || w % block !== 0)
    return misfit(`${h}x${w} is not whole blocks of ${block}`, block);
  return [[n, c * area, h / block, w / block]];
};

const resize: SizeRule = ({ node, sizes, integers, constant }) => {
  const x = sizes(0);
  const target = node.inputs[3] ? integers(3) : null;
  if (x === null || node.attribute('axes') !== undefined) return [null];
  if (target !== null) return [target];
  const tensor = constant(node.opType === 'Upsample' || node.inputs.length === 2 ? 1 : 2);
  if (tensor === null || tensor.elementCount !== x.length) return [null];
  const scales = tensor.toFloat64();
  return [x.map((size, axis) => Math.floor(size * (scales[axis] ?? 1)))];
};

const topK: SizeRule = ({ node, sizes, integers }) => {
  const x = sizes(0);
  const k = integers(1)?.[0] ?? (node.attribute('k') ? node.int('k', 1) : undefined);
  if (x === null || k === undefined) return [null, null];
  const axis = axisOf(node.int('axis', -1), x.length);
  if (axis === null) return misfit(`rank ${x.length} has no axis ${node.int('axis', -1)}`);
  if (k > (x[axis] ?? 0)) return misfit(`the ${k} largest of ${x[axis]}`, k);
  const result = x.with(axis, k);
  return [result, result];
};

const shapeOf: SizeRule = ({ node, sizes }) => {
  const x = sizes(0);
  if (x === null) return [null];
  return [[x.slice(node.int('start', 0), node.int('end', x.length)).length]];
};

const constantOfShape: SizeRule = ({ integers }) => [integers(0)];

const asIndices: SizeRule = ({ sizes }) => [sizes(1)];

export const layoutRules: Readonly<Record<string, SizeRule>> = {
  Transpose: transpose,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Concat: concat,
  Split: split,
  Gather: gather,
  GatherElements: asIndices,
  Slice: slice,
  Pad: pad,
  Expand: expand,
  Tile: tile,
  ...Object.fromEntries(
    'Sum Mean Max Min Prod L1 L2 LogSum LogSumExp SumSquare'
      .split(' ')
      .map((kind) => [`Reduce${kind}`, reduce]),
  ),
  ArgMax: argReduce,
  ArgMin: argReduce,
  DepthToSpace: depthToSpace,
  SpaceToDepth: depthToSpace,
  Resize: resize,
  Upsample: resize,
  TopK: topK,
  Shape: shapeOf,
  Size: () => [[]],
  ConstantOfShape: constantOfShape,
};
