import type { FunctionDefinition } from '../../graph/index.ts';
import type { Issue } from '../check.ts';
import type { GraphCheck } from '../graph-facts.ts';
import { placeOf } from './verdict.ts';

export const attributeReference: GraphCheck<'attribute-reference'> = {
  codes: ['attribute-reference'],
  severity: 'warning',
  summary:
    'an attribute refers to one of a caller that does not have it, or where there is no caller',
  run({ nodes }) {
    const issues: Issue<'attribute-reference'>[] = [];
    for (const placed of nodes) {
      const { node, definition } = placed;
      for (const attribute of node.attributes) {
        if (attribute.type !== 'reference') continue;
        const { name, referenceName } = attribute;
        if (definition !== null && declares(definition, referenceName)) continue;
        const why =
          definition === null
            ? 'which only functions can'
            : `which ${definition.name} does not declare`;
        issues.push({
          code: 'attribute-reference',
          at: placeOf(placed),
          message: `the attribute "${name}" of ${node.label} refers to "${referenceName}" of a caller, ${why}; the default counts`,
          fix:
            definition === null
              ? 'Write the value itself.'
              : `Declare "${referenceName}" as an attribute of the function, or write the value itself.`,
          spec: 'ok',
          runtime: 'accepts',
        });
      }
    }
    return issues;
  },
};

function declares({ attributeNames, attributeDefaults }: FunctionDefinition, name: string) {
  return attributeNames.includes(name) || attributeDefaults.some((each) => each.name === name);
}
