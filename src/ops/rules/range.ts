import {
  add,
  ceilDivide,
  isNonNegative,
  maximum,
  multiply,
  negate,
  type Size,
  subtract,
} from '../../symbolic/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { elementCount, movement } from '../sizes.ts';
import { type Element, mostElements } from '../types.ts';
import { contribRule } from './contrib-rule.ts';
import { listText, scalarElement } from './element-arrays.ts';

/* Source: https://onnx.ai/onnx/operators/onnx__Range.html */

function range(call: Call): void {
  checkScalars(call);
  const start = scalarElement(call, 0);
  const limit = scalarElement(call, 1);
  // Of com.microsoft.Range the step may be left out.
  const delta = call.has(2) ? scalarElement(call, 2) : 1;
  if (delta === 0) call.fail('the step is 0');
  const isKnown = start !== null && limit !== null && typeof delta === 'number' && delta !== 0;
  const count = (isKnown ? countOf(start, limit, delta) : null) ?? call.unknown();
  call.setTensor(0, [count]);
  if (!isKnown || typeof count !== 'number' || count > mostElements) return;
  if (!Number.isInteger(delta)) return;
  const values: Element[] = [];
  for (let at = 0; at < count; at += 1) values.push(add(start, multiply(delta, at)));
  call.setElements(0, [count], values);
}

/** The runtime takes a list of one for a scalar; ONNX's inference does not, if all are constant. */
function checkScalars(call: Call): void {
  const isConstant = call.node.inputs.every((value) => value !== null && value.constant !== null);
  for (let at = 0; at < call.inputCount && call.node.domain === ''; at += 1) {
    const shape = call.shape(at) ?? [];
    const count = elementCount(shape);
    const message = `input ${at} is ${listText(shape)}; it must be a scalar`;
    if (typeof count === 'number' && count !== 1) call.fail(message);
    else if (shape.length > 0 && isConstant) call.reject(message);
  }
}

/** max(ceil((limit - start) / delta), 0); null where that is no integer, or not known to be one. */
function countOf(start: Size, limit: Size, delta: number): Size | null {
  if (typeof start === 'number' && typeof limit === 'number') {
    const count = Math.max(0, Math.ceil((limit - start) / delta)) + 0;
    return Number.isSafeInteger(count) ? count : null;
  }
  const numbers = [start, limit, delta].filter((each) => typeof each === 'number');
  if (!numbers.every(Number.isSafeInteger)) return null;
  const distance = subtract(limit, start);
  const count = delta > 0 ? ceilDivide(distance, delta) : ceilDivide(negate(distance), -delta);
  return isNonNegative(count) ? count : maximum(count, 0);
}

export const rangeRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Range'], infer: range, cost: movement },
  // https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
  contribRule(['Range'], range, movement),
];
