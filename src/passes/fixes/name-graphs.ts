import { walkGraphs } from '../../graph/index.ts';
import type { Fix, FixChange } from './fix.ts';

const name = 'name-graphs';

export const nameGraphs: Fix = {
  name,
  mends: ['graph-name-missing'],
  summary: 'names graphs that have no name',
  run(model) {
    const changes: FixChange[] = [];
    // Paths are made of the names of nodes and attributes, which stay.
    for (const { graph, path } of walkGraphs(model)) {
      if (graph.name !== '' || graph.kind === 'function') continue;
      graph.name = path;
      const reason = `the graph ${path} had no name and is named after its place`;
      changes.push({ pass: name, node: null, action: 'rewritten', reason });
    }
    return changes;
  },
};
