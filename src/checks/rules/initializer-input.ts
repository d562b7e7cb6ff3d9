import type { Check } from '../check.ts';
import { nameList } from '../name-list.ts';

export const initializerInput: Check<'initializer-input'> = {
  codes: ['initializer-input'],
  severity: 'info',
  summary: 'constants that callers may override, so that runtimes cannot fold them',
  run({ model }) {
    // Until IR 4 every constant had to be an input, so it says nothing there.
    if (model.irVersion < 4) return [];
    const overridable = model.graph.inputs.filter((value) => value.initializer !== null);
    if (overridable.length === 0) return [];
    const names = nameList(overridable.map((value) => value.name));
    return [
      {
        code: 'initializer-input',
        at: { graph: 'main' },
        message: `callers may override ${names}, which keeps runtimes from folding them into the graph`,
        fix: 'Take them off the inputs, unless somebody does override them.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};
