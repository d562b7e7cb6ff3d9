import type { Constant } from '../checks/index.ts';
import type { Model, Value, ValueType } from '../graph/index.ts';
import type { OpenModel } from '../onnx/index.ts';
import type { DiffReport } from './diff/index.ts';
import type { OperatorFacts } from './operators.ts';
import type { InspectServices } from './read-stats.ts';
import type { InspectConfig, InspectReport } from './report.ts';

// What few runs ask for, each loaded when one does.

/** What follows from the graph: types, costs, and what is picked by them. */
export async function computeTypes(
  model: Model,
  { shapes, cost, select, dims, inputShapes }: InspectConfig,
  constants: readonly Constant[],
): Promise<Pick<InspectReport, 'shapes' | 'cost' | 'selected'>> {
  if (!shapes && !cost && select === null) return {};
  const { parseSelection, selectFrom } = await import('./select/index.ts');
  const selection = select === null ? null : parseSelection(select);
  const [{ declaredType, inferTypes }, { fixedSizes }, { describeShapes }, { describeCost }] =
    await Promise.all([
      import('../ops/index.ts'),
      import('../passes/index.ts'),
      import('./shapes.ts'),
      import('./cost.ts'),
    ]);
  const sizes = fixedSizes(model, { dims, shapes: inputShapes });
  const inference = inferTypes(model, { sizes, shapes: inputShapes });
  const typeOf = (value: Value): ValueType | null => {
    const type = inference.typeOf(value);
    return type && declaredType(type);
  };
  return {
    ...(shapes && { shapes: describeShapes(model, inference) }),
    ...(cost && { cost: describeCost(model, inference) }),
    ...(selection !== null && { selected: selectFrom(model, constants, selection, typeOf) }),
  };
}

/** Operators that only quantized models have, as names of ONNX and onnxruntime go. */
const ofQuantized = /Quantize|^QLinear|Integer|MatMulNBits|MatMulBnb4|\.Q[A-Z]/;

/** How a model is quantized; null where it is not, and nothing is in half precision. */
export async function describeQuantized(
  model: Model,
  { operators, functions }: OperatorFacts,
  constants: readonly Constant[],
): Promise<InspectReport['quantization']> {
  const isHalf = ({ tensor: { elementType } }: Constant): boolean =>
    elementType === 'float16' || elementType === 'bfloat16';
  const hasOperators = Object.keys(operators).some((name) => ofQuantized.test(name));
  if (!hasOperators && functions.length === 0 && !constants.some(isHalf)) return null;
  const { describeQuantization } = await import('./quantization.ts');
  return describeQuantization(model, constants);
}

/** The difference from this model to the other one, weights included; null without another. */
export async function compareWith(
  open: OpenModel,
  { other, name = open.path, otherName, signal, onProgress }: InspectServices,
): Promise<DiffReport | null> {
  if (other === undefined) return null;
  const { diffModels } = await import('./diff/index.ts');
  return diffModels(
    { ...open, path: name },
    { ...other, path: otherName ?? other.path },
    { readWeights: true, ...(signal && { signal }), ...(onProgress && { onProgress }) },
  );
}
