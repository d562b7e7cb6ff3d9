import type { GraphCheck } from '../graph-facts.ts';

export const graphName: GraphCheck<'graph-name-missing'> = {
  codes: ['graph-name-missing'],
  severity: 'error',
  summary: 'a graph has no name',
  run({ facts: { graphs } }) {
    return graphs
      .filter(({ graph }) => graph.name === '' && graph.kind !== 'function')
      .map(({ graph, path }) => ({
        code: 'graph-name-missing',
        at: { graph: path },
        message: `the graph ${path} has no name`,
        fix: 'Give it one; any text will do.',
        spec: 'error',
        // Subgraphs are held against the specification when the runtime loads them.
        runtime: graph.kind === 'main' ? 'accepts' : 'rejects',
      }));
  },
};
