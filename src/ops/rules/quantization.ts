import { ceilDivide, type Size } from '../../symbolic/index.ts';
import type { DataType } from '../../tensor/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { perInputElement, perOutputElement } from '../sizes.ts';
import type { Sizes } from '../types.ts';
import { typeAttribute } from './node-attributes.ts';
import { agree } from './shape-agreement.ts';

/**
 * Quantization.
 *
 * Source: https://onnx.ai/onnx/operators/onnx__QuantizeLinear.html, onnx__DequantizeLinear.html (all
 * versions), onnx__DynamicQuantizeLinear.html.
 */

/** Quantize: divide, round, add, clip. Dequantize: subtract, multiply. */
const quantizeFlops = 4;
const dequantizeFlops = 2;
/** Least and greatest element before it quantizes. */
const dynamicFlops = quantizeFlops + 2;

/** From this version on the operators have an axis, and from the next on blocks. */
const firstWithAxis = 13;

/** Holds the scales, one an axis or a block, against the input: the runtime does so when it runs. */
function checkScale(call: Call): void {
  const x = call.shape(0);
  const scale = call.shape(1);
  if (x === null || scale === null) return;
  agreeOnZeroPoint(call, scale);
  const block = call.node.int('block_size', 0);
  if (block > 0) checkBlocks(call, x, scale, block);
  else if (call.opset >= firstWithAxis) checkAxis(call, x, scale);
}

function agreeOnZeroPoint(call: Call, scale: Sizes): void {
  const zeroPoint = call.shape(2);
  if (zeroPoint === null || zeroPoint.length !== scale.length) return;
  for (const [at, size] of scale.entries()) {
    agree(call, size, zeroPoint[at], (a, b) => `${a} scales and ${b} zero points along axis ${at}`);
  }
}

function axisIn(call: Call, rank: number): number | null {
  const axis = call.node.int('axis', 1);
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  call.fail(`axis ${axis} is not in [${-rank}, ${rank - 1}]`);
  return null;
}

function checkAxis(call: Call, x: Sizes, scale: Sizes): void {
  // A scale of one element counts as a scalar.
  const [count] = scale;
  if (scale.length !== 1 || typeof count !== 'number' || count === 1) return;
  const axis = axisIn(call, x.length);
  if (axis === null) return;
  agree(call, x[axis], count, (size, scales) => {
    return `${scales} scales for axis ${axis}, which has ${size} elements`;
  });
}

function checkBlocks(call: Call, x: Sizes, scale: Sizes, block: number): void {
  if (scale.length !== x.length) return;
  const axis = axisIn(call, x.length);
  for (const [at, size] of x.entries()) {
    const wanted: Size = at === axis ? ceilDivide(size, block) : size;
    agree(call, wanted, scale[at], (needed, found) => {
      return `${found} scales along axis ${at}, where blocks of ${block} need ${needed}`;
    });
  }
}

/** The zero point says what comes out; without one an attribute, without that it is uint8. */
function inferQuantize(call: Call): void {
  const asked = typeAttribute(call.node, 'output_dtype');
  const ofZeroPoint = call.elementType(2);
  if (asked !== null && ofZeroPoint !== null && asked !== ofZeroPoint) {
    call.reject(`output_dtype is ${asked}, the zero point is ${ofZeroPoint}`);
  }
  checkScale(call);
  call.setTensor(0, call.shape(0), ofZeroPoint ?? asked ?? (call.has(2) ? null : 'uint8'));
}

function inferDequantize(call: Call): void {
  checkScale(call);
  call.setTensor(0, call.shape(0), dequantizedType(call));
}

function dequantizedType(call: Call): DataType | null {
  if (call.node.domain === '' && call.opset < 19) return 'float32';
  return typeAttribute(call.node, 'output_dtype') ?? call.elementType(1);
}

function inferDynamicQuantize(call: Call): void {
  call.setTensor(0, call.shape(0), 'uint8');
  call.setTensor(1, [], 'float32');
  call.setTensor(2, [], 'uint8');
}

/** In com.microsoft the same operators, whose output is of the type of the zero point or the scale. */
const domains = ['', 'com.microsoft'];

export const quantizationRules: readonly OperatorRule[] = [
  ...domains.flatMap((domain): OperatorRule[] => [
    {
      domain,
      ops: ['QuantizeLinear'],
      infer: inferQuantize,
      cost: perOutputElement(quantizeFlops),
    },
    {
      domain,
      ops: ['DequantizeLinear'],
      infer: inferDequantize,
      cost: perOutputElement(dequantizeFlops),
    },
  ]),
  {
    domain: '',
    ops: ['DynamicQuantizeLinear'],
    infer: inferDynamicQuantize,
    cost: perInputElement(dynamicFlops, 'elementwise'),
  },
];
