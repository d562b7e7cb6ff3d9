import type { Size } from '../../symbolic/index.ts';
import { multiply } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, OperatorRule } from '../rule.ts';
import { broadcast, elementCount, perOutputElement } from '../sizes.ts';
import {
  type Arithmetic,
  addElements,
  divideElements,
  isInteger,
  largerElement,
  multiplyElements,
  powerOfElements,
  remainder,
  smallerElement,
  subtractElements,
} from './element-arithmetic.ts';
import { combineElements, foldElements } from './element-values.ts';
import { rememberQuotient } from './quotients.ts';

/** Operators of several inputs that broadcast, and that compute numbers. */

export function allInputs(call: Call): number[] {
  return Array.from({ length: call.inputCount }, (_, at) => at);
}

/** Sets the shape of the first output to what the inputs broadcast to. */
export function broadcastInputs(call: Call, inputs: readonly number[] = allInputs(call)): void {
  // An axis said where the second lines up with the first, which had the shape of the result; of
  // sums and the like, all had it until version 8.
  const isLegacy = call.opset < (alike.has(call.node.opType) ? 8 : 7);
  const shapes = isLegacy ? [call.shape(0)] : inputs.map((at) => call.shape(at));
  call.setTensor(0, broadcast(call, shapes));
}

const alike: ReadonlySet<string> = new Set(['Max', 'Mean', 'Min', 'Sum']);

function arithmetic(op: string, compute: Arithmetic): OperatorRule {
  const infer = (call: Call): void => {
    broadcastInputs(call);
    if (call.opset >= 7) foldElements(call, allInputs(call), compute);
  };
  return { domain: '', ops: [op], infer, cost: perOutputElement(1) };
}

function divide(call: Call): void {
  broadcastInputs(call);
  if (call.opset < 7) return;
  const type = call.elementType(0);
  if (type !== null && isInteger(type) && call.numbers(1)?.includes(0)) {
    call.fail('integers are divided by 0');
  }
  foldElements(call, [0, 1], divideElements);
  rememberQuotient(call);
}

function multiplyBoth(call: Call): void {
  broadcastInputs(call);
  if (call.opset < 7) return;
  foldElements(call, [0, 1], multiplyElements);
  rememberQuotient(call);
}

function mod(call: Call): void {
  const isFmod = call.node.int('fmod', 0) !== 0;
  const type = call.elementType(0);
  broadcastInputs(call);
  if (!isFmod && type !== null && !isInteger(type) && call.opset < 28) {
    call.fail(`fmod must be 1 for ${type}`);
  }
  foldElements(call, [0, 1], remainder(isFmod));
}

function bitShift(call: Call): void {
  broadcastInputs(call);
  const isLeft = call.node.string('direction', '') === 'LEFT';
  foldElements(call, [0, 1], (a, b, type) => {
    if (typeof b !== 'number' || b < 0 || b > 52) return null;
    const factor = 2 ** b;
    return isLeft ? multiplyElements(a, factor, type) : divideElements(a, factor, type);
  });
}

/** The slope spans the input, whose shape the output has; runtimes broadcast both ways. */
function pRelu(call: Call): void {
  const shape = call.shape(0);
  const slope = call.shape(1);
  call.setTensor(0, shape);
  if (shape === null || slope === null || call.opset < 7) return;
  const offset = shape.length - slope.length;
  for (const [at, size] of slope.entries()) {
    const own = shape[at + offset];
    if (typeof size !== 'number' || typeof own !== 'number') continue;
    if (size !== 1 && own !== 1 && size !== own) {
      call.fail(`the slope [${slope.join(', ')}] does not fit the input [${shape.join(', ')}]`);
      return;
    }
  }
}

function where(call: Call): void {
  broadcastInputs(call);
  const [condition, yes, no] = [0, 1, 2];
  combineElements(call, [condition, yes, no], ([decision = null, a = null, b = null]) => {
    if (typeof decision === 'number') return decision === 0 ? b : a;
    return a !== null && a === b ? a : null;
  });
}

/** Swish of one input times the other, of the same shape. */
function swiGlu(call: Call): void {
  const a = call.shape(0);
  const b = call.shape(1);
  if (a === null || b === null || a.length !== b.length) {
    if (a !== null && b !== null)
      call.reject(`the inputs have the ranks ${a.length} and ${b.length}`);
    call.setTensor(0, a ?? b);
    return;
  }
  const sizes = a.map((size, axis) => call.unify(size, b[axis] ?? size, `sizes of axis ${axis}`));
  call.setTensor(0, sizes);
}

/** One operation less than there are inputs, and for a mean one more. */
function perInput(extra: number): (call: CostCall) => NodeCost | null {
  return (call) => {
    const shape = call.outputShape(0);
    if (shape === null) return null;
    const flops: Size = Math.max(call.inputCount - 1 + extra, 0);
    return { class: 'elementwise', macs: 0, otherFlops: multiply(flops, elementCount(shape)) };
  };
}

function variadic(op: string, compute: Arithmetic): OperatorRule {
  return { ...arithmetic(op, compute), cost: perInput(0) };
}

/**
 * Sources: the operators' pages, as https://onnx.ai/onnx/operators/onnx__Add.html, and
 * https://github.com/onnx/onnx/blob/main/docs/Broadcasting.md.
 */
export const arithmeticRules: readonly OperatorRule[] = [
  arithmetic('Add', addElements),
  arithmetic('Sub', subtractElements),
  { ...arithmetic('Mul', multiplyElements), infer: multiplyBoth },
  { ...arithmetic('Div', divideElements), infer: divide },
  arithmetic('Pow', powerOfElements),
  { domain: '', ops: ['Mod'], infer: mod, cost: perOutputElement(1) },
  { domain: '', ops: ['BitShift'], infer: bitShift, cost: perOutputElement(1) },
  variadic('Max', largerElement),
  variadic('Min', smallerElement),
  variadic('Sum', addElements),
  { domain: '', ops: ['Mean'], infer: (call) => broadcastInputs(call), cost: perInput(1) },
  { domain: '', ops: ['PRelu'], infer: pRelu, cost: perOutputElement(1) },
  { domain: '', ops: ['Where'], infer: where, cost: perOutputElement(1) },
  { domain: '', ops: ['SwiGLU'], infer: swiGlu, cost: perOutputElement(2) },
];
