import {
  type FunctionDefinition,
  functionKey,
  type Graph,
  type Model,
  walkGraphs,
} from '../graph/index.ts';

/**
 * The functions of a model that its main graph calls, directly or through others. What is wrong
 * inside another one the runtime never sees.
 */
export function reachedFunctions(model: Model): ReadonlySet<FunctionDefinition> {
  const definitions = new Map(model.functions.map((each) => [functionKey(each), each]));
  if (definitions.size === 0) return new Set();
  const graphs = new Map<FunctionDefinition | null, Graph[]>();
  for (const { graph, definition } of walkGraphs(model)) {
    const list = graphs.get(definition);
    if (list === undefined) graphs.set(definition, [graph]);
    else list.push(graph);
  }
  const reached = new Set<FunctionDefinition>();
  const open: (FunctionDefinition | null)[] = [null];
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    for (const graph of graphs.get(from) ?? []) {
      for (const { domain, opType, overload } of graph.nodes) {
        const called = definitions.get(functionKey({ domain, name: opType, overload }));
        if (called === undefined || reached.has(called)) continue;
        reached.add(called);
        open.push(called);
      }
    }
  }
  return reached;
}
