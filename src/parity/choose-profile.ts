import { Model } from '../graph/index.ts';
import type { OptimizationLevel, ProviderName } from '../runtime/index.ts';
import { type Arithmetic, arithmeticOf } from './arithmetic.ts';
import type { ProfileName } from './profile.ts';

export interface ProfileChoice {
  readonly profile: ProfileName;
  /** In a few words, for the report. */
  readonly reason: string;
}

/** How the two are run, as far as precision depends on it. */
export interface RunConditions {
  /** Where each runs; default `cpu`. */
  readonly reference?: ProviderName;
  readonly candidate?: ProviderName;
  /** How far each is rewritten by the runtime; default `all`. */
  readonly optimization?: {
    readonly reference?: OptimizationLevel;
    readonly candidate?: OptimizationLevel;
  };
  /** Threads of each; default: the same number. More of them add up in another order. */
  readonly threads?: { readonly reference?: number; readonly candidate?: number };
  /** Whether one is in ORT format, which the runtime rewrote when the file was made. */
  readonly hasOrtFormat?: boolean;
}

/**
 * The profile that fits what differs between two models and how they are run: the strictest under
 * which a right candidate can pass. Cost: one walk over each model; no weights are read.
 *
 * @param reference A model, or what it computes in where it is in ORT format.
 * @param candidate The same object as `reference` where it is the same file.
 */
export function chooseProfile(
  reference: Model | Arithmetic,
  candidate: Model | Arithmetic,
  conditions: RunConditions = {},
): ProfileChoice {
  const before = toArithmetic(reference);
  const after = reference === candidate ? before : toArithmetic(candidate);
  const provider = [conditions.reference, conditions.candidate].find(
    (name) => name !== undefined && name !== 'cpu',
  );
  const rewritten = rewriting(conditions);
  if (reference === candidate && provider === undefined && rewritten === null) {
    return { profile: 'exact', reason: 'both are the same file' };
  }
  const why = rewritten ?? (provider === undefined ? null : `one runs on ${provider}`);
  return (
    byIntegers(before, after) ??
    byRounding(before, after, why) ??
    (reference === candidate ? byHalfPrecision(before, why) : byFloats(before, after)) ??
    (provider === undefined ? null : forProvider(provider)) ?? {
      profile: 'fp32',
      reason: rewritten ?? 'the two do not differ in precision',
    }
  );
}

function toArithmetic(model: Model | Arithmetic): Arithmetic {
  return model instanceof Model ? arithmeticOf(model) : model;
}

/** Why the runtime computes one in another order than the other, or null. */
function rewriting({ optimization, threads, hasOrtFormat }: RunConditions): string | null {
  if (hasOrtFormat === true) return 'one is in ORT format, optimized beforehand';
  const { reference = 'all', candidate = 'all' } = optimization ?? {};
  if (reference !== candidate)
    return `they run at optimization levels ${reference} and ${candidate}`;
  return threads?.reference === threads?.candidate
    ? null
    : `they run on ${threads?.reference ?? 'all'} and ${threads?.candidate ?? 'all'} threads`;
}

/** Rounded activations turn what is within rounding of each other into steps. */
function byRounding(
  before: Arithmetic,
  after: Arithmetic,
  why: string | null,
): ProfileChoice | null {
  const areRounding = before.roundingNodes > 0 && after.roundingNodes > 0;
  if (why === null || !areRounding) return null;
  return { profile: 'int8', reason: `both round to integers, and ${why}` };
}

/** Casts between float16 and float32 come and go as a graph is rewritten. */
function byHalfPrecision(
  { float16, bfloat16 }: Arithmetic,
  why: string | null,
): ProfileChoice | null {
  if (why === null) return null;
  if (bfloat16) return { profile: 'bf16', reason: `it has bfloat16 in it, and ${why}` };
  return float16 ? { profile: 'fp16', reason: `it has float16 in it, and ${why}` } : null;
}

function byIntegers(before: Arithmetic, after: Arithmetic): ProfileChoice | null {
  for (const [more, less, which] of [
    [after, before, 'the candidate'],
    [before, after, 'the reference'],
  ] as const) {
    if (more.fourBitNodes > 0 && less.fourBitNodes === 0) {
      return { profile: 'int4', reason: `${which} has weights of 4 bits or less` };
    }
    const isNew = more.integerNodes > 0 && less.integerNodes === 0;
    if (isNew) return { profile: 'int8', reason: `${which} is quantized` };
    if (more.integerWeights > 0 && less.integerWeights + less.integerNodes === 0) {
      return { profile: 'int8', reason: `${which} has weights of 8 bits or less` };
    }
  }
  if (after.integerNodes > before.integerNodes) {
    return { profile: 'int8', reason: 'the candidate has more that is quantized' };
  }
  return null;
}

function byFloats(before: Arithmetic, after: Arithmetic): ProfileChoice | null {
  const either = (key: 'bfloat16' | 'float16'): string | null => {
    if (before[key] && after[key]) return `both have ${key} in them`;
    if (after[key]) return `the candidate has ${key} in it`;
    return before[key] ? `the reference has ${key} in it` : null;
  };
  const bfloat16 = either('bfloat16');
  if (bfloat16 !== null) return { profile: 'bf16', reason: bfloat16 };
  const float16 = either('float16');
  return float16 === null ? null : { profile: 'fp16', reason: float16 };
}

/** What a provider makes of float32. Core ML and others compute in float16 where they see fit. */
function forProvider(provider: ProviderName): ProfileChoice {
  const profile = provider === 'coreml' ? 'fp16' : 'tf32';
  return { profile, reason: `${provider} need not compute in full float32` };
}
