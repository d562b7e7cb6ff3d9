import { executionOrder, type Node, walkGraphs } from '../../graph/index.ts';
import type { Fix, FixChange } from './fix.ts';

const name = 'sort-nodes';

export const sortNodes: Fix = {
  name,
  mends: ['node-order'],
  summary: 'puts nodes behind those that they read from',
  run(model) {
    return [...walkGraphs(model)].flatMap(({ graph, path }): FixChange[] => {
      const before = graph.nodes;
      const order = executionOrder(graph);
      if (order === before) return [];
      for (const node of order) graph.moveNode(node, 'end');
      // Sorted is what needs no more sorting; nodes of a cycle never are.
      if (executionOrder(graph) !== graph.nodes) {
        for (const node of before) graph.moveNode(node, 'end');
        const reason = `the nodes of ${path} read from each other in a cycle, which has no order`;
        return [{ pass: name, node: null, action: 'blocked', reason }];
      }
      const late = countLate(before, order);
      const what = late === 1 ? '1 node' : `${late} nodes`;
      const reason = `${what} of ${path} came before what they read, and come after it now`;
      return [{ pass: name, node: null, action: 'rewritten', reason }];
    });
  },
};

/** How many nodes had to wait for one that came later. */
function countLate(before: readonly Node[], order: readonly Node[]): number {
  const places = new Map(before.map((node, at) => [node, at]));
  let latest = -1;
  let late = 0;
  for (const node of order) {
    const place = places.get(node) ?? 0;
    if (place < latest) late += 1;
    latest = Math.max(latest, place);
  }
  return late;
}
