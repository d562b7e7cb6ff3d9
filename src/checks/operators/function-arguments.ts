import type { Attribute, FunctionDefinition } from '../../graph/index.ts';
import { parameterAt } from '../../schemas/index.ts';
import type { Issue } from '../check.ts';
import type { GraphCheck, PlacedNode } from '../graph-facts.ts';
import { placeOf } from './verdict.ts';

interface Problem {
  readonly message: string;
  readonly fix: string;
  readonly spec?: 'error';
}

type Reference = Extract<Attribute, { type: 'reference' }>;

export const functionArguments: GraphCheck<'function-arguments'> = {
  codes: ['function-arguments'],
  severity: 'error',
  summary: 'a call of a function has more than the function takes, or less than it needs',
  run({ nodes }) {
    const bodies = new Map<FunctionDefinition, PlacedNode[]>();
    for (const placed of nodes) {
      if (placed.definition === null) continue;
      const body = bodies.get(placed.definition);
      if (body === undefined) bodies.set(placed.definition, [placed]);
      else body.push(placed);
    }
    return nodes.flatMap((placed) => {
      const { calls, isReached } = placed;
      if (calls === null || !isReached) return [];
      const body = bodies.get(calls) ?? [];
      const problems: Problem[] = [
        ...tooMany(placed, calls),
        ...leftOut(placed, calls, body),
        ...attributes(placed, calls, body),
      ];
      return problems.map(
        ({ message, fix, spec }): Issue<'function-arguments'> => ({
          code: 'function-arguments',
          at: placeOf(placed),
          message,
          fix,
          spec: spec ?? 'ok',
          runtime: 'rejects',
        }),
      );
    });
  },
};

function tooMany({ node }: PlacedNode, { body }: FunctionDefinition): Problem[] {
  return (['inputs', 'outputs'] as const).flatMap((kind) => {
    if (node[kind].length <= body[kind].length) return [];
    const message = `${node.label} has ${node[kind].length} ${kind}; the function has ${body[kind].length}`;
    return [{ message, fix: 'Take off what is too much.' }];
  });
}

function leftOut(
  { node }: PlacedNode,
  { body }: FunctionDefinition,
  inside: readonly PlacedNode[],
): Problem[] {
  return body.inputs.flatMap((value, at) => {
    if (node.inputs[at]) return [];
    const needs = inside.find(({ node: inner, schema }) =>
      inner.inputs.some(
        (each, index) =>
          each === value && schema && parameterAt(schema.inputs, index)?.option === 'single',
      ),
    );
    if (needs === undefined) return [];
    const message = `${node.label} leaves out the input "${value.name}", which ${needs.node.label} in the function must have`;
    return [{ message, fix: `Give it "${value.name}".` }];
  });
}

/** What nodes of the function take from the call: it must be of their type, and some must be there. */
function attributes(
  { node }: PlacedNode,
  { attributeDefaults }: FunctionDefinition,
  inside: readonly PlacedNode[],
): Problem[] {
  const problems: Problem[] = [];
  for (const { inner, schema, reference } of referencesIn(inside)) {
    const { referenceName, referenceType, name } = reference;
    const given =
      node.attribute(referenceName) ??
      attributeDefaults.find((each) => each.name === referenceName);
    if (given === undefined) {
      if (schema?.attributes.get(name)?.isRequired !== true) continue;
      problems.push({
        message: `${node.label} lacks the attribute "${referenceName}", which ${inner.label} in the function must have as "${name}"`,
        fix: `Give it "${referenceName}".`,
        spec: 'error',
      });
    } else if (
      referenceType !== null &&
      given.type !== 'reference' &&
      given.type !== referenceType
    ) {
      problems.push({
        message: `the attribute "${referenceName}" of ${node.label} is ${given.type}; ${inner.label} in the function takes ${referenceType}`,
        fix: `Write it as ${referenceType}.`,
      });
    }
  }
  return problems;
}

function* referencesIn(inside: readonly PlacedNode[]): Iterable<{
  inner: PlacedNode['node'];
  schema: PlacedNode['schema'];
  reference: Reference;
}> {
  for (const { node: inner, schema } of inside) {
    for (const attribute of inner.attributes) {
      if (attribute.type === 'reference') yield { inner, schema, reference: attribute };
    }
  }
}
