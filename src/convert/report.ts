import type { CheckReport, Requirements } from '../checks/index.ts';
import type { Model } from '../graph/index.ts';
import type { SavedFile } from '../onnx/index.ts';
import type { OutputParity } from '../parity/index.ts';
import type { Change } from '../passes/index.ts';
import type { Finding, ModelInfo, ReportBase, Verdict } from '../report/index.ts';
import type { ConvertConfig, ModelFormat } from './config.ts';

/** Whether the result computes what the original does. */
export interface VerificationReport {
  /** Null: not tried; the reason says why. */
  readonly verdict: Verdict | null;
  readonly reason: string;
  /** How close the outputs had to be. */
  readonly profile?: string;
  readonly samples?: number;
  readonly outputs?: readonly OutputParity[];
}

export interface OutputReport extends SavedFile {
  readonly format: ModelFormat;
  /** Written too, and needed beside the model. */
  readonly dataFiles: readonly SavedFile[];
}

/** Where the result would be written. */
export interface PlannedOutput {
  readonly path: string;
  readonly format: ModelFormat;
  /** Null where only writing tells. */
  readonly sizeBytes: number | null;
  readonly dataFiles: readonly SavedFile[];
}

export type Opsets = Readonly<Record<string, number>>;

/** What a conversion came to. */
export interface ConvertReport extends ReportBase {
  readonly kind: 'convert';
  readonly model: ModelInfo;
  readonly config: { readonly [Key in keyof ConvertConfig]: ConvertConfig[Key] };
  /** Null when nothing was written: the result did not compute the same, or no path was given. */
  readonly output: OutputReport | PlannedOutput | null;
  readonly opsets: { readonly before: Opsets; readonly after: Opsets };
  readonly irVersion: { readonly before: number; readonly after: number };
  readonly changes: readonly Change[];
  /** About the result; where it is no ONNX file, or not written, about the model that it is made of. */
  readonly findings: readonly Finding[];
  readonly verification: VerificationReport;
  /** Things that a person should know and nobody asked for. */
  readonly notes: readonly string[];
}

/** What `convert --check` came to. */
export interface ConvertCheckReport extends ReportBase {
  readonly kind: 'convert';
  readonly model: ModelInfo;
  readonly verdict: Verdict;
  readonly irVersion: number;
  readonly opsets: Opsets;
  readonly check: CheckReport;
  /** What it takes to run the model. */
  readonly requirements: Requirements;
  readonly findings: readonly Finding[];
}

/** Versions by domain; of a domain that a broken file names twice, the last, as in runtimes. */
export function opsetsOf(model: Model): Opsets {
  return Object.fromEntries(model.opsets.map((each) => [each.domain, each.version]));
}
