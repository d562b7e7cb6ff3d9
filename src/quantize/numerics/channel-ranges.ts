import type { ChannelLayout } from './channel-layout.ts';

/**
 * The range of each channel, found piece by piece. Zero belongs to every range, so that it can be
 * represented exactly.
 */
export class ChannelRanges {
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** Whether there was a NaN, which no range shows; infinities are in the ranges. */
  hasNaN = false;
  readonly #layout: ChannelLayout;
  /** Elements seen so far. */
  #seen = 0;

  constructor(layout: ChannelLayout) {
    this.#layout = layout;
    this.low = new Float32Array(layout.channels);
    this.high = new Float32Array(layout.channels);
  }

  /** Takes in the next elements, in the order in which they are stored. */
  add(piece: Float32Array): void {
    const { low, high } = this;
    const isNumber =
      this.#layout.kind === 'columns'
        ? widenColumns(piece, this.#seen % this.#layout.channels, low, high)
        : widenRuns(piece, this.#seen, this.#layout.length, low, high);
    this.hasNaN ||= !isNumber;
    this.#seen += piece.length;
  }

  /** Whether every value so far was a finite number. */
  get isFinite(): boolean {
    return !this.hasNaN && this.low.every(Number.isFinite) && this.high.every(Number.isFinite);
  }
}

/** @returns False where a NaN was met. */
function widenColumns(
  piece: Float32Array,
  firstColumn: number,
  low: Float32Array,
  high: Float32Array,
): boolean {
  const columns = low.length;
  let nanCount = 0;
  let column = firstColumn;
  let at = 0;
  while (at < piece.length) {
    const end = Math.min(piece.length, at + columns - column);
    for (; at < end; at += 1, column += 1) {
      const value = piece[at] as number;
      if (value < (low[column] as number)) low[column] = value;
      else if (value > (high[column] as number)) high[column] = value;
      else if (Number.isNaN(value)) nanCount += 1;
    }
    column = 0;
  }
  return nanCount === 0;
}

/** @returns False where a NaN was met. */
function widenRuns(
  piece: Float32Array,
  start: number,
  length: number,
  low: Float32Array,
  high: Float32Array,
): boolean {
  let nanCount = 0;
  let channel = Math.floor(start / length);
  let left = length - (start % length);
  let at = 0;
  while (at < piece.length) {
    const end = Math.min(piece.length, at + left);
    let least = low[channel] as number;
    let greatest = high[channel] as number;
    for (; at < end; at += 1) {
      const value = piece[at] as number;
      if (value < least) least = value;
      else if (value > greatest) greatest = value;
      else if (Number.isNaN(value)) nanCount += 1;
    }
    low[channel] = least;
    high[channel] = greatest;
    channel += 1;
    left = length;
  }
  return nanCount === 0;
}
