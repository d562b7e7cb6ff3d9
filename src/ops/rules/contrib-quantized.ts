import { multiply, type Size, sum } from '../../symbolic/index.ts';
import type { DataType } from '../../tensor/index.ts';
import type { Call, CostCall, NodeCost, OperatorRule } from '../rule.ts';
import { axisOf, broadcast, elementCount, movement, perOutputElement } from '../sizes.ts';
import { contribRule } from './contrib-rule.ts';
import { typeAttribute } from './node-attributes.ts';
import { agree, shapeOf } from './shape-agreement.ts';

/**
 * Quantized operators of onnxruntime that work element by element, and changes of format.
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */

/** Softmax as the float one. */
const softmaxFlops = 5;
const quantizeFlops = 4;
const dequantizeFlops = 2;

function broadcastOf(...inputs: number[]): (call: Call) => void {
  return (call) => {
    call.setTensor(
      0,
      broadcast(
        call,
        inputs.map((at) => call.shape(at)),
      ),
    );
  };
}

/** Sums or means over axes; over all when none are given. */
function inferReduction(call: Call): void {
  const x = call.shape(0);
  if (x === null) return;
  const given = call.node.ints('axes') ?? [];
  const axes = given.map((axis) => axisOf(call, axis, x.length));
  const isKept = call.node.int('keepdims', 1) === 1;
  const shape = x.flatMap((size, at): Size[] => {
    if (axes.length > 0 && !axes.includes(at)) return [size];
    return isKept ? [1] : [];
  });
  call.setTensor(0, shape, sumType(call));
}

/** Integers are summed in 32 bits, of the same sign. */
function sumType(call: Call): DataType | null {
  if (call.node.opType !== 'ReduceSumInteger') return null;
  const elementType = call.elementType(0);
  if (elementType === 'uint8') return 'uint32';
  return elementType === 'int8' ? 'int32' : null;
}

function costOfReduction(call: CostCall): NodeCost | null {
  const x = call.shape(0);
  return x && { class: 'reduction', macs: 0, otherFlops: elementCount(x) };
}

/** Inputs from the third on are triples: tensor, scale, zero point. */
function inferConcat(call: Call): void {
  const shapes = tensorsOf(call).map((at) => call.shape(at));
  const [head] = shapes;
  if (head === null || head === undefined) return;
  const axis = axisOf(call, call.node.int('axis', 0), head.length);
  const known = shapes.filter((shape) => shape !== null);
  if (axis === null || known.some((shape) => shape.length !== head.length)) return;
  const along = known.length === shapes.length ? sum(known.map((shape) => shape[axis] ?? 0)) : null;
  const shape = head.map((size, at) => {
    if (at === axis) return along ?? call.unknown();
    return known.reduce<Size>((all, one) => {
      return agree(call, all, one[at], (a, b) => `sizes ${a} and ${b} along axis ${at}`);
    }, size);
  });
  call.setTensor(0, shape, call.elementType(1));
}

function tensorsOf(call: Call): number[] {
  const count = Math.max(0, Math.floor((call.inputCount - 2) / 3));
  return Array.from({ length: count }, (_, at) => 2 + 3 * at);
}

/** The elements behind indices, made floats; two or more of them lie in a byte. */
function inferGatherBlocks(call: Call): void {
  const data = call.shape(0);
  const indices = call.shape(1);
  const elementType = call.elementType(2);
  if (data === null || indices === null) return;
  const axis = axisOf(call, call.node.int('gather_axis', 0), data.length);
  if (axis === null) return;
  const bits = call.node.int('bits', 4);
  const perByte = call.elementType(0) === 'uint8' && bits > 0 ? Math.floor(8 / bits) : 1;
  const unpacked = data.map((size, at) => {
    return at === data.length - 1 ? multiply(size, Math.max(1, perByte)) : size;
  });
  const shape = [...unpacked.slice(0, axis), ...indices, ...unpacked.slice(axis + 1)];
  call.setTensor(0, shape, elementType);
}

/** Bytes of a format that the hardware defines; shape and strides say what they were. */
function inferToBlockFloat(call: Call): void {
  const rank = call.shape(0)?.length;
  call.setTensor(0, [call.unknown()]);
  for (const at of [1, 2]) call.setTensor(at, [rank ?? call.unknown()]);
}

function inferFromBlockFloat(call: Call): void {
  const shape = call.known(1);
  const rank = call.shape(1)?.[0];
  const unknown = typeof rank === 'number' && rank <= mostAxes ? call.unknownSizes(rank) : null;
  call.setTensor(0, shape ?? unknown, typeAttribute(call.node, 'dtype') ?? 'float32');
}

/** No tensor has as many. */
const mostAxes = 64;

function inferOrdered(call: Call): void {
  call.setTensor(0, call.shape(0), typeAttribute(call.node, 'to'));
}

export const contribQuantizedRules: readonly OperatorRule[] = [
  contribRule(['QLinearAdd', 'QLinearMul'], broadcastOf(0, 3), perOutputElement(1)),
  contribRule(['MulInteger'], broadcastOf(0, 2), perOutputElement(1)),
  contribRule(['QLinearWhere'], broadcastOf(0, 1, 4), movement),
  contribRule(['QLinearLeakyRelu', 'QLinearSigmoid'], shapeOf(), perOutputElement(1)),
  contribRule(['QLinearSoftmax'], shapeOf(), perOutputElement(softmaxFlops, 'normalization')),
  contribRule(['QLinearReduceMean', 'ReduceSumInteger'], inferReduction, costOfReduction),
  contribRule(['QLinearConcat'], inferConcat, movement),
  contribRule(['GatherBlockQuantized'], inferGatherBlocks, perOutputElement(dequantizeFlops)),
  contribRule(['QuantizeBFP'], inferToBlockFloat, movement),
  contribRule(['DequantizeBFP'], inferFromBlockFloat, movement),
  contribRule(['QuantizeWithOrder'], shapeOf(), perOutputElement(quantizeFlops)),
  contribRule(['DequantizeWithOrder'], inferOrdered, perOutputElement(dequantizeFlops)),
];
