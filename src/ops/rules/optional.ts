import { inferredType } from '../engine/convert-type.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { movement } from '../sizes.ts';

/*
 * Sources: https://onnx.ai/onnx/operators/onnx__Optional.html, onnx__OptionalGetElement.html,
 * onnx__OptionalHasElement.html
 */

/** Of an empty optional, an attribute says what it would hold. */
function optional(call: Call): void {
  const attribute = call.node.attribute('type');
  if (call.has(0)) {
    call.setType(0, { kind: 'optional', element: call.type(0) });
  } else if (attribute?.type === 'type') {
    const reader = { unknown: () => call.unknown(), sizes: new Map(), symbols: new Set<string>() };
    call.setType(0, { kind: 'optional', element: inferredType(attribute.value, reader) });
  }
}

function getElement(call: Call): void {
  const type = call.type(0);
  if (type === null) return;
  if (type.kind === 'optional') {
    if (type.element !== null) call.setType(0, type.element);
    return;
  }
  // What is no optional counts as one that holds it.
  call.setType(0, type);
  const elements = call.elements(0);
  if (elements !== null) call.setElements(0, elements.dims, elements.values);
}

function hasElement(call: Call): void {
  call.setTensor(0, [], 'bool');
  const kind = call.type(0)?.kind;
  if (!call.has(0)) call.setElements(0, [], [0]);
  else if (kind === 'tensor' || kind === 'sequence') call.setElements(0, [], [1]);
}

export const optionalRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Optional'], infer: optional, cost: movement },
  { domain: '', ops: ['OptionalGetElement'], infer: getElement, cost: movement },
  { domain: '', ops: ['OptionalHasElement'], infer: hasElement, cost: movement },
];
