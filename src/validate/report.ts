import type { OutputParity, ProfileName } from '../parity/index.ts';
import type { ModelInfo, ReportBase, Verdict } from '../report/index.ts';

/** How often the models are right. Shares are 0 to 1; drops are percentage points. */
export interface Accuracy {
  /** Share of rows whose greatest class is the label. */
  readonly reference: number;
  readonly candidate: number | null;
  /** Accuracy lost: 100 · (reference − candidate); negative where the candidate is better. */
  readonly dropPct: number | null;
  /** The 95% interval of the drop, from the rows on which the two differ. */
  readonly dropLowPct: number | null;
  readonly dropHighPct: number | null;
  readonly rows: number;
  /** The 95% interval (Wilson) of the accuracy of the model under test: the candidate if there is one. */
  readonly low: number;
  readonly high: number;
  /** The output that the classes were read from. */
  readonly output: string;
}

/** One input of the first sample. */
export interface InputInfo {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly source: string;
}

/** The part of a report that comparing outputs makes. */
export interface Comparison {
  readonly profile: ProfileName;
  readonly profileReason: string;
  readonly samples: number;
  readonly outputs: readonly OutputParity[];
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
  readonly golden?: { readonly path: string; readonly sets: readonly string[] };
  /** Rows of real data in all samples, 0 where inputs are random. */
  readonly rows?: number;
  readonly inputs: readonly InputInfo[];
  readonly accuracy?: Accuracy;
  readonly warnings: readonly string[];
}
