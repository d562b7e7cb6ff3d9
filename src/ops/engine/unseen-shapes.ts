import type { Node } from '../../graph/index.ts';
import type { Size } from '../../symbolic/index.ts';
import { type InferredType, tensorOf } from '../types.ts';

/** What ONNX's own inference leaves open: nothing but the rank is known, or not even that. */
type Open = 'sizes' | 'rank';

interface Row {
  readonly ops: readonly string[];
  readonly open: Open;
  /** It does so only where the elements of one of these inputs are not known. */
  readonly without?: readonly number[];
  /** It does so only where not even the rank of this input is known. */
  readonly withoutRank?: number;
  readonly belowOpset?: number;
  /** Whether it looks at the node all the same, before it gives up. */
  readonly isChecked?: boolean;
  /** Outputs before this one it knows. */
  readonly fromOutput?: number;
}

/**
 * Where ONNX's own inference says less than could be known: the rank, or sizes that an input which
 * is not constant does not touch. Found by asking `onnx.shape_inference` of onnx 1.23.
 */
const rows: readonly Row[] = [
  { ops: ['Reshape'], open: 'rank', without: [1], belowOpset: 14, isChecked: true },
  { ops: ['AffineGrid'], open: 'sizes', without: [1] },
  { ops: ['Reshape', 'TopK'], open: 'sizes', without: [1], isChecked: true },
  { ops: ['Split'], open: 'rank', without: [1], isChecked: true },
  { ops: ['Slice'], open: 'sizes', without: [1, 2, 3, 4] },
  { ops: ['Resize'], open: 'sizes', without: [2, 3], isChecked: true },
  { ops: ['Pad'], open: 'rank', without: [3] },
  {
    ops: [
      'CenterCropPad',
      'ReduceL1',
      'ReduceL2',
      'ReduceLogSum',
      'ReduceLogSumExp',
      'ReduceMax',
      'ReduceMean',
      'ReduceMin',
      'ReduceProd',
      'ReduceSum',
      'ReduceSumSquare',
      'Squeeze',
      'Unsqueeze',
    ],
    open: 'rank',
    without: [1],
  },
  { ops: ['DFT'], open: 'rank', without: [1], belowOpset: 20 },
  { ops: ['STFT'], open: 'rank', without: [1, 3] },
  { ops: ['BlackmanWindow', 'HammingWindow', 'HannWindow'], open: 'rank', without: [0] },
  { ops: ['MelWeightMatrix'], open: 'rank', without: [0, 1] },
  { ops: ['MaxUnpool'], open: 'rank', without: [2] },
  { ops: ['ImageDecoder', 'StringNormalizer', 'Unique'], open: 'sizes' },
  { ops: ['GroupNormalization'], open: 'rank' },
  {
    ops: ['NegativeLogLikelihoodLoss', 'SoftmaxCrossEntropyLoss'],
    open: 'rank',
    withoutRank: 0,
  },
  { ops: ['Compress', 'NonMaxSuppression'], open: 'rank', belowOpset: 11 },
  { ops: ['Dropout'], open: 'rank', belowOpset: 10, fromOutput: 1 },
  { ops: ['BatchNormalization'], open: 'rank', belowOpset: 14, fromOutput: 1 },
];

const byOperator = new Map<string, readonly Row[]>();
for (const row of rows) {
  for (const op of row.ops) byOperator.set(op, [...(byOperator.get(op) ?? []), row]);
}

/** What is known of the inputs of a node. */
export interface InputKnowledge {
  readonly opset: number;
  hasElements(input: number): boolean;
  hasRank(input: number): boolean;
}

/** What ONNX's own inference leaves open of the shape of an output; null: nothing. */
export function leftOpen(node: Node, output: number, known: InputKnowledge): Open | null {
  return rowFor(node, output, known)?.open ?? null;
}

/** Whether ONNX's own inference goes by without a look, as it does not know what it needs. */
export function isPassedOver(node: Node, known: InputKnowledge): boolean {
  const row = rowFor(node, 0, known);
  return row !== undefined && row.isChecked !== true;
}

function rowFor(
  { domain, opType, inputs }: Node,
  output: number,
  known: InputKnowledge,
): Row | undefined {
  if (domain !== '') return undefined;
  const isMissing = (at: number): boolean =>
    (inputs[at] ?? null) !== null && !known.hasElements(at);
  return byOperator
    .get(opType)
    ?.find(
      (row) =>
        known.opset < (row.belowOpset ?? Infinity) &&
        output >= (row.fromOutput ?? 0) &&
        (row.without?.some(isMissing) ?? true) &&
        (row.withoutRank === undefined || !known.hasRank(row.withoutRank)),
    );
}

/** A type without what is left open of its shape. */
export function opened(
  type: InferredType | null,
  open: Open,
  unknown: () => Size,
): InferredType | null {
  if (type?.kind !== 'tensor') return type;
  const { elementType, shape } = type;
  return tensorOf(elementType, open === 'rank' || shape === null ? null : shape.map(unknown));
}
