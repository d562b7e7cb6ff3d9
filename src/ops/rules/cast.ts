import { differ, type Size } from '../../symbolic/index.ts';
import { type DataType, dataTypes } from '../../tensor/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { movement } from '../sizes.ts';
import type { Element } from '../types.ts';
import { elementOf, isInteger } from './element-arithmetic.ts';
import { mapElements } from './element-values.ts';
import { typeAttribute } from './node-attributes.ts';
import { setRoundedQuotient, towardZero } from './quotients.ts';

/** Operators that make another type of the elements. */

function cast(call: Call): void {
  castTo(call, call.opset < 6 ? typeByName(call) : typeAttribute(call.node, 'to'));
}

/** The first version had the type's name, as in `FLOAT`. */
function typeByName(call: Call): DataType | null {
  const attribute = call.node.attribute('to');
  if (attribute?.type !== 'string') return typeAttribute(call.node, 'to');
  const name = call.node.string('to', '').toLowerCase();
  if (name === 'float') return 'float32';
  if (name === 'double') return 'float64';
  return Object.hasOwn(dataTypes, name) ? (name as DataType) : null;
}

function castTo(call: Call, type: DataType | null): void {
  call.setTensor(0, call.shape(0), type);
  const from = call.elementType(0);
  if (type === null || from === null) return;
  mapElements(call, (element) => convert(element, type), type);
  if (isInteger(type) && !isInteger(from)) setRoundedQuotient(call, towardZero);
}

/** To integers, numbers are cut off toward zero. */
function convert(element: Size, type: DataType): Element {
  const { kind } = dataTypes[type];
  if (typeof element === 'number') {
    if (kind === 'bool') return element === 0 ? 0 : 1;
    return elementOf(kind === 'float' ? element : Math.trunc(element), type);
  }
  if (kind === 'bool') return differ(element, 0) ? 1 : null;
  return kind === 'string' || kind === 'complex' ? null : element;
}

/** The same bits, read as another type of the same width. */
function bitCast(call: Call): void {
  const type = typeAttribute(call.node, 'to');
  const from = call.elementType(0);
  call.setTensor(0, call.shape(0), type);
  if (type === null || from === null) return;
  const [before, after] = [dataTypes[from].bits, dataTypes[type].bits];
  if (before !== after) call.reject(`${from} has ${before} bits, ${type} has ${after}`);
}

/**
 * Conversions are counted as movement. Sources: https://onnx.ai/onnx/operators/onnx__Cast.html,
 * https://onnx.ai/onnx/operators/onnx__CastLike.html, https://onnx.ai/onnx/operators/onnx__BitCast.html
 */
export const castRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Cast'], infer: cast, cost: movement },
  {
    domain: '',
    ops: ['CastLike'],
    infer: (call) => castTo(call, call.elementType(1)),
    cost: movement,
  },
  { domain: '', ops: ['BitCast'], infer: bitCast, cost: movement },
];
