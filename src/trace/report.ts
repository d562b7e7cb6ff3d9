import type { DataType } from '../tensor/index.ts';

/** How one intermediate value of the candidate compares with the reference's, over the traced samples. */
export interface TracedValue {
  /** The reference's name of the value. */
  readonly name: string;
  /** The candidate's. */
  readonly candidate: string;
  readonly pairedBy: 'name' | 'structure';
  /** The node of the reference that makes it, as reports call nodes. */
  readonly node: string;
  readonly operator: string;
  /** The node of the candidate that makes it. */
  readonly candidateNode: string;
  readonly candidateOperator: string;
  readonly dtype: DataType;
  /** Of the first sample. */
  readonly shape: readonly number[];
  /** Greatest |a − r|; null: no finite pair. */
  readonly maxAbs: number | null;
  /** ‖a − r‖₂ / ‖r‖₂, 0 where both are equal; null: not defined. */
  readonly relativeError: number | null;
  /** 20·log₁₀(‖r‖ / ‖a − r‖) in dB; Infinity when identical. */
  readonly sqnrDb: number | null;
  readonly cosine: number | null;
  /** Elements of another class (finite, NaN, ±Inf) than the reference's. */
  readonly classMismatches: number;
  /** Elements compared. */
  readonly total: number;
  /** The greatest relative error among the compared values that the node reads, directly or through values that could not be compared; 0 where these are equal. */
  readonly inputError: number | null;
  /** relativeError / inputError; Infinity where an error begins here; null where there is none. */
  readonly amplification: number | null;
  /** Whether everything that it is made of is the same in both, and it is not. */
  readonly isOrigin: boolean;
  /** Whether it is beyond what the profile allows. */
  readonly isDiverged: boolean;
}

/** The node that the difference begins at, and why that one is named. */
export interface Divergence {
  readonly value: TracedValue;
  /** In a sentence. */
  readonly reason: string;
  /** Whether the difference there is no more than rounding makes, or than a profile of lower precision allows. */
  readonly isRounding: boolean;
}

/** How much of the difference of the outputs one cause makes, alone. */
export interface ErrorSource {
  readonly cause:
    | 'graph'
    | 'reference-optimizer'
    | 'candidate-optimizer'
    | 'reference-provider'
    | 'candidate-provider';
  /** In words: `candidate, optimization all against disabled`. */
  readonly comparison: string;
  /** Of the worst output. */
  readonly output: string;
  readonly maxAbs: number | null;
  readonly sqnrDb: number | null;
}

/** What the outputs of a quantized model win when nodes stay in float. Measured, not estimated. */
export interface FloatGains {
  /** The output that is judged: the one with the least SQNR. */
  readonly output: string;
  readonly sqnrDb: number;
  /** Greatest gain first. */
  readonly nodes: readonly {
    /** The node's name in the reference, as `mlkit quantize --exclude` takes it. */
    readonly node: string;
    readonly operator: string;
    /** SQNR of the output when this node alone stays float, in dB. */
    readonly sqnrDb: number;
    readonly gainDb: number;
  }[];
  /** The nodes that are worth it together; null: none is. */
  readonly suggestion: {
    readonly nodes: readonly string[];
    /** Measured with all of them in float. */
    readonly sqnrDb: number;
    /** `--exclude /layer1/MatMul --exclude …` of `mlkit quantize`. */
    readonly flags: string;
  } | null;
  readonly notes: readonly string[];
}

/** The smallest part of both models that shows the difference. */
export interface Repro {
  /** Files that were written. */
  readonly candidatePath: string;
  readonly referencePath: string;
  readonly inputsPath: string;
  /** Nodes in the candidate's part. */
  readonly nodes: number;
  /** Whether the parts, run alone, differ as they do in the whole. */
  readonly reproduces: boolean;
  /** The command that shows it. */
  readonly command: string;
}

export interface TraceReport {
  readonly samples: number;
  /** In the reference's topological order. */
  readonly values: readonly TracedValue[];
  /** Values of the reference without a counterpart that could be compared. */
  readonly unpaired: number;
  readonly firstDivergence: Divergence | null;
  readonly sources: readonly ErrorSource[];
  /** Of quantized candidates. */
  readonly gains: FloatGains | null;
  readonly repro: Repro | null;
  readonly warnings: readonly string[];
}
