import { describe, expect, test } from 'vitest';
import { quantizationParameters } from '../../../src/quantize/numerics/quantization-parameters.ts';

const low = Float32Array.of(-1, 0, 0, -2e-40, 0, -0.75);
const high = Float32Array.of(2, 0.5, 0, 1e-40, 3, 0);

describe('quantizationParameters', () => {
  // From NumPy: float64 quotients, astype(float32), rint.
  test('asymmetric', () => {
    const { scale, zeroPoint } = quantizationParameters({ low, high }, false);
    expect([...scale]).toEqual([
      0.0117647061124444, 0.0019607844296842813, 1, 1.1754943508222875e-38, 0.0117647061124444,
      0.0029411765281111,
    ]);
    expect([...zeroPoint]).toEqual([-43, -128, -128, -128, -128, 127]);
  });

  test('symmetric', () => {
    const { scale, zeroPoint } = quantizationParameters({ low, high }, true);
    expect([...scale]).toEqual([
      0.015748031437397003, 0.003937007859349251, 1, 1.1754943508222875e-38, 0.023622047156095505,
      0.005905511789023876,
    ]);
    expect([...zeroPoint]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('of the whole range of float32', () => {
    const most = Math.fround(3.4028234663852886e38);
    const range = { low: Float32Array.of(-most), high: Float32Array.of(most) };
    const { scale, zeroPoint } = quantizationParameters(range, false);
    expect(scale[0]).toBe(Math.fround((2 * most) / 255));
    // -128 + 127.5 is a tie, and goes to the even side.
    expect([...zeroPoint]).toEqual([0]);
  });
});
