import type { ChannelLayout } from './channel-layout.ts';
import type { QuantizationParameters } from './quantization-parameters.ts';
import { roundingBias } from './rint.ts';

/**
 * Quantizes a piece of a weight to int8: `clamp(round(value / scale) + zeroPoint)`, with the quotient
 * in float32 and ties to even, bit for bit what ONNX's QuantizeLinear computes.
 *
 * @param piece Consecutive elements in the order in which they are stored.
 * @param start Number of elements before the piece.
 * @param out At least as long as the piece.
 */
export function quantizeValues(
  piece: Float32Array,
  start: number,
  layout: ChannelLayout,
  parameters: QuantizationParameters,
  out: Int8Array,
): void {
  if (layout.kind === 'columns') quantizeColumns(piece, start % layout.channels, parameters, out);
  else quantizeRuns(piece, start, layout.length, parameters, out);
}

// Divisions, since a product with the reciprocal rounds differently.

function quantizeColumns(
  piece: Float32Array,
  firstColumn: number,
  { scale, zeroPoint }: QuantizationParameters,
  out: Int8Array,
): void {
  let column = firstColumn;
  let at = 0;
  while (at < piece.length) {
    const end = Math.min(piece.length, at + scale.length - column);
    for (; at < end; at += 1, column += 1) {
      const quotient = Math.fround((piece[at] as number) / (scale[column] as number));
      const value = quotient + roundingBias - roundingBias + (zeroPoint[column] as number);
      out[at] = value < -128 ? -128 : value > 127 ? 127 : value;
    }
    column = 0;
  }
}

function quantizeRuns(
  piece: Float32Array,
  start: number,
  length: number,
  parameters: QuantizationParameters,
  out: Int8Array,
): void {
  let channel = Math.floor(start / length);
  let left = length - (start % length);
  let at = 0;
  while (at < piece.length) {
    const end = Math.min(piece.length, at + left);
    const scale = parameters.scale[channel] as number;
    const zeroPoint = parameters.zeroPoint[channel] as number;
    for (; at < end; at += 1) {
      const quotient = Math.fround((piece[at] as number) / scale);
      const value = quotient + roundingBias - roundingBias + zeroPoint;
      out[at] = value < -128 ? -128 : value > 127 ? 127 : value;
    }
    channel += 1;
    left = length;
  }
}

/**
 * Turns int8 into the uint8 that stands for the same number when its zero point moves by 128 as well:
 * both have 256 steps, and 128 is even, so that ties round alike.
 *
 * @param bytes Changed in place.
 */
export function shiftToUint8(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = (bytes[at] as number) ^ 0x80;
}
