import { axisOf } from '../sizes/axes.ts';
import {
  type Arrival,
  type DemandRule,
  type DemandRules,
  fill,
  list,
  maskOfOnes,
  range,
} from './demand.ts';

/** Inputs that steer an operator: counts, conditions, lengths, axes, modes. */

const condition: DemandRule = () => fill(1, 'true: a condition');
const inference: DemandRule = () => fill(0, 'false: inference, not training');

function lengthOf(axis: (arrival: Arrival) => number | undefined): DemandRule {
  return (arrival) => {
    const size = axis(arrival);
    return size === undefined ? null : range(1, Math.max(1, size), `a length of at most ${size}`);
  };
}

/** Sequences fill the time axis, so that nothing is skipped. */
const recurrentLengths: DemandRule = ({ node, sizes }) => {
  const size = sizes(0)?.[node.int('layout', 0) === 1 ? 1 : 0];
  return size === undefined ? null : fill(size, `the whole length of ${size}`);
};

const divisor: DemandRule = () => range(1, 9, 'no zero to divide by');

const windowSize: DemandRule = () => ({
  kind: 'fill',
  value: 10,
  isFree: true,
  why: 'a small size',
});

const axisValue: DemandRule = () => fill(0, 'axis 0');

/** A transform along the second axis: the first is the batch, the last real and imaginary parts. */
const dftAxis: DemandRule = () => fill(1, 'axis 1');

const dftLength: DemandRule = ({ node, sizes }) => {
  const x = sizes(0);
  const axis = x === null ? null : axisOf(node.int('axis', 1), x.length);
  return fill(axis === null ? 8 : (x?.[axis] ?? 8), 'the length of its axis');
};

const positive: DemandRule = () => ({
  kind: 'interval',
  low: 0.5,
  high: 1,
  why: 'a positive scale',
});

/** A zero point of int32 data must be zero; of others it may be anything. */
const zeroPoint: DemandRule = (arrival) => {
  const type = arrival.node.inputs[0]?.type;
  const isInt32 = type?.kind === 'tensor' && type.elementType === 'int32';
  return isInt32 && arrival.node.opType === 'DequantizeLinear'
    ? fill(0, 'a zero point of 0')
    : null;
};

export const controlDemands: DemandRules = {
  If: { 0: condition },
  Loop: { 0: () => fill(3, 'a few rounds'), 1: condition },
  Dropout: { 2: inference },
  Clip: { 1: () => fill(0, 'a lower bound'), 2: () => fill(6, 'an upper bound') },
  Div: { 1: divisor },
  Mod: { 1: divisor },
  Pow: { 1: () => range(0, 3, 'a small exponent') },
  Range: {
    0: () => fill(0, 'from 0'),
    1: () => fill(10, 'to 10'),
    2: () => fill(1, 'by 1'),
  },
  ReverseSequence: {
    1: lengthOf(({ node, sizes }) => sizes(0)?.[node.int('time_axis', 0)]),
  },
  LSTM: { 4: recurrentLengths },
  GRU: { 4: recurrentLengths },
  RNN: { 4: recurrentLengths },
  CumSum: { 1: axisValue },
  CumProd: { 1: axisValue },
  Trilu: { 1: () => fill(0, 'the main diagonal') },
  NonMaxSuppression: { 2: () => fill(3, 'a few boxes a class') },
  DFT: { 1: dftLength, 2: dftAxis },
  STFT: { 1: () => fill(4, 'a small step'), 3: () => fill(8, 'a short frame') },
  HannWindow: { 0: windowSize },
  HammingWindow: { 0: windowSize },
  BlackmanWindow: { 0: windowSize },
  MelWeightMatrix: {
    0: () => ({ kind: 'fill', value: 8, isFree: true, why: 'mel bins' }),
    1: () => fill(16, 'a DFT length'),
    2: () => fill(8192, 'a sample rate'),
    3: () => fill(0, 'from 0 Hz'),
    4: () => fill(4096, 'to half the sample rate'),
  },
  QuantizeLinear: { 1: positive },
  DequantizeLinear: { 1: positive, 2: zeroPoint },
  Attention: {
    3: () => maskOfOnes,
    6: ({ sizes }) => {
      const lengths = [sizes(1)?.at(-2), sizes(3)?.at(-1)].filter((each) => each !== undefined);
      return lengths.length === 0 ? null : fill(Math.min(...lengths), 'the whole length');
    },
  },
  ImageDecoder: { 0: () => list([], 'an encoded image') },
};
