import { type FunctionDefinition, type Graph, type Model } from '../../graph/index.ts';
import type { Check } from '../check.ts';
import { nameList } from '../name-list.ts';
import { functionKey } from '../operators.ts';

export const functionUnused: Check<'function-unused'> = {
  codes: ['function-unused'],
  severity: 'warning',
  summary: 'functions that nothing in the main graph calls, directly or through others',
  run({ model }) {
    const called = findCalled(model);
    const unused = model.functions.filter((each) => !called.has(functionKey(each)));
    if (unused.length === 0) return [];
    const names = unused.map((each) => `${each.domain}.${each.name}`);
    return [
      {
        code: 'function-unused',
        at: {},
        message: `nothing calls the functions ${nameList(names)}`,
        fix: 'Remove them where the model is exported.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};

/** Keys of what the main graph calls, and what that calls. */
function findCalled(model: Model): ReadonlySet<string> {
  const definitions = new Map<string, FunctionDefinition>();
  for (const each of model.functions) definitions.set(functionKey(each), each);
  const called = new Set<string>();
  const graphs: Graph[] = [model.graph];
  for (let graph = graphs.pop(); graph !== undefined; graph = graphs.pop()) {
    for (const node of graph.nodes) {
      graphs.push(...node.subgraphs);
      const key = functionKey({ ...node, name: node.opType });
      const definition = definitions.get(key);
      if (definition === undefined || called.has(key)) continue;
      called.add(key);
      graphs.push(definition.body);
    }
  }
  return called;
}
