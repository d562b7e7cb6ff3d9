import { matchesPattern } from '../graph/index.ts';
import { type DataType, dataTypes } from '../tensor/index.ts';
import type { OutputValue, ToleranceOverrides } from './parity.ts';
import type { ElementGate, Gates } from './profile.ts';

/** What one output must satisfy, and which of it the user asked for. */
export interface OutputTolerance extends Gates {
  readonly element: ElementGate | null;
  /** Gates that apply whether or not the output looks like class scores, because they were given. */
  readonly explicit: ReadonlySet<keyof ToleranceOverrides>;
}

/**
 * The relative distance of neighbouring values in types narrower than float32. A float output can
 * never be compared more finely than its type can tell apart.
 */
const narrowSpacing: Partial<Record<DataType, number>> = {
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
  float8e4m3fn: 2 ** -3,
  float8e4m3fnuz: 2 ** -3,
  float8e5m2: 2 ** -2,
  float8e5m2fnuz: 2 ** -2,
  float6e2m3: 2 ** -3,
  float6e3m2: 2 ** -2,
  float4e2m1: 2 ** -1,
  float8e8m0: 1,
};

/** The gates of an output: the profile's, as far as they suit its type, with what the user gave. */
export function toleranceFor(
  name: string,
  dtype: DataType,
  gates: Gates,
  overrides: ToleranceOverrides = {},
): OutputTolerance {
  const given = (key: keyof ToleranceOverrides): number | undefined =>
    bestMatch(overrides[key] ?? [], name);
  const keys = ['atol', 'rtol', 'minSqnrDb', 'minCosine', 'minTop1', 'maxKl'] as const;
  const explicit = new Set(keys.filter((key) => given(key) !== undefined));
  const base = gatesForType(gates, dtype);
  const element = overridden(base.element, given('atol'), given('rtol'));
  return {
    element,
    bitwise: base.bitwise && element === base.element,
    minSqnrDb: given('minSqnrDb') ?? base.minSqnrDb,
    minCosine: given('minCosine') ?? base.minCosine,
    minTop1: given('minTop1') ?? base.minTop1,
    maxKl: given('maxKl') ?? base.maxKl,
    explicit,
  };
}

function overridden(
  base: ElementGate | null,
  atol: number | undefined,
  rtol: number | undefined,
): ElementGate | null {
  if (atol === undefined && rtol === undefined) return base;
  const { allowedOutside = 0 } = base ?? {};
  if (atol !== undefined) return { atol, rtol: rtol ?? base?.rtol ?? 0, kappa: 0, allowedOutside };
  return { rtol: rtol ?? 0, atol: base?.atol ?? 0, kappa: base?.kappa ?? 0, allowedOutside };
}

/** Integers, booleans and text must be equal; narrow floats may be two of their own steps apart. */
function gatesForType(gates: Gates, dtype: DataType): Gates {
  if (dataTypes[dtype].kind !== 'float') {
    const element = { rtol: 0, atol: 0, kappa: 0, allowedOutside: 0 };
    const none = { minSqnrDb: null, minCosine: null, minTop1: null, maxKl: null };
    return { ...none, element, bitwise: false };
  }
  const spacing = narrowSpacing[dtype];
  if (spacing === undefined || gates.bitwise) return gates;
  const twoSteps = 2 * spacing;
  const sqnrDb = Math.max(-20 * Math.log10(twoSteps), 0);
  const { element, minSqnrDb } = gates;
  return {
    ...gates,
    element: element === null ? null : { ...element, rtol: Math.max(element.rtol, twoSteps) },
    minSqnrDb: minSqnrDb === null ? null : Math.min(minSqnrDb, sqnrDb),
  };
}

/** The value that fits a name best: its own, else the last pattern's, else the last for all. */
function bestMatch(values: readonly OutputValue[], name: string): number | undefined {
  const own = values.findLast((each) => each.output === name);
  const pattern = values.findLast(
    (each) => each.output !== '*' && matchesPattern(name, each.output),
  );
  return (own ?? pattern ?? values.findLast((each) => each.output === '*'))?.value;
}
