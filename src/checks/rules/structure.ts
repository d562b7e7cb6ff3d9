import { checkStructure } from '../../graph/index.ts';
import { runtimeLimits } from '../../runtime/index.ts';
import type { Check } from '../check.ts';

/** What is wrong with a function for the runtime even where nothing calls it. */
const alwaysSeen: ReadonlySet<string> = new Set(['opset-missing', 'output-undefined']);

export const structure: Check = {
  codes: [
    'value-undefined',
    'value-redefined',
    'input-duplicate',
    'initializer-duplicate',
    'output-undefined',
    'node-order',
    'graph-cycle',
    'node-name-duplicate',
    'opset-missing',
  ],
  severity: 'error',
  summary: 'the graph is not sound: names, order of nodes, operator sets',
  run({ model, graphs, reachedFunctions }) {
    const found = checkStructure(model, runtimeLimits.opsets);
    if (found.length === 0 || model.functions.length === reachedFunctions.size) return found;
    const unseen = new Set<string>();
    for (const { path, definition } of graphs) {
      if (definition !== null && !reachedFunctions.has(definition)) unseen.add(path);
    }
    return found.map((each) => {
      const isSeen = alwaysSeen.has(each.code) || !unseen.has(each.at.graph ?? '');
      return isSeen ? each : { ...each, runtime: 'accepts' };
    });
  },
};
