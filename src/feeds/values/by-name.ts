import { type DataType, dataTypes } from '../../tensor/index.ts';
import { type Demand, fill } from './demand.ts';

/** What is known about an input besides its name. */
export interface NamedInput {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** Size of the sequence dimension of the inputs, which lengths count along. */
  readonly sequenceLength: number;
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

const countFrom0 = '0, 1, 2, …';

const byName: readonly (readonly [RegExp, ByName])[] = [
  // PyTorch's padding masks are true where there is nothing.
  [/padding_?mask/i, (input) => (isBool(input) ? fill(0, 'false: no padding') : ones(input))],
  [/att(entio)?n_?mask/i, ones],
  [/mask/i, (input) => (isBool(input) || isInteger(input) ? ones(input) : null)],
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
 * Values that the name of an input suggests; undefined: none.
 *
 * @param high The greatest value that the operators behind it allow; null: any.
 */
export function valuesByName(input: NamedInput, high: number | null): Demand | undefined {
  const rule = byName.find(([pattern]) => pattern.test(input.name))?.[1];
  return rule?.(input, high) ?? undefined;
}

/** The value of an input of one element, where its name and type alone decide it. */
export function scalarByName(name: string, dtype: DataType): number | null {
  const named = valuesByName({ name, dtype, shape: [], sequenceLength: 1 }, null);
  if (/^sr$|rate|train/i.test(name) && named?.kind === 'fill') return named.value;
  return dtype === 'bool' ? 1 : null;
}

function ones(input: NamedInput): Demand {
  return fill(1, isBool(input) ? 'mask of true' : 'mask of ones');
}

function counting(input: NamedInput, high: number | null, size: number): Demand | null {
  const below = Math.max(1, Math.min(size, (high ?? Number.MAX_SAFE_INTEGER - 1) + 1));
  return isInteger(input) ? { kind: 'count', below, why: countFrom0 } : null;
}
