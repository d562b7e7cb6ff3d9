import { type DataType, dataTypes } from '../../tensor/index.ts';
import { type Demand, fill, maskOfOnes } from './demand.ts';

/** What is known about an input besides its name. */
export interface NamedInput {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** Size of the sequence dimension of the inputs, which lengths count along. */
  readonly sequenceLength: number;
  /** Positions that masks cover, which come before the sequence and in it; null: there are none. */
  readonly maskLength: number | null;
}

/** Values for a name, given the greatest that is allowed (null: any); null: the name does not fit. */
type ByName = (input: NamedInput, high: number | null) => Demand | null;

function isBool({ dtype }: NamedInput): boolean {
  return dtype === 'bool';
}

function isInteger({ dtype }: NamedInput): boolean {
  const { kind } = dataTypes[dtype];
  return kind === 'int' || kind === 'uint';
}

const noPadding: Demand = { kind: 'mask', kept: 0, dropped: 1, why: 'false: no padding' };

const countFrom0 = '0, 1, 2, …';

const byName: readonly (readonly [RegExp, ByName])[] = [
  // PyTorch's padding masks are true where there is nothing.
  [/padding_?mask/i, (input) => (isBool(input) ? noPadding : ones(input))],
  [/att(entio)?n_?mask/i, ones],
  [/mask/i, (input) => (isBool(input) || isInteger(input) ? ones(input) : null)],
  // Without a cache there is nothing before the first token, as where generation starts.
  [/use_?cache/i, (input) => (isBool(input) ? fill(0, 'false: nothing is cached yet') : null)],
  [/train/i, (input) => (isBool(input) ? fill(0, 'false: inference, not training') : null)],
  [/position|pos_?ids/i, (input, high) => counting(input, high, Number.MAX_SAFE_INTEGER)],
  [/beam_?(idx|ind)/i, (input, high) => counting(input, high, input.shape.at(-1) ?? 1)],
  [
    /token_?type|segment|type_?ids/i,
    (input, high) => {
      const most = Math.min(1, high ?? 1);
      return isInteger(input) ? { kind: 'range', low: 0, high: most, why: 'segment ids' } : null;
    },
  ],
  [
    /^sr$|sampl(e|ing)_?rate/i,
    (input, high) => (isBool(input) || high !== null ? null : fill(16000, 'a sample rate')),
  ],
  [
    /len(gth|s|$|_)/i,
    (input, high) => {
      const length = Math.max(1, Math.min(input.sequenceLength, high ?? input.sequenceLength));
      return isInteger(input) ? fill(length, `the whole length of ${length}`) : null;
    },
  ],
  [
    /size|height|width|shape/i,
    (input, high) => (isInteger(input) && high === null ? fill(64, 'a size') : null),
  ],
];

/**
 * Values that the name of an input suggests; null: none.
 *
 * @param high The greatest value that the operators behind it allow; null: any.
 */
export function valuesByName(input: NamedInput, high: number | null): Demand | null {
  const rule = byName.find(([pattern]) => pattern.test(input.name))?.[1];
  return rule?.(input, high) ?? null;
}

/** Names of flags and rates, whose values decide what runs. */
const decisive = /^sr$|rate|train|use_?cache/i;

/**
 * Whether the name of an input says more than the operators that it reaches: a condition that is
 * called "training" is better false.
 */
export function isDecisive({ name, dtype }: Pick<NamedInput, 'name' | 'dtype'>): boolean {
  return dtype === 'bool' && decisive.test(name);
}

/** The value of an input of one element, where its name and type alone decide it. */
export function scalarByName(name: string, dtype: DataType): number | null {
  const facts = { name, dtype, shape: [], sequenceLength: 1, maskLength: null };
  const named = decisive.test(name) ? valuesByName(facts, null) : null;
  if (named?.kind === 'fill') return named.value;
  return dtype === 'bool' ? 1 : null;
}

function ones(input: NamedInput): Demand {
  return isBool(input) ? { ...maskOfOnes, why: 'mask of true' } : maskOfOnes;
}

function counting(input: NamedInput, high: number | null, size: number): Demand | null {
  const below = Math.max(1, Math.min(size, (high ?? Number.MAX_SAFE_INTEGER - 1) + 1));
  if (!isInteger(input)) return null;
  const from = Math.max(0, (input.maskLength ?? 0) - (input.shape.at(-1) ?? 0));
  const why = from === 0 ? countFrom0 : `${from}, ${from + 1}, ${from + 2}, …`;
  return { kind: 'count', from, below, why };
}
