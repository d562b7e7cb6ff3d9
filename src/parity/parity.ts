import type { Verdict } from '../report/index.ts';
import type { Feeds, SessionSettings } from '../runtime/index.ts';
import type { DataType, TensorValue } from '../tensor/index.ts';
import type { OutputDetails } from './details.ts';
import type { Runnable } from './open-runnable.ts';
import type { ProfileName } from './profile.ts';
import type { RunFailure } from './run-failure.ts';

/** A limit for some outputs. An exact name outweighs a pattern, and a pattern `*`; then the last counts. */
export interface OutputValue {
  /** A name, or a pattern in which `*` stands for any text; `*` alone is every output. */
  readonly output: string;
  readonly value: number;
}

/** Limits that replace those of the profile. */
export interface ToleranceOverrides {
  /** Replaces the scale-aware floor too: the tolerance is then atol + rtol·|r|, as in NumPy. */
  readonly atol?: readonly OutputValue[];
  readonly rtol?: readonly OutputValue[];
  readonly minSqnrDb?: readonly OutputValue[];
  readonly minCosine?: readonly OutputValue[];
  /** 0 to 1. Given for an output of integers or text: the share of elements that must be equal. */
  readonly minTop1?: readonly OutputValue[];
  readonly maxKl?: readonly OutputValue[];
  /** Fail where both are NaN in the same place; default: they count as equal. */
  readonly strictNan?: boolean;
}

/** Counts of values that are no finite numbers. */
export interface NonFiniteCounts {
  readonly nan: number;
  readonly posInf: number;
  readonly negInf: number;
}

/** The loosest setting of each flag at which an output passes. */
export interface MinimumTolerance {
  /** With `rtol` and without the scale-aware floor; null where the values are not numbers. */
  readonly atol: number | null;
  readonly rtol: number | null;
  /** Flags of `mlkit validate`; empty where no flag can help (a missing output, Inf for a number). */
  readonly flags: string;
}

/**
 * How one output of the candidate compares with that of the reference, over all samples. Null: not
 * defined (text, nothing to compare, no finite pair). `r` is the reference, `a` the candidate.
 */
export interface OutputParity {
  /** The reference's name of it; of an output that only the candidate has, the candidate's. */
  readonly name: string;
  /** Of the reference; null where it is no tensor. */
  readonly dtype: DataType | null;
  /** Of the first sample. */
  readonly shape: readonly (number | null)[];
  /** Greatest |a − r|. */
  readonly maxAbs: number | null;
  /** Greatest |a − r| / |r| over elements of some size: see docs/validate.md. */
  readonly maxRel: number | null;
  /** Elements that `maxRel` leaves out because their reference is too small to divide by. */
  readonly relExcluded: number;
  readonly meanAbs: number | null;
  readonly rmse: number | null;
  /** 20·log10(‖r‖ / ‖a − r‖) in dB; Infinity when identical. */
  readonly sqnrDb: number | null;
  readonly cosine: number | null;
  /** The 99th percentile of the distance in units of the last place of the output's own type. */
  readonly ulpP99: number | null;
  readonly ulpMax: number | null;
  /** Elements outside the tolerance, or of another class (finite, NaN, Inf) than the reference. */
  readonly mismatched: number;
  readonly total: number;
  /** Share of rows with the same greatest class, 0 to 1. */
  readonly top1Agreement: number | null;
  /** Rows that it was taken over, and its 95% interval (Wilson). */
  readonly top1Rows: number;
  readonly top1Low: number | null;
  readonly top1High: number | null;
  /** Mean over the rows of KL(r ‖ a), in nats. */
  readonly klMean: number | null;
  readonly nonFinite: {
    readonly reference: NonFiniteCounts;
    readonly candidate: NonFiniteCounts;
    /** Places where both have the same non-finite value. */
    readonly equalNonFinite: number;
  };
  /** Further metrics; null for text and where there was no sample. */
  readonly details: OutputDetails | null;
  readonly verdict: Verdict;
  readonly minimumTolerance: MinimumTolerance;
  /** How far the reference is from itself, optimized otherwise, where that was what let it pass. */
  readonly noiseFloor?: { readonly rmse: number; readonly sqnrDb: number | null };
  /** Why it does not pass; empty where it does. */
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}

/** A model to run, and how. */
export interface ParitySide {
  readonly path: string;
  readonly settings?: SessionSettings;
  /** The model, loaded already; it is left open. Default: it is loaded from `path`. */
  readonly runnable?: Runnable;
}

export interface ParitySettings {
  readonly reference: ParitySide;
  readonly candidate: ParitySide;
  /** Inputs of the reference, one entry a sample; they are taken one at a time. */
  readonly feeds: Iterable<Feeds> | AsyncIterable<Feeds>;
  /** Number of feeds where `feeds` does not tell it, for progress only. */
  readonly total?: number;
  readonly profile: ProfileName | 'auto';
  readonly overrides?: ToleranceOverrides;
  /** How inputs and outputs of the two are paired; default `name`. */
  readonly match?: MatchMode;
  /**
   * Accept float inputs and outputs of another float type in the candidate: what is fed is rounded,
   * what comes out is compared by value. Default: another type is a failure.
   */
  readonly castIo?: boolean;
  /**
   * Whether the profile's limits on top-1 agreement and divergence apply; default true. On random
   * inputs, which of two classes is ahead on noise says nothing of a model.
   */
  readonly classGates?: boolean;
  /**
   * What a model is that the runtime refuses, or that fails, crashes or exceeds a limit as it runs,
   * and an interruption after the first sample: an error (`throw`, the default), or a part of the
   * result (`report`).
   */
  readonly failures?: 'throw' | 'report';
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number | null) => void;
  /** Is given the outputs of each sample, by the names of each model. */
  readonly onSample?: (index: number, sample: SamplePair) => void;
}

export interface SamplePair {
  readonly feeds: Feeds;
  readonly reference: ReadonlyMap<string, TensorValue>;
  readonly candidate: ReadonlyMap<string, TensorValue>;
  /** Of outputs that were lists of maps: their keys, in the order of the columns. */
  readonly keys: Record<'reference' | 'candidate', ReadonlyMap<string, readonly string[] | null>>;
}

export type MatchMode = 'name' | 'position';

export interface ParityResult {
  /**
   * `fail` if any output fails or the candidate cannot be run, else `inconclusive` if any output is,
   * the reference cannot be run, not all samples were, or nothing could be compared.
   */
  readonly verdict: Verdict;
  readonly profile: ProfileName;
  /** Why this profile, in a few words. */
  readonly profileReason: string;
  /** How many were compared. */
  readonly samples: number;
  /** Whether all samples were compared; only where failures are reported may it be false. */
  readonly isComplete: boolean;
  /** What ended it early; absent where nothing did, or an interruption. */
  readonly failure?: RunFailure;
  /** Why the verdict is not `pass`, beside what the outputs say. */
  readonly reasons: readonly string[];
  readonly outputs: readonly OutputParity[];
  readonly warnings: readonly string[];
}
