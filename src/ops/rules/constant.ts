import type { AttributeType, AttributeValues, Node } from '../../graph/index.ts';
import type { Size } from '../../symbolic/index.ts';
import type { DataType } from '../../tensor/index.ts';
import { dataTypeFromCode } from '../../tensor/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { movement } from '../sizes.ts';
import { fillElements, listedSizes, smallDims } from './element-arrays.ts';

/*
 * Sources: https://onnx.ai/onnx/operators/onnx__Constant.html, onnx__ConstantOfShape.html,
 * onnx__EyeLike.html
 */

function valueOf<Type extends AttributeType>(
  node: Node,
  name: string,
  type: Type,
): AttributeValues[Type] | undefined {
  const attribute = node.attribute(name);
  return attribute?.type === type ? (attribute.value as AttributeValues[Type]) : undefined;
}

/** The elements of a tensor attribute are what the engine reads of constants by itself. */
function constant(call: Call): void {
  const { node } = call;
  const tensor = node.tensor('value');
  const sparse = valueOf(node, 'sparse_value', 'sparse-tensor');
  if (tensor !== undefined) {
    call.setTensor(0, validDims(tensor.dims), tensor.elementType);
  } else if (sparse !== undefined) {
    call.setTensor(0, validDims(sparse.dims), sparse.values.elementType);
  } else {
    constantList(call);
  }
}

function validDims(dims: readonly number[]): readonly number[] | null {
  return dims.some((size) => size < 0) ? null : dims;
}

/** The forms of opset 12: numbers and texts instead of a tensor. */
function constantList(call: Call): void {
  const { node } = call;
  const float = valueOf(node, 'value_float', 'float');
  const int = node.attribute('value_int') && node.int('value_int', 0);
  const floats = valueOf(node, 'value_floats', 'floats');
  const ints = node.ints('value_ints');
  const strings = valueOf(node, 'value_strings', 'strings');
  if (float !== undefined) setNumbers(call, [], [float], 'float32');
  else if (int !== undefined) setNumbers(call, [], [int], 'int64');
  else if (floats !== undefined) setNumbers(call, [floats.length], floats, 'float32');
  else if (ints !== undefined) setNumbers(call, [ints.length], ints, 'int64');
  else if (strings !== undefined) call.setTensor(0, [strings.length], 'string');
  else if (node.attribute('value_string')) call.setTensor(0, [], 'string');
}

function setNumbers(
  call: Call,
  dims: readonly number[],
  values: readonly number[],
  elementType: DataType,
): void {
  call.setTensor(0, dims, elementType);
  call.setElements(0, dims, values);
}

function constantOfShape(call: Call): void {
  const value = call.node.tensor('value');
  const elementType = value === undefined ? 'float32' : value.elementType;
  const listed = listedSizes(call, 0);
  const negative = listed?.find((size) => typeof size === 'number' && size < 0);
  if (negative !== undefined) call.reject(`a size of the shape is ${String(negative)}`);
  const shape = listed?.map(
    (size): Size =>
      size === null || (typeof size === 'number' && size < 0) ? call.unknown() : size,
  );
  call.setTensor(0, shape ?? null, elementType);
  if (shape === undefined || smallDims(shape) === null) return;
  const fill = value === undefined ? 0 : fillOf(call);
  if (fill !== null) fillElements(call, shape, () => fill);
}

/** The number that a ConstantOfShape repeats. */
function fillOf(call: Call): number | null {
  const value = call.node.tensor('value');
  if (value === undefined) return 0;
  if (value.elementType === null || value.elementType === 'string') return null;
  if (value.dims.reduce((count, size) => count * size, 1) !== 1) return null;
  return value.toFloat64()[0] ?? null;
}

function eyeLike(call: Call): void {
  const shape = call.shape(0);
  if (shape !== null && shape.length !== 2)
    call.reject(`the input has rank ${shape.length}, not 2`);
  const code = call.node.int('dtype', 0);
  const elementType = call.node.attribute('dtype')
    ? (dataTypeFromCode(code)?.name ?? null)
    : call.elementType(0);
  call.setTensor(0, shape?.length === 2 ? shape : call.unknownSizes(2), elementType);
  const diagonal = call.node.int('k', 0);
  fillElements(call, shape, ([row = 0, column = 0]) => (column - row === diagonal ? 1 : 0));
}

export const constantRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Constant'], infer: constant, cost: movement },
  { domain: '', ops: ['ConstantOfShape'], infer: constantOfShape, cost: movement },
  { domain: '', ops: ['EyeLike'], infer: eyeLike, cost: movement },
];
