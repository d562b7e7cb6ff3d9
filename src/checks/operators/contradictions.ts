import { type Graph, type Value, walkGraphs } from '../../graph/index.ts';
import type { Contradiction } from '../../ops/index.ts';
import type { Issue } from '../check.ts';
import type { GraphCheck, GraphFacts } from '../graph-facts.ts';

type Code = 'shape-mismatch' | 'type-declared' | 'shape-declared' | 'initializer-type';

/** What inference finds that cannot be, wherever the model runs. */
export const contradictions: GraphCheck<Code> = {
  codes: ['shape-mismatch', 'type-declared', 'shape-declared', 'initializer-type'],
  severity: 'error',
  summary: 'types and shapes do not go together, or are not those that are declared',
  run({ inference, facts: { model } }) {
    const paths = new Map([...walkGraphs(model)].map(({ graph, path }) => [path, graph]));
    return inference.contradictions
      .filter((each) => !isDoubtful(each) && each.kind !== 'fails')
      .map((each) => issueOf(each, valueOf(each, paths)));
  },
};

export const runFailure: GraphCheck<'run-failure'> = {
  codes: ['run-failure'],
  severity: 'error',
  summary: 'the model loads, and fails when it is run',
  run: ({ inference }) =>
    inference.contradictions
      .filter((each) => !isDoubtful(each) && each.kind === 'fails')
      .map((each) => ({
        code: 'run-failure',
        at: placeOf(each),
        message: `${textOf(each)}; this loads, and fails when it is run`,
        fix: 'Look at the shapes and constants that come together there.',
        spec: 'ok',
        runtime: 'fails',
      })),
};

export const branchMismatch: GraphCheck<'branch-mismatch'> = {
  codes: ['branch-mismatch'],
  severity: 'warning',
  summary: 'what stands in a branch cannot be, so that the branch fails when it is taken',
  run: ({ inference }: GraphFacts) =>
    inference.contradictions.filter(isDoubtful).map((each) => ({
      code: 'branch-mismatch',
      at: placeOf(each),
      message: `${textOf(each)}; this fails if the branch is taken`,
      fix: 'If the branch is never taken for inputs of these shapes, there is nothing to do.',
      spec: 'ok',
      runtime: 'accepts',
    })),
};

/**
 * Whether it may be that nobody minds: a branch that is never taken for the sizes of this model. The
 * type that a value has does not depend on them.
 */
function isDoubtful({ isOptional, kind }: Contradiction): boolean {
  return isOptional && kind !== 'declared-type';
}

function issueOf(found: Contradiction, value: Value | null): Issue<Code> {
  const base = { at: placeOf(found), message: textOf(found), spec: 'error' } as const;
  const isOfConstant = found.node === undefined;
  if (isOfConstant) {
    return {
      ...base,
      code: 'initializer-type',
      message: `the constant ${found.message}`,
      fix: 'Declare it as what it is, or not at all.',
      // What is declared of an input counts for the runtime; what else is said of a constant, not.
      runtime: value?.isInput === true ? 'rejects' : 'accepts',
    };
  }
  switch (found.kind) {
    case 'declared-type':
      return {
        ...base,
        code: 'type-declared',
        fix: 'Declare the type that it has, or convert the value to the one that is declared.',
        // Constant nodes are constants before anyone looks at what is declared of them.
        runtime: value?.constant ? 'accepts' : 'rejects',
      };
    case 'declared-shape':
      return {
        ...base,
        code: 'shape-declared',
        fix: 'Declare the shape that follows: mlkit inspect --shapes lists it.',
        runtime: 'accepts',
      };
    default:
      return {
        ...base,
        code: 'shape-mismatch',
        fix: 'Look at the shapes and constants that come together there.',
        runtime: 'rejects',
      };
  }
}

function valueOf({ graph, value }: Contradiction, paths: ReadonlyMap<string, Graph>): Value | null {
  return (value !== undefined && paths.get(graph)?.value(value)) || null;
}

function textOf({ node, message }: Contradiction): string {
  return node === undefined ? message : `${node}: ${message}`;
}

function placeOf({ graph, node, value }: Contradiction): Issue['at'] {
  return { graph, ...(node !== undefined && { node }), ...(value !== undefined && { value }) };
}
