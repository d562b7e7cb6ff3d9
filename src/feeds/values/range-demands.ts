import { type DataType, dataTypes } from '../../tensor/index.ts';
import { type DemandRule, type DemandRules, interval, label } from './demand.ts';

/** Operators that are made for numbers of some range, beyond which they give NaN or nothing new. */

/** Greater ones say nothing about the numbers that the model meets. */
const widestRange = 10_000;

/** What the quantized type holds, with the scale that calibration found. */
const calibrated: DemandRule = (arrival) => {
  const { node } = arrival;
  const scale = node.inputs[1]?.constant;
  const zeroPoint = node.inputs[2]?.constant;
  if (scale?.elementCount !== 1) return null;
  const type: DataType = zeroPoint?.elementType ?? 'uint8';
  const { kind, min, max } = dataTypes[type];
  const [step = 0] = scale.toFloat64();
  if ((kind !== 'int' && kind !== 'uint') || !(step > 0) || !Number.isFinite(step)) return null;
  const [zero = 0] = zeroPoint?.toFloat64() ?? [];
  const [low, high] = [(Number(min) - zero) * step, (Number(max) - zero) * step];
  if (high - low > widestRange) return null;
  return interval(low, high, `within ${spanText(low, high)}, the range of ${label(arrival)}`);
};

function spanText(low: number, high: number): string {
  const text = (value: number): string => String(Number(value.toPrecision(3)));
  return `[${text(low)}, ${text(high)}]`;
}

const positive: DemandRule = () => interval(0.1, 1, 'above 0');

export const rangeDemands: DemandRules = {
  QuantizeLinear: { 0: calibrated },
  Log: { 0: positive },
  Reciprocal: { 0: positive },
  Div: { 1: positive },
  Acosh: { 0: () => interval(1, 2, 'at least 1') },
};

export const contribRangeDemands: DemandRules = { QuantizeLinear: { 0: calibrated } };
