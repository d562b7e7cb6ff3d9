import type { TensorValue } from '../tensor/index.ts';
import { accuracyOf, type DropVerdict, judgeDrop } from './accuracy.ts';
import type { LabelledResult, MaxDrop } from './accuracy-types.ts';
import type { Labels } from './labels.ts';
import { judgeRise, regressionOf } from './regression.ts';
import { RegressionScorer } from './regression-scorer.ts';
import { type OutputKeys, Scorer, type ScorerOptions } from './score.ts';

/** Holds the outputs of one model, or of two on the same samples, against labels. */
export interface LabelScoring {
  /**
   * Adds one sample.
   *
   * @param rows Rows in the sample.
   * @throws MlkitError INPUT_DATA when an output and the labels do not fit, USAGE when the output asked
   *   for is not there.
   */
  add(side: 'reference' | 'candidate', sample: ScoredSample, rows: number): void;
  /** @throws MlkitError INPUT_DATA when there were no rows. */
  finish(): LabelledResult;
}

/** The outputs of a model for one sample. */
export interface ScoredSample {
  readonly outputs: ReadonlyMap<string, TensorValue>;
  /** For outputs that were lists of maps: their keys, in the order of the columns. */
  readonly keys?: OutputKeys;
}

/** Starts counting. The candidate counts once a sample of it was added. */
export function scoreLabels(labels: Labels, options: ScorerOptions): LabelScoring {
  if (labels.kind === 'classes') {
    const reference = new Scorer(labels, options);
    const candidate = new Scorer(labels, options);
    return {
      add(side, { outputs, keys }, rows) {
        (side === 'reference' ? reference : candidate).add(outputs, rows, keys);
      },
      finish: () => accuracyOf(reference, candidate.rows === 0 ? null : candidate),
    };
  }
  const reference = new RegressionScorer(labels, options.output);
  const candidate = new RegressionScorer(labels, options.output);
  return {
    add(side, { outputs }, rows) {
      (side === 'reference' ? reference : candidate).add(outputs, rows);
    },
    finish: () => regressionOf(reference, candidate.rows === 0 ? null : candidate),
  };
}

/** Holds a drop of accuracy, or a rise of the RMSE, against the most that is allowed. */
export function judgeLabelled(result: LabelledResult, maxDrop: MaxDrop): DropVerdict {
  return result.task === 'classification'
    ? judgeDrop(result, maxDrop)
    : judgeRise(result, maxDrop);
}
