import type { ChannelRanges } from './channel-ranges.ts';
import { rint } from './rint.ts';

/** How integers stand for real numbers: real = scale · (integer - zeroPoint), channel by channel. */
export interface QuantizationParameters {
  readonly scale: Float32Array;
  /** -128 to 127. */
  readonly zeroPoint: Int8Array;
}

/**
 * The least normal float32. Below it a scale would lose digits, and runtimes that flush subnormal
 * numbers to zero would divide by nothing.
 */
const leastScale = 2 ** -126;

/**
 * Scales and zero points of int8, for ranges that contain zero.
 *
 * Asymmetric: 256 steps from the least to the greatest value; `scale = (high - low) / 255`,
 * `zeroPoint = round(-128 - low / scale)`. Symmetric: 127 steps to each side and no zero point;
 * `scale = max(|low|, |high|) / 127`. Quotients are taken in float64 and scales rounded to float32
 * once; rounding is half to even. A channel of nothing but zeros has the scale 1 (and, asymmetric,
 * the zero point -128 by the same formula, with which MatMulNBits of onnxruntime 1.30 gives exactly 0).
 *
 * Source: https://onnx.ai/onnx/operators/onnx__QuantizeLinear.html and the formulas of
 * DynamicQuantizeLinear, https://onnx.ai/onnx/operators/onnx__DynamicQuantizeLinear.html.
 */
export function quantizationParameters(
  { low, high }: Pick<ChannelRanges, 'low' | 'high'>,
  isSymmetric: boolean,
): QuantizationParameters {
  const scale = new Float32Array(low.length);
  const zeroPoint = new Int8Array(low.length);
  for (let channel = 0; channel < low.length; channel += 1) {
    const least = low[channel] ?? 0;
    const greatest = high[channel] ?? 0;
    const isZero = least === 0 && greatest === 0;
    const step = isSymmetric ? Math.max(-least, greatest) / 127 : (greatest - least) / 255;
    const rounded = isZero ? 1 : Math.max(Math.fround(step), leastScale);
    scale[channel] = rounded;
    if (!isSymmetric) zeroPoint[channel] = clampToInt8(rint(-128 - least / rounded));
  }
  return { scale, zeroPoint };
}

function clampToInt8(value: number): number {
  return Math.min(Math.max(value, -128), 127);
}
