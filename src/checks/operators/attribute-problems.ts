import type { Attribute, AttributeType, Node } from '../../graph/index.ts';
import { findSchema, type OperatorSchema, schemaVersions } from '../../schemas/index.ts';
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
        fix: unknownFix(name, schema),
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

/** Attributes of one version are inputs of another, or come and go. */
function unknownFix(name: string, { domain, name: operator, inputs }: OperatorSchema): string {
  const isInput = inputs.some((each) => each.name === name);
  const here = isInput ? `In this version "${name}" is an input: give it there` : 'Remove it';
  const range = versionsWith(domain, operator, (schema) => schema.attributes.has(name));
  return range === null ? `${here}.` : `${here}, or import ${range} of ${domain || 'ai.onnx'}.`;
}

/** `version 13 or later`, `a version from 1 to 12`: those whose operator is as it must be; null: none. */
function versionsWith(
  domain: string,
  operator: string,
  isMeant: (schema: OperatorSchema) => boolean,
): string | null {
  const versions = schemaVersions(domain, operator);
  const fits = versions.map((version) => {
    const schema = findSchema(domain, operator, version);
    return schema !== null && isMeant(schema);
  });
  const last = fits.lastIndexOf(true);
  if (last < 0) return null;
  let first = last;
  while (fits[first - 1] === true) first -= 1;
  const [from, next] = [versions[first] ?? 1, versions[last + 1]];
  if (next === undefined) return `version ${from} or later`;
  return from === next - 1 ? `version ${from}` : `a version from ${from} to ${next - 1}`;
}

/** Null: a reference that does not say. */
function typeOf(attribute: Attribute): AttributeType | 'undefined' | null {
  if (attribute.type !== 'reference') return attribute.type;
  return attribute.referenceType;
}
