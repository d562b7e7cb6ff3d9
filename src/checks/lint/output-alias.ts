import type { Check } from '../check.ts';
import { nameList } from '../name-list.ts';

export const outputAlias: Check<'output-alias'> = {
  codes: ['output-alias'],
  severity: 'info',
  summary: 'outputs that no node computes: inputs or constants handed through',
  run({ model }) {
    const aliases = model.graph.outputs.filter(
      (value) => value.producer === null && value.isDefined && value.graph === model.graph,
    );
    const [first] = aliases;
    if (first === undefined) return [];
    return [
      {
        code: 'output-alias',
        at: { graph: 'main', value: first.name },
        message: `no node computes the outputs ${nameList(aliases.map((each) => each.name))}: they are inputs or constants`,
        fix: 'Put an Identity node in between if a runtime objects, or leave them out.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};
