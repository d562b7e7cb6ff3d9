import type { TensorValue } from '../../tensor/index.ts';
import { accuracyOf, type DropVerdict, judgeDrop } from './accuracy.ts';
import type { Labels } from './labels.ts';
import { judgeRise, regressionOf } from './regression.ts';
import { RegressionScorer } from './regression-scorer.ts';
import type { LabelledResult, MaxDrop } from './report.ts';
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

/**
 * Starts counting. The candidate counts once a sample of it was added, and is read from the output
 * that the reference is read from: the one with its name, else the one in its place.
 */
export function scoreLabels(labels: Labels, options: ScorerOptions): LabelScoring {
  const sides =
    labels.kind === 'classes'
      ? new Sides((output) => new Scorer(labels, { ...options, output }), accuracyOf)
      : new Sides((output) => new RegressionScorer(labels, output), regressionOf);
  let names: readonly string[] = [];
  return {
    add(side, { outputs, keys }, rows) {
      if (side === 'reference') {
        names = [...outputs.keys()];
        sides.reference(options.output).add(outputs, rows, keys);
        return;
      }
      const wanted = sides.reference(options.output).output ?? options.output;
      sides.candidate(counterpart(wanted, names, [...outputs.keys()])).add(outputs, rows, keys);
    },
    finish: () => sides.finish(options.output),
  };
}

/** What follows one model. */
interface SideScorer {
  readonly output: string | null;
  add(outputs: ScoredSample['outputs'], rows: number, keys?: OutputKeys): void;
}

/** The two models, followed alike. */
class Sides<T extends SideScorer> {
  readonly #open: (output: string | null) => T;
  readonly #conclude: (reference: T, candidate: T | null) => LabelledResult;
  #reference: T | null = null;
  #candidate: T | null = null;

  constructor(
    open: (output: string | null) => T,
    conclude: (reference: T, candidate: T | null) => LabelledResult,
  ) {
    this.#open = open;
    this.#conclude = conclude;
  }

  reference(output: string | null): T {
    this.#reference ??= this.#open(output);
    return this.#reference;
  }

  /** @param output Where it is read from, which counts the first time. */
  candidate(output: string | null): T {
    this.#candidate ??= this.#open(output);
    return this.#candidate;
  }

  finish(output: string | null): LabelledResult {
    return this.#conclude(this.reference(output), this.#candidate);
  }
}

/** The output of the candidate that stands for one of the reference; null: nothing tells. */
function counterpart(
  name: string | null,
  ofReference: readonly string[],
  ofCandidate: readonly string[],
): string | null {
  if (name === null || ofCandidate.includes(name)) return name;
  const isPaired = ofReference.length === ofCandidate.length;
  return isPaired ? (ofCandidate[ofReference.indexOf(name)] ?? null) : null;
}

/** Holds a drop of accuracy, or a rise of the RMSE, against the most that is allowed. */
export function judgeLabelled(result: LabelledResult, maxDrop: MaxDrop): DropVerdict {
  return result.task === 'classification' ? judgeDrop(result, maxDrop) : judgeRise(result, maxDrop);
}
