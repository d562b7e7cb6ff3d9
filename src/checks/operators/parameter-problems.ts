import type { Node } from '../../graph/index.ts';
import { type FormalParameter, type OperatorSchema, parameterAt } from '../../schemas/index.ts';
import type { Issue } from '../check.ts';

export type ParameterCode = 'input-count' | 'output-count' | 'input-missing' | 'output-missing';

export interface NodeProblem<Code extends string> {
  readonly code: Code;
  readonly message: string;
  readonly fix: string;
  /** Who minds it, where that is not as usual. */
  readonly verdict?: Pick<Issue, 'spec' | 'runtime'>;
}

/** Where the inputs and outputs of a node are not those of its operator. */
export function parameterProblems(
  node: Node,
  schema: OperatorSchema,
): NodeProblem<ParameterCode>[] {
  const { minInputs, maxInputs, minOutputs, maxOutputs, allowedOutputCounts } = schema;
  const problems: NodeProblem<ParameterCode>[] = [];
  const isCountOf = (kind: 'input' | 'output', least: number, most: number): boolean => {
    const count = node[`${kind}s`].length;
    const odd =
      kind === 'output' && !allowedOutputCounts?.includes(count) ? allowedOutputCounts : null;
    if (count >= least && count <= most && odd === null) return true;
    problems.push({
      code: `${kind}-count`,
      message: `${node.label} has ${counted(count, kind)}; ${schema.name} ${schema.since} has ${odd === null ? range(least, most) : odd.join(' or ')}`,
      fix:
        count < least
          ? `Give it the ${kind}s that it must have: ${required(schema[`${kind}s`])}.`
          : `Take off what is too much, or import the version of the operator set that has it.`,
    });
    return false;
  };
  if (isCountOf('input', minInputs, maxInputs)) checkGaps(node, schema, 'input', problems);
  if (isCountOf('output', minOutputs, maxOutputs)) checkGaps(node, schema, 'output', problems);
  return problems;
}

/** What may not be left out, and is, between others. */
function checkGaps(
  node: Node,
  schema: OperatorSchema,
  kind: 'input' | 'output',
  problems: NodeProblem<ParameterCode>[],
): void {
  for (const [at, value] of node[`${kind}s`].entries()) {
    const parameter = parameterAt(schema[`${kind}s`], at);
    if (value !== null) continue;
    if (kind === 'input' && parameter?.option === 'variadic') {
      problems.push(gapInList(node, schema, at));
      continue;
    }
    if (parameter?.option !== 'single') continue;
    problems.push({
      code: `${kind}-missing`,
      message: `${node.label} leaves out its ${kind} ${at}, "${parameter.name}", which ${schema.name} must have`,
      fix: kind === 'input' ? 'Give it that input.' : 'Give that output a name.',
    });
  }
}

/**
 * One of a list of inputs is left out, which the runtime does not foresee: it fails, or crashes, when
 * it runs the node. Where types follow from that input, nobody takes the model.
 */
function gapInList(node: Node, schema: OperatorSchema, at: number): NodeProblem<'input-missing'> {
  const decides = at === 0 || schema.name === 'SequenceConstruct';
  return {
    code: 'input-missing',
    message: `${node.label} leaves out its input ${at}; ${schema.name} needs each one that it lists`,
    fix: 'Give it that input, or take it off the list.',
    ...(!decides && { verdict: { spec: 'ok', runtime: 'fails' } }),
  };
}

function counted(count: number, kind: string): string {
  return count === 1 ? `1 ${kind}` : `${count} ${kind}s`;
}

function range(least: number, most: number): string {
  if (least === most) return `${least}`;
  return most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;
}

function required(parameters: readonly FormalParameter[]): string {
  return parameters
    .filter((each) => each.option !== 'optional')
    .map((each) => each.name)
    .join(', ');
}
