import type { Check } from '../check.ts';

export const outputNone: Check<'output-none'> = {
  codes: ['output-none'],
  severity: 'error',
  summary: 'the model has no outputs',
  run({ model }) {
    if (model.graph.outputs.length > 0) return [];
    return [
      {
        code: 'output-none',
        at: { graph: 'main' },
        message: 'the model has no outputs, so that there is nothing to run it for',
        fix: 'List the values that callers want as outputs of the graph; export the model again.',
        spec: 'ok',
        runtime: 'fails',
      },
    ];
  },
};
