import { type DimensionRole, dimensionRole } from '../dimension-names.ts';
import type { ModelInput } from '../inputs.ts';
import { isExpression, namesIn } from './expression.ts';

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
  const variables = new Map<string, Variable>();
  for (const input of inputs) {
    for (const [axis, size] of input.dims.entries()) {
      if (typeof size === 'number') continue;
      if (size !== null && isExpression(size)) {
        for (const name of namesIn(size)) {
          if (!variables.has(name)) variables.set(name, namedVariable(name));
        }
        continue;
      }
      const key = variableKey(input, axis);
      const found = variableOf(input, axis, key, batch);
      const earlier = variables.get(key);
      // A symbol that is some input's first axis is a batch, whatever its place in another.
      if (earlier === undefined || (earlier.role === null && found.role === 'batch')) {
        variables.set(key, found);
      }
    }
  }
  return [...variables.values()];
}

/** A symbol that is only known from an expression: `past + 1`. */
function namedVariable(name: string): Variable {
  const role = dimensionRole(name);
  return { key: name, size: startSizes[role ?? 'sequence'], role, group: name };
}

/** Names the variable of an axis that has no size. */
export function variableKey({ name, dims }: ModelInput, axis: number): string {
  const size = dims?.[axis];
  return typeof size === 'string' ? size : `${name}#${axis}`;
}

function variableOf(input: ModelInput, axis: number, key: string, batch: number): Variable {
  const symbol = input.dims?.[axis];
  const named = typeof symbol === 'string' ? dimensionRole(symbol) : null;
  const place = placeOf(input, axis);
  const role = named ?? (axis === 0 ? 'batch' : null);
  const group = place === 'image' || place === 'volume' ? `${input.name} ${place}` : key;
  if (role === 'batch') return { key, size: batch, role, group };
  return { key, size: startSizes[named ?? place], role, group };
}

/** What an axis is by its place. */
function placeOf(input: ModelInput, axis: number): keyof typeof startSizes {
  const dims = input.dims ?? [];
  if (axis === 0) return 'batch';
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
