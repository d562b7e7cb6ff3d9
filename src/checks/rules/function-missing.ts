import { functionKey } from '../../graph/index.ts';
import { runtimeLimits } from '../../runtime/index.ts';
import type { Check, Issue } from '../check.ts';
import { operatorName } from '../operators.ts';

export const functionMissing: Check<'function-missing'> = {
  codes: ['function-missing'],
  severity: 'error',
  summary: 'a function is called that is not among the functions of its domain in the model',
  run({ model, nodes, reachedFunctions }) {
    const keys = new Set(model.functions.map(functionKey));
    const domains = new Set(model.functions.map((each) => each.domain));
    const issues = new Map<string, Issue<'function-missing'>>();
    for (const { node, path, definition } of nodes) {
      const { domain, opType, overload } = node;
      if (!domains.has(domain) || runtimeLimits.opsets.has(domain)) continue;
      const key = functionKey({ domain, name: opType, overload });
      const isReached = definition === null || reachedFunctions.has(definition);
      if (keys.has(key) || (issues.has(key) && !isReached)) continue;
      if (issues.get(key)?.runtime === 'rejects') continue;
      const name = operatorName(node) + (overload === '' ? '' : `:${overload}`);
      issues.set(key, {
        code: 'function-missing',
        at: { graph: path, node: node.label },
        message: `${node.label} calls ${name}, which is not among the functions of "${domain}" in the model`,
        fix: 'Add the function to the model, or mend the name; export it again if one got lost.',
        spec: 'ok',
        runtime: isReached ? 'rejects' : 'accepts',
      });
    }
    return [...issues.values()];
  },
};
