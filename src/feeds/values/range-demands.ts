import type { Value } from '../../graph/index.ts';
import { dataTypes } from '../../tensor/index.ts';
import { type DemandRule, type DemandRules, interval, label } from './demand.ts';

/** Operators that are made for numbers of some range, beyond which they give NaN or nothing new. */

/** Greater ones say nothing about the numbers that the model meets. */
const widestRange = 10_000;

/** What the quantized type holds, with the scale that calibration found. */
const calibrated: DemandRule = (arrival) => {
  const { inputs } = arrival.node;
  const step = numberIn(inputs[1]);
  const zero = inputs[2] ? numberIn(inputs[2]) : 0;
  const { kind, min, max } = dataTypes[inputs[2]?.constant?.elementType ?? 'uint8'];
  if (step === null || zero === null || (kind !== 'int' && kind !== 'uint')) return null;
  const [low, high] = [(Number(min) - zero) * step, (Number(max) - zero) * step];
  // NaN and what is reversed are no range either.
  if (!(high > low && high - low <= widestRange)) return null;
  return interval(low, high, `within ${spanText(low, high)}, the range of ${label(arrival)}`);
};

/** The number that a constant of one element is. */
function numberIn(value: Value | null | undefined): number | null {
  const constant = value?.constant;
  if (constant?.elementCount !== 1 || constant.elementType === 'string') return null;
  return constant.toFloat64()[0] ?? null;
}

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
