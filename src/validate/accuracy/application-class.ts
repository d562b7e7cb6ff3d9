import { MlkitError } from '../../errors.ts';
import { formatNumber } from '../../report/index.ts';
import type { ApplicationName, MaxDrop } from './report.ts';

/** What is usually allowed, in percent. */
export const applicationLimits: Readonly<Record<ApplicationName, number>> = {
  safety: 0.1,
  production: 1,
  edge: 5,
};

/**
 * `safety`, `production`, `edge`, or a percentage with or without the sign.
 *
 * @throws MlkitError USAGE when it is something else, or not from 0% to 100%.
 */
export function parseMaxDrop(text: string): MaxDrop {
  const name = Object.keys(applicationLimits).find((each) => each === text);
  if (name !== undefined) {
    const application = name as ApplicationName;
    return { limitPct: applicationLimits[application], application };
  }
  const [, digits] = /^((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)%?$/i.exec(text) ?? [];
  const limitPct = Number(digits ?? Number.NaN);
  if (!(limitPct <= 100)) {
    throw new MlkitError(
      'USAGE',
      `--max-drop: "${text}" is neither a percentage from 0% to 100% nor one of safety (0.1%), production (1%), edge (5%)`,
    );
  }
  return { limitPct, application: null };
}

/** The limit in words: `1 point`, `0.1 points (application class safety)`, `5% (…)`. */
export function limitText({ limitPct, application }: MaxDrop, unit: 'points' | 'percent'): string {
  const number = formatNumber(limitPct);
  const points = `${number} ${limitPct === 1 ? 'point' : 'points'}`;
  const limit = unit === 'points' ? points : `${number}%`;
  return application === null ? limit : `${limit} (application class ${application})`;
}
