import type { FeedSpec } from '../feeds/index.ts';
import type { SavedFile } from '../onnx/index.ts';
import type { OutputParity } from '../parity/index.ts';
import type { ModelInfo, ReportBase, Verdict } from '../report/index.ts';
import type { Form, NodeForm, QuantizeConfig } from './config.ts';
import type { WeightType } from './quantized-weight.ts';

/** A node that is quantized. */
export interface QuantizedReport {
  /** Its name, or that of its output where it has none. */
  readonly node: string;
  readonly op: string;
  /** Path of its graph. */
  readonly graph: string;
  readonly form: NodeForm;
  /** Name of the float weight. */
  readonly weight: string;
  /** As it is multiplied with. */
  readonly shape: readonly number[];
  readonly type: WeightType;
  /** What has a scale of its own. */
  readonly granularity: 'column' | 'row' | 'tensor';
  readonly weightBytes: number;
  readonly notes: readonly string[];
}

/** A node that stays in float. */
export interface KeptReport {
  readonly node: string;
  readonly op: string;
  readonly graph: string;
  readonly reason: string;
  /** Of its constants; 0 where it has none. */
  readonly weightBytes: number;
}

export interface PlanReport {
  readonly form: Form;
  readonly reason: string;
  readonly quantized: readonly QuantizedReport[];
  readonly kept: readonly KeptReport[];
}

export interface SizeReport {
  /** Data files included. */
  readonly beforeBytes: number;
  readonly afterBytes: number;
  /** after / before */
  readonly ratio: number;
}

/** How the result compares with the original. */
export interface VerificationReport {
  /** Null: not tried; the reason says why. */
  readonly verdict: Verdict | null;
  readonly reason: string;
  readonly profile?: string;
  readonly samples?: number;
  /** What both were run on. */
  readonly inputs?: readonly FeedSpec[];
  readonly outputs: readonly OutputParity[];
  readonly notes: readonly string[];
}

export interface LatencyReport {
  readonly beforeP50Ms: number;
  readonly afterP50Ms: number;
  /** after / before, and its 95% interval, which needs at least two rounds. */
  readonly ratio: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Pairs of processes that it is from. */
  readonly rounds: number;
}

/** A form that was tried and did not pass. */
export interface AttemptReport {
  readonly form: Form;
  readonly reason: string;
  readonly verification: VerificationReport;
}

export interface OutputReport extends SavedFile {
  /** Written too, and needed beside the model. */
  readonly dataFiles: readonly SavedFile[];
}

/** What a quantization came to. */
export interface QuantizeReport extends ReportBase {
  readonly kind: 'quantize';
  readonly model: ModelInfo;
  readonly config: { readonly [Key in keyof QuantizeConfig]: QuantizeConfig[Key] };
  /** Null when nothing was written. */
  readonly output: OutputReport | null;
  /** Null when nothing can be quantized. */
  readonly size: SizeReport | null;
  readonly plan: PlanReport;
  readonly verification: VerificationReport;
  /** Null when it was not measured. */
  readonly latency: LatencyReport | null;
  /** What `auto` tried before. */
  readonly attempts: readonly AttemptReport[];
  /** What a person should know and did not ask for. */
  readonly notes: readonly string[];
}
