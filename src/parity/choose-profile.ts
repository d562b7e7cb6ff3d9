import type { Model } from '../graph/index.ts';
import type { ProviderName } from '../runtime/index.ts';
import { type Arithmetic, arithmeticOf } from './arithmetic.ts';
import type { ProfileName } from './profile.ts';

export interface ProfileChoice {
  readonly profile: ProfileName;
  /** In a few words, for the report. */
  readonly reason: string;
}

/**
 * The profile that fits what differs between two models: the strictest under which a correct
 * candidate can pass. Cost: one walk over each model; no weights are read.
 *
 * @param candidate The same object as `reference` where it is the same file.
 * @param providers Where each runs; default `cpu`.
 */
export function chooseProfile(
  reference: Model,
  candidate: Model,
  providers: { readonly reference?: ProviderName; readonly candidate?: ProviderName } = {},
): ProfileChoice {
  const provider = [providers.reference, providers.candidate].find(
    (name) => name !== undefined && name !== 'cpu',
  );
  if (reference === candidate) {
    return provider === undefined
      ? { profile: 'exact', reason: 'both are the same file' }
      : forProvider(provider);
  }
  const [before, after] = [arithmeticOf(reference), arithmeticOf(candidate)];
  return (
    byIntegers(before, after) ??
    byFloats(before, after) ??
    (provider === undefined ? null : forProvider(provider)) ?? {
      profile: 'fp32',
      reason: 'the two do not differ in precision',
    }
  );
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
