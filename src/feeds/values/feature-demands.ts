import type { Node } from '../../graph/index.ts';
import { type Arrival, type Demand, type DemandRules, label } from './demand.ts';

/** Operators of ai.onnx.ml that treat each column, a feature, in a way of its own. */

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** How far beyond the outermost thresholds values go, in parts of the distance between these. */
const margin = 0.25;

/**
 * Around the numbers that the trees compare each feature with, so that both sides of a comparison are
 * met: the values of most features are far from [0, 1), and the trees would say the same to all.
 */
function thresholds(arrival: Arrival): Demand | null {
  const { node } = arrival;
  const features = numbers(node, 'nodes_featureids');
  const splits = firstOf(node, 'nodes_values', 'nodes_values_as_tensor', 'nodes_splits');
  const modes = node.attribute('nodes_modes');
  const decoder = new TextDecoder();
  const isLeaf = (at: number): boolean =>
    modes?.type === 'strings' && decoder.decode(modes.value[at]) === 'LEAF';
  const found = new Map<number, Interval>();
  let count = 0;
  for (const [at, feature] of features.entries()) {
    const split = splits[at] ?? Number.NaN;
    if (!Number.isFinite(split) || isLeaf(at)) continue;
    count += 1;
    const { low = split, high = split } = found.get(feature) ?? {};
    found.set(feature, { low: Math.min(low, split), high: Math.max(high, split) });
  }
  const columns = new Map([...found].map(([feature, each]) => [feature, widened(each)]));
  const what = count === 1 ? 'the threshold' : `the ${count} thresholds`;
  return count === 0
    ? null
    : { kind: 'columns', columns, why: `around ${what} of ${label(arrival)}` };
}

function widened({ low, high }: Interval): Interval {
  const room = high > low ? (high - low) * margin : Math.max(Math.abs(low), 1) * margin;
  return { low: low - room, high: high + room };
}

/** What comes out as numbers from -2 to 2, as normal ones mostly are. */
function unscaled(arrival: Arrival): Demand | null {
  const offsets = numbers(arrival.node, 'offset');
  const scales = numbers(arrival.node, 'scale');
  const columns = new Map<number, Interval>();
  // One number stands for all features.
  const count = Math.max(offsets.length, scales.length);
  const features = count === 1 ? (arrival.sizes(0)?.at(-1) ?? 1) : count;
  for (let feature = 0; feature < features; feature += 1) {
    const offset = offsets[count === 1 ? 0 : feature] ?? 0;
    const reach = Math.abs(2 / (scales[count === 1 ? 0 : feature] ?? 1));
    if (!Number.isFinite(offset) || !Number.isFinite(reach)) continue;
    columns.set(feature, { low: offset - reach, high: offset + reach });
  }
  if (columns.size === 0) return null;
  return { kind: 'columns', columns, why: `around the offsets of ${label(arrival)}` };
}

function firstOf(node: Node, ...names: readonly string[]): ArrayLike<number> {
  return names.map((name) => numbers(node, name)).find((each) => each.length > 0) ?? [];
}

function numbers(node: Node, name: string): readonly number[] {
  const attribute = node.attribute(name);
  if (attribute?.type === 'floats') return [...attribute.value];
  if (attribute?.type === 'ints') return [...attribute.value].map(Number);
  if (attribute?.type === 'tensor') return [...attribute.value.toFloat64()];
  return [];
}

export const featureDemands: DemandRules = {
  TreeEnsemble: { 0: thresholds },
  TreeEnsembleClassifier: { 0: thresholds },
  TreeEnsembleRegressor: { 0: thresholds },
  Scaler: { 0: unscaled },
};
