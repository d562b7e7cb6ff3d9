/** The sets of tolerances, strictest first; which one fits is a question of what was changed. */
export type ProfileName = 'exact' | 'fp32' | 'tf32' | 'fp16' | 'bf16' | 'int8' | 'int4';

/** How far an element may lie from the reference. */
export interface ElementGate {
  readonly rtol: number;
  readonly atol: number;
  /**
   * The scale-aware floor: differences up to this share of the greatest magnitude in the reference
   * tensor are allowed everywhere, so that values near zero do not fail a tensor that is right.
   */
  readonly kappa: number;
  /** The share of elements that may lie outside. */
  readonly allowedOutside: number;
}

/** What a comparison must satisfy. A gate that is null does not apply. */
export interface Gates {
  readonly element: ElementGate | null;
  /** Whether equal values must also have equal bits (the sign of zero). */
  readonly bitwise: boolean;
  readonly minSqnrDb: number | null;
  readonly minCosine: number | null;
  /** Share of rows with the same greatest class, 0 to 1; of outputs that look like class scores. */
  readonly minTop1: number | null;
  /** Mean divergence in nats; of outputs that look like class scores. */
  readonly maxKl: number | null;
  /** What the output's integers stand for; default: values that must be equal. */
  readonly integers?: IntegerMeaning;
}

/**
 * What integers stand for. `quantized`: multiples of a step, which rounding may put one step off.
 * `chosen`: places or classes that a comparison of floats chose; how far two of them are apart means
 * nothing, but how many are equal does.
 */
export type IntegerMeaning = 'quantized' | 'chosen';

export interface Profile extends Gates {
  readonly name: ProfileName;
  /** What it is for, in one line. */
  readonly summary: string;
}

const none = {
  element: null,
  bitwise: false,
  minSqnrDb: null,
  minCosine: null,
  minTop1: null,
  maxKl: null,
} as const;

function element(rtol: number, atol: number, kappa: number, allowedOutside: number): ElementGate {
  return { rtol, atol, kappa, allowedOutside };
}

/** Every profile by its name. docs/validate.md has the table, docs/calibration.md the reasons. */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
  exact: {
    ...none,
    name: 'exact',
    summary: 'the same bits',
    element: element(0, 0, 0, 0),
    bitwise: true,
  },
  fp32: {
    ...none,
    name: 'fp32',
    summary: 'the same arithmetic in another order: a rewritten graph, another opset or runtime',
    element: element(1e-4, 1e-6, 3e-4, 0),
    minSqnrDb: 90,
  },
  tf32: {
    ...none,
    name: 'tf32',
    summary: 'float32 whose products are rounded to 10 bits, as GPUs do',
    element: element(5e-3, 1e-4, 1e-3, 0),
    minSqnrDb: 55,
  },
  fp16: {
    ...none,
    name: 'fp16',
    summary: 'weights or arithmetic in float16',
    element: element(1e-2, 1e-3, 1e-2, 1e-4),
    minSqnrDb: 40,
    minCosine: 0.9999,
  },
  bf16: {
    ...none,
    name: 'bf16',
    summary: 'weights or arithmetic in bfloat16',
    element: element(5e-2, 1e-2, 4e-2, 1e-2),
    minSqnrDb: 20,
    minCosine: 0.995,
  },
  int8: {
    ...none,
    name: 'int8',
    summary: 'weights, or weights and activations, in 8-bit integers',
    minSqnrDb: 20,
    minCosine: 0.99,
    minTop1: 0.99,
    maxKl: 0.01,
  },
  int4: {
    ...none,
    name: 'int4',
    summary: 'weights in 4-bit integers',
    minSqnrDb: 15,
    minCosine: 0.98,
    minTop1: 0.97,
    maxKl: 0.05,
  },
};
