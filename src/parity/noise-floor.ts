import { formatNumber } from '../report/index.ts';
import type { OutputParity, ParityResult } from './parity.ts';
import { worstVerdict } from './worst-verdict.ts';

/** How many times the reference's own distance from itself an output may be away, on average. */
const toleratedRmse = 4;

/** The same of the farthest element, which is more a matter of chance. */
const toleratedMaxAbs = 10;

/** The same of the number of elements that are too far away. */
const toleratedCount = 2;

/** Whether it may be rounding alone that a comparison has failed of: worth measuring how much that is. */
export function mayBeRounding({ verdict, isComplete, outputs }: ParityResult): boolean {
  const failed = outputs.filter((output) => output.verdict === 'fail');
  return verdict === 'fail' && isComplete && failed.length > 0 && failed.every(isOfNumbers);
}

/** What no tolerance mends has no flags. */
function isOfNumbers({ minimumTolerance, rmse }: OutputParity): boolean {
  return minimumTolerance.flags !== '' && rmse !== null;
}

/**
 * Judges a comparison by the reference's own rounding: models that amplify it (a spectrogram's
 * logarithm, a ranking of close scores) are as far from themselves when the same is computed in
 * another order. Outputs that fail, and lie no farther away than a few times that, pass with a warning.
 *
 * @param floor The reference compared with itself, rewritten by the runtime to another degree, on the
 *   same inputs and by the same profile.
 */
export function aboveNoise(result: ParityResult, floor: ParityResult): ParityResult {
  const own = new Map(floor.outputs.map((output) => [output.name, output]));
  const outputs = result.outputs.map((output) => {
    const noise = own.get(output.name);
    if (output.verdict !== 'fail' || noise === undefined || !isWithin(output, noise)) return output;
    return forgiven(output, noise);
  });
  const verdict = worstVerdict(outputs.map((output) => output.verdict));
  return { ...result, verdict, outputs };
}

function isWithin(output: OutputParity, noise: OutputParity): boolean {
  const { rmse, maxAbs, mismatched, total } = noise;
  const isComparable = isOfNumbers(output) && total === output.total;
  if (!isComparable || rmse === null || rmse === 0 || maxAbs === null) return false;
  return (
    (output.rmse ?? Number.POSITIVE_INFINITY) <= toleratedRmse * rmse &&
    (output.maxAbs ?? Number.POSITIVE_INFINITY) <= toleratedMaxAbs * maxAbs &&
    output.mismatched <= Math.max(toleratedCount * mismatched, total * 1e-6)
  );
}

function forgiven(output: OutputParity, { rmse, sqnrDb }: OutputParity): OutputParity {
  const [here, there] = [decibels(output.sqnrDb), decibels(sqnrDb)];
  return {
    ...output,
    verdict: 'pass',
    reasons: [],
    warnings: [
      ...output.warnings,
      `within the rounding of the model itself: the reference, optimized otherwise, is as far from it (${there}; here ${here}). This model amplifies rounding, so only larger differences can be seen`,
    ],
    noiseFloor: { rmse: rmse ?? 0, sqnrDb },
  };
}

function decibels(value: number | null): string {
  return value === null ? 'SQNR not defined' : `${formatNumber(value, 3)} dB`;
}
