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
  run(facts) {
    const paths = new Map(
      [...walkGraphs(facts.facts.model)].map(({ graph, path }) => [path, graph]),
    );
    return facts.inference.contradictions.flatMap((each) => {
      const sort = sortOf(each, facts);
      return sort === 'certain' ? issueOf(each, valueOf(each, paths), specOf(each, facts)) : [];
    });
  },
};

export const shapeComputed: GraphCheck<'shape-computed'> = {
  codes: ['shape-computed'],
  severity: 'warning',
  summary: 'a shape is declared that is not the one which is computed',
  run: (facts) =>
    facts.inference.contradictions
      .filter((each) => sortOf(each, facts) === 'computed')
      .map((each) => ({
        code: 'shape-computed',
        at: placeOf(each),
        message: textOf(each),
        fix: 'Declare the shape that follows: mlkit inspect --shapes lists it.',
        spec: 'ok',
        runtime: 'accepts',
      })),
};

export const loadFailure: GraphCheck<'load-failure'> = {
  codes: ['load-failure'],
  severity: 'error',
  summary: 'ONNX lets a node pass for which the runtime does not load the model',
  run: ({ inference }) =>
    inference.contradictions
      .filter((each) => each.kind === 'refuses')
      .map((each) => ({
        code: 'load-failure',
        at: placeOf(each),
        message: textOf(each),
        fix: 'Mend the attributes or inputs of the node that the message names.',
        spec: 'ok',
        runtime: 'rejects',
      })),
};

export const runFailure: GraphCheck<'run-failure'> = {
  codes: ['run-failure'],
  severity: 'error',
  summary: 'the model loads, and fails when it is run',
  run: ({ inference }) =>
    inference.contradictions
      .filter((each) => each.kind === 'fails' && !each.isOptional)
      .map((each) => ({
        code: 'run-failure',
        at: placeOf(each),
        message: `${textOf(each)}; this loads, and fails when it is run`,
        fix: 'Look at the shapes and constants that come together there: mlkit inspect --shapes lists them.',
        spec: 'ok',
        runtime: 'fails',
      })),
};

export const branchMismatch: GraphCheck<'branch-mismatch'> = {
  codes: ['branch-mismatch'],
  severity: 'warning',
  summary: 'what stands in a branch cannot be, so that the branch fails when it is taken',
  run: (facts) =>
    facts.inference.contradictions
      .filter((each) => sortOf(each, facts) === 'doubtful')
      .map((each) => ({
        code: 'branch-mismatch',
        at: placeOf(each),
        message: `${textOf(each)}; this fails if the branch is taken`,
        fix: 'If the branch is never taken for inputs of these shapes, there is nothing to do.',
        spec: 'ok',
        runtime: 'accepts',
      })),
};

/**
 * Who minds a contradiction: `certain`: somebody minds when the model is read; `computed`: nobody
 * does, as the shape follows only by computing what shapes are made of; `doubtful`: it may be that
 * nobody minds, because it stands in a branch that is never taken for the sizes of this model;
 * `other`: one of those for whom the kind alone tells.
 */
function sortOf(
  found: Contradiction,
  facts: GraphFacts,
): 'certain' | 'computed' | 'doubtful' | 'other' {
  const { kind, isOptional } = found;
  switch (kind) {
    case 'declared-type':
      // It does not depend on sizes.
      return 'certain';
    case 'declared-shape':
      return facts.showsTo('onnx', found) ? 'certain' : 'computed';
    case 'rejects': {
      const shows = facts.showsTo('onnx', found) || facts.showsTo('runtime', found);
      return shows || !isOptional ? 'certain' : 'doubtful';
    }
    case 'fails':
      return isOptional ? 'doubtful' : 'other';
    case 'refuses':
      return 'other';
  }
}

function specOf(found: Contradiction, facts: GraphFacts): 'error' | 'ok' {
  return facts.showsTo('onnx', found) ? 'error' : 'ok';
}

function issueOf(found: Contradiction, value: Value | null, spec: 'error' | 'ok'): Issue<Code> {
  const base = { at: placeOf(found), message: textOf(found), spec };
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
        fix: 'Look at the shapes and constants that come together there: mlkit inspect --shapes lists them.',
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
