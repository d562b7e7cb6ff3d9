import { type ProfileChoice, type ProfileName, profiles, studyModels } from '../../parity/index.ts';
import type { MatrixPoint } from './axes.ts';

/**
 * How strictly a cell is compared with the base: as the models and the settings in which they differ
 * allow. Other threads and optimizations add in another order at most, which mostly changes nothing
 * on one machine; that is told, and not asked for.
 */
export async function cellProfile(
  models: {
    readonly reference: string;
    readonly candidate: string;
    readonly profile: ProfileName | 'auto';
  },
  [base, point]: readonly [MatrixPoint, MatrixPoint],
): Promise<ProfileChoice> {
  const { profile, reason, isRounding } = await studyModels({
    reference: { path: models.reference, settings: base },
    candidate: { path: models.candidate, settings: point },
    profile: models.profile,
  });
  if (models.profile !== 'auto') return { profile, reason };
  const byWeights = weightsChoice(base, point, isRounding);
  if (byWeights !== null && isLooser(byWeights.profile, profile)) return byWeights;
  if (profile !== 'exact') return { profile, reason };
  const hasOtherThreads = base.threads !== point.threads;
  const reason32 = hasOtherThreads ? 'other threads' : 'the settings do not differ';
  return { profile: 'fp32', reason: reason32 };
}

function weightsChoice(
  base: MatrixPoint,
  point: MatrixPoint,
  isRounding: boolean,
): ProfileChoice | null {
  if (base.precision === point.precision) return null;
  if (isRounding) {
    return {
      profile: 'int8',
      reason: 'the weights are rounded, and what comes of them is rounded to integers',
    };
  }
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
