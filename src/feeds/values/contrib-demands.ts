import {
  type Arrival,
  below,
  type DemandRule,
  type DemandRules,
  fill,
  maskOfOnes,
  range,
} from './demand.ts';

/**
 * Contributed operators of onnxruntime (com.microsoft).
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */

/** A mask of [batch] counts the tokens of each row, any other marks them. */
const maskIndex: DemandRule = (arrival) => {
  const length = arrival.sizeAt(0, 1);
  const isCount = arrival.rank(arrival.index) === 1 && length !== null;
  return isCount ? fill(length, 'the whole length') : maskOfOnes;
};

/** Of the keys, which may be as many as the queries or not. */
const keyMask: DemandRule = (arrival) => {
  const length = arrival.rank(1) === 4 ? arrival.sizeAt(1, 2) : arrival.sizeAt(1, 1);
  const isCount = arrival.rank(arrival.index) === 1 && length !== null;
  return isCount ? fill(length, 'the whole length') : maskOfOnes;
};

const noPast: DemandRule = () => fill(0, 'no past');
const oneBeam: DemandRule = () => fill(1, 'one beam');

/** Keys that there are when the run is over, as GroupQueryAttention counts them. */
function totalLength({ sizeAt }: Arrival): number {
  return (sizeAt(0, 1) ?? 1) + (sizeAt(3, 2) ?? 0);
}

/** Rows of table `input`, which the ids index. */
function rowsOf(input: number): DemandRule {
  return (arrival) => below(arrival.sizeAt(input, 0), arrival, 'rows');
}

/** From the start, where it says where the sequence begins; else any that the table has. */
const rotaryPositions: DemandRule = (arrival) =>
  arrival.count === 1
    ? fill(0, 'from position 0')
    : below(arrival.sizeAt(2, 0), arrival, 'positions');

const wholeLength: DemandRule = ({ sizeAt }) => {
  const length = sizeAt(0, 0);
  return length === null ? null : fill(length, `the whole length of ${length}`);
};

/** A few more than there are: searches stop at once where they may not add any. */
const mostTokens: DemandRule = ({ sizeAt }) => fill((sizeAt(0, 1) ?? 4) + 4, 'a small length');

const vocabulary: DemandRule = (arrival) => {
  const size = arrival.node.int('vocab_size', 0);
  return below(size > 0 ? size : null, arrival, 'vocabulary');
};

const noPenalty: DemandRule = () => fill(1, 'no penalty');
const everyWord: DemandRule = () => fill(1, 'every word is allowed');

const search = { 0: vocabulary, 1: mostTokens, 2: () => fill(1, 'a small length') };
const beamSearch = {
  ...search,
  3: oneBeam,
  4: () => fill(1, 'one sequence'),
  5: noPenalty,
  6: noPenalty,
  7: everyWord,
  8: everyWord,
  9: () => maskOfOnes,
};
const greedySearch = {
  ...search,
  3: noPenalty,
  4: everyWord,
  5: everyWord,
  6: () => maskOfOnes,
};

/** Rows and columns of blocks that attention looks at: each row at the block on the diagonal. */
const diagonal: DemandRule = () => ({
  kind: 'count',
  from: 0,
  below: Number.MAX_SAFE_INTEGER,
  why: 'the blocks on the diagonal',
});

export const contribDemands: DemandRules = {
  EmbedLayerNormalization: {
    0: rowsOf(2),
    1: rowsOf(4),
    7: () => maskOfOnes,
    8: rowsOf(3),
  },
  QEmbedLayerNormalization: { 0: rowsOf(2), 1: rowsOf(4), 7: () => maskOfOnes },
  WordConvEmbedding: { 0: rowsOf(3) },
  Attention: { 3: maskIndex, 6: noPast },
  QAttention: { 5: maskIndex },
  MultiHeadAttention: { 4: keyMask, 8: noPast, 9: noPast },
  DecoderMaskedMultiHeadAttention: { 7: noPast, 8: oneBeam, 9: noPast },
  DecoderMaskedSelfAttention: { 3: maskIndex, 6: noPast, 7: oneBeam, 8: noPast },
  GroupQueryAttention: {
    5: (arrival) => fill(totalLength(arrival) - 1, 'the whole length, less 1'),
    6: (arrival) => fill(totalLength(arrival), 'the whole length'),
    9: rowsOf(7),
  },
  SparseAttention: {
    5: diagonal,
    6: diagonal,
    7: (arrival) => fill(totalLength(arrival), 'the whole length'),
    8: (arrival) => fill(totalLength(arrival), 'the whole length'),
  },
  RotaryEmbedding: { 1: rotaryPositions },
  GatherND: {
    1: (arrival) => below(Math.min(...(arrival.sizes(0) ?? [0])), arrival, 'every axis'),
  },
  GatherBlockQuantized: {
    1: (arrival) => below(arrival.sizeAt(0, arrival.node.int('gather_axis', 0)), arrival, 'rows'),
  },
  CropAndResize: { 2: rowsOf(0) },
  MaxpoolWithMask: { 1: () => maskOfOnes },
  AttnLSTM: { 4: wholeLength },
  DynamicQuantizeLSTM: { 4: wholeLength },
  Trilu: { 1: () => fill(0, 'the main diagonal') },
  ExpandDims: { 1: () => fill(0, 'axis 0') },
  Pad: { 1: () => fill(1, 'pad by 1') },
  Range: { 0: () => fill(0, 'from 0'), 1: () => fill(10, 'to 10'), 2: () => fill(1, 'by 1') },
  BiasDropout: { 4: () => fill(0, 'false: inference, not training') },
  BeamSearch: beamSearch,
  WhisperBeamSearch: beamSearch,
  GreedySearch: greedySearch,
  Sampling: greedySearch,
  NGramRepeatBlock: { 0: () => range(0, 9, 'token ids') },
};
