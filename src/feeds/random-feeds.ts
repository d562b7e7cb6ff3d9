import type { Model } from '../graph/index.ts';
import type { Feeds } from '../runtime/index.ts';
import {
  byteLengthOf,
  computedStorage,
  type DataType,
  dataTypes,
  elementCountOf,
  Tensor,
  type TensorValue,
  tensorsOfValue,
} from '../tensor/index.ts';
import { elementCountIn, isAbsent } from './containers.ts';
import type { ModelInput } from './inputs.ts';
import { type ChosenSizes, chooseSizes } from './sizes/choose.ts';
import { type KnownScalars, scalarTensor } from './sizes/infer-with.ts';
import { scalarByName } from './values/by-name.ts';
import { CrashGuard } from './values/crash-guard.ts';
import { generate } from './values/generate.ts';
import { Random } from './values/random.ts';
import { type Recipe, recipeFor } from './values/recipe.ts';
import { DemandTracer } from './values/trace.ts';

/** Feeds that were made, and what they were made of. */
export interface RandomFeeds {
  readonly feeds: readonly Feeds[];
  readonly recipes: ReadonlyMap<string, Recipe>;
  readonly sizes: ChosenSizes;
}

/** How often a sample that is like an earlier one is drawn again. */
const mostDraws = 16;

/** Samples of more elements than this are not held against each other: they differ by themselves. */
const mostCompared = 4096;

/** Elements of a tensor that is made when it is read; there is hardly one sample of larger ones. */
const mostLazily = 2 ** 28;

/**
 * Feeds for all inputs without a default, of shapes and values that the graph can work with.
 *
 * The values of an input are a function of the seed, the number of the sample and the name of the input,
 * and of what the graph asks of it: the same on every platform, and independent of the other inputs.
 * Samples differ from each other in at least one element, unless the graph leaves nothing to choose.
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
  const { fixed: symbols, batch = 1, seed } = options;
  const sizes = chooseSizes(model, needed, { symbols, batch, scalars: knownScalars(needed) });
  const guard = new CrashGuard(model, (value) => sizes.known.isInteger(value));
  const recipes = recipesFor(model, needed, sizes, guard);
  const shapeOf = (input: ModelInput): readonly number[] => sizes.shapes.get(input.name) ?? [];
  const draw = (input: ModelInput, sample: number, attempt: number): TensorValue => {
    const { name, dtype, containers } = input;
    const recipe = recipes.get(name);
    if (recipe === undefined) throw new Error(`"${name}" has no recipe`);
    const stream = attempt === 0 ? `${sample} ${name}` : `${sample} ${name} again ${attempt}`;
    const make = (suffix: string): Tensor =>
      madeWhenRead(name, dtype, shapeOf(input), () => {
        const random = new Random(seed, stream + suffix);
        return generate(name, dtype, shapeOf(input), recipe, { random, sample });
      });
    if (isAbsent(input, sample)) return null;
    if (!containers.includes('sequence')) return make('');
    return Array.from({ length: elementCountIn(input) }, (_, at) => make(` element ${at}`));
  };
  const seen = new Set<string>();
  const feeds = Array.from({ length: options.samples }, (_, sample) => {
    let [last, safe]: [Feeds, Feeds | null] = [new Map(), null];
    for (let attempt = 0; attempt <= mostDraws; attempt += 1) {
      last = new Map(needed.map((input) => [input.name, draw(input, sample, attempt)]));
      if (!guard.isSafe(last)) continue;
      const key = options.samples > 1 ? keyOf(last) : null;
      if (key === null || !seen.has(key)) {
        if (key !== null) seen.add(key);
        return last;
      }
      safe ??= last;
    }
    return safe ?? last;
  });
  return { feeds, recipes, sizes };
}

/**
 * A large tensor is made each time that its values are read, and not kept, so that many samples take no
 * more memory than one.
 */
function madeWhenRead(
  name: string,
  dtype: DataType,
  dims: readonly number[],
  make: () => Tensor,
): Tensor {
  const count = elementCountOf(dims);
  const isLarge = count !== null && count > mostCompared && dtype !== 'string';
  // What is too large for any memory is refused now.
  if (!isLarge || count > mostLazily) return make();
  const storage = computedStorage(byteLengthOf(dtype, count), () => make().storage.bytes());
  return new Tensor({ name, dtype, dims, storage });
}

function recipesFor(
  model: Model,
  inputs: readonly ModelInput[],
  { shapes, known }: ChosenSizes,
  guard: CrashGuard,
): Map<string, Recipe> {
  const tracer = new DemandTracer(model, known);
  const sequenceLength = longestSequence(inputs.map(({ name }) => shapes.get(name) ?? []));
  const mask = inputs.find(({ name }) => /att.*mask/i.test(name) && shapes.get(name)?.length === 2);
  const maskLength = shapes.get(mask?.name ?? '')?.[1] ?? null;
  return new Map(
    inputs.map(({ name, dtype, value }) => {
      const demands = tracer.trace(value);
      const shape = shapes.get(name) ?? [];
      const mustBePositive = guard.inputs.has(value);
      const facts = { name, dtype, shape, demands, sequenceLength, maskLength, mustBePositive };
      return [name, recipeFor(facts)];
    }),
  );
}

/** Inputs of one element whose name says what it will be: they decide which branch of an If runs. */
function knownScalars(inputs: readonly ModelInput[]): KnownScalars {
  return new Map(
    inputs.flatMap(({ name, value, dtype, dims, containers }) => {
      if (dims === null || containers.length > 0 || dims.some((size) => size !== 1)) return [];
      const known = scalarByName(name, dtype);
      return known === null ? [] : [[value, scalarTensor(dtype, dims.length, known)] as const];
    }),
  );
}

/** The second axis of the first input that has one: what lengths count along. */
function longestSequence(shapes: readonly (readonly number[])[]): number {
  return shapes.find((shape) => shape.length >= 2)?.[1] ?? 1;
}

/** Equal for equal feeds; null for those that are too large to be equal by chance. */
function keyOf(feed: Feeds): string | null {
  const all = [...feed.values()].map(tensorsOfValue);
  const count = all.flat().reduce((sum, { elementCount }) => sum + elementCount, 0);
  if (count > mostCompared) return null;
  const parts = all.map((tensors) =>
    tensors.map((tensor) =>
      dataTypes[tensor.dtype].kind === 'string'
        ? tensor.toStrings()
        : Buffer.from(tensor.storage.bytes()).toString('base64'),
    ),
  );
  return JSON.stringify(parts);
}
