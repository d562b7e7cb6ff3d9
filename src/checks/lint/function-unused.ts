import type { Check } from '../check.ts';
import { nameList } from '../name-list.ts';

export const functionUnused: Check<'function-unused'> = {
  codes: ['function-unused'],
  severity: 'warning',
  summary: 'functions that the main graph does not call, directly or through others',
  run({ model, reachedFunctions }) {
    const unused = model.functions.filter((each) => !reachedFunctions.has(each));
    if (unused.length === 0) return [];
    const names = unused.map((each) => `${each.domain}.${each.name}`);
    return [
      {
        code: 'function-unused',
        at: {},
        message: `nothing calls the ${names.length === 1 ? 'function' : 'functions'} ${nameList(names)}`,
        fix: 'Remove them where the model is exported.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};
