import { type OutputParity, profiles } from '../../parity/index.ts';
import type { Block } from '../../report/index.ts';
import type { ValidateReport } from '../report.ts';
import { type ErrorLimits, errorChart, gainChart, layerChart } from './charts.ts';

/** More outputs than this are drawn for nobody. */
const mostErrorCharts = 6;

/** Error over magnitude, for the outputs that differ; the worst of them. */
export function outputCharts({ outputs = [], profile, config }: ValidateReport): Block[] {
  const worstFirst = outputs
    .filter(({ sqnrDb }) => sqnrDb !== null && sqnrDb !== Number.POSITIVE_INFINITY)
    .toSorted((a, b) => (a.sqnrDb ?? 0) - (b.sqnrDb ?? 0));
  return worstFirst.slice(0, mostErrorCharts).flatMap((output) => {
    const { name, dtype, details } = output;
    if (dtype === null || details === null) return [];
    const isOwn = Object.keys(config['overrides'] ?? {}).length > 0;
    const limits = isOwn || profile === undefined ? null : limitsOf(output, profile);
    return errorChart(name, dtype, details.errorByMagnitude, limits) ?? [];
  });
}

/** The tolerance of the profile for that output. */
function limitsOf(
  { details }: OutputParity,
  profile: NonNullable<ValidateReport['profile']>,
): ErrorLimits | null {
  const { element } = profiles[profile];
  if (element === null) return null;
  const magnitudes = details?.errorByMagnitude.map(({ magnitude }) => magnitude) ?? [];
  const greatest = magnitudes.reduce((most, each) => Math.max(most, each), 0);
  return { atol: Math.max(element.atol, element.kappa * greatest), rtol: element.rtol };
}

/** SQNR by layer, and what nodes would win in float. */
export function traceCharts({ trace, profile }: ValidateReport): Block[] {
  if (trace === undefined) return [];
  const minSqnrDb = profile === undefined ? null : profiles[profile].minSqnrDb;
  const layers = layerChart(trace.values, minSqnrDb);
  const gains = trace.gains === null ? null : gainChart(trace.gains);
  return [layers, gains].filter((each) => each !== null);
}
