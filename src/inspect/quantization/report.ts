/**
 * How a weight is quantized:
 *
 * - `qdq`: integers that a DequantizeLinear turns into floats;
 * - `qdq-float`: floats that a QuantizeLinear and a DequantizeLinear round when the model runs;
 * - `qoperator`: integers that an operator takes as they are, with scales of activations that are
 *   constants (QLinearConv and so on);
 * - `integer`: integers in products whose activations are mostly quantized when the model runs
 *   (MatMulInteger, ConvInteger, DynamicQuantizeMatMul);
 * - `packed`: few bits in blocks (MatMulNBits, GatherBlockQuantized and so on);
 * - `lookup`: rows of integers that are looked up, made floats and scaled.
 */
export type WeightFormat = 'qdq' | 'qdq-float' | 'qoperator' | 'integer' | 'packed' | 'lookup';

/** `symmetric`: zero is in the middle of the integers. `unknown`: zero points are no small constants. */
export type Symmetry = 'symmetric' | 'asymmetric' | 'unknown';

/** What has a scale of its own. */
export type Granularity = 'tensor' | 'channel' | 'block' | 'unknown';

/** Weights that are quantized in the same way. */
export interface WeightScheme {
  readonly format: WeightFormat;
  readonly role: 'weight' | 'bias';
  /** `int8`, `uint4`, `nf4`: of one element, however many are packed into a byte. */
  readonly dtype: string;
  readonly bits: number;
  readonly symmetry: Symmetry;
  readonly granularity: Granularity;
  /** Of `channel`: the axis along which scales differ; of `block`: the axis of the blocks. */
  readonly axis: number | null;
  readonly blockSize: number | null;
  /** Operators that read them, and how many nodes. */
  readonly operators: Readonly<Record<string, number>>;
  readonly tensors: number;
  /** Numbers that they stand for. */
  readonly parameters: number;
  /** Of the weights as stored. */
  readonly bytes: number;
  /** Of their scales and zero points, where these are constants; shared ones count once. */
  readonly scaleBytes: number;
}

export interface ActivationsReport {
  /** QuantizeLinear nodes that a DequantizeLinear reads. */
  readonly pairs: number;
  /** QuantizeLinear nodes that none reads: what reads them computes with integers. */
  readonly quantizeOnly: number;
  /** DequantizeLinear nodes of values that are neither constants nor made by a QuantizeLinear. */
  readonly dequantizeOnly: number;
  /** DynamicQuantizeLinear nodes, and operators that do the same inside. */
  readonly dynamic: number;
  /** What QuantizeLinear nodes make, most frequent first. */
  readonly types: readonly {
    readonly dtype: string;
    readonly symmetry: Symmetry;
    readonly granularity: Granularity;
    readonly nodes: number;
  }[];
}

/** How a model is quantized. */
export interface QuantizationReport {
  /** Formats of weights, those with most parameters first. */
  readonly formats: readonly WeightFormat[];
  /** Constants in the role of parameters, packed ones by what they stand for. Scales are not among them. */
  readonly effectiveParameters: number;
  /** Stored as they are quantized, biases included. */
  readonly quantizedParameters: number;
  /** Fraction of effectiveParameters. */
  readonly quantizedShare: number;
  /** Of all parameters, and of the scales and zero points of quantized ones. */
  readonly bytes: number;
  readonly quantizedBytes: number;
  readonly quantizedBytesShare: number;
  /** 8 · bytes / effectiveParameters; null when there are none. */
  readonly bitsPerParameter: number | null;
  /** Parameters that are stored in half precision, and not quantized. */
  readonly float16Parameters: number;
  readonly bfloat16Parameters: number;
  /** Those with most parameters first. */
  readonly weights: readonly WeightScheme[];
  readonly activations: ActivationsReport;
}
