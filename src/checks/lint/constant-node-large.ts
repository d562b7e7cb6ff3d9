import { formatBytes } from '../../report/index.ts';
import type { Check } from '../check.ts';
import { counted } from './operator-list.ts';

/** Smaller ones are axes and shapes, which belong there. */
const largeBytes = 1024;
/** Less than this in all is not worth a word. */
const totalWorthTelling = 64 * 1024;

export const constantNodeLarge: Check<'constant-node-large'> = {
  codes: ['constant-node-large'],
  severity: 'info',
  summary: 'weights in Constant nodes, where they cannot move to a data file',
  run({ constants }) {
    const large = constants.filter(
      (each) => each.source === 'attribute' && each.bytes >= largeBytes,
    );
    const bytes = large.reduce((sum, each) => sum + each.bytes, 0);
    const [first] = large;
    if (first === undefined || bytes < totalWorthTelling) return [];
    return [
      {
        code: 'constant-node-large',
        at: { graph: first.graph, value: first.name },
        message: `${formatBytes(bytes)} of weights are in attributes of ${counted(large.length, 'node')}, the first being "${first.name}"; there they stay in the model file and cannot be shared`,
        fix: 'Export them as initializers.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};
