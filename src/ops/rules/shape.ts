import type { Call, OperatorRule } from '../rule.ts';
import { elementCount, movement } from '../sizes.ts';
import { mostElements } from '../types.ts';

/*
 * Sources: https://onnx.ai/onnx/operators/onnx__Shape.html (start and end are clamped),
 * onnx__Size.html, onnx__Identity.html
 */

function shape(call: Call): void {
  const input = call.shape(0);
  if (input === null) {
    // Whatever the rank, there is one size for each axis.
    call.setTensor(0, call.unknownSizes(1), 'int64');
    return;
  }
  const rank = input.length;
  const clamp = (axis: number): number =>
    Math.max(0, Math.min(rank, axis < 0 ? axis + rank : axis));
  const start = clamp(call.node.int('start', 0));
  const end = clamp(call.node.int('end', rank));
  const sizes = input.slice(start, Math.max(start, end));
  call.setTensor(0, [sizes.length], 'int64');
  if (sizes.length <= mostElements) call.setElements(0, [sizes.length], sizes);
}

function size(call: Call): void {
  const input = call.shape(0);
  call.setTensor(0, [], 'int64');
  if (input !== null) call.setElements(0, [], [elementCount(input)]);
}

function identity(call: Call): void {
  const type = call.type(0);
  if (type !== null) call.setType(0, type);
  const elements = call.elements(0);
  if (elements !== null) call.setElements(0, elements.dims, elements.values);
}

export const shapeRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Shape'], infer: shape, cost: movement },
  { domain: '', ops: ['Size'], infer: size, cost: movement },
  { domain: '', ops: ['Identity'], infer: identity, cost: movement },
];
