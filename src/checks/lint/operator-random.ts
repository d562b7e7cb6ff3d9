import type { Node } from '../../graph/index.ts';
import type { Check } from '../check.ts';
import { operatorList } from './operator-list.ts';

const random: ReadonlySet<string> = new Set([
  'Bernoulli',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
]);

export const operatorRandom: Check<'operator-random'> = {
  codes: ['operator-random'],
  severity: 'info',
  summary: 'operators that draw random numbers, so that no two runs are the same',
  run(facts) {
    const nodes = facts.nodes
      .map(({ node }) => node)
      .filter((node) => node.domain === '' && random.has(node.opType));
    const [first] = nodes;
    if (first === undefined) return [];
    return [
      {
        code: 'operator-random',
        at: { node: first.label },
        message: `${operatorList(nodes)} draw random numbers, ${seeds(nodes)}`,
        fix: 'Feed the random numbers as an input to get the same results each time.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};

function seeds(nodes: readonly Node[]): string {
  const seeded = nodes.filter((node) => node.attribute('seed') !== undefined).length;
  if (seeded === 0) return 'without a seed';
  const others = seeded === nodes.length ? 'with a seed' : `${seeded} of them with a seed`;
  return `${others}, which makes sessions alike and not the runs of one session`;
}
