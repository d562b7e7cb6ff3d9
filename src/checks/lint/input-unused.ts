import type { Check } from '../check.ts';
import { nameList } from '../name-list.ts';

export const inputUnused: Check<'input-unused'> = {
  codes: ['input-unused'],
  severity: 'info',
  summary: 'inputs that nothing reads, which callers must give all the same',
  run({ model }) {
    const unused = model.graph.inputs.filter(
      (value) =>
        value.uses.size === 0 && value.initializer === null && value.sparseInitializer === null,
    );
    const [first] = unused;
    if (first === undefined) return [];
    return [
      {
        code: 'input-unused',
        at: unused.length === 1 ? { graph: 'main', value: first.name } : { graph: 'main' },
        message: `nothing reads the inputs ${nameList(unused.map((each) => each.name))}`,
        fix: 'Leave them out where the model is exported; until then callers have to feed them.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};
