import { type Misfit, misfit, type SizeRule, type Sizes } from './rule.ts';

/** Operators whose first output has the shape of their first input. */
const sameShape = [
  'Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Cast CastLike Ceil Celu Clip Cos Cosh CumSum',
  'Dropout Elu Erf Exp Floor Gelu HardSigmoid HardSwish Hardmax Identity IsInf IsNaN',
  'LeakyRelu Log LogSoftmax LpNormalization LRN MeanVarianceNormalization Mish Neg Not',
  'Reciprocal Relu ReverseSequence Round ScatterElements ScatterND Selu Shrink Sigmoid',
  'Sign Sin Sinh Softmax Softplus Softsign Sqrt StringNormalizer Swish Tan Tanh ThresholdedRelu Trilu',
  'FastGelu BiasGelu QuickGelu',
]
  .join(' ')
  .split(' ');

const broadcasting = [
  'Add And BitShift BitwiseAnd BitwiseOr BitwiseXor Div Equal Greater GreaterOrEqual Less LessOrEqual',
  'Max Mean Min Mod Mul Or Pow PRelu Sub Sum Where Xor',
]
  .join(' ')
  .split(' ');

const keep: SizeRule = ({ sizes }) => [sizes(0)];

const broadcast: SizeRule = ({ node, sizes, opset }) => {
  // Before opset 7, a second operand lined up at an attribute "axis" instead of at the end.
  if (opset < 7 && node.attribute('broadcast') !== undefined) return [sizes(0)];
  const result = broadcastSizes(node.inputs.map((_, index) => sizes(index)));
  return result === null || !('reason' in result) ? [result] : result;
};

/** The shape that shapes broadcast to, lined up at the last dimension; null where one is unknown. */
export function broadcastSizes(shapes: readonly Sizes[]): Sizes | Misfit {
  const known = shapes.filter((shape) => shape !== null);
  const rank = Math.max(0, ...known.map((shape) => shape.length));
  const result: number[] = [];
  for (let axis = 0; axis < rank; axis += 1) {
    const sizes = known.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const size = sizes.find((each) => each !== 1) ?? 1;
    const odd = sizes.find((each) => each !== 1 && each !== size);
    if (odd !== undefined) return misfit(`${size} and ${odd} do not broadcast`, size, odd);
    result.push(size);
  }
  return known.length === shapes.length ? result : null;
}

export const elementwiseRules: Readonly<Record<string, SizeRule>> = Object.fromEntries([
  ...sameShape.map((op) => [op, keep] as const),
  ...broadcasting.map((op) => [op, broadcast] as const),
]);
