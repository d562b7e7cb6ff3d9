import { type Arrival, below, type DemandRule, type DemandRules, fill, range } from './demand.ts';

/**
 * Contributed operators of onnxruntime (com.microsoft).
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */

/** A mask of [batch] counts the tokens of each row, any other marks them. */
const maskIndex: DemandRule = (arrival) => {
  const mask = arrival.sizes(arrival.index);
  const length = arrival.sizes(0)?.[1];
  if (mask?.length === 1 && length !== undefined) return fill(length, 'the whole length');
  return fill(1, 'mask of ones');
};

const noPast: DemandRule = () => fill(0, 'no past');
const oneBeam: DemandRule = () => fill(1, 'one beam');

/** Keys that there are when the run is over, as GroupQueryAttention counts them. */
function totalLength({ sizes }: Arrival): number {
  return (sizes(0)?.[1] ?? 1) + (sizes(3)?.[2] ?? 0);
}

/** Rows of table `input`, which the ids index. */
function rowsOf(input: number): DemandRule {
  return (arrival) => below(arrival.sizes(input)?.[0], arrival, 'rows');
}

const search = {
  1: () => fill(8, 'a small length'),
  2: () => fill(1, 'a small length'),
};
const beamSearch = { ...search, 3: oneBeam, 4: () => fill(1, 'one sequence') };

export const contribDemands: DemandRules = {
  EmbedLayerNormalization: {
    0: rowsOf(2),
    1: rowsOf(4),
    7: () => fill(1, 'mask of ones'),
    8: rowsOf(3),
  },
  Attention: { 3: maskIndex, 6: noPast },
  QAttention: { 5: maskIndex },
  MultiHeadAttention: { 4: () => fill(1, 'mask of ones'), 8: noPast, 9: noPast },
  DecoderMaskedMultiHeadAttention: { 7: noPast, 8: oneBeam, 9: noPast },
  DecoderMaskedSelfAttention: { 3: maskIndex, 6: noPast, 7: oneBeam, 8: noPast },
  GroupQueryAttention: {
    5: (arrival) => fill(totalLength(arrival) - 1, 'the whole length, less 1'),
    6: (arrival) => fill(totalLength(arrival), 'the whole length'),
  },
  RotaryEmbedding: { 1: (arrival) => below(arrival.sizes(2)?.[0], arrival, 'positions') },
  GatherND: {
    1: (arrival) => below(Math.min(...(arrival.sizes(0) ?? [0])), arrival, 'every axis'),
  },
  GatherBlockQuantized: {
    1: (arrival) => below(arrival.sizes(0)?.[arrival.node.int('gather_axis', 0)], arrival, 'rows'),
  },
  CropAndResize: { 2: (arrival) => below(arrival.sizes(0)?.[0], arrival, 'batch') },
  Trilu: { 1: () => fill(0, 'the main diagonal') },
  ExpandDims: { 1: () => fill(0, 'axis 0') },
  Pad: { 1: () => fill(1, 'pad by 1') },
  Range: { 0: () => fill(0, 'from 0'), 1: () => fill(10, 'to 10'), 2: () => fill(1, 'by 1') },
  BiasDropout: { 4: () => fill(0, 'false: inference, not training') },
  BeamSearch: beamSearch,
  WhisperBeamSearch: beamSearch,
  GreedySearch: search,
  Sampling: search,
  NGramRepeatBlock: { 0: () => range(0, 9, 'token ids') },
};
