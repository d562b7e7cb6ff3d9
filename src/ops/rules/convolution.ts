import { add, multiply, product, type Size, subtract } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, OperatorRule } from '../rule.ts';
import { elementCount } from '../sizes.ts';
import type { Sizes } from '../types.ts';
import { extent, padsOf, readWindow, slide, type Window } from './windows.ts';

/** Where a convolution has its weight and its bias. */
interface Places {
  readonly weight: number;
  readonly bias: number;
}

const plain: Places = { weight: 1, bias: 2 };
/** Without a bias; input 2 is a zero point or an offset. */
const ofIntegers: Places = { weight: 1, bias: -1 };
const quantized: Places = { weight: 3, bias: 8 };
const deformable: Places = { weight: 1, bias: 3 };

/** The least rank: a batch, channels and one spatial axis. */
const leastRank = 3;

function convolution(places: Places): (call: Call) => void {
  return (call) => {
    const x = call.shape(0);
    const weight = call.shape(places.weight);
    if (x === null) {
      const rank = weight?.length ?? 0;
      // The weight has the rank of the input.
      if (weight === null || rank < leastRank) call.setTensor(0, null);
      else call.setTensor(0, [call.unknown(), weight[0] ?? 1, ...call.unknownSizes(rank - 2)]);
      return;
    }
    if (x.length < leastRank) {
      call.reject(`the input has rank ${x.length}, at least ${leastRank} is needed`);
      call.setTensor(0, null);
      return;
    }
    const axes = x.length - 2;
    const channels = weight?.[0] ?? call.unknown();
    const window = readWindow(call, axes, weight?.slice(2) ?? null);
    checkAutoPad(call, window);
    if (weight !== null) checkChannels(call, x, weight);
    checkBias(call, places.bias, channels);
    const spatial = window === null ? call.unknownSizes(axes) : slide(call, x.slice(2), window, 1);
    call.setTensor(0, [x[0] ?? 1, channels, ...spatial]);
  };
}

function checkAutoPad(call: Call, window: Window | null): void {
  if (window !== null && window.pads !== null && window.autoPad !== 'NOTSET') {
    call.refuse(`both pads and auto_pad ${window.autoPad} are given`);
  }
}

function checkChannels(call: Call, x: Sizes, weight: Sizes): void {
  const group = call.node.int('group', 1);
  const [, channels] = x;
  const [filters, taken] = weight;
  if (typeof channels === 'number' && typeof taken === 'number' && channels !== taken * group) {
    call.fail(
      `input has ${channels} channels, the weight takes ${taken} x ${group} (group ${group})`,
    );
  } else if (typeof filters === 'number' && (group < 1 || filters % group !== 0)) {
    call.fail(`the weight has ${filters} filters, which ${group} groups cannot share`);
  }
}

function checkBias(call: Call, at: number, channels: Size): void {
  const bias = at < 0 ? null : call.shape(at);
  if (bias === null) return;
  const [size] = bias;
  if (bias.length !== 1) call.fail(`the bias has rank ${bias.length}, it must be 1`);
  else if (typeof size === 'number' && typeof channels === 'number' && size !== channels) {
    call.fail(`the bias has ${size} elements for ${channels} channels of the output`);
  }
}

/** The offsets say how far each entry of the window is moved, two numbers (of 2 axes) an entry. */
function deformConv(call: Call): void {
  convolution(deformable)(call);
  const weight = call.shape(deformable.weight);
  const channels = call.shape(2)?.[1];
  if (weight === null || typeof channels !== 'number') return;
  const kernel = product(weight.slice(2));
  const groups = call.node.int('offset_group', 1);
  const wanted = multiply(kernel, groups * (weight.length - 2));
  if (typeof wanted === 'number' && wanted !== channels) {
    call.fail(`the offset has ${channels} channels, the weight needs ${wanted}`);
  }
}

function convTranspose(call: Call): void {
  const x = call.shape(0);
  const weight = call.shape(1);
  if (x === null || weight === null) {
    call.setTensor(0, (x ?? weight) ? call.unknownSizes((x ?? weight)?.length ?? 0) : null);
    return;
  }
  if (x.length < leastRank || weight.length < leastRank) {
    const rank = Math.min(x.length, weight.length);
    call.reject(`the input or weight has rank ${rank}, at least ${leastRank} is needed`);
    call.setTensor(0, null);
    return;
  }
  const channels = transposedChannels(call, x, weight);
  checkBias(call, plain.bias, channels);
  call.setTensor(0, [x[0] ?? 1, channels, ...transposedSizes(call, x.slice(2), weight.slice(2))]);
}

/** The second axis of the weight is of the channels that each group makes. */
function transposedChannels(call: Call, x: Sizes, weight: Sizes): Size {
  const group = call.node.int('group', 1);
  const [, channels] = x;
  const [taken, made = 1] = weight;
  if (group < 1) call.reject(`group is ${group}, it must be positive`);
  else if (typeof channels === 'number' && channels % group !== 0) {
    call.fail(`${group} groups cannot share ${channels} channels`);
  }
  if (typeof channels === 'number' && typeof taken === 'number' && channels !== taken) {
    call.fail(`input has ${channels} channels, the weight takes ${taken}`);
  }
  return multiply(made, Math.max(group, 1));
}

function transposedSizes(call: Call, spatial: Sizes, kernel: Sizes): Sizes {
  const axes = spatial.length;
  const window = readWindow(call, axes, kernel);
  const fixed = listOf(call, 'output_shape', axes);
  const extra = listOf(call, 'output_padding', axes);
  if (window === null || fixed === null || extra === null) return call.unknownSizes(axes);
  if (fixed.length > 0) return fixed;
  if (window.pads !== null && window.autoPad !== 'NOTSET') {
    call.reject(`both pads and auto_pad ${window.autoPad} are given`);
  }
  checkExtra(call, window, extra);
  const isSame = window.autoPad.startsWith('SAME');
  return spatial.map((size, axis) => {
    const stride = window.strides[axis] ?? 1;
    const added = extra[axis] ?? 0;
    const span = extent(window, axis);
    if (isSame) return sameTransposed(call, size, stride, added, span);
    const [before, after] = padsOf(window, axis);
    const moved = add(multiply(subtract(size, 1), stride), span);
    const result = add(moved, added - before - after);
    if (typeof result !== 'number' || result > 0 || size === 0) return result;
    call.fail(`the output would have ${result} entries along axis ${axis + 2}`);
    return call.unknown();
  });
}

/** What is added to a side must be less than a step or the gaps in the window. */
function checkExtra(call: Call, { strides, dilations }: Window, extra: readonly number[]): void {
  for (const [axis, size] of extra.entries()) {
    const limit = Math.max(strides[axis] ?? 1, dilations[axis] ?? 1);
    if (size >= limit) call.fail(`output_padding ${size} must be less than ${limit}`);
  }
}

/** As large as the strides say, or larger where a window is smaller than its step. */
function sameTransposed(call: Call, size: Size, stride: number, added: number, span: Size): Size {
  if (added !== 0 || typeof span !== 'number') return call.unknown();
  const gap = Math.min(span - stride, 0);
  return add(multiply(size, stride), gap);
}

/** A list of one entry an axis; empty when it is not given, null and a contradiction if it is odd. */
function listOf(call: Call, name: string, axes: number): readonly number[] | null {
  const list = call.node.ints(name) ?? [];
  if (list.length !== 0 && list.length !== axes) {
    call.reject(`${name} has ${list.length} entries, the input needs ${axes}`);
    return null;
  }
  if (list.every((each) => each >= 0)) return list;
  call.reject(`${name} [${list.join(', ')}] must not be negative`);
  return null;
}

/** For each element of the output: channels of a group times the window; a bias is an addition. */
function convolutionCost(places: Places): (call: CostCall) => NodeCost | null {
  return (call) => {
    const out = call.outputShape(0);
    const weight = call.shape(places.weight);
    if (out === null || weight === null) return null;
    const count = elementCount(out);
    const macs = multiply(count, product(weight.slice(1)));
    const hasBias = places.bias >= 0 && call.has(places.bias);
    return { class: 'matrix', macs, otherFlops: hasBias ? count : 0 };
  };
}

/** Each element of the input is multiplied with all filters of its group. */
function transposeCost(call: CostCall): NodeCost | null {
  const x = call.shape(0);
  const weight = call.shape(1);
  const out = call.outputShape(0);
  if (x === null || weight === null || (out === null && call.has(plain.bias))) return null;
  const macs = multiply(elementCount(x), product(weight.slice(1)));
  const bias = call.has(plain.bias) && out !== null ? elementCount(out) : 0;
  return { class: 'matrix', macs, otherFlops: bias };
}

/**
 * Besides the convolution, each sampled value is interpolated between 2^n neighbours: a
 * multiplication and an addition each.
 */
function deformCost(call: CostCall): NodeCost | null {
  const cost = convolutionCost(deformable)(call);
  const [x, weight, out] = [call.shape(0), call.shape(1), call.outputShape(0)];
  if (cost === null || x === null || weight === null || out === null) return null;
  const positions = product([out[0] ?? 1, x[1] ?? 1, ...out.slice(2), ...weight.slice(2)]);
  const interpolation = multiply(positions, 2 ** (Math.min(x.length, 16) - 1));
  return { ...cost, otherFlops: add(cost.otherFlops, interpolation) };
}

/** Sources: https://onnx.ai/onnx/operators/onnx__Conv.html and the pages of the others. */
export const convolutionRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Conv'], infer: convolution(plain), cost: convolutionCost(plain) },
  {
    domain: '',
    ops: ['ConvInteger'],
    infer: convolution(ofIntegers),
    cost: convolutionCost(ofIntegers),
  },
  {
    domain: '',
    ops: ['QLinearConv'],
    infer: convolution(quantized),
    cost: convolutionCost(quantized),
  },
  { domain: '', ops: ['ConvTranspose'], infer: convTranspose, cost: transposeCost },
  { domain: '', ops: ['DeformConv'], infer: deformConv, cost: deformCost },
];
