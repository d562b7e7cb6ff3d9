import type { Model } from '../graph/index.ts';
import type { Tensor } from '../tensor/index.ts';
import type { ModelInput } from './inputs.ts';
import { type ChosenSizes, chooseSizes } from './sizes/choose.ts';
import { type KnownScalars, scalarTensor } from './sizes/infer-with.ts';
import { scalarByName } from './values/by-name.ts';
import { generate } from './values/generate.ts';
import { Random } from './values/random.ts';
import { type Recipe, recipeFor } from './values/recipe.ts';
import { DemandTracer } from './values/trace.ts';

/** Feeds that were made, and what they were made of. */
export interface RandomFeeds {
  readonly feeds: readonly ReadonlyMap<string, Tensor>[];
  readonly recipes: ReadonlyMap<string, Recipe>;
  readonly sizes: ChosenSizes;
}

/**
 * Feeds for all inputs without a default, of shapes and values that the graph can work with. The same
 * for the same model, seed and sizes, on every platform; each input has a random stream of its own, so
 * that what one gets does not depend on the others.
 *
 * @param fixed Sizes of symbols that the user gave.
 * @param batch Size of batch dimensions, default 1.
 */
export function randomFeeds(
  model: Model,
  inputs: readonly ModelInput[],
  options: {
    readonly seed: number;
    readonly samples: number;
    readonly fixed: ReadonlyMap<string, number>;
    readonly batch: number | undefined;
  },
): RandomFeeds {
  const needed = inputs.filter((input) => !input.isOptional);
  const { fixed: symbols, batch = 1 } = options;
  const sizes = chooseSizes(model, needed, { symbols, batch, scalars: knownScalars(needed) });
  const tracer = new DemandTracer(model, sizes.known);
  const shapeOf = (input: ModelInput): readonly number[] => sizes.shapes.get(input.name) ?? [];
  const sequenceLength = longestSequence(needed.map(shapeOf));
  const recipes = new Map(
    needed.map((input) => {
      const demands = tracer.trace(input.value);
      const { name, dtype } = input;
      return [name, recipeFor({ name, dtype, shape: shapeOf(input), demands, sequenceLength })];
    }),
  );
  const feeds = Array.from({ length: options.samples }, (_, sample) => {
    const feed = new Map<string, Tensor>();
    for (const input of needed) {
      const recipe = recipes.get(input.name);
      if (recipe === undefined) throw new Error(`"${input.name}" has no recipe`);
      const random = new Random(options.seed, `${sample} ${input.name}`);
      feed.set(input.name, generate(input.name, input.dtype, shapeOf(input), recipe, random));
    }
    return feed;
  });
  return { feeds, recipes, sizes };
}

/** Inputs of one element whose name says what it will be: they decide which branch of an If runs. */
function knownScalars(inputs: readonly ModelInput[]): KnownScalars {
  return new Map(
    inputs.flatMap(({ name, value, dtype, dims }) => {
      if (dims === null || dims.some((size) => size !== 1)) return [];
      const known = scalarByName(name, dtype);
      return known === null ? [] : [[value, scalarTensor(dtype, dims.length, known)] as const];
    }),
  );
}

/** The second axis of the first input that has one: what lengths count along. */
function longestSequence(shapes: readonly (readonly number[])[]): number {
  return shapes.find((shape) => shape.length >= 2)?.[1] ?? 1;
}
