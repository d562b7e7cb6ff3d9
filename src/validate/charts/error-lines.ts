import { type DataType, dataTypes } from '../../tensor/index.ts';

/** Of magnitudes, above 0. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Enough for a curve to look round. */
const placesPerDecade = 8;
const mostPlaces = 240;

/** The greatest error that is allowed, from the least to the greatest magnitude; null: it is always 0. */
export function toleranceLine(
  { atol, rtol }: { readonly atol: number; readonly rtol: number },
  { low, high }: Range,
): Place[] | null {
  const decades = Math.log10(high) - Math.log10(low);
  const count = Math.min(Math.max(Math.ceil(decades * placesPerDecade), 1), mostPlaces);
  const places = Array.from({ length: count + 1 }, (_, at) => {
    // The ends are what was asked for, whatever logarithms round to.
    const x =
      at === 0 ? low : at === count ? high : 10 ** (Math.log10(low) + (decades * at) / count);
    return { x, y: atol + rtol * x };
  });
  return drawable(places);
}

/** Bits after the point in a normal number, and the exponent of the smallest: p and e of 1.m·2^e. */
const floatFormats: Partial<Record<DataType, readonly [fraction: number, least: number]>> = {
  float64: [52, -1022],
  float32: [23, -126],
  float16: [10, -14],
  bfloat16: [7, -126],
  float8e4m3fn: [3, -6],
  float8e4m3fnuz: [3, -7],
  float8e5m2: [2, -14],
  float8e5m2fnuz: [2, -15],
  float6e2m3: [3, 0],
  float6e3m2: [2, -2],
  float4e2m1: [1, 0],
};

/**
 * The distance of neighbouring values of a float type (1 ULP) over their magnitude. It doubles at each
 * power of two; the line goes through these, and between them is above the steps, by less than a
 * factor of 2. Null for types that have no such steps.
 *
 * Source: https://onnx.ai/onnx/technical/float8.html and float4.html, and IEEE 754 for the others.
 */
export function spacingLine(dtype: DataType, { low, high }: Range): Place[] | null {
  const format = floatFormats[dtype];
  if (format === undefined || dataTypes[dtype].kind !== 'float') return null;
  const [fraction, exponent] = format;
  const leastNormal = 2 ** exponent;
  const kink = leastNormal > low && leastNormal < high ? [leastNormal] : [];
  // Below the least normal number, steps are all alike.
  const at = (x: number): Place => ({ x, y: Math.max(x, leastNormal) * 2 ** -fraction });
  return drawable([low, ...kink, high].map(at));
}

/** A line that is not at zero, and has two ends. */
function drawable(places: readonly Place[]): Place[] | null {
  const shown = places.filter(({ x, y }) => x > 0 && y > 0 && Number.isFinite(y));
  return shown.length < 2 ? null : shown;
}
