import type { MatchMode, ProfileName, ToleranceOverrides } from '../parity/index.ts';
import type { OptimizationLevel, ProviderName } from '../runtime/index.ts';
import type { MaxDrop, TaskName } from './accuracy/report.ts';

/** What to validate, and how. Every default is filled in. */
export interface ValidateConfig {
  /** The reference; alone, with one of the modes below, the model under test. */
  readonly reference: string;
  readonly candidate: string | null;
  /** A folder of recorded inputs and outputs. */
  readonly golden: string | null;
  /** A folder to record inputs and outputs in. */
  readonly saveGolden: string | null;
  /** Whether a golden folder that is there already may be replaced. */
  readonly force: boolean;
  /** Settings to compare the model in, one text an axis: `provider=cpu,cuda`; empty: none. */
  readonly matrix: readonly string[];
  /** The name of an array in the inputs' `.npz`, or a file of labels. */
  readonly labels: string | null;
  /** What the labels are; `auto`: classes where they are whole numbers or text. */
  readonly task: TaskName;
  /** Also count rows whose label is among the greatest so many scores; null: the greatest alone. */
  readonly topK: number | null;
  /** The output that classes or values are read from; null: the first that fits. */
  readonly labelOutput: string | null;
  /** What the candidate may lose; null: no gate. */
  readonly maxDrop: MaxDrop | null;
  readonly profile: ProfileName | 'auto';
  readonly overrides: ToleranceOverrides;
  readonly match: MatchMode;
  readonly castIo: boolean;
  /** Follow the difference through the graphs to where it begins. */
  readonly trace: boolean;
  /** Where the smallest part that shows the difference is written; asks for a trace. */
  readonly extract: string | null;
  /** Random samples, or the most that are taken of what files hold; null: 8, or all. */
  readonly samples: number | null;
  readonly provider: ProviderName;
  /** Null: as many as this process may use. */
  readonly threads: number | null;
  readonly optimization: OptimizationLevel;
  /** Time allowed for loading a model, and for each run; null: no limit. */
  readonly timeoutMs: number | null;
  /** Memory that the process of a model may hold; null: no limit. */
  readonly memoryLimitBytes: number | null;
  readonly dims: ReadonlyMap<string, number>;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Values of `--inputs`; none: seeded random. */
  readonly inputs: readonly string[];
  readonly seed: number;
}

/** A config that asks for nothing. */
export const validateDefaults: Omit<ValidateConfig, 'reference'> = {
  candidate: null,
  golden: null,
  saveGolden: null,
  force: false,
  matrix: [],
  labels: null,
  task: 'auto',
  topK: null,
  labelOutput: null,
  maxDrop: null,
  profile: 'auto',
  overrides: {},
  match: 'name',
  castIo: false,
  trace: false,
  extract: null,
  samples: null,
  provider: 'cpu',
  threads: null,
  optimization: 'all',
  timeoutMs: null,
  memoryLimitBytes: null,
  dims: new Map(),
  shapes: new Map(),
  inputs: [],
  seed: 0,
};

/** What a validation gets from outside. */
export interface ValidateServices {
  readonly signal?: AbortSignal;
  /** Told of each step by its name, and how far it is; null: nobody knows. */
  readonly onProgress?: (step: string, done: number, total: number | null) => void;
}
