import type { Finding } from '../report/index.ts';
import type { RuntimeRelease } from '../schemas/index.ts';
import { type GraphCheck, GraphFacts } from './graph-facts.ts';
import { lintChecks, lintGraphChecks } from './lint/index.ts';
import type { ModelFacts } from './model-facts.ts';
import { operatorChecks } from './operators/index.ts';
import { targetChecks } from './operators/target.ts';
import { findingOf, runChecks } from './run-checks.ts';

export interface ThoroughSettings {
  /** The release of the runtime that the model is meant for; null: the one here. */
  readonly target?: RuntimeRelease | null;
}

/**
 * Everything that is known to be wrong with a model or remarkable about it, without running it: the
 * quick checks, those of operators, types and shapes, and advice. Weights are not read, but for
 * small constants that shapes depend on. Loads the table of operators, so it is imported when asked
 * for.
 *
 * @param about Facts that others want too may be given as they are.
 */
export function runThoroughChecks(
  about: ModelFacts | GraphFacts,
  { target = null }: ThoroughSettings = {},
): Finding[] {
  const graphFacts = about instanceof GraphFacts ? about : new GraphFacts(about);
  const { facts } = graphFacts;
  const inside = [...operatorChecks, ...(target === null ? [] : targetChecks(target))];
  const run = (check: GraphCheck): Finding[] =>
    check.run(graphFacts).map((issue) => findingOf(issue, check));
  return [
    ...runChecks(facts),
    ...inside.flatMap(run),
    ...lintChecks.flatMap((check) => check.run(facts).map((issue) => findingOf(issue, check))),
    ...lintGraphChecks.flatMap(run),
  ];
}
