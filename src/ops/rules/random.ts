import { type DataType, dataTypeFromCode } from '../../tensor/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { perOutputElement } from '../sizes.ts';
import { typeAttribute } from './node-attributes.ts';

/** Operators that draw numbers at random. */

function ofShape(call: Call): void {
  const shape = call.node.ints('shape') ?? null;
  if (shape?.some((size) => size < 0)) {
    call.reject(`shape [${shape.join(', ')}] must not be negative`);
  }
  const sizes = shape && shape.map((size) => (size < 0 ? call.unknown() : size));
  call.setTensor(0, sizes, dataTypeFromCode(call.node.int('dtype', 1))?.name ?? null);
}

function likeInput(call: Call): void {
  const own: DataType | null = typeAttribute(call.node, 'dtype');
  const isGiven = call.node.attribute('dtype') !== undefined;
  call.setTensor(0, call.shape(0), isGiven ? own : call.elementType(0));
}

/** Some samples for each row of weights of classes. */
function multinomial(call: Call): void {
  const shape = call.shape(0);
  if (shape !== null && shape.length !== 2) {
    call.reject(`the input has rank ${shape.length}, it must be 2`);
  }
  const count = call.node.int('sample_size', 1);
  const type = dataTypeFromCode(call.node.int('dtype', 6))?.name ?? null;
  if (type !== 'int32' && type !== 'int64') {
    call.reject(`dtype is ${type ?? 'unknown'}, it must be int32 or int64`);
  }
  const batch = shape?.length === 2 ? shape[0] : undefined;
  call.setTensor(0, [batch ?? call.unknown(), count < 0 ? call.unknown() : count], type);
}

/**
 * A number drawn is counted as one operation. Sources: the pages of the operators, as
 * https://onnx.ai/onnx/operators/onnx__RandomNormal.html.
 */
export const randomRules: readonly OperatorRule[] = [
  rule(['RandomNormal', 'RandomUniform'], ofShape),
  rule(['RandomNormalLike', 'RandomUniformLike', 'Bernoulli'], likeInput),
  rule(['Multinomial'], multinomial),
];

function rule(ops: readonly string[], infer: OperatorRule['infer']): OperatorRule {
  return { domain: '', ops, infer, cost: perOutputElement(1, 'other') };
}
