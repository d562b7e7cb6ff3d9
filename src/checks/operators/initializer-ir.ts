import type { GraphCheck } from '../graph-facts.ts';
import { nameList } from '../name-list.ts';

export const initializerIr: GraphCheck<'ir-initializer-input'> = {
  codes: ['ir-initializer-input'],
  severity: 'error',
  summary: 'constants that are no inputs, which needs IR version 4',
  run({ facts: { model, graphs } }) {
    if (model.irVersion > 3 || model.irVersion < 1) return [];
    const names = graphs.flatMap(({ graph }) =>
      graph.initializers.filter((value) => !value.isInput).map((value) => value.name),
    );
    if (names.length === 0) return [];
    return [
      {
        code: 'ir-initializer-input',
        at: {},
        message: `up to IR version 3, here ${model.irVersion}, every constant must be an input too: ${nameList(names)}`,
        fix: 'Write IR version 4 or later: mlkit convert --ir-version auto.',
        spec: 'error',
        runtime: 'accepts',
      },
    ];
  },
};
