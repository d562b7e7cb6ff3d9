import { checkStructure } from '../../graph/index.ts';
import type { Check } from '../check.ts';

export const structure: Check = {
  codes: [
    'value-undefined',
    'value-redefined',
    'output-undefined',
    'node-order',
    'node-name-duplicate',
    'opset-missing',
  ],
  severity: 'error',
  summary: 'the graph is not sound: names, order of nodes, operator sets',
  run: ({ model }) =>
    checkStructure(model).map((each) => ({ ...each, spec: each.spec ?? 'error' })),
};
