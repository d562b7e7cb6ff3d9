import { formatBytes } from '../../report/index.ts';
import type { Check } from '../check.ts';
import { nameList } from '../name-list.ts';

export const initializerUnused: Check<'initializer-unused'> = {
  codes: ['initializer-unused'],
  severity: 'warning',
  summary: 'constants that nothing reads',
  run({ constants }) {
    const unused = constants.filter(
      (each) => each.role === 'unused' && each.source === 'initializer',
    );
    const [first] = unused;
    if (first === undefined) return [];
    const bytes = unused.reduce((sum, each) => sum + each.bytes, 0);
    return [
      {
        code: 'initializer-unused',
        at: unused.length === 1 ? { graph: first.graph, value: first.name } : {},
        message: `nothing reads ${nameList(unused.map((each) => each.name))}: ${formatBytes(bytes)}`,
        fix: 'Remove them where the model is exported.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};
