import { floorDivide, multiply, type Size, sameSize } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, OperatorRule } from '../rule.ts';
import { axisOf, elementCount } from '../sizes.ts';
import type { Element, Sizes } from '../types.ts';
import { contradict, isConstant } from './contradictions.ts';

/** Changes of the sizes of images. */

/** Where the factors and sizes are; the first version had factors alone, as input 1. */
function resize(call: Call): void {
  const x = call.shape(0);
  const hasFactorsOnly = call.opset < 11;
  const scales = hasFactorsOnly ? call.elements(1) : givenElements(call, 2);
  const sizes = hasFactorsOnly ? null : givenElements(call, 3);
  if (x === null) {
    call.setTensor(0, null);
    return;
  }
  if (!hasFactorsOnly && !hasOne(call)) {
    contradict(call, call.opset >= 13, 'either scales or sizes must be given, and not both');
    call.setTensor(0, call.unknownSizes(x.length));
    return;
  }
  const axes = axesOf(call, x.length);
  const isBySizes = !hasFactorsOnly && isGiven(call, 3);
  const policy = call.node.string('keep_aspect_ratio_policy', 'stretch');
  if (!isBySizes && policy !== 'stretch') call.reject(`${policy} needs sizes, not scales`);
  checkCount(call, axes, isBySizes);
  const list = isBySizes ? sizes : scales;
  if (axes === null || list === null || !fits(call, list.values, axes, isBySizes)) {
    call.setTensor(0, axes === null ? call.unknownSizes(x.length) : partly(call, x, axes));
    return;
  }
  const result = isBySizes
    ? sized(call, x, axes, list.values)
    : axes.map((axis, at) => scaled(call, x[axis] ?? 1, list.values[at] ?? null));
  call.setTensor(
    0,
    x.map((size, axis) => result[axes.indexOf(axis)] ?? size),
  );
}

/** Axes that are not named keep their size. */
function partly(call: Call, x: Sizes, axes: readonly number[]): Sizes {
  return x.map((size, axis) => (axes.includes(axis) ? call.unknown() : size));
}

/** An empty tensor stands for one that is not given. */
function isGiven(call: Call, at: number): boolean {
  return call.has(at) && call.shape(at)?.[0] !== 0;
}

function givenElements(call: Call, at: number): ReturnType<Call['elements']> {
  return isGiven(call, at) ? call.elements(at) : null;
}

function hasOne(call: Call): boolean {
  // Before opset 13 an input of unknown size may turn out empty.
  const mayBeEmpty = [2, 3].some((at) => call.has(at) && typeof call.shape(at)?.[0] !== 'number');
  return mayBeEmpty || isGiven(call, 2) !== isGiven(call, 3);
}

/** The axes that factors and sizes are for; all unless named. Null, and a contradiction, if odd. */
function axesOf(call: Call, rank: number): readonly number[] | null {
  const named = call.node.ints('axes');
  if (named === undefined || named.length === 0) return Array.from({ length: rank }, (_, at) => at);
  const axes: number[] = [];
  for (const each of named) {
    const axis = axisOf(call, each, rank);
    if (axis === null) return null;
    if (axes.includes(axis)) {
      call.reject(`axis ${axis} is named twice`);
      return null;
    }
    axes.push(axis);
  }
  return axes;
}

/** How many there are shows even where their values do not. */
function checkCount(call: Call, axes: readonly number[] | null, isBySizes: boolean): void {
  const at = isBySizes ? 3 : 2;
  const [count] = call.shape(at) ?? [];
  if (call.opset < 13 || call.elements(at) !== null || axes === null) return;
  if (typeof count === 'number' && count !== axes.length) {
    const what = isBySizes ? 'sizes' : 'scales';
    contradict(call, isBySizes, `${count} ${what} for ${axes.length} axes`);
  }
}

function fits(
  call: Call,
  list: readonly Element[],
  axes: readonly number[],
  isBySizes: boolean,
): boolean {
  if (list.length === axes.length) return true;
  const at = call.opset < 11 ? 1 : isBySizes ? 3 : 2;
  const what = isBySizes ? 'sizes' : 'scales';
  contradict(call, isConstant(call, at), `${list.length} ${what} for ${axes.length} axes`);
  return false;
}

/** Factors with a denominator up to this one are taken for fractions of whole numbers. */
const largestDenominator = 64;

/** floor(size * factor). */
function scaled(call: Call, size: Size, factor: Element): Size {
  if (typeof factor !== 'number' || factor <= 0 || !Number.isFinite(factor)) {
    if (typeof factor === 'number') call.fail(`scale ${factor} must be positive`);
    return call.unknown();
  }
  if (typeof size === 'number') return Math.floor(size * factor);
  for (let denominator = 1; denominator <= largestDenominator; denominator *= 2) {
    const times = factor * denominator;
    if (Number.isSafeInteger(times)) return floorDivide(multiply(size, times), denominator);
  }
  return call.unknown();
}

function sized(
  call: Call,
  x: Sizes,
  axes: readonly number[],
  sizes: readonly Element[],
): readonly Size[] {
  const policy = call.node.string('keep_aspect_ratio_policy', 'stretch');
  const known = sizes.map((size, at) => {
    const isLost = typeof size === 'number' && size <= 0;
    const counts = isLost && policy !== 'not_smaller' && x[axes[at] ?? 0] !== 0;
    if (counts) call.fail(`size ${size} must be positive`);
    return size === null || isLost ? call.unknown() : size;
  });
  if (policy === 'stretch') return known;
  const before = axes.map((axis) => x[axis] ?? 1);
  const ratios = known.map((size, at) => Number(size) / Number(before[at]));
  const isKnown = ratios.every((ratio) => Number.isFinite(ratio));
  if (!isKnown || (policy !== 'not_larger' && policy !== 'not_smaller')) {
    return known.map(() => call.unknown());
  }
  const ratio = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  // All are positive, where rounding halves up is rounding them away from zero.
  return before.map((size) => Math.round(Number(size) * ratio));
}

/** Factors were two numbers, then a list, then an input. */
function upsample(call: Call): void {
  const x = call.shape(0);
  if (x === null) {
    call.setTensor(0, null);
    return;
  }
  const factors = upsampleFactors(call, x.length);
  if (factors === null) {
    call.setTensor(0, call.unknownSizes(x.length));
    return;
  }
  if (factors.length !== x.length) {
    const isRejected = !call.has(1) || isConstant(call, 1);
    contradict(call, isRejected, `${factors.length} scales for ${x.length} axes`);
    call.setTensor(0, call.unknownSizes(x.length));
    return;
  }
  const shrinking = factors.find((factor) => typeof factor === 'number' && factor < 1);
  if (typeof shrinking === 'number' && shrinking > 0) call.fail(`scale ${shrinking} is below 1`);
  call.setTensor(
    0,
    x.map((size, at) => scaled(call, size, factors[at] ?? null)),
  );
}

function upsampleFactors(call: Call, rank: number): readonly Element[] | null {
  if (call.has(1)) return call.elements(1)?.values ?? null;
  const list = call.node.attribute('scales');
  if (list?.type === 'floats') return list.value;
  const height = call.node.float('height_scale', Number.NaN);
  const width = call.node.float('width_scale', Number.NaN);
  const isOld = rank === 4 && height > 0 && width > 0;
  return isOld ? [1, 1, height, width] : null;
}

/** The image is read where a grid says, a place for each element of the output. */
function gridSample(call: Call): void {
  const x = call.shape(0);
  const grid = call.shape(1);
  if (x === null || grid === null) {
    const rank = (x ?? grid)?.length ?? null;
    call.setTensor(0, rank === null ? null : call.unknownSizes(rank));
    return;
  }
  if (x.length !== grid.length || x.length < 3) {
    call.reject(`the input has rank ${x.length}, the grid ${grid.length}`);
    call.setTensor(0, null);
    return;
  }
  const coordinates = grid.at(-1);
  if (typeof coordinates === 'number' && coordinates !== x.length - 2) {
    call.reject(
      `a place in the grid has ${coordinates} coordinates, the image ${x.length - 2} axes`,
    );
  }
  const batch = call.unify(x[0] ?? 1, grid[0] ?? 1, 'batch sizes');
  call.setTensor(0, [batch, x[1] ?? 1, ...grid.slice(1, -1)]);
}

/** A grid for images of a given size, with a coordinate for each axis. */
function affineGrid(call: Call): void {
  const theta = call.shape(0) ?? [];
  const size = call.elements(1)?.values ?? [];
  const axes = gridAxes(call);
  if (axes === null) {
    call.setTensor(0, null);
    return;
  }
  const [, rows, columns] = theta;
  const isOdd = [
    [rows, axes],
    [columns, axes + 1],
  ].some(([found, wanted]) => typeof found === 'number' && found !== wanted);
  if (isOdd) call.fail(`theta is [${theta.join(', ')}], [N, ${axes}, ${axes + 1}] is needed`);
  const batch = size[0] ?? theta[0] ?? call.unknown();
  const spatial = Array.from({ length: axes }, (_, at) => size[at + 2] ?? call.unknown());
  call.setTensor(0, [batch, ...spatial, axes]);
}

/** The spatial axes of the images that a list of sizes is for, of 4 elements or of 5. */
function gridAxes(call: Call): 2 | 3 | null {
  const count = call.elements(1)?.values.length ?? call.shape(1)?.[0];
  if (typeof count !== 'number') return null;
  if (count === 4 || count === 5) return count === 4 ? 2 : 3;
  contradict(call, isConstant(call, 1), `size has ${count} elements, it must have 4 or 5`);
  return null;
}

/**
 * Operations for each element: nearest copies; linear takes the two neighbours along each axis that
 * changes, cubic four: a multiplication and an addition each, one axis after the other.
 */
function resizeCost(call: CostCall): NodeCost | null {
  const x = call.shape(0);
  const out = call.outputShape(0);
  if (x === null || out === null) return null;
  const taps = { linear: 2, bilinear: 2, cubic: 4 }[call.node.string('mode', 'nearest')] ?? 0;
  const changed = out.filter((size, axis) => !sameSize(size, x[axis] ?? size)).length;
  const flops = multiply(2 * taps * changed, elementCount(out));
  return { class: taps === 0 ? 'movement' : 'other', macs: 0, otherFlops: flops };
}

/** As resizing, from 2^n neighbours (4^n for cubic) at once for each element. */
function gridSampleCost(call: CostCall): NodeCost | null {
  const out = call.outputShape(0);
  if (out === null) return null;
  const mode = call.node.string('mode', 'linear');
  const axes = Math.min(Math.max(out.length - 2, 0), 8);
  const taps = mode === 'nearest' ? 0 : mode.endsWith('cubic') ? 4 ** axes : 2 ** axes;
  const otherFlops = multiply(2 * taps, elementCount(out));
  return { class: taps === 0 ? 'movement' : 'other', macs: 0, otherFlops };
}

/** A row of theta times a place, for each coordinate: the number of axes, and a shift. */
function affineGridCost(call: CostCall): NodeCost | null {
  const out = call.outputShape(0);
  if (out === null) return null;
  const macs = multiply(elementCount(out), Math.max(out.length - 1, 1));
  return { class: 'matrix', macs, otherFlops: 0 };
}

/** Sources: https://onnx.ai/onnx/operators/onnx__Resize.html and the pages of the others. */
export const resizeRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Resize'], infer: resize, cost: resizeCost },
  { domain: '', ops: ['Upsample'], infer: upsample, cost: resizeCost },
  { domain: '', ops: ['GridSample'], infer: gridSample, cost: gridSampleCost },
  { domain: '', ops: ['AffineGrid'], infer: affineGrid, cost: affineGridCost },
];
