import { walkGraphs } from '../../graph/index.ts';
import type { Fix, FixChange } from './fix.ts';

const name = 'name-nodes';

export const nameNodes: Fix = {
  name,
  mends: ['node-name-duplicate'],
  summary: 'renames nodes that have the name of an earlier one',
  run(model) {
    const changes: FixChange[] = [];
    for (const { graph } of walkGraphs(model)) {
      const taken = new Set<string>();
      for (const node of graph.nodes) {
        const { name: before, label } = node;
        if (before !== '' && taken.has(before)) {
          graph.renameNode(node, model.names.allocate(before));
          const reason = `is named "${node.name}", since another node is named "${before}"`;
          changes.push({ pass: name, node: label, action: 'rewritten', reason });
        }
        taken.add(node.name);
      }
    }
    return changes;
  },
};
