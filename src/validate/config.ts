import type { MatchMode, ProfileName, ToleranceOverrides } from '../parity/index.ts';
import type { ProviderName } from '../runtime/index.ts';

/** What to validate, and how. Every default is filled in. */
export interface ValidateConfig {
  /** The reference; alone, with `golden` or `labels`, the model under test. */
  readonly reference: string;
  readonly candidate: string | null;
  /** A folder of recorded inputs and outputs. */
  readonly golden: string | null;
  /** The name of an array in the inputs' `.npz`, or a `.npy` file. */
  readonly labels: string | null;
  /** Percentage points of accuracy that the candidate may lose; null: no gate. */
  readonly maxDropPct: number | null;
  readonly profile: ProfileName | 'auto';
  readonly overrides: ToleranceOverrides;
  readonly match: MatchMode;
  readonly castIo: boolean;
  /** Random samples, or the most that are taken of what files hold; null: 8, or all. */
  readonly samples: number | null;
  readonly provider: ProviderName;
  /** Null: as many as this process may use. */
  readonly threads: number | null;
  readonly dims: ReadonlyMap<string, number>;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Values of `--inputs`; none: seeded random. */
  readonly inputs: readonly string[];
  readonly seed: number;
}

/** What a validation gets from outside. */
export interface ValidateServices {
  readonly signal?: AbortSignal;
  /** Told after every sample. */
  readonly onProgress?: (done: number, total: number | null) => void;
}
