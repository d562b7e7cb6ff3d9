import {
  type Arrival,
  type Demand,
  type DemandRule,
  type DemandRules,
  interval,
  label,
} from './demand.ts';

/**
 * What models do to images first tells which numbers their pixels are: a mean of 123.7 or a division by
 * 255 is for pixels of 0 to 255, a mean of 0.485 for those of 0 to 1.
 */

/** Colours, and the transparency beside them; of three axes, one of size 1 may as well be a batch. */
const channelCounts: ReadonlyMap<number, readonly number[]> = new Map([
  [3, [3, 4]],
  [4, [1, 3, 4]],
]);

/** Means of natural images in both scales, and what is near them: 123.7 or 127.5, 0.485 or 0.5. */
const means = { bytes: [90, 140], parts: [0.3, 0.7] } as const;

/** Divisors: of bytes to parts of 1 or of their deviation, and the deviation of parts. */
const divisors = { bytes: [50, 300], parts: [0.15, 0.35] } as const;

function isWithin(value: number, [low, high]: readonly [number, number]): boolean {
  return value >= low && value <= high;
}

/** Whether it is [N, C, H, W], [N, H, W, C], or one such without N. */
function isImage(arrival: Arrival): boolean {
  const counts = channelCounts.get(arrival.rank(arrival.index) ?? 0);
  const sizes = [arrival.sizeAt(arrival.index, -3), arrival.sizeAt(arrival.index, -1)];
  return sizes.some((size) => size !== null && counts?.includes(size) === true);
}

/** The mean of the few numbers of a constant input; null: it is none. */
function meanOf({ node }: Arrival, input: number): number | null {
  const constant = node.inputs[input]?.constant;
  if (!constant || constant.elementType === 'string' || constant.elementCount > 4) return null;
  const numbers = constant.toFloat64();
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function pixels(arrival: Arrival, found: 'bytes' | 'parts' | null): Demand | null {
  if (found === null || !isImage(arrival)) return null;
  return found === 'bytes'
    ? interval(0, 255, `pixels of 0 to 255 (${label(arrival)})`)
    : interval(0, 1, `pixels of 0 to 1 (${label(arrival)})`);
}

function scaleOf(value: number, spans: typeof means | typeof divisors): 'bytes' | 'parts' | null {
  if (isWithin(value, spans.bytes)) return 'bytes';
  return isWithin(value, spans.parts) ? 'parts' : null;
}

/** What is taken off each channel, or added to it. */
const shift: DemandRule = (arrival) => {
  const mean = meanOf(arrival, 1 - arrival.index);
  return mean === null ? null : pixels(arrival, scaleOf(Math.abs(mean), means));
};

const divide: DemandRule = (arrival) => {
  const divisor = meanOf(arrival, 1);
  return divisor === null ? null : pixels(arrival, scaleOf(Math.abs(divisor), divisors));
};

const multiply: DemandRule = (arrival) => {
  const factor = meanOf(arrival, 1 - arrival.index);
  return factor === null ? null : pixels(arrival, scaleOf(1 / Math.abs(factor), divisors));
};

/** Some networks start by normalizing the image as a batch. */
const normalize: DemandRule = (arrival) => {
  const mean = meanOf(arrival, 3);
  return mean === null ? null : pixels(arrival, scaleOf(Math.abs(mean), means));
};

export const imageDemands: DemandRules = {
  Sub: { 0: shift },
  Add: { 0: shift, 1: shift },
  Div: { 0: divide },
  Mul: { 0: multiply, 1: multiply },
  BatchNormalization: { 0: normalize },
};
