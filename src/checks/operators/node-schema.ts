import type { OperatorSchema } from '../../schemas/index.ts';
import type { GraphCheck, PlacedNode } from '../graph-facts.ts';
import { type AttributeCode, attributeProblems } from './attribute-problems.ts';
import { type NodeProblem, type ParameterCode, parameterProblems } from './parameter-problems.ts';
import { placeOf, verdictOn } from './verdict.ts';

/** Nodes that an operator's schema speaks of: not those that call a function of the model. */
function* nodesWithSchema(nodes: readonly PlacedNode[]) {
  for (const placed of nodes) {
    const { schema, calls } = placed;
    const { inputs, outputs } = placed.node;
    const isIdle = inputs.length === 0 && outputs.length === 0;
    if (schema === null || calls !== null || schema.isDeprecated || isIdle) continue;
    yield { placed, schema };
  }
}

export const nodeParameters: GraphCheck<ParameterCode> = {
  codes: ['input-count', 'output-count', 'input-missing', 'output-missing'],
  severity: 'error',
  summary: 'a node has too many or too few inputs or outputs, or leaves out one that must be there',
  run: ({ nodes }) =>
    [...nodesWithSchema(nodes)].flatMap(({ placed, schema }) =>
      parameterProblems(placed.node, schema).map(({ verdict, ...problem }) => ({
        ...problem,
        at: placeOf(placed),
        ...verdictOn(placed),
        ...(placed.isReached && verdict),
        ...(problem.code !== 'output-count' && isConstant(placed) && { runtime: 'accepts' }),
      })),
    ),
};

export const nodeAttributes: GraphCheck<AttributeCode> = {
  codes: ['attribute-unknown', 'attribute-type', 'attribute-missing'],
  severity: 'error',
  summary: 'a node has attributes that its operator has not, or lacks one that must be there',
  run: ({ nodes }) =>
    [...nodesWithSchema(nodes)].flatMap(({ placed, schema }) =>
      [...attributeProblems(placed.node, schema), ...danglingReferences(placed, schema)].map(
        (problem) => ({
          ...problem,
          at: placeOf(placed),
          ...verdictOn(placed),
          ...(isConstant(placed) && hasValue(placed) && { runtime: 'accepts' }),
        }),
      ),
    ),
};

/** The runtime turns Constant nodes into constants before it holds nodes against their schemas. */
function isConstant({ node }: PlacedNode): boolean {
  return node.domain === '' && node.opType === 'Constant';
}

/** Whatever it is called: the first attribute is what it takes. */
function hasValue({ node }: PlacedNode): boolean {
  return node.attributes.length > 0;
}

/** Outside functions a reference stands for nothing. */
function danglingReferences(
  { node, definition }: PlacedNode,
  schema: OperatorSchema,
): NodeProblem<AttributeCode>[] {
  if (definition !== null) return [];
  return node.attributes.flatMap(({ name, type }): NodeProblem<AttributeCode>[] => {
    if (type !== 'reference' || schema.attributes.get(name)?.isRequired !== true) return [];
    return [
      {
        code: 'attribute-missing',
        message: `the attribute "${name}" of ${node.label} refers to a caller's, which there is not outside functions, and ${schema.name} must have it`,
        fix: `Write the value of "${name}" itself.`,
      },
    ];
  });
}
