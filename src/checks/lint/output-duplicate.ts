import type { Value } from '../../graph/index.ts';
import type { Check } from '../check.ts';

export const outputDuplicate: Check<'output-duplicate'> = {
  codes: ['output-duplicate'],
  severity: 'warning',
  summary: 'the graph lists an output twice',
  run({ model }) {
    const seen = new Set<Value>();
    const repeated = new Set<Value>();
    for (const value of model.graph.outputs) (seen.has(value) ? repeated : seen).add(value);
    return [...repeated].map((value) => ({
      code: 'output-duplicate',
      at: { graph: 'main', value: value.name },
      message: `the output "${value.name}" is listed more than once, so results by name are fewer than results by position`,
      fix: 'Keep one of them, or give the other a name of its own with an Identity node.',
      spec: 'ok',
      runtime: 'accepts',
    }));
  },
};
