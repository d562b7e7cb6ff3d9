import type { Check } from '../check.ts';
import { operatorList } from './operator-list.ts';

/** Operators whose output sizes depend on what the elements of their inputs are. */
const dependent: ReadonlySet<string> = new Set([
  'Compress',
  'NonMaxSuppression',
  'NonZero',
  'SequenceAt',
  'StringSplit',
  'Unique',
]);

export const shapeDataDependent: Check<'shape-data-dependent'> = {
  codes: ['shape-data-dependent'],
  severity: 'info',
  summary: 'operators whose output sizes depend on the data',
  run(facts) {
    const nodes = facts.nodes
      .map(({ node }) => node)
      .filter((node) => node.domain === '' && dependent.has(node.opType));
    const [first] = nodes;
    if (first === undefined) return [];
    return [
      {
        code: 'shape-data-dependent',
        at: { node: first.label },
        message: `sizes depend on the data behind ${operatorList(nodes)}, even where all inputs have fixed shapes`,
        fix: 'Runtimes that need static shapes cannot take them; keep this part of the work outside.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};
