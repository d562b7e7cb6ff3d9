import { type FunctionDefinition, type Model, walkGraphs } from '../../graph/index.ts';
import type { Fix, FixChange } from './fix.ts';

const name = 'remove-unused-functions';

export const removeUnusedFunctions: Fix = {
  name,
  mends: ['function-unused'],
  // It may have been meant by the call that leads nowhere.
  unless: ['function-missing'],
  summary: 'removes functions that the main graph does not call, directly or through others',
  run(model) {
    const reached = findReached(model);
    const unused = model.functions.filter((each) => !reached.has(each));
    model.functions = model.functions.filter((each) => reached.has(each));
    return unused.map((each): FixChange => {
      const reason = `the function ${each.domain}.${each.name}, which nothing calls`;
      return { pass: name, node: null, action: 'removed', reason };
    });
  },
};

function findReached(model: Model): ReadonlySet<FunctionDefinition> {
  const calls = new Map<FunctionDefinition | null, Set<string>>();
  for (const { graph, definition } of walkGraphs(model)) {
    const called = calls.get(definition) ?? new Set();
    for (const { domain, opType, overload } of graph.nodes) {
      called.add(JSON.stringify([domain, opType, overload]));
    }
    calls.set(definition, called);
  }
  const reached = new Set<FunctionDefinition>();
  const open: (FunctionDefinition | null)[] = [null];
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    for (const each of model.functions) {
      const key = JSON.stringify([each.domain, each.name, each.overload]);
      if (reached.has(each) || calls.get(from)?.has(key) !== true) continue;
      reached.add(each);
      open.push(each);
    }
  }
  return reached;
}
