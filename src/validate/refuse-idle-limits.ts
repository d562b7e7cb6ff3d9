import { MlkitError } from '../errors.ts';
import { matchesPattern } from '../graph/index.ts';
import { visibleText } from '../report/index.ts';
import type { ValidateConfig } from './config.ts';

/**
 * Refuses limits that nothing would be held against: a gate that is silently open is worse than none.
 *
 * @param outputs The names of the reference's outputs.
 * @throws MlkitError USAGE.
 */
export function refuseIdleLimits(
  { overrides, golden, candidate, matrix }: ValidateConfig,
  outputs: readonly string[],
): void {
  const { strictNan: _, ...limits } = overrides;
  const given = Object.values(limits).flat();
  if (given.length > 0 && golden === null && candidate === null && matrix.length === 0) {
    throw new MlkitError(
      'USAGE',
      'limits on outputs say how far two results may differ, and there is one model alone',
      { hint: 'Give a second model, --golden DIR or --matrix, or leave the limits out.' },
    );
  }
  const idle = given.find(({ output }) => !outputs.some((name) => matchesPattern(name, output)));
  if (idle === undefined) return;
  throw new MlkitError('USAGE', `a limit is given for "${idle.output}", which is no output`, {
    hint: `The outputs of the reference are ${visibleText(outputs.map((name) => `"${name}"`).join(', '))}.`,
  });
}
