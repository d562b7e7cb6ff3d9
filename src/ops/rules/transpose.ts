import type { Call, OperatorRule } from '../rule.ts';
import { movement } from '../sizes.ts';
import { contribRule } from './contrib-rule.ts';
import { axesFromFront, elementAt, fillElements, listText } from './element-arrays.ts';

/*
 * Sources: https://onnx.ai/onnx/operators/onnx__Transpose.html, onnx__Trilu.html,
 * onnx__ReverseSequence.html
 */

function transpose(call: Call): void {
  const input = call.shape(0);
  const perm = call.node.ints('perm');
  if (input === null) {
    call.setTensor(0, perm && perm.length <= 256 ? call.unknownSizes(perm.length) : null);
    return;
  }
  const order = perm ?? input.map((_, axis) => input.length - 1 - axis);
  const isOfAxes =
    order.every((axis) => axis >= 0) && axesFromFront(order, input.length).length === order.length;
  if (!isOfAxes || order.length !== input.length) {
    const message = `perm ${listText(order)} does not order the axes of ${listText(input)}`;
    // Where it only leaves axes out, ONNX's inference leaves them out too.
    if (!isOfAxes) call.reject(message);
    else if (order.some((axis) => axis >= order.length)) call.refuse(message);
    else call.fail(message);
    call.setTensor(0, call.unknownSizes(isOfAxes ? order.length : input.length));
    return;
  }
  const shape = order.map((axis) => input[axis] ?? call.unknown());
  call.setTensor(0, shape);
  const elements = call.elements(0);
  if (elements === null) return;
  fillElements(call, shape, (index) => {
    const source = index.map(() => 0);
    for (const [at, axis] of order.entries()) source[axis] = index[at] ?? 0;
    return elementAt(elements, source);
  });
}

function trilu(call: Call): void {
  const shape = call.shape(0);
  if (shape !== null && shape.length < 2)
    call.reject(`the input has rank ${shape.length}, not 2 or more`);
  call.setTensor(0, shape);
  const elements = call.elements(0);
  const diagonal = call.has(1) ? call.numbers(1)?.[0] : 0;
  if (elements === null || diagonal === undefined) return;
  const isUpper = call.node.int('upper', 1) !== 0;
  fillElements(call, shape, (index) => {
    const distance = (index.at(-1) ?? 0) - (index.at(-2) ?? 0);
    const isKept = isUpper ? distance >= diagonal : distance <= diagonal;
    return isKept ? elementAt(elements, index) : 0;
  });
}

function reverseSequence(call: Call): void {
  const shape = call.shape(0);
  call.setTensor(0, shape);
  const lengths = call.shape(1);
  if (shape !== null && shape.length < 2)
    call.reject(`the input has rank ${shape.length}, not 2 or more`);
  if (lengths !== null && lengths.length !== 1) {
    call.reject(`sequence_lens has rank ${lengths.length}, not 1`);
  }
  const batchAxis = call.node.int('batch_axis', 1);
  if (batchAxis === call.node.int('time_axis', 0)) {
    call.refuse(`batch_axis and time_axis are both ${batchAxis}`);
  }
  const batch = shape?.[batchAxis];
  const count = lengths?.[0];
  if (typeof batch === 'number' && typeof count === 'number' && batch !== count) {
    call.fail(`there are ${count} lengths for a batch of ${batch}`);
  }
}

export const transposeRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Transpose'], infer: transpose, cost: movement },
  { domain: '', ops: ['Trilu'], infer: trilu, cost: movement },
  contribRule(['Trilu'], trilu, movement),
  { domain: '', ops: ['ReverseSequence'], infer: reverseSequence, cost: movement },
];
