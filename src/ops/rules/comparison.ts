import type { Call, OperatorRule } from '../rule.ts';
import { perOutputElement } from '../sizes.ts';
import type { Element } from '../types.ts';
import { broadcastInputs } from './arithmetic.ts';
import {
  type Comparison,
  isEqual,
  isGreater,
  isGreaterOrEqual,
  isLess,
  isLessOrEqual,
} from './element-arithmetic.ts';
import { combineElements } from './element-values.ts';

/** Comparisons and logic of two inputs that broadcast. */

type Decision = (a: Element, b: Element) => Element;

function comparing(compare: Comparison): Decision {
  return (a, b) => (a === null || b === null ? null : compare(a, b));
}

function truth(ops: string, decide: Decision): OperatorRule {
  return {
    domain: '',
    ops: [ops],
    infer(call: Call): void {
      broadcastInputs(call);
      // The engine knows the type by the schema, which allows one alone.
      if (call.opset >= 7) combineElements(call, [0, 1], ([a = null, b = null]) => decide(a, b));
    },
    cost: perOutputElement(1),
  };
}

/** What decides alone, whatever the other is: 0 for And, 1 for Or. */
function logic(decisive: 0 | 1): Decision {
  return (a, b) => {
    if (a === decisive || b === decisive) return decisive;
    return typeof a === 'number' && typeof b === 'number' ? 1 - decisive : null;
  };
}

const xor: Decision = (a, b) => {
  if (typeof a !== 'number' || typeof b !== 'number') return null;
  return a === b ? 0 : 1;
};

/** Source: the operators' pages, as https://onnx.ai/onnx/operators/onnx__Equal.html. */
export const comparisonRules: readonly OperatorRule[] = [
  truth('Equal', comparing(isEqual)),
  truth('Less', comparing(isLess)),
  truth('LessOrEqual', comparing(isLessOrEqual)),
  truth('Greater', comparing(isGreater)),
  truth('GreaterOrEqual', comparing(isGreaterOrEqual)),
  truth('And', logic(0)),
  truth('Or', logic(1)),
  truth('Xor', xor),
  {
    domain: '',
    ops: ['BitwiseAnd', 'BitwiseOr', 'BitwiseXor'],
    infer: (call) => broadcastInputs(call),
    cost: perOutputElement(1),
  },
];
