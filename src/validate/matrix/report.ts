import type { OutputParity, ProfileName, RunFailure } from '../../parity/index.ts';
import type { Verdict } from '../../report/index.ts';
import type { MatrixPoint } from './axes.ts';

/** How a model in one combination of settings compares with the base. */
export interface MatrixCell {
  readonly settings: MatrixPoint;
  /** What sets it apart from the other cells, in words: `cuda, 4 threads`. */
  readonly name: string;
  readonly verdict: Verdict;
  /** False where its provider cannot be used on this machine. */
  readonly isAvailable: boolean;
  /** Whether all samples were compared. */
  readonly isComplete: boolean;
  readonly samples: number;
  /** Whether every output has the bits of the base in every sample; null: none was compared. */
  readonly bitIdentical: boolean | null;
  readonly profile: ProfileName;
  readonly profileReason: string;
  readonly outputs: readonly OutputParity[];
  /** That the model could not be loaded or run in these settings. */
  readonly failure?: RunFailure;
  /** Why the verdict is not `pass`. */
  readonly reasons: readonly string[];
}

/** What comparing a model in several settings comes to. */
export interface MatrixReport {
  /** The settings that all others are compared with. */
  readonly base: MatrixPoint;
  readonly baseName: string;
  /** The settings of which there are several values. */
  readonly varied: readonly (keyof MatrixPoint)[];
  /** Samples that the base was run on. */
  readonly samples: number;
  /** Outputs that have other bits when the base runs twice on the first sample. */
  readonly unrepeatable: readonly string[];
  readonly cells: readonly MatrixCell[];
  /** The worst of the cells; `inconclusive` where the base cannot be run, or not all cells were. */
  readonly verdict: Verdict;
  /** False after an interruption, and where the base cannot be run. */
  readonly isComplete: boolean;
  /** That the base could not be run. */
  readonly failure?: RunFailure;
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}
