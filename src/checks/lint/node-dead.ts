import type { Graph, Node } from '../../graph/index.ts';
import type { Check } from '../check.ts';
import { findLiveNodes } from './live-nodes.ts';
import { counted, operatorList } from './operator-list.ts';

export const nodeDead: Check<'node-dead'> = {
  codes: ['node-dead'],
  severity: 'warning',
  summary: 'nodes that no output depends on',
  run({ model, graphs }) {
    // Without outputs all nodes would be dead, which is nobody's intention.
    if (model.graph.outputs.length === 0) return [];
    const live = findLiveNodes(model);
    const dead: { readonly node: Node; readonly path: string }[] = [];
    // What is inside a dead node goes with it.
    const gone = new Set<Graph>();
    for (const { graph, path } of graphs) {
      for (const node of graph.nodes) {
        const isGone = gone.has(graph) || !live.has(node);
        if (isGone) for (const subgraph of node.subgraphs) gone.add(subgraph);
        if (isGone && !gone.has(graph)) dead.push({ node, path });
      }
    }
    const [first] = dead;
    if (first === undefined) return [];
    const what = operatorList(dead.map((each) => each.node));
    return [
      {
        code: 'node-dead',
        at: { graph: first.path, node: first.node.label },
        message: `no output depends on ${counted(dead.length, 'node')} (${what}), the first being ${first.node.label}`,
        fix: 'Remove them: mlkit convert --fix.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};
