import type { Inference } from '../../ops/index.ts';
import { allowedTypes, type OperatorSchema, parameterAt } from '../../schemas/index.ts';
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
  run(facts) {
    const found = problemsIn(facts.framedNodes, facts.inference);
    if (found.length === 0) return [];
    // It shows to ONNX's check only where that knows both types.
    const inference = facts.inferenceAs('onnx');
    const shown = new Set(
      problemsIn(facts.framedNodesOf(inference), inference).map(({ placed }) => placed.node),
    );
    return found.map(({ placed, problem: { value, message, fix } }) => {
      const { spec, runtime } = verdictOn(placed);
      return {
        code: 'type-mismatch',
        at: { ...placeOf(placed), value },
        message,
        fix,
        spec: shown.has(placed.node) ? spec : 'ok',
        runtime,
      };
    });
  },
};

function problemsIn(
  nodes: readonly FramedNode[],
  inference: Inference,
): { placed: FramedNode; problem: Problem }[] {
  return nodes.flatMap((placed) => {
    const { schema, calls } = placed;
    if (schema === null || calls !== null || schema.isDeprecated) return [];
    return problemsOf(placed, schema, inference).map((problem) => ({ placed, problem }));
  });
}

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
        fix: castFix(type, preferred(allowed)),
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

/** Types that a value is converted to with the least surprise, where an operator takes several. */
const plainTypes = ['float32', 'int64', 'bool'];

function preferred(allowed: ReadonlySet<string>): string {
  return plainTypes.find((each) => allowed.has(each)) ?? [...allowed][0] ?? '';
}

function castFix(from: string, to: string): string {
  const isPlain = !from.includes('(') && !to.includes('(') && to !== '';
  return isPlain
    ? `Convert it first: a Cast to ${to}, for example.`
    : 'Look whether the right value is read.';
}
