import { type ProfileChoice, type ProfileName, profiles, studyModels } from '../parity/index.ts';
import { differingAxes, type MatrixPoint } from './matrix-axes.ts';

/**
 * How strictly a cell is compared with the base: as the models and the settings in which they differ
 * allow. Other threads and optimizations add in another order at most, which mostly changes nothing
 * on one machine; that is told, and not asked for.
 */
export function cellProfile(
  models: {
    readonly reference: string;
    readonly candidate: string;
    readonly profile: ProfileName | 'auto';
  },
  [base, point]: readonly [MatrixPoint, MatrixPoint],
): ProfileChoice {
  const { profile, reason } = studyModels({
    reference: { path: models.reference, settings: { provider: base.provider } },
    candidate: { path: models.candidate, settings: { provider: point.provider } },
    profile: models.profile,
  });
  if (models.profile !== 'auto') return { profile, reason };
  const byWeights = weightsChoice(base, point);
  if (byWeights !== null && isLooser(byWeights.profile, profile)) return byWeights;
  if (profile !== 'exact') return { profile, reason };
  const axes = differingAxes(base, point).map((name) =>
    name === 'threads' ? 'other threads' : 'another optimization level',
  );
  return {
    profile: 'fp32',
    reason: axes.length === 0 ? 'the settings do not differ' : axes.join(' and '),
  };
}

function weightsChoice(base: MatrixPoint, point: MatrixPoint): ProfileChoice | null {
  if (base.precision === point.precision) return null;
  const isBfloat16 = base.precision === 'bfloat16' || point.precision === 'bfloat16';
  return isBfloat16
    ? { profile: 'bf16', reason: 'the weights are rounded to bfloat16' }
    : { profile: 'fp16', reason: 'the weights are rounded to float16' };
}

/** The table of profiles begins with the strictest. */
function isLooser(a: ProfileName, b: ProfileName): boolean {
  const order = Object.keys(profiles);
  return order.indexOf(a) > order.indexOf(b);
}
