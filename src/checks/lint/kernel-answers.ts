import type { Inference } from '../../ops/index.ts';
import {
  hasCpuKernel,
  type KernelAnswer,
  type OperatorSchema,
  parameterAt,
  unknownType,
} from '../../schemas/index.ts';
import type { FramedNode, GraphFacts } from '../graph-facts.ts';
import { typeText } from '../operators/type-text.ts';

/** What the CPU provider of onnxruntime makes of a node. */
export interface KernelUse {
  readonly placed: FramedNode;
  readonly answer: KernelAnswer;
  /** The type that each type parameter stands for, `?` where it is not known. */
  readonly bound: ReadonlyMap<string, string>;
}

const known = new WeakMap<GraphFacts, readonly KernelUse[]>();

/**
 * Whether the CPU provider has kernels for the nodes of the main graph and its subgraphs, in file
 * order. Nodes in functions are left out: they become nodes of the model's operator sets.
 */
export function kernelAnswers(facts: GraphFacts): readonly KernelUse[] {
  let answers = known.get(facts);
  if (answers === undefined) {
    answers = facts.framedNodes.flatMap((placed) => {
      const { schema, opset, definition, calls } = placed;
      const isOwn = definition === null && calls === null;
      if (schema === null || opset === undefined || !isOwn || schema.isDeprecated) return [];
      const bound = boundTypes(placed, schema, facts.inference);
      return [{ placed, answer: hasCpuKernel(schema, opset, bound), bound }];
    });
    known.set(facts, answers);
  }
  return answers;
}

function boundTypes(
  { node, frame }: FramedNode,
  schema: OperatorSchema,
  inference: Inference,
): Map<string, string> {
  const bound = new Map<string, string>();
  for (const [values, parameters] of [
    [node.inputs, schema.inputs],
    [node.outputs, schema.outputs],
  ] as const) {
    for (const [at, value] of values.entries()) {
      const parameter = parameterAt(parameters, at);
      if (value === null || parameter === null) continue;
      const isOfOneType = schema.typeConstraints.has(parameter.type) && parameter.isHomogeneous;
      const type = isOfOneType ? typeText(inference.typeOf(value, frame)) : null;
      const earlier = bound.get(parameter.type) ?? unknownType;
      if (earlier === unknownType) bound.set(parameter.type, type ?? unknownType);
    }
  }
  return bound;
}
