import { broadcastSizes } from './elementwise-rules.ts';
import { axisOf, misfit, type RuleContext, type SizeRule, type Sizes } from './rule.ts';

/** Operators with weights: what they multiply by says how large their input must be. */

const matMul: SizeRule = ({ sizes }) => product(sizes(0), sizes(1));
const qLinearMatMul: SizeRule = ({ sizes }) => product(sizes(0), sizes(3));

function product(a: Sizes, b: Sizes): ReturnType<SizeRule> {
  if (!a?.length || !b?.length) return [null];
  // A vector is one row in front of a matrix, one column behind it; the result drops it again.
  const left = a.length === 1 ? [1, ...a] : a;
  const right = b.length === 1 ? [...b, 1] : b;
  const inner = left.at(-1);
  const wanted = right.at(-2);
  if (inner !== wanted) return misfit(`inner sizes ${inner} and ${wanted} differ`, wanted, inner);
  const outer = broadcastSizes([left.slice(0, -2), right.slice(0, -2)]);
  if (outer === null || 'reason' in outer) return outer ?? [null];
  return [
    [...outer, ...a.slice(0, -1).slice(-1), ...right.slice(-1).slice(b.length === 1 ? 1 : 0)],
  ];
}

/** Scales and zero points of the second factor are one for all, or one a column, as the bias is. */
const scaledMatMul: SizeRule = (context) => {
  const { node, sizes } = context;
  const result = product(sizes(0), sizes(1));
  const columns = sizes(1)?.at(-1);
  if ('reason' in result || columns === undefined) return result;
  const isDynamic = node.opType === 'DynamicQuantizeMatMul';
  const perColumn = isDynamic ? [2, 3] : [3, 5];
  const bias = sizes(isDynamic ? 4 : 6)?.[0] ?? columns;
  const scale = perColumn.map((index) => sizes(index)?.at(-1) ?? 1).find((size) => size !== 1);
  const odd = bias === columns ? (scale ?? columns) : bias;
  if (odd === columns) return result;
  return misfit(`${odd} scales or biases for ${columns} columns`, 1, odd, columns);
};

/** Scales are one for all, or one for each entry of an axis (opset 13), or of blocks of it. */
const quantize: SizeRule = ({ node, sizes }) => {
  const x = sizes(0);
  const scale = sizes(1);
  if (x === null || scale === null || scale.length !== 1 || scale[0] === 1) return [x];
  const axis = axisOf(node.int('axis', 1), x.length);
  const size = axis === null ? 1 : (x[axis] ?? 1);
  const [found = 1] = scale;
  return found === size ? [x] : misfit(`${found} scales for ${size} entries`, 1, size, found);
};

const gemm: SizeRule = ({ node, sizes }) => {
  const a = sizes(0);
  const b = sizes(1);
  if (a === null || b === null) return [null];
  if (a.length !== 2 || b.length !== 2)
    return misfit(`ranks ${a.length} and ${b.length} are not 2`);
  const [m = 0, k = 0] = node.int('transA', 0) === 0 ? a : a.toReversed();
  const [wanted = 0, n = 0] = node.int('transB', 0) === 0 ? b : b.toReversed();
  return k === wanted ? [[m, n]] : misfit(`inner sizes ${k} and ${wanted} differ`, wanted, k);
};

const conv: SizeRule = (context) => convolve(context, 1);
const qLinearConv: SizeRule = (context) => convolve(context, 3);

function convolve(context: RuleContext, weightInput: number): ReturnType<SizeRule> {
  const { node, sizes } = context;
  const x = sizes(0);
  const weight = sizes(weightInput);
  if (x === null || weight === null) return [null];
  if (x.length !== weight.length)
    return misfit(`rank ${x.length} where ${weight.length} is needed`);
  const channels = (weight[1] ?? 0) * node.int('group', 1);
  if (x[1] !== channels) return misfit(`${x[1]} channels where ${channels} are needed`, channels);
  const kernel = node.ints('kernel_shape') ?? weight.slice(2);
  const spatial = slide(context, x.slice(2), kernel);
  return 'reason' in spatial ? spatial : [[x[0] ?? 0, weight[0] ?? 0, ...spatial]];
}

const pool: SizeRule = (context) => {
  const x = context.sizes(0);
  const kernel = context.node.ints('kernel_shape');
  if (x === null || kernel === undefined) return [null];
  if (x.length !== kernel.length + 2) return misfit(`rank ${x.length} under ${kernel.length} axes`);
  const spatial = slide(context, x.slice(2), kernel);
  if ('reason' in spatial) return spatial;
  const result = [...x.slice(0, 2), ...spatial];
  return context.node.opType === 'MaxPool' ? [result, result] : [result];
};

/** Sizes after a window has slid over the spatial axes. */
function slide(
  { node }: RuleContext,
  spatial: readonly number[],
  kernel: readonly number[],
): number[] | ReturnType<typeof misfit> {
  const strides = node.ints('strides') ?? [];
  const dilations = node.ints('dilations') ?? [];
  const pads = node.ints('pads') ?? [];
  const autoPad = node.string('auto_pad', 'NOTSET');
  const round = node.int('ceil_mode', 0) === 0 ? Math.floor : Math.ceil;
  const result: number[] = [];
  for (const [axis, size] of spatial.entries()) {
    const stride = strides[axis] ?? 1;
    const window = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
    if (autoPad.startsWith('SAME')) {
      result.push(Math.ceil(size / stride));
      continue;
    }
    const padding = (pads[axis] ?? 0) + (pads[axis + spatial.length] ?? 0);
    const steps = round((size + padding - window) / stride);
    const least = window - padding;
    if (steps < 0) return misfit(`${size} is below the window of ${window}`, least, 2 * window);
    result.push(steps + 1);
  }
  return result;
}

const convTranspose: SizeRule = ({ node, sizes }) => {
  const x = sizes(0);
  const weight = sizes(1);
  if (x === null || weight === null) return [null];
  if (x[1] !== weight[0])
    return misfit(`${x[1]} channels where ${weight[0]} are needed`, weight[0] ?? 0);
  if (node.attribute('output_shape') !== undefined || node.attribute('auto_pad') !== undefined) {
    return [null];
  }
  const strides = node.ints('strides') ?? [];
  const dilations = node.ints('dilations') ?? [];
  const pads = node.ints('pads') ?? [];
  const extra = node.ints('output_padding') ?? [];
  const axes = x.length - 2;
  const spatial = x.slice(2).map((size, axis) => {
    const window = ((weight[axis + 2] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
    const padding = (pads[axis] ?? 0) + (pads[axis + axes] ?? 0);
    return (size - 1) * (strides[axis] ?? 1) + (extra[axis] ?? 0) + window - padding;
  });
  return [[x[0] ?? 0, (weight[1] ?? 0) * node.int('group', 1), ...spatial]];
};

const globalPool: SizeRule = ({ sizes }) => {
  const x = sizes(0);
  return [x === null ? null : x.map((size, axis) => (axis < 2 ? size : 1))];
};

/** The scale has one entry a channel, which is axis 1. */
const channelNorm: SizeRule = ({ sizes }) => {
  const x = sizes(0);
  const channels = sizes(1)?.[0];
  if (x === null || channels === undefined) return [x];
  return x[1] === channels
    ? [x]
    : misfit(`${x[1]} channels where ${channels} are needed`, channels);
};

/** The scale spans the last axes. */
const lastAxesNorm: SizeRule = ({ node, sizes }) => {
  const x = sizes(0);
  const scale = sizes(node.opType.startsWith('Skip') ? 2 : 1);
  if (x === null || scale === null) return [x];
  const fit = broadcastSizes([x, scale]);
  return fit !== null && 'reason' in fit ? fit : [x];
};

const recurrent: SizeRule = ({ node, sizes }) => {
  const x = sizes(0);
  const weight = sizes(1);
  if (x === null || weight === null) return [null];
  if (x.length !== 3) return misfit(`rank ${x.length} where 3 is needed`);
  const wanted = weight[2] ?? 0;
  if (x[2] !== wanted) return misfit(`${x[2]} features where ${wanted} are needed`, wanted);
  const directions = weight[0] ?? 1;
  const hidden = sizes(2)?.[2] ?? node.int('hidden_size', 0);
  const isBatchFirst = node.int('layout', 0) === 1;
  const [first = 0, second = 0] = x;
  const state = isBatchFirst ? [first, directions, hidden] : [directions, second, hidden];
  const start = sizes(5);
  if (start !== null && start.some((size, axis) => size !== state[axis])) {
    return misfit(`the state [${start.join(', ')}] should be [${state.join(', ')}]`, ...start);
  }
  const all = isBatchFirst
    ? [first, second, directions, hidden]
    : [first, directions, second, hidden];
  return [all, state, state];
};

/** Decoding attention takes one new token at a time. */
const oneToken: SizeRule = ({ sizes }) => {
  const tokens = sizes(0)?.[1] ?? 1;
  return tokens === 1 ? [null] : misfit(`${tokens} tokens where 1 is needed`, 1);
};

export const linearRules: Readonly<Record<string, SizeRule>> = {
  MatMul: matMul,
  MatMulInteger: matMul,
  QLinearMatMul: qLinearMatMul,
  MatMulIntegerToFloat: scaledMatMul,
  DynamicQuantizeMatMul: scaledMatMul,
  QuantizeLinear: quantize,
  DequantizeLinear: quantize,
  Gemm: gemm,
  Conv: conv,
  FusedConv: conv,
  ConvInteger: conv,
  QLinearConv: qLinearConv,
  ConvTranspose: convTranspose,
  MaxPool: pool,
  AveragePool: pool,
  LpPool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  BatchNormalization: channelNorm,
  InstanceNormalization: channelNorm,
  LayerNormalization: lastAxesNorm,
  SimplifiedLayerNormalization: lastAxesNorm,
  SkipLayerNormalization: lastAxesNorm,
  RMSNormalization: lastAxesNorm,
  DecoderMaskedMultiHeadAttention: oneToken,
  DecoderMaskedSelfAttention: oneToken,
  LSTM: recurrent,
  GRU: recurrent,
  RNN: recurrent,
};
