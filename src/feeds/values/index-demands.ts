import { axisOf } from '../sizes/axes.ts';
import { type Arrival, below, type DemandRules, fill, range } from './demand.ts';

/** Operators that look elements up: an index beyond the data is an error, or worse, a crash. */

function alongAxis(fallback: number) {
  return (arrival: Arrival): ReturnType<typeof below> => {
    const rank = arrival.rank(0);
    const axis = rank === null ? null : axisOf(arrival.node.int('axis', fallback), rank);
    return axis === null ? null : below(arrival.sizeAt(0, axis), arrival, `axis ${axis}`);
  };
}

/** Each index is a tuple over the leading axes; the smallest of these holds for every entry. */
function tuples(arrival: Arrival): ReturnType<typeof below> {
  const data = arrival.sizes(0);
  const depth = arrival.sizeAt(1, -1);
  if (data === null || depth === null) return null;
  const batch = arrival.node.int('batch_dims', 0);
  return below(Math.min(...data.slice(batch, batch + depth)), arrival, 'every axis');
}

const gather = { 1: alongAxis(0) };

export const indexDemands: DemandRules = {
  Gather: gather,
  GatherElements: gather,
  ScatterElements: gather,
  Scatter: gather,
  GatherND: { 1: tuples },
  ScatterND: { 1: tuples },
  OneHot: {
    0: (arrival) => below(arrival.numbers(1)?.[0], arrival, 'depth'),
    1: () => fill(8, 'a depth'),
  },
  MaxUnpool: {
    1: (arrival) =>
      below(
        arrival.sizes(0)?.reduce((all, size) => all * size, 1),
        arrival,
        '',
      ),
  },
  RoiAlign: { 2: (arrival) => below(arrival.sizeAt(0, 0), arrival, 'batch') },
  NegativeLogLikelihoodLoss: { 1: (arrival) => below(arrival.sizeAt(0, 1), arrival, 'classes') },
  SoftmaxCrossEntropyLoss: { 1: (arrival) => below(arrival.sizeAt(0, 1), arrival, 'classes') },
  SequenceAt: { 1: () => range(0, 0, 'position 0') },
  SequenceErase: { 1: () => range(0, 0, 'position 0') },
  SequenceInsert: { 2: () => range(0, 0, 'position 0') },
  TensorScatter: { 2: () => range(0, 0, 'position 0') },
  RotaryEmbedding: {
    3: (arrival) => below(arrival.sizeAt(1, 0), arrival, 'positions'),
  },
  BitShift: { 1: () => range(0, 7, 'bits to shift by') },
};
