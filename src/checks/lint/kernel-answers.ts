import type { ValueType } from '../../graph/index.ts';
import { type Inference, declaredType } from '../../ops/index.ts';
import { hasCpuKernel, type KernelAnswer, parameterAt, unknownType } from '../../schemas/index.ts';
import type { GraphFacts, PlacedNode } from '../graph-facts.ts';

/** What the CPU provider of onnxruntime makes of each node whose operator has a schema. */
export interface KernelUse {
  readonly placed: PlacedNode;
  readonly answer: KernelAnswer;
}

const known = new WeakMap<GraphFacts, readonly KernelUse[]>();

/**
 * Whether the CPU provider has kernels for the nodes of the main graph and its subgraphs, in file
 * order. Nodes in functions are left out: their types differ from call to call.
 */
export function kernelAnswers(facts: GraphFacts): readonly KernelUse[] {
  let answers = known.get(facts);
  if (answers === undefined) {
    answers = facts.nodes.flatMap((placed) => {
      const { schema, opset, definition, calls } = placed;
      if (schema === null || opset === undefined || definition !== null) return [];
      if (calls !== null && schema.domain !== '') return [];
      return [
        { placed, answer: hasCpuKernel(schema, opset, boundTypes(placed, facts.inference)) },
      ];
    });
    known.set(facts, answers);
  }
  return answers;
}

/** The type text that each type parameter of a node stands for. */
function boundTypes({ node, schema }: PlacedNode, inference: Inference): Map<string, string> {
  const bound = new Map<string, string>();
  if (schema === null) return bound;
  const sides = [
    [schema.inputs, node.inputs],
    [schema.outputs, node.outputs],
  ] as const;
  for (const [parameters, values] of sides) {
    for (const [at, value] of values.entries()) {
      const parameter = parameterAt(parameters, at);
      if (value === null || parameter === null || !schema.typeConstraints.has(parameter.type)) {
        continue;
      }
      const type = inference.typeOf(value);
      const text = type === null ? unknownType : typeText(declaredType(type));
      const earlier = bound.get(parameter.type);
      if (earlier === undefined || earlier === unknownType) bound.set(parameter.type, text);
    }
  }
  return bound;
}

/** A type in the spelling of the schemas; `?` where a part of it is not known. */
export function typeText(type: ValueType | null): string {
  switch (type?.kind) {
    case 'tensor':
      return type.elementType ?? unknownType;
    case 'sparse-tensor':
      return around('sparse', type.elementType);
    case 'sequence':
    case 'optional': {
      const element = typeText(type.element);
      return around(type.kind === 'sequence' ? 'seq' : 'optional', element);
    }
    case 'map': {
      const value = typeText(type.value);
      const isKnown = type.keyType !== null && value !== unknownType;
      return isKnown ? `map(${type.keyType}, ${value})` : unknownType;
    }
    default:
      return unknownType;
  }
}

function around(kind: string, element: string | null): string {
  return element === null || element === unknownType ? unknownType : `${kind}(${element})`;
}
