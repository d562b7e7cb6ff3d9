import type { CheckReport, ConstantRole, Requirements } from '../checks/index.ts';
import type { Finding, ReportBase } from '../report/index.ts';
import type { RuntimeRelease } from '../schemas/index.ts';
import type { CostReport } from './cost.ts';
import type { DiffReport } from './diff/index.ts';
import type { NodeReport, TensorReport, ValueReport } from './item-report.ts';
import type { QuantizationReport } from './quantization/report.ts';
import type { SelectReport } from './select/index.ts';
import type { ShapeReport } from './shapes.ts';

/** What `inspect` is asked for. Everything that costs no reading of weights is always found out. */
export interface InspectConfig {
  /** List the nodes. */
  readonly nodes: boolean;
  /** List the constants. */
  readonly tensors: boolean;
  /** Read the constants and describe their values; lists them too. */
  readonly stats: boolean;
  /** Give the bodies of the model's own functions. */
  readonly functions: boolean;
  /** Give the model in ONNX textual syntax. */
  readonly text: boolean;
  /** List where each constant lies in the data files. */
  readonly external: boolean;
  /** Answer whether the model is sound, as a whole. */
  readonly check: boolean;
  /** For `check`: ask the runtime too. */
  readonly runtime: boolean;
  /** For `check`: read the weights too. */
  readonly weights: boolean;
  /** For `check`: the release of the runtime that the model is meant for. */
  readonly target: RuntimeRelease | null;
  /** List the values with the types and shapes that follow from the graph. */
  readonly shapes: boolean;
  /** Tell what running the model costs. */
  readonly cost: boolean;
  /** Sizes to fix for `shapes` and `cost`, by the model's symbol. */
  readonly dims: ReadonlyMap<string, number>;
  /** Shapes to fix for them, by name of the input. */
  readonly inputShapes: ReadonlyMap<string, readonly number[]>;
  /** What to pick from nodes and constants; null: nothing. */
  readonly select: string | null;
}

/** Constants taken together; those that lie in the same bytes count once. */
export interface ConstantTotal {
  readonly tensors: number;
  readonly elements: number;
  readonly bytes: number;
}

export interface SubgraphReport {
  /** `main/loop1:body` */
  readonly path: string;
  /** The operator that owns it. */
  readonly op: string;
  readonly nodes: number;
}

export interface FunctionReport {
  readonly domain: string;
  readonly name: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly string[];
  readonly opsets: Readonly<Record<string, number>>;
  /** In the body and its subgraphs. */
  readonly nodes: number;
  /** Nodes that call it, anywhere in the model. */
  readonly calls: number;
  /** ONNX textual syntax, with `--functions`. */
  readonly body?: string;
}

/** A part of a data file that a constant takes. */
export interface DataSpan {
  readonly tensor: string;
  readonly offset: number;
  readonly bytes: number;
}

export interface ExternalFileReport {
  /** As the model writes it. */
  readonly location: string;
  /** Where it really is; absent when it was not found or may not be read. */
  readonly path?: string;
  readonly sizeBytes: number | null;
  /** Constants in it. */
  readonly tensors: number;
  /** Bytes of it that constants take, each byte once. */
  readonly usedBytes: number;
  /** Bytes of it that no constant takes, alignment included; null when its size is not known. */
  readonly unusedBytes: number | null;
  /** Bytes that constants share without lying in exactly the same place. */
  readonly overlapBytes: number;
  /** Bytes of constants of 1 MiB and more that begin at no multiple of 4096. */
  readonly unalignedBytes: number;
  readonly problem?: string;
  /** In the order of their offsets, with `--external`. */
  readonly spans?: readonly DataSpan[];
}

export interface InspectReport extends ReportBase {
  readonly kind: 'inspect';
  readonly model: {
    readonly path: string;
    /** Of the model file. */
    readonly sizeBytes: number;
    /** Of the data files that were found. */
    readonly dataBytes: number;
    /** Both. */
    readonly totalBytes: number;
  };
  readonly config: Readonly<Record<keyof InspectConfig, unknown>>;
  readonly irVersion: number;
  /** Name and version; empty when the file does not say. */
  readonly producer: string;
  readonly producerName: string;
  readonly producerVersion: string;
  readonly domain: string;
  readonly modelVersion: bigint;
  readonly graphName: string;
  readonly docString: string;
  /** Version by domain; the empty text is ai.onnx. Of a domain named twice, the first. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, string>>;
  /** What a caller must give. */
  readonly inputs: readonly ValueReport[];
  /** Inputs that have a constant as their default. Before IR 4 every constant was one. */
  readonly inputsWithDefault: readonly ValueReport[];
  readonly outputs: readonly ValueReport[];
  /** In the main graph and its subgraphs; bodies of functions are counted in `functions`. */
  readonly nodes: number;
  /** Nodes by operator, most frequent first: `Conv`, `com.microsoft.Gelu`. The same nodes. */
  readonly operators: Readonly<Record<string, number>>;
  /** Of these, the ones that neither ONNX, onnxruntime nor the model itself defines. */
  readonly customOperators: readonly string[];
  /** Elements of constants in the role of parameters. */
  readonly parameters: number;
  readonly parameterBytes: number;
  /** Bytes of all constants by element type, largest first. */
  readonly dtypes: Readonly<Record<string, number>>;
  /** All constants by role. */
  readonly constants: ConstantTotal & {
    readonly byRole: Readonly<Record<ConstantRole, ConstantTotal>>;
  };
  /** Numbers in list attributes of ai.onnx.ml operators, which keep their models there. */
  readonly attributeNumbers: number;
  readonly subgraphs: readonly SubgraphReport[];
  readonly functions: readonly FunctionReport[];
  readonly externalFiles: readonly ExternalFileReport[];
  readonly findings: readonly Finding[];
  readonly check?: CheckReport;
  /** What it takes to run the model, with `--check`. */
  readonly requirements?: Requirements;
  readonly nodeList?: readonly NodeReport[];
  /** Of the main graph and its subgraphs, with `--shapes`. */
  readonly shapes?: readonly ShapeReport[];
  readonly cost?: CostReport;
  /** Null: nothing is quantized. */
  readonly quantization: QuantizationReport | null;
  /** What `--select` picks. */
  readonly selected?: SelectReport;
  /** What `--diff` finds: from this model to the other. */
  readonly diff?: DiffReport;
  /** Largest first. */
  readonly tensors?: readonly TensorReport[];
  readonly text?: string;
}
