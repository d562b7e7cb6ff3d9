import { MlkitError } from '../errors.ts';
import { formatShape, type Model } from '../graph/index.ts';
import type { Feeds } from '../runtime/index.ts';
import { type DataType, isTensor, type Tensor, tensorsOfValue } from '../tensor/index.ts';
import { fileFeeds } from './file-feeds.ts';
import { type ModelInput, modelInputs, tensorIn } from './inputs.ts';
import { completed } from './match-inputs.ts';
import { randomFeeds } from './random-feeds.ts';

export interface FeedOptions {
  /** Values of `--inputs`; none: the inputs are random. */
  readonly inputs?: readonly string[];
  /**
   * Random values of an input are a function of this, the number of the sample and the name of the
   * input, in the shape and range that the model asks for: the same on every platform.
   */
  readonly seed: number;
  /** How many random feeds, each different; default 1. Files give as many as they hold. */
  readonly samples?: number;
  /** Sizes of symbolic dimensions (`--dim`). */
  readonly dims?: ReadonlyMap<string, number>;
  /** Shapes of inputs (`--shape`). */
  readonly shapes?: ReadonlyMap<string, readonly number[]>;
  /**
   * Rows a feed, where the model's batch is symbolic: default 1 for random inputs, and all rows of
   * files, at most 64.
   */
  readonly batch?: number;
  /** Refuse models that take sequences or optionals, which a session cannot be given; default false. */
  readonly tensorsOnly?: boolean;
}

/** One input of the first feed, and where its values are from. */
export interface FeedSpec {
  readonly name: string;
  readonly dtype: DataType;
  /** Of the tensor; of the first of a sequence; empty where there is none. */
  readonly shape: readonly number[];
  /** What is no tensor: `sequence of 2 float32[3, 4]`, `no float32` for an optional without a value. */
  readonly form?: string;
  /** In a few words: `uniform [0,1)`, `index below 30522 (Gather "emb" axis 0)`, `file eval.npz`. */
  readonly source: string;
}

/** What a model is run with. */
export interface FeedPlan {
  /** At least one. */
  readonly feeds: readonly Feeds[];
  readonly description: readonly FeedSpec[];
  /** Rows of real data in all feeds together, 0 when they are random. */
  readonly rows: number;
  /** Rows of each feed, in order; feed i continues where feed i - 1 ended. Empty when random. */
  readonly rowsPerFeed: readonly number[];
  /** Sizes that symbolic dimensions of the inputs have in the first feed. */
  readonly symbols: ReadonlyMap<string, number>;
  /** What the user should know: arrays not used, rows left over. */
  readonly notes: readonly string[];
}

/**
 * Decides what a model is run with: the user's data, or random values that respect the graph (indices
 * stay in range, masks are ones, lengths fit, sizes work out).
 *
 * Inputs that have a default are fed only from files, and from IR 4 on. Random feeds of models whose
 * sizes cannot be worked out are given all the same; the runtime will say what is wrong.
 *
 * Cost: a few walks over the graph, and the data itself, which is held in memory.
 *
 * @throws MlkitError USAGE when options contradict the model or each other; INPUT_DATA when the data
 *   does not fit the model or is damaged; FILE_* when a file cannot be read; MODEL_UNSUPPORTED when an
 *   input takes a map or another thing that cannot be passed; LIMIT_EXCEEDED when one is larger than 4 GiB.
 */
export function planFeeds(model: Model, options: FeedOptions): FeedPlan {
  const { samples = 1, batch } = options;
  for (const [name, value] of Object.entries({ samples, batch: batch ?? 1 })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new MlkitError('USAGE', `${name} must be a whole number of at least 1, not ${value}`);
  }
  const inputs = modelInputs(model, options, options);
  if (options.inputs !== undefined && options.inputs.length > 0) {
    const {
      feeds: found,
      rowsPerFeed,
      arrays,
      notes,
    } = fileFeeds(options.inputs, model, inputs, batch);
    const feeds = found.map((feed) => completed(feed, inputs));
    const sourceOf = new Map(arrays.map(({ input, source }) => [input.name, source]));
    const rows = rowsPerFeed.reduce((sum, each) => sum + each, 0);
    const description = describe(inputs, feeds[0], (name) => sourceOf.get(name) ?? 'file');
    const symbols = symbolSizes(inputs, feeds[0]);
    return { feeds, description, rows, rowsPerFeed, symbols, notes };
  }
  const fixed = options.dims ?? new Map<string, number>();
  const { feeds, recipes } = randomFeeds(model, inputs, {
    seed: options.seed,
    samples,
    fixed,
    batch,
  });
  return {
    feeds,
    description: describe(inputs, feeds[0], (name) => recipes.get(name)?.source ?? ''),
    rows: 0,
    rowsPerFeed: [],
    symbols: symbolSizes(inputs, feeds[0]),
    notes: [],
  };
}

function describe(
  inputs: readonly ModelInput[],
  feed: Feeds | undefined,
  sourceOf: (name: string) => string,
): FeedSpec[] {
  return inputs.flatMap(({ name, dtype: declared }) => {
    const value = feed?.get(name);
    if (value === undefined) return [];
    const tensors = tensorsOfValue(value);
    const { dtype, dims: shape } = tensors[0] ?? { dtype: declared, dims: [] };
    const source = value === null ? 'no value' : sourceOf(name);
    return [
      { name, dtype, shape, source, ...(!isTensor(value) && { form: formOf(value, declared) }) },
    ];
  });
}

function formOf(value: readonly Tensor[] | null, dtype: DataType): string {
  if (value === null) return `no ${dtype}`;
  const [first, ...others] = value;
  if (first === undefined) return `empty sequence of ${dtype}`;
  const areAlike = others.every(({ dims }) => formatShape(dims) === formatShape(first.dims));
  return `sequence of ${value.length} ${first.dtype}${areAlike ? formatShape(first.dims) : ''}`;
}

function symbolSizes(inputs: readonly ModelInput[], feed: Feeds | undefined): Map<string, number> {
  const symbols = new Map<string, number>();
  for (const { name, value } of inputs) {
    const [first] = tensorsOfValue(feed?.get(name) ?? null);
    const declared = tensorIn(value)?.shape ?? [];
    for (const [axis, symbol] of declared.entries()) {
      const size = first?.dims[axis];
      if (typeof symbol === 'string' && size !== undefined && !symbols.has(symbol)) {
        symbols.set(symbol, size);
      }
    }
  }
  return symbols;
}
