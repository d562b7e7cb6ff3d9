import { findSchema } from '../../schemas/index.ts';
import type { GraphCheck, PlacedNode } from '../graph-facts.ts';
import { attributeProblems } from './attribute-problems.ts';
import { groupBy, labelList } from './node-list.ts';
import { parameterProblems } from './parameter-problems.ts';
import { placeOf } from './verdict.ts';

export const functionOpset: GraphCheck<'function-opset'> = {
  codes: ['function-opset'],
  severity: 'error',
  summary: 'a function is made for another version of an operator than the model imports',
  run({ facts: { model }, nodes }) {
    const versions = new Map(model.opsets.map((each) => [each.domain, each.version]));
    const imported = (placed: PlacedNode): number => versions.get(placed.node.domain) ?? 0;
    const groups = groupBy(nodes, (placed) => {
      const { definition, opset, node } = placed;
      const outer = versions.get(node.domain);
      if (definition === null || opset === undefined || outer === undefined) return null;
      return opset !== outer && differs(placed, outer)
        ? JSON.stringify([definition.domain, definition.name, node.domain, node.opType])
        : null;
    });
    return groups.map(([, group]) => {
      const [first] = group;
      const { node, definition, opset } = first;
      const outer = imported(first);
      const set = node.domain || 'ai.onnx';
      const breaks = group.some((each) => each.isReached && !isStillSound(each, imported(each)));
      return {
        code: 'function-opset',
        at: placeOf(first),
        message: `the function ${definition?.name} is made for ${set} ${opset} and the model for ${outer}, where ${node.opType} is another version (${labelList(group)})`,
        fix: `Bring both to one version of ${set}: export the model again.`,
        spec: 'error',
        // The runtime puts functions in place of their calls, and takes their nodes as the model's.
        runtime: breaks ? 'rejects' : 'accepts',
      };
    });
  },
};

/** Whether an operator is not the same in both versions. */
function differs({ node, schema }: PlacedNode, outer: number): boolean {
  const other = findSchema(node.domain, node.opType, outer);
  return schema?.since !== other?.since;
}

function isStillSound({ node }: PlacedNode, outer: number): boolean {
  const schema = findSchema(node.domain, node.opType, outer);
  if (schema === null || schema.isDeprecated) return false;
  return (
    parameterProblems(node, schema).length === 0 && attributeProblems(node, schema).length === 0
  );
}
