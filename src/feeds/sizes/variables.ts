import { symbolsOf } from '../../symbolic/index.ts';
import { type DimensionRole, dimensionRole } from '../dimension-names.ts';
import type { ModelInput } from '../inputs.ts';
import { formulaOf } from './expression.ts';

/** A dimension of the inputs whose size has to be chosen. */
export interface Variable {
  /** The symbol, or `input#axis` for a dimension without one. */
  readonly key: string;
  /** The size to start from. */
  readonly size: number;
  readonly role: DimensionRole;
  /** Variables of one group are tried with one size together: height and width. */
  readonly group: string;
}

/** Where a symbol stands in several places, the place that says most about it counts. */
interface Guess extends Variable {
  readonly certainty: number;
}

/*
 * Sizes to start from. One row; sequences that are short and even; images as the classifiers of the
 * model zoos take them (a multiple of 32, which detectors and U-Nets need); no past, which is where
 * text generation starts and which fits whatever length the mask has.
 */
const startSizes = {
  batch: 1,
  sequence: 16,
  past: 0,
  image: 224,
  audio: 1024,
  channels: 3,
  volume: 32,
} as const;

/**
 * The dimensions of the inputs that have no size, with the size to start from: what the name says,
 * else what the place in the shape says.
 *
 * @param batch Size of batch dimensions.
 */
export function findVariables(
  inputs: readonly (ModelInput & { readonly dims: NonNullable<ModelInput['dims']> })[],
  batch: number,
): Variable[] {
  const variables = new Map<string, Guess>();
  for (const input of inputs) {
    for (const [axis, size] of input.dims.entries()) {
      if (typeof size === 'number') continue;
      const formula = size === null ? null : formulaOf(size);
      if (formula !== null) {
        for (const name of symbolsOf(formula)) {
          if (!variables.has(name)) variables.set(name, namedVariable(name));
        }
        continue;
      }
      const key = variableKey(input, axis);
      const found = variableOf(input, axis, key, batch);
      const earlier = variables.get(key);
      if (earlier === undefined || earlier.certainty < found.certainty) variables.set(key, found);
    }
  }
  return [...variables.values()];
}

/** A symbol that is only known from an expression: `past + 1`. */
function namedVariable(name: string): Guess {
  const role = dimensionRole(name);
  return { key: name, size: startSizes[role ?? 'sequence'], role, group: name, certainty: 0 };
}

/** Names the variable of an axis that has no size. */
export function variableKey({ name, dims }: ModelInput, axis: number): string {
  const size = dims?.[axis];
  return typeof size === 'string' ? size : `${name}#${axis}`;
}

function variableOf(input: ModelInput, axis: number, key: string, batch: number): Guess {
  const dims = input.dims ?? [];
  const symbol = dims[axis];
  const named = typeof symbol === 'string' ? roleAt(symbol, axis, dims.length) : null;
  if (named !== null) {
    const size = named === 'batch' ? batch : startSizes[named];
    const group = named === 'image' ? `${input.name} image` : key;
    return { key, size, role: named, group, certainty: 3 };
  }
  // A symbol that is there twice is the side of something square, not a batch.
  const isSquare = typeof symbol === 'string' && dims.lastIndexOf(symbol) !== dims.indexOf(symbol);
  if (isSquare) return { key, size: startSizes.sequence, role: null, group: key, certainty: 2 };
  if (axis === 0 || isStateRow(input, axis)) {
    return { key, size: batch, role: 'batch', group: key, certainty: dims.length > 1 ? 2 : 0 };
  }
  const place = placeOf(input, axis);
  const group = place === 'image' || place === 'volume' ? `${input.name} ${place}` : key;
  return { key, size: startSizes[place], role: null, group, certainty: 1 };
}

/** Whether the axis is the batch of a recurrent state: [directions, batch, hidden]. */
function isStateRow({ name, dims }: ModelInput, axis: number): boolean {
  const isState = /state|hidden|cell|initial|^[hc](_?\d|_?in)?$/i.test(name);
  return isState && axis === 1 && dims?.length === 3 && typeof dims[0] === 'number';
}

/** What a name says where it stands: N is a batch in front only, C a channel of something larger. */
function roleAt(symbol: string, axis: number, rank: number): DimensionRole {
  const role = dimensionRole(symbol);
  if (symbol.length > 1) return role;
  return (role === 'batch' && axis > 0) || (role === 'channels' && rank < 3) ? null : role;
}

/** What an axis is by its place. */
function placeOf(input: ModelInput, axis: number): keyof typeof startSizes {
  const dims = input.dims ?? [];
  const isChannelsLast = typeof dims.at(-1) === 'number' && Number(dims.at(-1)) <= 4;
  if (dims.length === 5) return isSpatial(axis, isChannelsLast, 5) ? 'volume' : 'channels';
  if (dims.length !== 4) return 'sequence';
  if (!isSpatial(axis, isChannelsLast, 4)) return 'channels';
  const channels = dims[isChannelsLast ? 3 : 1];
  // Many channels: a feature map, or the heads of an attention cache; small will do.
  return typeof channels === 'number' && channels > 4 ? 'volume' : 'image';
}

function isSpatial(axis: number, isChannelsLast: boolean, rank: number): boolean {
  return isChannelsLast ? axis < rank - 1 : axis > 1;
}
