import { multiply, type Size } from '../../symbolic/index.ts';
import { type DataType, dataTypeFromCode } from '../../tensor/index.ts';
import type { Call, CostCall, NodeCost, OperatorRule } from '../rule.ts';
import { elementCount, perOutputElement } from '../sizes.ts';
import type { Sizes } from '../types.ts';
import { checkedAxis, contradict } from './contradictions.ts';
import { shapeOf } from './shape-agreement.ts';

/** Versions from here on make outputs only in training, and reject sizes that do not fit. */
const batchNormWithTraining = 14;

function batchNormalization(call: Call): void {
  const x = call.shape(0);
  call.setTensor(0, x);
  // In the first versions, statistics could be of each element instead of each channel.
  const isSpatial = call.opset >= 9 || call.node.int('spatial', 1) !== 0;
  if (!isSpatial) return;
  const isRejected = call.opset >= batchNormWithTraining;
  let channels: Size | undefined = x?.[1] ?? (x?.length === 1 ? 1 : undefined);
  for (const at of [1, 2, 3, 4]) {
    const shape = call.shape(at);
    if (shape === null) continue;
    if (shape.length !== 1) {
      contradict(call, isRejected, `input ${at} has rank ${shape.length}, it must be 1`);
    } else channels = sameChannels(call, channels, shape[0], at, isRejected);
  }
  checkTraining(call);
  const statistics = [channels ?? call.unknown()];
  for (let at = 1; at < call.node.outputs.length; at += 1) {
    call.setTensor(at, statistics, statisticsType(call, at));
  }
}

function sameChannels(
  call: Call,
  channels: Size | undefined,
  size: Size | undefined,
  at: number,
  isRejected: boolean,
): Size | undefined {
  if (typeof channels !== 'number' || typeof size !== 'number') {
    return typeof channels === 'number' ? channels : (size ?? channels);
  }
  if (channels !== size) {
    contradict(call, isRejected, `input ${at} has ${size} elements for ${channels} channels`);
  }
  return channels;
}

function checkTraining(call: Call): void {
  if (call.opset < batchNormWithTraining) return;
  const wanted = call.node.int('training_mode', 0) === 0 ? 1 : 3;
  const count = call.node.outputs.length;
  if (count === wanted) return;
  call.reject(`${count} outputs where training_mode asks for ${wanted}`);
}

/** Running statistics have the type of the statistics that come in. */
function statisticsType(call: Call, at: number): DataType | null {
  if (call.opset < batchNormWithTraining) return call.elementType(0);
  return call.elementType(at === 1 ? 3 : 4);
}

/** One factor and one addend a channel. */
function instanceNormalization(call: Call): void {
  const x = call.shape(0);
  call.setTensor(0, x);
  for (const at of [1, 2]) checkEntries(call, at, x?.[1], 'channels');
}

function checkEntries(call: Call, at: number, wanted: Size | undefined, what: string): void {
  const [size] = call.shape(at) ?? [];
  if (typeof size === 'number' && typeof wanted === 'number' && size !== wanted) {
    const message = `input ${at} has ${size} elements for ${wanted} ${what}`;
    // The runtime writes its operators in its place, whose inference refuses them.
    if (call.node.opType === 'GroupNormalization' && call.opset >= 21) call.refuse(message);
    else call.fail(message);
  }
}

/** Factors and addends: one a group in the first version, one a channel since. */
function groupNormalization(call: Call): void {
  const x = call.shape(0);
  call.setTensor(0, x);
  const groups = call.node.int('num_groups', 0);
  const channels = x?.[1];
  if (typeof channels === 'number' && groups > 0 && channels % groups !== 0) {
    call.fail(`${groups} groups cannot share ${channels} channels`);
  }
  const isPerChannel = call.opset >= 21;
  for (const at of [1, 2]) {
    checkEntries(call, at, isPerChannel ? channels : groups, isPerChannel ? 'channels' : 'groups');
  }
}

/** Mean and deviation keep the axes in front; the type they are computed in is an attribute. */
function layerNormalization(call: Call): void {
  setNormalized(call, [1, 2]);
}

/** Without a mean, and with one output. */
function rmsNormalization(call: Call): void {
  setNormalized(call, [1]);
}

function setNormalized(call: Call, factors: readonly number[]): void {
  const x = call.shape(0);
  const axis = normalizedFrom(call, factors);
  const statistics =
    x === null || axis === null ? null : x.map((size, at) => (at < axis ? size : 1));
  const type = dataTypeFromCode(call.node.int('stash_type', 1))?.name ?? null;
  call.setTensor(0, x);
  for (const at of [1, 2]) call.setTensor(at, statistics, type);
}

/** The first axis that is normalized; what is scaled by must broadcast to the input. */
function normalizedFrom(call: Call, factors: readonly number[]): number | null {
  const x = call.shape(0);
  if (x === null) return null;
  const wanted = call.node.int('axis', -1);
  // Beyond the last axis is only found out when the node runs.
  const axis = checkedAxis(call, wanted, x.length, wanted < 0);
  for (const at of factors) {
    const shape = call.shape(at);
    if (shape !== null && !spans(shape, x)) {
      call.fail(`input ${at} is [${shape.join(', ')}], the input [${x.join(', ')}]`);
    }
  }
  return axis;
}

/** Whether a shape may broadcast to another. */
function spans(shape: Sizes, to: Sizes): boolean {
  return shape.every((size, at) => {
    const wanted = to[at - shape.length + to.length] ?? 1;
    return typeof size !== 'number' || typeof wanted !== 'number' || size === 1 || size === wanted;
  });
}

function lpNormalization(call: Call): void {
  const x = call.shape(0);
  call.setTensor(0, x);
  if (x !== null) checkedAxis(call, call.node.int('axis', -1), x.length, false);
}

/** A sum of squares over some channels, then bias, power and division. */
function lrnCost(call: CostCall): NodeCost | null {
  const shape = call.outputShape(0);
  if (shape === null) return null;
  const flops = 2 * Math.max(call.node.int('size', 1), 1) + 3;
  return { class: 'normalization', macs: 0, otherFlops: multiply(flops, elementCount(shape)) };
}

/**
 * Operations for each element. Statistics: summed for the mean; the mean subtracted; squared and
 * summed for the variance; multiplied by the inverse of the deviation. Then scale and shift.
 */
export const normalizationFlops = {
  /** Factor and addend are worked out once a channel. */
  batch: 2,
  layer: 7,
  meanVariance: 5,
  /** Squared and summed; multiplied by the inverse, and by the scale. No mean. */
  rms: 4,
  /** Absolute value or square, sum, division. */
  lp: 3,
} as const;

function rule(ops: readonly string[], infer: OperatorRule['infer'], each: number): OperatorRule {
  return { domain: '', ops, infer, cost: perOutputElement(each, 'normalization') };
}

/** Sources: https://onnx.ai/onnx/operators/onnx__BatchNormalization.html and the other pages. */
export const normalizationRules: readonly OperatorRule[] = [
  rule(['BatchNormalization'], batchNormalization, normalizationFlops.batch),
  rule(['InstanceNormalization'], instanceNormalization, normalizationFlops.layer),
  rule(['GroupNormalization'], groupNormalization, normalizationFlops.layer),
  rule(['LayerNormalization'], layerNormalization, normalizationFlops.layer),
  rule(['RMSNormalization'], rmsNormalization, normalizationFlops.rms),
  rule(['LpNormalization'], lpNormalization, normalizationFlops.lp),
  rule(['MeanVarianceNormalization'], shapeOf(), normalizationFlops.meanVariance),
  { domain: '', ops: ['LRN'], infer: shapeOf(), cost: lrnCost },
];
