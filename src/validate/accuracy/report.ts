/** What labels are: `auto` is classes where they are whole numbers or text, else numbers to be met. */
export type TaskName = 'auto' | 'classification' | 'regression';

/** What a model is used for, which sets how much it may lose. */
export type ApplicationName = 'safety' | 'production' | 'edge';

/** The most that a candidate may lose. */
export interface MaxDrop {
  /** Percentage points of accuracy; of regression, percent of the reference's RMSE. */
  readonly limitPct: number;
  /** Given by the name of an application: the interval of the drop must lie within the limit too. */
  readonly application: ApplicationName | null;
}

/** How one class fared. Shares are 0 to 1. */
export interface ClassRecall {
  readonly label: string;
  /** Rows with that label. */
  readonly rows: number;
  /** Share of them that are right. */
  readonly reference: number;
  readonly candidate: number | null;
}

/** Rows of one class that were taken for another. */
export interface Confusion {
  readonly label: string;
  readonly predicted: string;
  readonly rows: number;
}

/** How often the models are right. Shares are 0 to 1; drops are percentage points. */
export interface Accuracy {
  readonly task: 'classification';
  /** Share of rows whose greatest class is the label. */
  readonly reference: number;
  readonly candidate: number | null;
  /** Accuracy lost: 100 · (reference − candidate); negative where the candidate is better. */
  readonly dropPct: number | null;
  /** The 95% interval of the drop, from the rows on which the two differ. */
  readonly dropLowPct: number | null;
  readonly dropHighPct: number | null;
  /** Rows that only the reference gets right, and that only the candidate does. */
  readonly lost: number | null;
  readonly gained: number | null;
  readonly rows: number;
  /** The 95% interval (Wilson) of the accuracy of the model under test: the candidate if there is one. */
  readonly low: number;
  readonly high: number;
  /** The output that the classes were read from. */
  readonly output: string;
  /** Share of rows whose label is among the k greatest scores; null: not asked for, or no scores. */
  readonly topK: {
    readonly k: number;
    readonly reference: number;
    readonly candidate: number | null;
  } | null;
  /** Of two classes in one column: values above are class 1. Null: classes are read otherwise. */
  readonly threshold: number | null;
  /** How many classes there are among the labels. */
  readonly classCount: number;
  /** Of these, at most 20: those with the lowest share under test first. */
  readonly classes: readonly ClassRecall[];
  /** The most frequent mistakes of the model under test, at most 5. */
  readonly confusions: readonly Confusion[];
  /** How labels and outputs were read, where it is not plain. */
  readonly notes: readonly string[];
  /** What makes these numbers doubtful. */
  readonly warnings: readonly string[];
}

/** How far from the labels a model is, in the units of the labels. */
export interface RegressionErrors {
  /** Mean absolute error. */
  readonly mae: number;
  /** Root of the mean squared error, over all targets together. */
  readonly rmse: number;
  /** 1 − squared error / variance of the labels, mean over the targets; null where a target is constant. */
  readonly r2: number | null;
  readonly maxError: number;
  /** Rows with NaN or Inf, which the numbers above leave out. */
  readonly nonFiniteRows: number;
}

/** How far the models are from labels that are numbers. */
export interface Regression {
  readonly task: 'regression';
  readonly reference: RegressionErrors;
  readonly candidate: RegressionErrors | null;
  /**
   * The rise of the RMSE in percent of the reference's, over rows that are finite in both; negative
   * where the candidate is better, Infinity where only the reference has no error at all.
   */
  readonly risePct: number | null;
  /** Its 95% interval; null below 10 rows. */
  readonly riseLowPct: number | null;
  readonly riseHighPct: number | null;
  readonly rows: number;
  /** Values a row. */
  readonly targets: number;
  /** RMSE of each target, of the first 32. */
  readonly byTarget: readonly { readonly reference: number; readonly candidate: number | null }[];
  /** The output that the values were read from. */
  readonly output: string;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** What a labelled set says of one model or two. */
export type LabelledResult = Accuracy | Regression;
