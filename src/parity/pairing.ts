import { MlkitError } from '../errors.ts';
import type { Feeds } from '../runtime/index.ts';
import {
  type DataType,
  dataTypes,
  isTensor,
  type Tensor,
  type TensorValue,
} from '../tensor/index.ts';
import type { ValueKind } from './boundary/passage.ts';
import { carry } from './carry.ts';
import type { MatchMode } from './parity.ts';

/** A name in the reference and the name of its counterpart; null: there is none. */
export interface NamePair {
  readonly reference: string | null;
  readonly candidate: string | null;
}

/** Pairs outputs; what one side lacks has null there. */
export function pairNames(
  reference: readonly string[],
  candidate: readonly string[],
  match: MatchMode,
): NamePair[] {
  if (match === 'position') {
    const count = Math.max(reference.length, candidate.length);
    return Array.from({ length: count }, (_, at) => ({
      reference: reference[at] ?? null,
      candidate: candidate[at] ?? null,
    }));
  }
  const shared = reference.map((name) => ({
    reference: name,
    candidate: candidate.includes(name) ? name : null,
  }));
  const extra = candidate.filter((name) => !reference.includes(name));
  return [...shared, ...extra.map((name) => ({ reference: null, candidate: name }))];
}

export interface InputSide {
  readonly name: string;
  /** Of its elements; null: unknown. */
  readonly dtype: DataType | null;
  /** Default `tensor`. */
  readonly kind?: ValueKind;
}

export interface InputPlan {
  /** Feeds of the candidate from those of the reference. */
  translate(feeds: Feeds): Feeds;
  readonly warnings: readonly string[];
}

/**
 * How the candidate is fed with the reference's inputs.
 *
 * @throws MlkitError INPUT_DATA when it has an input that nothing is there for, or one of another
 *   type or rank.
 */
export function planInputs(
  reference: readonly InputSide[],
  candidate: readonly InputSide[],
  options: { match: MatchMode; castIo: boolean; candidatePath: string },
): InputPlan {
  const { match, castIo, candidatePath } = options;
  const pairs = candidate.map((input, at) => ({
    input,
    from: match === 'position' ? reference[at] : byName(reference, input.name),
  }));
  const used = new Set(pairs.map((pair) => pair.from?.name));
  const unused = reference.filter((input) => !used.has(input.name));
  const warnings = unused.map(
    (input) =>
      `the candidate has no input "${input.name}"; the reference's data for it goes unused`,
  );
  for (const { input, from } of pairs) {
    if (from === undefined) throw unfed(input, unused, options);
    const isSameKind = kindOf(from) === kindOf(input);
    if (from.dtype === input.dtype && isSameKind) continue;
    const change = `${typeText(from)} in the reference and ${typeText(input)} in the candidate`;
    const isFloatOnly = isFloat(from.dtype) && isFloat(input.dtype) && isSameKind;
    if (!castIo || !isFloatOnly) {
      throw new MlkitError(
        'INPUT_DATA',
        `cannot feed ${candidatePath} with the inputs of the reference: "${input.name}" is ${change}`,
        isFloatOnly ? { hint: '--cast-io feeds it with the rounded values.' } : {},
      );
    }
    warnings.push(`input "${input.name}" is ${change}: it is fed with rounded values`);
  }
  return {
    warnings,
    translate: (feeds) => {
      const known = new Set(reference.map((input) => input.name));
      const paired = pairs.flatMap(({ input, from }) => {
        const value = feeds.get(from?.name ?? input.name);
        return value === undefined ? [] : [[input.name, cast(value, input)] as const];
      });
      // What else is fed replaces a default.
      return new Map([...[...feeds].filter(([name]) => !known.has(name)), ...paired]);
    },
  };
}

function kindOf({ kind = 'tensor' }: InputSide): ValueKind {
  return kind;
}

function typeText({ dtype, kind = 'tensor' }: InputSide): string {
  const element = dtype ?? 'of no known type';
  if (kind === 'tensor') return element;
  if (kind === 'sequence') return `seq(${element})`;
  return kind === 'optional' ? `optional(${element})` : `optional(seq(${element}))`;
}

function byName(inputs: readonly InputSide[], name: string): InputSide | undefined {
  return inputs.find((input) => input.name === name);
}

function unfed(
  input: InputSide,
  unused: readonly InputSide[],
  { match, candidatePath }: { match: MatchMode; candidatePath: string },
): MlkitError {
  const names = unused.map((each) => `"${each.name}"`).join(', ');
  return new MlkitError(
    'INPUT_DATA',
    `cannot feed ${candidatePath} with the inputs of the reference: nothing is there for its input "${input.name}"`,
    {
      hint:
        match === 'name' && unused.length > 0
          ? `The reference calls inputs ${names}: --match position pairs them by their order.`
          : 'The two models must take the same inputs.',
    },
  );
}

function isFloat(dtype: DataType | null): boolean {
  return dtype !== null && dataTypes[dtype].kind === 'float';
}

/** The value in the input's type, rounded to nearest. */
function cast(value: TensorValue, input: InputSide): TensorValue {
  if (value === null) return null;
  return isTensor(value) ? castTensor(value, input) : value.map((each) => castTensor(each, input));
}

function castTensor(tensor: Tensor, { name, dtype }: InputSide): Tensor {
  return dtype !== null && isFloat(dtype) && isFloat(tensor.dtype)
    ? carry(tensor, dtype, name)
    : tensor;
}
