import type { OutputParity, ProfileName, RunFailure } from '../parity/index.ts';
import type { ModelInfo, ReportBase, Verdict } from '../report/index.ts';
import type { TraceReport } from '../trace/index.ts';
import type { LabelledResult } from './accuracy/report.ts';
import type { MatrixReport } from './matrix/report.ts';

/** One input of the first sample. */
export interface InputInfo {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly source: string;
  /** What it is where it is no tensor: `sequence of 2 float32[3, 4]`. */
  readonly form?: string;
}

/** The part of a report that comparing outputs makes. */
export interface Comparison {
  readonly profile: ProfileName;
  readonly profileReason: string;
  readonly samples: number;
  readonly outputs: readonly OutputParity[];
}

/** Inputs and outputs that were recorded. */
export interface SavedGolden {
  /** The folder. */
  readonly path: string;
  readonly sets: number;
  readonly sizeBytes: number;
}

export interface ValidateReport extends ReportBase, Partial<Comparison> {
  readonly kind: 'validate';
  readonly model: ModelInfo;
  readonly candidate?: ModelInfo;
  /** Absent where nothing decides: the accuracy of one model, without a limit. */
  readonly verdict?: Verdict;
  /** What the verdict was made of; the rest is for information. */
  readonly decidedBy: readonly ('outputs' | 'accuracy')[];
  /** Why the verdict is not `pass`. */
  readonly reasons: readonly string[];
  readonly golden?: {
    readonly path: string;
    readonly sets: readonly string[];
    /** When and how, where mlkit recorded it. */
    readonly recorded?: string;
  };
  /** What was recorded, with `--save-golden`. */
  readonly saved?: SavedGolden;
  /** False: it was interrupted, and this is what was known by then. */
  readonly isComplete?: false;
  /** That a model could not be loaded or run, or ended its process. */
  readonly failure?: RunFailure;
  /** Where the two begin to differ, with `--trace`. */
  readonly trace?: TraceReport;
  readonly matrix?: MatrixReport;
  /** Rows of real data in all samples, 0 where inputs are random. */
  readonly rows?: number;
  readonly inputs: readonly InputInfo[];
  readonly accuracy?: LabelledResult;
  readonly warnings: readonly string[];
}

/** What the outputs have to say against a pass. */
export function outputReasons(outputs: readonly OutputParity[]): string[] {
  return outputs.flatMap(({ name, reasons }) =>
    reasons.map((reason) => `output "${name}": ${reason}`),
  );
}
