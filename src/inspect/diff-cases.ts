import type { TestCase } from '../report/index.ts';
import type { DiffReport } from './diff/index.ts';
import type { InspectReport } from './report.ts';

const outcomes: Readonly<Record<DiffReport['verdict'], TestCase['outcome']>> = {
  same: 'passed',
  different: 'failed',
  inconclusive: 'skipped',
};

/** With `--diff`, one test: whether the models are the same. Otherwise none. */
export function diffCases({ diff }: InspectReport): TestCase[] {
  if (diff === undefined) return [];
  const { before, after, verdict } = diff;
  const outcome = outcomes[verdict];
  return [
    {
      suite: `${before.path} and ${after.path}`.replaceAll('\\', '/'),
      name: 'same model',
      outcome,
      ...(outcome === 'passed' ? {} : { message: reasonOf(diff) }),
    },
  ];
}

function reasonOf({ verdict, before, after, matchedNodes, weights }: DiffReport): string {
  const { compared, equal, unreadable } = weights;
  if (verdict === 'inconclusive') {
    return `the same as far as was compared; weights that could not be read: ${unreadable.length}`;
  }
  return [
    'the models are different',
    `nodes that correspond: ${matchedNodes} of ${before.nodes} and ${after.nodes}`,
    `weights that are equal: ${equal} of ${compared} pairs`,
  ].join('; ');
}
