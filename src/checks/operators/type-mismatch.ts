import type { Inference } from '../../ops/index.ts';
import { allowedTypes, type OperatorSchema, parameterAt } from '../../schemas/index.ts';
import type { Issue } from '../check.ts';
import type { FramedNode, GraphCheck } from '../graph-facts.ts';
import { typeText } from './type-text.ts';
import { placeOf, verdictOn } from './verdict.ts';

/** More types than that are not listed. */
const mostTypes = 8;

interface Problem {
  readonly value: string;
  readonly message: string;
  readonly fix: string;
}

export const typeMismatch: GraphCheck<'type-mismatch'> = {
  codes: ['type-mismatch'],
  severity: 'error',
  summary: 'an operator does not take a value of that type, or not of two types at once',
  run({ framedNodes, inference }) {
    const issues: Issue<'type-mismatch'>[] = [];
    for (const placed of framedNodes) {
      const { schema, calls } = placed;
      if (schema === null || calls !== null || schema.isDeprecated) continue;
      for (const { value, message, fix } of problemsOf(placed, schema, inference)) {
        const at = { ...placeOf(placed), value };
        issues.push({ code: 'type-mismatch', at, message, fix, ...verdictOn(placed) });
      }
    }
    return issues;
  },
};

function problemsOf(
  { node, frame }: FramedNode,
  schema: OperatorSchema,
  inference: Inference,
): Problem[] {
  const problems: Problem[] = [];
  const bound = new Map<string, { type: string; value: string }>();
  const operator = `${schema.name} ${schema.since}`;
  for (const [at, value] of node.inputs.entries()) {
    const parameter = parameterAt(schema.inputs, at);
    const type = value && typeText(inference.typeOf(value, frame));
    if (!value || !parameter || type === null) continue;
    const allowed = allowedTypes(schema, parameter);
    if (!allowed.has(type)) {
      problems.push({
        value: value.name,
        message: `${node.label} reads "${value.name}" of ${type} as ${parameter.name}; ${operator} takes ${listed(allowed)}`,
        fix: castFix(type, [...allowed][0] ?? ''),
      });
      continue;
    }
    if (!parameter.isHomogeneous) continue;
    const earlier = bound.get(parameter.type);
    if (earlier === undefined) bound.set(parameter.type, { type, value: value.name });
    else if (earlier.type !== type) {
      problems.push({
        value: value.name,
        message: `${node.label} reads "${earlier.value}" of ${earlier.type} and "${value.name}" of ${type}; ${operator} takes both of one type`,
        fix: castFix(type, earlier.type),
      });
    }
  }
  return problems;
}

function listed(types: ReadonlySet<string>): string {
  const shown = [...types].slice(0, mostTypes);
  const more = types.size - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}

function castFix(from: string, to: string): string {
  const isPlain = !from.includes('(') && !to.includes('(') && to !== '';
  return isPlain
    ? `Convert it first: a Cast to ${to}, for example.`
    : 'Look whether the right value is read.';
}
