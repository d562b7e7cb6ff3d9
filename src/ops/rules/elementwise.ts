import { isNonNegative, maximum, type Size } from '../../symbolic/index.ts';
import type { DataType } from '../../tensor/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { movement, perOutputElement } from '../sizes.ts';
import type { Element } from '../types.ts';
import {
  elementOf,
  isInteger,
  largerElement,
  multiplyElements,
  roundHalfToEven,
  smallerElement,
} from './element-arithmetic.ts';
import { mapElements } from './element-values.ts';
import { downward, type Rounding, setRoundedQuotient, upward } from './quotients.ts';

/** Operators whose output is like their first input, each element made of one element. */

type ElementMap = (element: Size, type: DataType) => Element;

/** One function of the element; of what is symbolic, `size` says what it is. */
function of(number: (value: number) => number, size: (size: Size) => Element = none): ElementMap {
  return (element, type) =>
    typeof element === 'number' ? elementOf(number(element), type) : size(element);
}

function none(): null {
  return null;
}

/** Sizes are whole. */
function itself(size: Size): Size {
  return size;
}

function keep(call: Call): void {
  call.setTensor(0, call.shape(0));
}

function keepAnd(map: ElementMap): (call: Call) => void {
  return (call) => {
    keep(call);
    mapElements(call, map);
  };
}

/** A rule for each of some operators that cost one operation an element. */
function unary(ops: string, infer: (call: Call) => void): OperatorRule {
  return { domain: '', ops: ops.split(' '), infer, cost: perOutputElement(1) };
}

/** Rounding makes a size again of a quotient of sizes. */
function rounded(rounding: Rounding): (call: Call) => void {
  const infer = keepAnd(of(rounding.number, itself));
  return (call) => {
    infer(call);
    setRoundedQuotient(call, rounding);
  };
}

/** Bounds were attributes before opset 11, inputs since. */
function clip(call: Call): void {
  keep(call);
  const type = call.elementType(0);
  if (type === null) return;
  const least = bound(call, 'min', 1);
  const most = bound(call, 'max', 2);
  if (least === undefined || most === undefined) return;
  mapElements(call, (element) => {
    const raised = least === null ? element : largerElement(element, least, type);
    return raised === null || most === null ? raised : smallerElement(raised, most, type);
  });
}

/** Null: there is none. Undefined: it is not known. */
function bound(call: Call, name: string, at: number): Size | null | undefined {
  if (call.has(at)) {
    const known = call.known(at);
    return known?.length === 1 ? known[0] : undefined;
  }
  if (call.opset >= 11 || call.node.attribute(name) === undefined) return null;
  return call.node.float(name, 0);
}

/** Both are scalars, and the second output says which elements were kept. */
function dropout(call: Call): void {
  const shape = call.shape(0);
  call.setTensor(0, shape);
  // Before opset 10 the mask had the type of the data.
  call.setTensor(1, shape, call.opset < 10 ? call.elementType(0) : 'bool');
  for (const [at, name] of [
    [1, 'ratio'],
    [2, 'training_mode'],
  ] as const) {
    const rank = call.shape(at)?.length ?? 0;
    if (rank !== 0) call.reject(`${name} has rank ${rank}, it must be a scalar`);
  }
  const training = call.has(2) ? call.numbers(2) : [0];
  if (call.opset >= 12 && training?.[0] === 0) mapElements(call, (element) => element);
}

function not(call: Call): void {
  call.setTensor(0, call.shape(0), 'bool');
  mapElements(call, (element) => (typeof element === 'number' ? Number(element === 0) : null));
}

const isNan: (call: Call) => void = (call) => {
  call.setTensor(0, call.shape(0), 'bool');
  mapElements(call, (element) => Number(Number.isNaN(element)), 'bool');
};

const isInfinite: (call: Call) => void = (call) => {
  call.setTensor(0, call.shape(0), 'bool');
  const positive = call.node.int('detect_positive', 1) !== 0;
  const negative = call.node.int('detect_negative', 1) !== 0;
  mapElements(
    call,
    (element) => {
      if (element === Number.POSITIVE_INFINITY) return Number(positive);
      return Number(element === Number.NEGATIVE_INFINITY && negative);
    },
    'bool',
  );
};

const negate: ElementMap = (element, type) =>
  isInteger(type) || typeof element === 'number' ? multiplyElements(element, -1, type) : null;

/**
 * Functions of one element each, with the shape of the input. Sources: the operators' pages, as
 * https://onnx.ai/onnx/operators/onnx__Abs.html.
 */
export const elementwiseRules: readonly OperatorRule[] = [
  unary(
    'Acos Acosh Asin Asinh Atan Atanh Cos Cosh Erf Exp Log Sin Sinh Tan Tanh BitwiseNot ' +
      // Activations: one operation each, whatever they are made of.
      'Celu Elu Gelu HardSigmoid HardSwish LeakyRelu Mish Selu Shrink Sigmoid Softplus ' +
      'Softsign Swish ThresholdedRelu Affine ImageScaler ParametricSoftplus ScaledTanh',
    keep,
  ),
  unary('Abs', keepAnd(of(Math.abs, (size) => (isNonNegative(size) ? size : null)))),
  unary('Neg', keepAnd(negate)),
  unary('Floor', rounded(downward)),
  unary('Ceil', rounded(upward)),
  unary('Round', keepAnd(of(roundHalfToEven, itself))),
  unary('Sqrt', keepAnd(of(Math.sqrt))),
  unary('Reciprocal', keepAnd(of((value) => 1 / value))),
  unary('Sign', keepAnd(of(Math.sign))),
  unary(
    'Relu',
    keepAnd(
      of(
        (value) => (value < 0 ? 0 : value),
        (size) => maximum(size, 0),
      ),
    ),
  ),
  unary('Not', not),
  unary('IsNaN', isNan),
  unary('IsInf', isInfinite),
  unary('Clip', clip),
  // Without training, which is all that is counted, nothing is computed.
  { domain: '', ops: ['Dropout'], infer: dropout, cost: movement },
];
