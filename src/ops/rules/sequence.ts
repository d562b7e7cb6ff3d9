import type { Size } from '../../symbolic/index.ts';
import type { Call, Known, OperatorRule } from '../rule.ts';
import { axisOf, movement } from '../sizes.ts';
import { type InferredType, type Sizes, type TensorType, tensorOf } from '../types.ts';
import { graphAttribute } from './control-flow.ts';
import { joinTypes } from './join-types.ts';
import { typeAttribute } from './node-attributes.ts';

/*
 * Sources: https://onnx.ai/onnx/operators/onnx__SequenceConstruct.html and the other pages of
 * Sequence*, onnx__SplitToSequence.html, onnx__ConcatFromSequence.html
 */

/** What the elements of a sequence are; null: nothing is known of them. */
function elementOf(type: InferredType | null): InferredType | null {
  return type?.kind === 'sequence' ? type.element : null;
}

function elementTensor(call: Call): TensorType | null {
  const element = elementOf(call.type(0));
  return element?.kind === 'tensor' ? element : null;
}

function setSequence(call: Call, element: InferredType | null): void {
  call.setType(0, { kind: 'sequence', element });
}

function sequenceConstruct(call: Call): void {
  let element = call.type(0);
  for (let at = 1; at < call.inputCount; at += 1) {
    checkElement(call, element, call.type(at));
    element = joinTypes(element, call.type(at), () => call.unknown());
  }
  setSequence(call, element);
}

function checkElement(call: Call, a: InferredType | null, b: InferredType | null): void {
  if (a?.kind !== 'tensor' || b?.kind !== 'tensor') return;
  if (a.elementType === null || b.elementType === null || a.elementType === b.elementType) return;
  call.reject(`a sequence holds ${a.elementType} and ${b.elementType}`);
}

function sequenceEmpty(call: Call): void {
  const elementType = call.node.attribute('dtype') ? typeAttribute(call.node, 'dtype') : 'float32';
  setSequence(call, tensorOf(elementType, null));
}

function sequenceInsert(call: Call): void {
  const element = elementOf(call.type(0));
  checkElement(call, element, call.type(1));
  setSequence(
    call,
    joinTypes(element, call.type(1), () => call.unknown()),
  );
}

function sequenceErase(call: Call): void {
  const type = call.type(0);
  if (type !== null) call.setType(0, type);
}

function sequenceAt(call: Call): void {
  const element = elementOf(call.type(0));
  if (element !== null) call.setType(0, element);
}

function sequenceLength(call: Call): void {
  call.setTensor(0, [], 'int64');
}

function splitToSequence(call: Call): void {
  const input = call.tensor(0);
  if (input === null) return;
  setSequence(call, tensorOf(input.elementType, input.shape && partShape(call, input.shape)));
}

function partShape(call: Call, shape: Sizes): Sizes | null {
  const axis = axisOf(call, call.node.int('axis', 0), shape.length);
  if (axis === null) return null;
  if (call.has(1)) return shape.with(axis, partSize(call, shape[axis] ?? call.unknown()));
  return call.node.int('keepdims', 1) === 0 ? shape.toSpliced(axis, 1) : shape.with(axis, 1);
}

/** The size that all parts have, if they have one. */
function partSize(call: Call, size: Size): Size {
  const elements = call.elements(1);
  const [first] = elements?.values ?? [];
  if (!elements || typeof first !== 'number' || first < 1) return call.unknown();
  if (elements.dims.length > 0) {
    return elements.values.every((each) => each === first) ? first : call.unknown();
  }
  return typeof size === 'number' && size % first === 0 ? first : call.unknown();
}

function concatFromSequence(call: Call): void {
  const element = elementTensor(call);
  if (element === null) return;
  const { shape, elementType } = element;
  const isNew = call.node.int('new_axis', 0) !== 0;
  const rank = shape === null ? 0 : shape.length + (isNew ? 1 : 0);
  const axis = shape && axisOf(call, call.node.int('axis', 0), rank);
  if (shape === null || axis === null) {
    call.setTensor(0, shape && call.unknownSizes(rank), elementType);
    return;
  }
  call.setTensor(0, shape.toSpliced(axis, isNew ? 0 : 1, call.unknown()), elementType);
}

/** The body gets the elements at one place of all sequences, and gives those of new ones. */
function sequenceMap(call: Call): void {
  const body = graphAttribute(call, 'body');
  if (body === undefined) return;
  const inputs = Array.from({ length: call.inputCount }, (_, at): Known => {
    const type = call.type(at);
    if (type?.kind === 'sequence') return { type: type.element, elements: null };
    return { type, elements: call.elements(at) };
  });
  // A sequence may be empty.
  const outputs = call.inferGraph(body, inputs, true);
  for (const [at, { type }] of outputs.entries()) {
    call.setType(at, { kind: 'sequence', element: type });
  }
}

export const sequenceRules: readonly OperatorRule[] = [
  { domain: '', ops: ['SequenceConstruct'], infer: sequenceConstruct, cost: movement },
  { domain: '', ops: ['SequenceEmpty'], infer: sequenceEmpty, cost: movement },
  { domain: '', ops: ['SequenceInsert'], infer: sequenceInsert, cost: movement },
  { domain: '', ops: ['SequenceErase'], infer: sequenceErase, cost: movement },
  { domain: '', ops: ['SequenceAt'], infer: sequenceAt, cost: movement },
  { domain: '', ops: ['SequenceLength'], infer: sequenceLength, cost: movement },
  { domain: '', ops: ['SplitToSequence'], infer: splitToSequence, cost: movement },
  { domain: '', ops: ['ConcatFromSequence'], infer: concatFromSequence, cost: movement },
  { domain: '', ops: ['SequenceMap'], infer: sequenceMap, cost: movement },
];
