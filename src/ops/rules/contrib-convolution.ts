import { add, multiply, product, type Size, subtract } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, NodeFacts, OperatorRule } from '../rule.ts';
import { elementCount } from '../sizes.ts';
import type { Sizes } from '../types.ts';
import { contribRule } from './contrib-rule.ts';
import { extent, readWindow, slide } from './windows.ts';

/**
 * Convolutions and pools of onnxruntime: with channels first or last, fused with activations,
 * quantized.
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */

/** The least rank: a batch, channels and one spatial axis. */
const leastRank = 3;

interface Places {
  readonly weight: number;
  readonly bias: number;
  /** What is added to the output; -1: nothing. */
  readonly sum: number;
  /** Whether channels are the last axis. */
  readonly isLast: (facts: NodeFacts) => boolean;
}

const first = (): boolean => false;
const last = (): boolean => true;
const asAttribute = (facts: NodeFacts): boolean => facts.node.int('channels_last', 0) !== 0;

const fused: Places = { weight: 1, bias: 2, sum: 3, isLast: first };
const channelsLast: Places = { weight: 1, bias: 2, sum: 3, isLast: last };
const quantized: Places = { weight: 3, bias: 8, sum: -1, isLast: asAttribute };

interface Parts {
  readonly batch: Size;
  readonly channels: Size;
  readonly spatial: Sizes;
}

function partsOf(x: Sizes, isLast: boolean): Parts | null {
  const batch = x[0];
  const channels = isLast ? x.at(-1) : x[1];
  if (x.length < leastRank || batch === undefined || channels === undefined) return null;
  return { batch, channels, spatial: isLast ? x.slice(1, -1) : x.slice(2) };
}

function joined({ batch, channels, spatial }: Parts, isLast: boolean): Sizes {
  return isLast ? [batch, ...spatial, channels] : [batch, channels, ...spatial];
}

function convolve(places: Places): (call: Call) => void {
  return (call) => {
    const isLast = places.isLast(call);
    const x = call.shape(0);
    const weight = call.shape(places.weight);
    const parts = x && partsOf(x, isLast);
    if (parts === null) return;
    const axes = parts.spatial.length;
    const isGiven = call.node.attribute('kernel_shape') !== undefined;
    const window = readWindow(call, axes, isGiven ? null : (weight?.slice(2) ?? null));
    const spatial =
      window === null ? call.unknownSizes(axes) : slide(call, parts.spatial, window, 1);
    const channels = weight?.[0] ?? call.unknown();
    call.setTensor(0, joined({ ...parts, channels, spatial }, isLast));
  };
}

/** For each element of the output: channels of a group times the window. */
function costOfConvolution(places: Places): (call: CostCall) => NodeCost | null {
  return (call) => {
    const output = call.outputShape(0);
    const weight = call.shape(places.weight);
    if (output === null || weight === null) return null;
    const count = elementCount(output);
    const isActivated = call.node.string('activation', '') !== '' ? 1 : 0;
    const sums = [places.bias, places.sum].filter((at) => call.has(at)).length;
    return {
      class: 'matrix',
      macs: multiply(count, product(weight.slice(1))),
      otherFlops: multiply(sums + isActivated, count),
    };
  };
}

function pool(isLastOf: (facts: NodeFacts) => boolean): (call: Call) => void {
  return (call) => {
    const isLast = isLastOf(call);
    const x = call.shape(0);
    const parts = x && partsOf(x, isLast);
    if (parts === null) return;
    const axes = parts.spatial.length;
    const window = readWindow(call, axes, null);
    const spatial =
      window === null ? call.unknownSizes(axes) : slide(call, parts.spatial, window, 0);
    call.setTensor(0, joined({ ...parts, spatial }, isLast));
  };
}

/** One operation for each element that a window covers. */
function costOfPool(call: CostCall): NodeCost | null {
  const output = call.outputShape(0);
  const kernel = call.node.ints('kernel_shape');
  if (output === null || kernel === undefined) return null;
  return {
    class: 'reduction',
    macs: 0,
    otherFlops: product([elementCount(output), ...kernel.map((size) => Math.max(1, size))]),
  };
}

function globalPool(call: Call): void {
  const isLast = asAttribute(call);
  const x = call.shape(0);
  const parts = x && partsOf(x, isLast);
  if (parts === null) return;
  call.setTensor(0, joined({ ...parts, spatial: parts.spatial.map(() => 1) }, isLast));
}

function costOfGlobalPool(call: CostCall): NodeCost | null {
  const x = call.shape(0);
  return x && { class: 'reduction', macs: 0, otherFlops: elementCount(x) };
}

/** Its pads are an input: (2 · spatial axes). */
function transposed(call: Call): void {
  const x = call.shape(0);
  const weight = call.shape(1);
  const parts = x && partsOf(x, false);
  if (parts === null || weight?.length !== x?.length) return;
  const axes = parts.spatial.length;
  const filters = weight?.[1];
  const group = Math.max(1, call.node.int('group', 1));
  const channels = filters === undefined ? call.unknown() : multiply(filters, group);
  const pads = call.has(2) ? call.known(2) : Array.from({ length: 2 * axes }, () => 0);
  const isGiven = call.node.attribute('kernel_shape') !== undefined;
  const window = readWindow(call, axes, isGiven ? null : (weight?.slice(2) ?? null));
  const extra = call.node.ints('output_padding') ?? [];
  const spatial = parts.spatial.map((size, axis) => {
    const [before, after] = [pads?.[axis], pads?.[axis + axes]];
    if (window === null || before === undefined || after === undefined) return call.unknown();
    const steps = multiply(subtract(size, 1), window.strides[axis] ?? 1);
    const reach = add(add(steps, extent(window, axis)), extra[axis] ?? 0);
    const made = subtract(reach, add(before, after));
    return typeof made === 'number' && made < 0 ? call.unknown() : made;
  });
  call.setTensor(0, joined({ ...parts, channels, spatial }, false));
}

function costOfTransposed(call: CostCall): NodeCost | null {
  const x = call.shape(0);
  const weight = call.shape(1);
  if (x === null || weight === null) return null;
  const output = call.has(3) ? call.outputShape(0) : [0];
  return {
    class: 'matrix',
    macs: multiply(elementCount(x), product(weight.slice(1))),
    otherFlops: output === null ? 0 : elementCount(output),
  };
}

export const contribConvolutionRules: readonly OperatorRule[] = [
  contribRule(['FusedConv'], convolve(fused), costOfConvolution(fused)),
  contribRule(
    ['NhwcConv', 'NhwcFusedConv'],
    convolve(channelsLast),
    costOfConvolution(channelsLast),
  ),
  contribRule(['QLinearConv'], convolve(quantized), costOfConvolution(quantized)),
  contribRule(['NhwcMaxPool'], pool(last), costOfPool),
  contribRule(['MaxpoolWithMask'], pool(first), costOfPool),
  contribRule(['QLinearAveragePool'], pool(asAttribute), costOfPool),
  contribRule(['QLinearGlobalAveragePool'], globalPool, costOfGlobalPool),
  contribRule(['ConvTransposeWithDynamicPads'], transposed, costOfTransposed),
];
