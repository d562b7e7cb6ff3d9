import { matchesPattern } from '../graph/index.ts';
import { type DataType, dataTypes } from '../tensor/index.ts';
import { relativeSpacing } from './float-precision.ts';
import type { OutputValue, ToleranceOverrides } from './parity.ts';
import type { ElementGate, Gates } from './profile.ts';

/** Limits that can be given for single outputs. */
export type LimitName = Exclude<keyof ToleranceOverrides, 'strictNan'>;

/** What one output must satisfy, and which of it the user asked for. */
export interface OutputTolerance extends Gates {
  readonly element: ElementGate | null;
  /** Gates that apply whether or not the output looks like class scores, because they were given. */
  readonly explicit: ReadonlySet<LimitName>;
  /** Those of them that were given for this output, not for all. */
  readonly own: ReadonlySet<LimitName>;
  readonly strictNan: boolean;
}

const limitNames = ['atol', 'rtol', 'minSqnrDb', 'minCosine', 'minTop1', 'maxKl'] as const;

/** The gates of an output: the profile's, as far as they suit its type, with what the user gave. */
export function toleranceFor(
  name: string,
  dtype: DataType,
  gates: Gates,
  overrides: ToleranceOverrides = {},
): OutputTolerance {
  const found = (key: LimitName): OutputValue | undefined => bestMatch(overrides[key] ?? [], name);
  const given = (key: LimitName): number | undefined => found(key)?.value;
  const base = gatesForType(gates, dtype);
  const element = overridden(base.element, given('atol'), given('rtol'));
  return {
    ...(base.integers !== undefined && { integers: base.integers }),
    element,
    bitwise: base.bitwise && element === base.element,
    minSqnrDb: given('minSqnrDb') ?? base.minSqnrDb,
    minCosine: given('minCosine') ?? base.minCosine,
    minTop1: given('minTop1') ?? base.minTop1,
    maxKl: given('maxKl') ?? base.maxKl,
    explicit: new Set(limitNames.filter((key) => found(key) !== undefined)),
    own: new Set(limitNames.filter((key) => (found(key)?.output ?? '*') !== '*')),
    strictNan: overrides.strictNan ?? false,
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

/**
 * Booleans and text must be equal, and integers but for a step where they are quantized values;
 * narrow floats may be two of their own steps apart, as they cannot be compared more finely.
 */
function gatesForType(gates: Gates, dtype: DataType): Gates {
  const { integers, bitwise } = gates;
  const { kind, bits } = dataTypes[dtype];
  if (kind !== 'float') {
    const isStepped = integers === 'quantized' && !bitwise && bits <= 16;
    const element = { rtol: 0, atol: isStepped ? 1 : 0, kappa: 0, allowedOutside: 0 };
    const none = { minSqnrDb: null, minCosine: null, minTop1: null, maxKl: null };
    return { ...none, element, bitwise: false, ...(integers !== undefined && { integers }) };
  }
  const spacing = relativeSpacing(dtype) ?? 0;
  if (bits >= 32 || bitwise) return gates;
  const twoSteps = 2 * spacing;
  const sqnrDb = Math.max(-20 * Math.log10(twoSteps), 0);
  const { element, minSqnrDb } = gates;
  return {
    ...gates,
    element: element === null ? null : { ...element, rtol: Math.max(element.rtol, twoSteps) },
    minSqnrDb: minSqnrDb === null ? null : Math.min(minSqnrDb, sqnrDb),
  };
}

/** The entry that fits a name best: its own, else the last pattern's, else the last for all. */
function bestMatch(values: readonly OutputValue[], name: string): OutputValue | undefined {
  const own = values.findLast((each) => each.output === name);
  const pattern = values.findLast(
    (each) => each.output !== '*' && matchesPattern(name, each.output),
  );
  return own ?? pattern ?? values.findLast((each) => each.output === '*');
}
