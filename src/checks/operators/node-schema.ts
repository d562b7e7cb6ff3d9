import type { GraphCheck, PlacedNode } from '../graph-facts.ts';
import { type AttributeCode, attributeProblems } from './attribute-problems.ts';
import { type ParameterCode, parameterProblems } from './parameter-problems.ts';
import { placeOf, verdictOn } from './verdict.ts';

/** Nodes that an operator's schema speaks of: not those that call a function of the model. */
function* nodesWithSchema(nodes: readonly PlacedNode[]) {
  for (const placed of nodes) {
    const { schema, calls } = placed;
    if (schema !== null && calls === null && !schema.isDeprecated) yield { placed, schema };
  }
}

export const nodeParameters: GraphCheck<ParameterCode> = {
  codes: ['input-count', 'output-count', 'input-missing', 'output-missing'],
  severity: 'error',
  summary: 'a node has too many or too few inputs or outputs, or leaves out one that must be there',
  run: ({ nodes }) =>
    [...nodesWithSchema(nodes)].flatMap(({ placed, schema }) =>
      parameterProblems(placed.node, schema).map((problem) => ({
        ...problem,
        at: placeOf(placed),
        ...verdictOn(placed),
      })),
    ),
};

export const nodeAttributes: GraphCheck<AttributeCode> = {
  codes: ['attribute-unknown', 'attribute-type', 'attribute-missing'],
  severity: 'error',
  summary: 'a node has attributes that its operator has not, or lacks one that must be there',
  run: ({ nodes }) =>
    [...nodesWithSchema(nodes)].flatMap(({ placed, schema }) =>
      attributeProblems(placed.node, schema).map((problem) => ({
        ...problem,
        at: placeOf(placed),
        ...verdictOn(placed),
      })),
    ),
};
