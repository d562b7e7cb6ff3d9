import type { Gates, MatchMode, ParitySide, ProfileName } from '../parity/index.ts';
import type { Feeds } from '../runtime/index.ts';

/** A model to trace, and how it is run. */
export type TraceSide = Pick<ParitySide, 'path' | 'settings'>;

export interface TraceSettings {
  readonly reference: TraceSide;
  readonly candidate: TraceSide;
  /** Inputs of the reference, one entry a sample; the first ones are taken. */
  readonly feeds: Iterable<Feeds> | AsyncIterable<Feeds>;
  /** How many are taken at most; default 2. They are held in memory. */
  readonly samples?: number;
  /** What differences are allowed: a profile, or gates of one's own. */
  readonly profile: ProfileName | Gates;
  /** How inputs and outputs of the two are paired; default `name`. */
  readonly match?: MatchMode;
  /** Feed a candidate that takes another float type with rounded values. */
  readonly castIo?: boolean;
  /** Bytes of one sample's values in one run, at least one value; default 64 to 256 MiB. */
  readonly chunkBytes?: number;
  /** Whether to tell apart what makes the outputs differ, for which the models run again; default true. */
  readonly withSources?: boolean;
  /** Whether to measure what a quantized candidate wins where nodes stay in float; default true. */
  readonly withGains?: boolean;
  /** Where the smallest part that shows the difference is written; null, the default: nowhere. */
  readonly extract?: string | null;
  readonly signal?: AbortSignal;
  /** Told what is done, how many values are compared, and how many there are (null: not known). */
  readonly onProgress?: (step: string, done: number, total: number | null) => void;
}
