import type { Attribute, AttributeType, Node } from '../../graph/index.ts';
import type { OperatorSchema } from '../../schemas/index.ts';
import type { NodeProblem } from './parameter-problems.ts';

export type AttributeCode = 'attribute-unknown' | 'attribute-type' | 'attribute-missing';

/**
 * Where the attributes of a node are not those of its operator. Those that say nothing of their
 * type, and twice the same, are for another check.
 */
export function attributeProblems(
  node: Node,
  schema: OperatorSchema,
): NodeProblem<AttributeCode>[] {
  const problems: NodeProblem<AttributeCode>[] = [];
  const operator = `${schema.name} ${schema.since}`;
  for (const attribute of node.attributes) {
    const { name } = attribute;
    const expected = schema.attributes.get(name);
    // Names that begin so are for tools to use among themselves.
    if (name === '' || (expected === undefined && name.startsWith('__'))) continue;
    if (expected === undefined) {
      const known = [...schema.attributes.keys()].join(', ');
      problems.push({
        code: 'attribute-unknown',
        message: `${node.label} has the attribute "${name}", which ${operator} has not; it has ${known || 'none'}`,
        fix: 'Remove it, or import the version of the operator set that has it.',
      });
      continue;
    }
    const type = typeOf(attribute);
    if (type === 'undefined' || type === expected.type) continue;
    problems.push({
      code: 'attribute-type',
      message: `the attribute "${name}" of ${node.label} is ${type ?? 'of no type'}; ${operator} takes ${expected.type}`,
      fix: `Write it as ${expected.type}.`,
    });
  }
  const given = new Set(node.attributes.map((each) => each.name));
  for (const { name, type, isRequired } of schema.attributes.values()) {
    if (!isRequired || given.has(name)) continue;
    problems.push({
      code: 'attribute-missing',
      message: `${node.label} lacks the attribute "${name}" (${type}), which ${operator} must have`,
      fix: `Give it "${name}".`,
    });
  }
  return problems;
}

/** Null: a reference that does not say. */
function typeOf(attribute: Attribute): AttributeType | 'undefined' | null {
  if (attribute.type !== 'reference') return attribute.type;
  return attribute.referenceType;
}
